"""`flask demo up`: the demo county, from its workbooks to a proposal. Known in demo mode only."""

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from app.cli import prepare_database
from app.db.clock import today
from app.demo.county import SCHOOL_COUNT
from app.demo.installing import install, tell_logins
from app.serve import serve

demo = AppGroup("demo", help="The demo county.")


@demo.command("up")
@click.option("--schools", default=SCHOOL_COUNT, show_default=True, help="How many schools the county has.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same county.")
@click.option("--serve", "port", type=int, help="Then serve on this port of 127.0.0.1, with a worker beside.")
@click.option("--year", type=int, default=lambda: today().year, help="School year whose rotation is proposed.")
def up(schools: int, seed: int, year: int, port: int | None) -> None:
    """Write, import, judge and propose what is not there yet, and print one log-in per role."""
    prepare_database()
    with force_locale("zh_Hans_CN"):
        install(seed=seed, schools=schools, year=year)
        tell_logins()
    if port is not None:
        raise SystemExit(serve(port))
