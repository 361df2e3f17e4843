"""The whole board of all five packs, 60 clauses, for a county of 5,000 teachers and for a prefecture of 50,000:
`python -m benchmarks.targets`

Each board is worked out from scratch, without anything kept; times are the best of several rounds. Exit status 1 where
a county's board takes more than a second, the prefecture's more than ten, or where the prefecture's asks the database
more often than by what is read county by county (else one query for each kind of fact, never one for each school).
"""

import argparse
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select

from app import create_app
from app.codes.operations import load_codes
from app.config import new_secrets
from app.extensions import db
from app.regions.models import Region, RegionLevel
from app.targets.evaluators.evaluating import evaluate_all
from app.targets.evaluators.frame import Frame
from app.targets.packs import shipped_packs
from app.web.transaction import reading
from benchmarks.pages import province
from benchmarks.targets import facts
from tests.fixtures import postgres
from tests.fixtures.statements import collected

DAY = date(2026, 11, 1)
LONGEST = 1.0  # seconds for a county of 5,000 teachers, and so many times that for so many times as many
COUNTY_QUERIES = 6  # certificate types, rules of credits, vetoes; and the stages of some hundred schools at a time


class Measured(NamedTuple):
    """One board: seconds, seconds of a processor, queries, figures."""

    seconds: float
    processor: float
    queries: int
    figures: int


def application(kind: str, folder: Path, size: int) -> Flask:
    """An application on a filled database of so many teachers."""
    url = f"sqlite:///{folder / f'{size}.db'}" if kind == "sqlite" else postgres.new_database(f"targets_{size}")
    app = create_app("testing", SQLALCHEMY_DATABASE_URI=url, HUEY_URL=url, **new_secrets())
    with app.app_context():
        start = time.perf_counter()
        db.create_all()
        load_codes()
        db.session.commit()
        province.fill(size)
        rows = facts.fill()
        db.session.remove()
        print(f"{kind}: {size:,} teachers, {rows:,} facts written in {time.perf_counter() - start:.0f} s", flush=True)
    return app


def board(app: Flask, rounds: int) -> Measured:
    """The best of several boards over all counties of the database."""
    packs = shipped_packs()
    found = []
    with app.app_context(), reading():
        counties = list(db.session.scalars(select(Region.id).where(Region.level == RegionLevel.COUNTY)))
        for _round in range(rounds):
            with collected() as asked:
                wall, processor = time.perf_counter(), time.process_time()
                frame = Frame(counties, DAY)
                figures = sum(len(one.parts) for pack in packs.values() for one in evaluate_all(pack, frame))
                found.append(Measured(time.perf_counter() - wall, time.process_time() - processor, len(asked), figures))
            db.session.remove()
    return min(found)


def main() -> int:
    """Fill, measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="5000,50000", help="teachers, a county and more, by a comma")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    failed = False
    for kind in options.databases.split(","):
        with tempfile.TemporaryDirectory() as folder:
            measured = [board(application(kind, Path(folder), size), options.rounds) for size in sizes]
        print(f"\n{kind}\n{'teachers':>10}{'figures':>9}{'queries':>9}{'seconds':>9}{'processor':>11}{'ratio':>7}")
        for size, one in zip(sizes, measured, strict=True):
            ratio = one.seconds / measured[0].seconds
            more = one.queries - measured[0].queries
            counties = max(1, size // province.TEACHERS_A_COUNTY)
            is_over = one.seconds > LONGEST * counties or more > COUNTY_QUERIES * (counties - 1)
            failed |= is_over
            print(
                f"{size:>10,}{one.figures:>9}{one.queries:>9}{one.seconds:>8.2f}s{one.processor:>10.2f}s{ratio:>7.2f}"
                f"{'  <-- over' if is_over else ''}"
            )
        print(flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    postgres.start()
    try:
        sys.exit(main())
    finally:
        postgres.stop()
