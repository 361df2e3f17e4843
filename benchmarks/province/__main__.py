"""A province solved county by county: `python -m benchmarks.province [--counties N] [--workers 1,2]`

Small counties of six schools and 52 teachers stand on a PostgreSQL of the benchmark's own, in prefectures of 1, 10 and
40 counties and the rest. A run is started over each of them and over the whole province, as a person would start it,
and worker programmes take its counties from the queue: each job judges, takes a snapshot, solves, verifies, explains
and stores. The floor is the bare optimiser in one process on the same problems, one after the other.

Prints counties a minute with each number of workers, the growth from 1 county to all of them, and the ratio to the
floor. Exit status 1 where a county was solved twice or not at all, or where a county of the whole province costs more
than `GROWTH` times what one of a ten-county prefecture costs.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.audit.operations import SYSTEM
from app.codes.operations import load_codes
from app.extensions import db
from app.jobs.models import Job, WorkerBeat
from app.regions.models import Region
from app.rotation.models import ProposedMove, RunCounty, Scenario, ScenarioStatus
from app.rotation.operations import runs
from app.rotation.snapshot import read_snapshot
from app.rotation.tasks import composed
from app.web.transaction import run_pending
from optimizer import Problem, solve
from tests.app.rotation.county import YEAR, build_county
from tests.factories import PrefectureFactory, ProvinceFactory
from tests.fixtures import postgres
from tests.fixtures.jobs import PROGRAMME

PROVINCE, SIZES = 122, (1, 10, 40)
GROWTH = 1.5
LONGEST = 1200.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: how many counties, by how many workers, in how many seconds."""

    counties: int
    workers: int
    seconds: float

    @property
    def each(self) -> float:
        """Seconds a county."""
        return self.seconds / self.counties

    @property
    def a_minute(self) -> float:
        """Counties a minute."""
        return 60 / self.each


def build(counties: int) -> tuple[Region, list[Region]]:
    """The province, and the regions to run over: prefectures of `SIZES` counties, then the whole."""
    province: Any = ProvinceFactory(name="基准省")
    sizes = [size for size in SIZES if size < counties]
    while sum(sizes) > counties:
        sizes.pop()
    regions: list[Region] = []
    for size in (*sizes, counties - sum(sizes)):
        prefecture: Any = PrefectureFactory(parent_id=province.id)
        for _n in range(size):
            build_county(parent_id=prefecture.id)
        db.session.commit()
        regions += [prefecture] if size in sizes else []
    return province, [*regions, province]


@contextmanager
def workers(app: Flask, count: int) -> Iterator[None]:
    """So many worker programmes, ready to work."""
    settings = {
        "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"],
        "HUEY_URL": app.config["HUEY_URL"],
        "JOB_LEASE_SECONDS": 60,
        "kind": "process",
    }
    environment = os.environ | {"QINGLAN_TEST_WORKER": json.dumps(settings)}
    started = [
        subprocess.Popen([sys.executable, "-W", "ignore", "-c", PROGRAMME], env=environment, stderr=subprocess.DEVNULL)
        for _n in range(count)
    ]
    try:
        wait_for(lambda: _count(select(func.count()).select_from(WorkerBeat)) >= count)
        yield
    finally:
        for programme in started:
            programme.terminate()
        for programme in started:
            programme.wait()
        wait_for(lambda: _count(select(func.count()).select_from(WorkerBeat)) == 0)


def wait_for(condition: Any) -> None:
    """Until it holds."""
    until = time.monotonic() + LONGEST
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("the workers did not come to an end")
        time.sleep(0.05)


def _count(query: Any) -> int:
    db.session.rollback()
    return db.session.scalar(query) or 0


def run_over(region: Region, count: int) -> tuple[int, Measured]:
    """Start a run over the region and wait until each of its counties is solved."""
    begun = time.perf_counter()
    run_id = runs.start_run(region=region, school_year=YEAR, actor=SYSTEM).id
    db.session.commit()
    run_pending()
    mine = select(func.count()).select_from(RunCounty).where(RunCounty.run_id == run_id)
    open_ones = (
        mine.join(Scenario, Scenario.id == RunCounty.scenario_id)
        .join(Job, Job.id == Scenario.job_id)
        .where(Job.ended_at.is_(None))
    )
    wait_for(lambda: _count(open_ones) == 0)
    return run_id, Measured(_count(mine), count, time.perf_counter() - begun)


def faults(run_id: int) -> list[str]:
    """Counties that were not solved exactly once."""
    db.session.rollback()
    moves = select(func.count(ProposedMove.id)).where(ProposedMove.scenario_id == Scenario.id).scalar_subquery()
    rows = db.session.execute(
        select(RunCounty.county_id, Scenario.status, Scenario.report, Job.attempts, moves)
        .outerjoin(Scenario, Scenario.id == RunCounty.scenario_id)
        .outerjoin(Job, Job.id == Scenario.job_id)
        .where(RunCounty.run_id == run_id)
    )
    return [
        f"county {county}: {status}, {attempts} attempts, {made} moves"
        for county, status, report, attempts, made in rows
        if status is not ScenarioStatus.SOLVED or attempts != 1 or made != report["counts"]["moves"]
    ]


def floor(run_id: int) -> float:
    """Seconds a county of the bare optimiser, one process, on the problems of a run."""
    problems = []
    for scenario in db.session.scalars(select(Scenario).join(RunCounty).where(RunCounty.run_id == run_id)):
        db.session.refresh(scenario, ["snapshot", "plan"])
        if scenario.snapshot is not None:
            problems.append(Problem.from_dict(composed(scenario, read_snapshot(scenario.snapshot).problem)))
    db.session.rollback()
    begun = time.perf_counter()
    for problem in problems:
        solve(problem)
    return (time.perf_counter() - begun) / len(problems)


def table(measured: Sequence[Measured], bare: float) -> str:
    """What was measured."""
    lines = [
        f"Counties of 6 schools and 52 teachers; the bare optimiser takes {bare:.3f} s a county "
        f"({60 / bare:.0f} a minute, one process).",
        "",
        "| counties | workers | seconds | seconds a county | counties a minute | ratio to the bare optimiser |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {m.counties} | {m.workers} | {m.seconds:.1f} | {m.each:.2f} | {m.a_minute:.0f} | {m.each / bare:.1f} |"
        for m in measured
    ]
    return "\n".join(lines)


def verdicts(measured: Sequence[Measured], broken: Sequence[str]) -> tuple[list[str], bool]:
    """The promises in words, and whether they are kept."""
    said, kept = [*broken], not broken
    for count in sorted({m.workers for m in measured}):
        mine = [m for m in measured if m.workers == count and m.counties >= 10]
        if len(mine) > 1:
            growth = mine[-1].each / mine[0].each
            kept = kept and growth <= GROWTH
            said.append(
                f"{count} worker(s): a county of {mine[-1].counties} costs {growth:.2f} times one of "
                f"{mine[0].counties} (promised: at most {GROWTH})."
            )
    last = {m.workers: m for m in measured}
    if {1, 2} <= last.keys():
        said.append(f"2 workers do {last[2].a_minute / last[1].a_minute:.2f} times the counties of 1.")
    said.append("Every county was solved exactly once." if not broken else "Counties were not solved exactly once.")
    return said, kept


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.province", description=__doc__)
    parser.add_argument("--counties", type=int, default=PROVINCE)
    parser.add_argument("--workers", default="1,2")
    asked = parser.parse_args()
    postgres.start()
    try:
        url = postgres.new_database("qinglan_province")
        app = create_app("testing", SQLALCHEMY_DATABASE_URI=url, HUEY_URL=url)
        with app.app_context():
            db.create_all()
            load_codes()
            db.session.commit()
            return measure(app, asked.counties, [int(count) for count in asked.workers.split(",")])
    finally:
        postgres.stop()


def measure(app: Flask, counties: int, counts: Sequence[int]) -> int:
    """Build, run, compare with the floor, print."""
    _province, regions = build(counties)
    found: list[Measured] = []
    broken: list[str] = []
    run_id = 0
    for count in counts:
        with workers(app, count):
            for region in regions:
                run_id, measured = run_over(region, count)
                found.append(measured)
                broken += faults(run_id)
    bare = floor(run_id)
    db.session.remove()
    said, kept = verdicts(found, broken)
    sys.stdout.write("\n".join([table(found, bare), "", *said, ""]))
    db.engine.dispose()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
