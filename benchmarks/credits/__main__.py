"""How long credit pages take with 50,000 teachers and 3 million claims beside 500: `python -m benchmarks.credits`.

Both sizes are measured in the same run, in turn, on SQLite and on a real PostgreSQL; times are the best of whole
requests. Then the whole large ledger is verified, as `flask credits verify` does it. Exit status 1 when a page takes
more than twice as long with many as with few, or fewer than 50,000 teachers are verified in a minute.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.codes.operations import load_codes
from app.config import new_secrets
from app.credits.verifying import verify
from app.extensions import db
from app.web.transaction import reading
from benchmarks.credits.ledger import fill_claims
from benchmarks.pages import province
from benchmarks.pages.__main__ import Browser
from tests.fixtures import postgres

ALLOWED, PACE = 2.0, 50_000
PATIENCE, SETTLED = 12, 1.5
PAGES = {
    "me": ("teacher", "/credits/me"),
    "a school's queue": ("school", "/credits/queue"),
    "claims of a school": ("school", "/credits/claims"),
    "a county's queue": ("centre", "/credits/queue"),
}


def application(kind: str, folder: Path, size: int) -> Flask:
    """An application on a filled database of so many teachers."""
    url = f"sqlite:///{folder / f'{size}.db'}" if kind == "sqlite" else postgres.new_database(f"credits_{size}")
    app = create_app("testing", SQLALCHEMY_DATABASE_URI=url, HUEY_URL=url, **new_secrets())
    with app.app_context():
        start = time.perf_counter()
        db.create_all()
        load_codes()
        db.session.commit()
        province.fill(size)
        claims = fill_claims()
        db.session.remove()
        print(
            f"{kind}: {size:,} teachers, {claims:,} claims written in {time.perf_counter() - start:.0f} s", flush=True
        )
    return app


def measure(apps: list[Flask], rounds: int) -> dict[str, list[float]]:
    """Best seconds of each page, with few and with many teachers; a page that seems too slow is measured again."""
    found = {}
    for name, (who, path) in PAGES.items():
        browsers = [Browser(app, who) for app in apps]
        best = [float("inf")] * len(browsers)
        for turn in range(rounds + PATIENCE):
            if turn >= rounds and best[1] <= SETTLED * best[0]:
                break
            for size, browser in enumerate(browsers):
                best[size] = min(best[size], *(browser.seconds(path) for _ in range(4)))
        found[name] = best
    return found


def verified(app: Flask) -> tuple[float, bool]:
    """Teachers verified in a minute, and whether everything agreed."""
    with app.app_context(), reading():
        start, used = time.perf_counter(), time.process_time()
        result = verify()
        seconds, used = time.perf_counter() - start, time.process_time() - used
        db.session.remove()
    pace = result.teachers / seconds * 60
    print(
        f"\nverify: {result.teachers:,} teachers, {result.claims:,} confirmed claims, {result.lines:,} ledger lines in"
        f" {seconds:.1f} s ({used:.1f} s of a processor): {pace:,.0f} teachers a minute, {result.different} differences"
    )
    return pace, result.different == 0


def run(kind: str, options: Any) -> bool:
    """One database: a table of pages, then the verification; whether every promise was kept."""
    if kind == "postgresql":
        postgres.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            apps = [application(kind, Path(folder), size) for size in (options.small, options.large)]
            found = measure(apps, options.rounds)
            print(f"\n{kind}\n{'page':<30}{options.small:>10,}{options.large:>10,}   ratio")
            for name, (few, many) in found.items():
                mark = "  <-- over" if many / few > ALLOWED else ""
                print(f"{name:<30}{few * 1000:>8.1f}ms{many * 1000:>8.1f}ms{many / few:>8.2f}{mark}")
            pace, agrees = verified(apps[1])
            for app in apps:
                with app.app_context():
                    db.engine.dispose()
            return agrees and pace >= PACE and all(many <= ALLOWED * few for few, many in found.values())
    finally:
        if kind == "postgresql":
            postgres.stop()


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.credits", description=__doc__)
    parser.add_argument("--small", type=int, default=500, help="teachers of the small database")
    parser.add_argument("--large", type=int, default=50_000, help="teachers of the large database")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of four requests for each page and size")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], help="only this database")
    options = parser.parse_args(arguments)
    kept = [run(kind, options) for kind in ([options.on] if options.on else ["sqlite", "postgresql"])]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
