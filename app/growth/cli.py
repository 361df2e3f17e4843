"""The room's shell command."""

import sys

import click
from flask import Flask
from flask.cli import AppGroup
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.extensions import db
from app.growth.queries.draws import draws_to_verify, proof_of
from app.regions.models import Region
from app.web.transaction import reading

draw = AppGroup("draw", help="The weekly draw of teachers.")


def init_app(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(draw)


@draw.command("verify")
@click.option("--week", default=None, help="Only this week, such as 2026-W47.")
@click.option("--county", "code", default=None, help="Only the county with this code (GB/T 2260).")
@click.option("--language", default="zh_Hans_CN", type=click.Choice(["zh_Hans_CN", "en"]), help="Language of the text.")
def verify(week: str | None, code: str | None, language: str) -> None:
    """Draw again from what was published and compare; exit status 1 where anything differs."""
    wrong = number = 0
    with reading(), force_locale(language):
        for drawn in draws_to_verify(week, _county_id(code)):
            number += 1
            failed = [check.name for check in proof_of(drawn) if not check.is_right]
            wrong += bool(failed)
            verdict = _("differs: %(what)s", what=_(", ").join(failed)) if failed else _("agrees")
            click.echo(f"{drawn.chain.county.code} {drawn.week}  {verdict}")
        if not number:
            raise click.ClickException(_("There is no such draw."))
        click.echo(_("%(number)s draws checked, %(wrong)s differ.", number=number, wrong=wrong))
    sys.exit(1 if wrong else 0)


def _county_id(code: str | None) -> int | None:
    if code is None:
        return None
    county = db.session.scalar(select(Region.id).where(Region.code == code))
    if county is None:
        raise click.ClickException(_("There is no county with the code %(code)s.", code=code))
    return county
