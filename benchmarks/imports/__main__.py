"""How long an import takes beside its peer: `python -m benchmarks.imports [--rows N] [--rounds N] [--profile]`.

The peer reads the same file with pandas and calamine and inserts the same rows into the same tables with a bare Core
bulk insert: no mapping, no checks, no preview, no undo. Ours uploads, maps, checks, diffs, previews and applies. Both
run in the same process, on SQLite and on a real PostgreSQL; the best of several rounds counts. Exit status 1 when
ours takes more than three times as long.
"""

import argparse
import cProfile
import io
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas
from sqlalchemy import delete, insert, select

from app import create_app
from app.access import Role
from app.accounts.models import User
from app.codes.operations import load_codes
from app.extensions import db
from app.imports import operations, queries
from app.imports.models import ChangeChunk, ImportBatch, ImportFile, ImportKind, Outcome, StagedChunk
from app.regions.models import Region
from app.teachers.models import Teacher, TeacherSubject
from app.web.transaction import transaction
from benchmarks.imports.roster import school_names, write_roster
from tests.factories import CountyFactory, SchoolFactory, SchoolStageFactory, user_with
from tests.fixtures import postgres

ALLOWED = 3.0
SCHOOLS = 120


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and result."""
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def ours(content: bytes) -> dict[str, float]:
    """The whole way of a file, step by step."""
    seconds: dict[str, float] = {}
    actor, county = (
        db.session.scalars(select(User)).first(),
        db.session.scalars(select(Region).filter_by(name="青蓝县")).one(),
    )

    def step(name: str, action: Callable[[], Any]) -> Any:
        with transaction():
            seconds[name], result = timed(action)
            more, _ = timed(db.session.commit)
            seconds[name] += more
        return result

    batch = step(
        "upload",
        lambda: operations.upload(
            actor=actor, county=county, kind=ImportKind.TEACHERS, file_name="名册.xlsx", content=content
        ),
    )
    mapping = {int(column): key for column, key in batch.mapping.items()}
    step("map", lambda: operations.map_columns(actor=actor, batch=batch, mapping=mapping, does_empty_clear=False))
    step("check and diff", lambda: operations.store_check(batch=batch, checked=operations.examine(batch)))
    step("preview", lambda: [queries.preview(batch, outcome, queries.PreviewFilter()) for outcome in Outcome])
    prepared = step("prepare", lambda: operations.prepare(batch))
    step("apply", lambda: operations.apply(actor=actor, batch=batch, prepared=prepared, does_accept_rejected=True))
    print(f"    new {batch.new_count}, changed {batch.changed_count}, unchanged {batch.unchanged_count}, "
          f"rejected {batch.rejected_count}")  # fmt: skip
    db.session.rollback()
    return seconds


def beside(content: bytes) -> dict[str, float]:
    """What the ratio leaves out: the same file again, which changes nothing, and the undo."""
    actor = db.session.scalars(select(User)).one()
    county = db.session.scalars(select(Region).where(Region.name == "青蓝县")).one()
    applied = db.session.scalars(select(ImportBatch)).one()

    def again() -> None:
        with transaction():
            batch = operations.upload(
                actor=actor, county=county, kind=ImportKind.TEACHERS, file_name="再次.xlsx", content=content
            )
            mapping = {int(column): key for column, key in batch.mapping.items()}
            operations.map_columns(actor=actor, batch=batch, mapping=mapping, does_empty_clear=False)
            operations.store_check(batch=batch, checked=operations.examine(batch))
            if batch.new_count or batch.changed_count:
                raise SystemExit("the same file again must change nothing")

    def undo() -> None:
        with transaction():
            operations.undo(actor=actor, batch=applied)

    seconds = {"the same file again": timed(again)[0], "undo": timed(undo)[0]}
    db.session.rollback()
    return seconds


def peer(path: Path, teachers: list[dict[str, Any]], subjects: list[dict[str, Any]]) -> dict[str, float]:
    """pandas with calamine reads the file; Core inserts the rows."""
    read, _frame = timed(lambda: pandas.read_excel(path, engine="calamine", header=1, dtype=str))

    def write() -> None:
        with db.engine.begin() as connection:
            connection.execute(insert(Teacher.__table__), teachers)
            connection.execute(insert(TeacherSubject.__table__), subjects)

    written, _ = timed(write)
    return {"read": read, "insert": written}


def written_rows() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows that ours wrote, as plain dicts."""
    with db.engine.connect() as connection:
        teachers = [dict(row) for row in connection.execute(select(Teacher.__table__)).mappings()]
        subjects = [dict(row) for row in connection.execute(select(TeacherSubject.__table__)).mappings()]
    return teachers, subjects


def clear() -> None:
    """Take all imported rows away."""
    with transaction():
        for model in (ChangeChunk, StagedChunk, ImportFile, ImportBatch, TeacherSubject, Teacher):
            db.session.execute(delete(model))


def prepare_database() -> None:
    """Tables, codes, a county with schools, an officer."""
    db.create_all()
    with transaction():
        load_codes()
        county = CountyFactory(name="青蓝县")
        for name in school_names(SCHOOLS):
            SchoolStageFactory(school_id=SchoolFactory(county=county, name=name).id)
        user_with(Role.PERSONNEL_OFFICER, region=county)


def shown(seconds: dict[str, float]) -> str:
    """One line of figures."""
    parts = ", ".join(f"{name} {value:.2f}" for name, value in seconds.items())
    return f"{sum(seconds.values()):6.2f} s  ({parts})"


def run(name: str, url: str, path: Path, rounds: int, *, profile: bool) -> float:
    """One database; the ratio of the best rounds."""
    app = create_app("testing", SQLALCHEMY_DATABASE_URI=url, HUEY_URL=url)
    with app.app_context():
        prepare_database()
        content = path.read_bytes()
        best_ours, best_peer = float("inf"), float("inf")
        for number in range(rounds):
            profiler = cProfile.Profile() if profile and number == 0 else None
            if profiler:
                profiler.enable()
            found = ours(content)
            if profiler:
                profiler.disable()
                out = io.StringIO()
                pstats.Stats(profiler, stream=out).sort_stats("tottime").print_stats(35)
                print(out.getvalue())
            rows = written_rows()
            more = beside(content)
            clear()
            theirs = peer(path, *rows)
            clear()
            print(f"  {name} ours  {shown(found)}\n  {name} peer  {shown(theirs)}")
            print("    besides: " + ", ".join(f"{what} {seconds:.2f} s" for what, seconds in more.items()), flush=True)
            best_ours, best_peer = min(best_ours, sum(found.values())), min(best_peer, sum(theirs.values()))
        db.session.remove()
        db.engine.dispose()
    print(f"{name}: ours {best_ours:.2f} s, peer {best_peer:.2f} s, ratio {best_ours / best_peer:.2f}")
    return best_ours / best_peer


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        path.write_bytes(write_roster(chosen.rows, school_names(SCHOOLS)))
        print(f"{chosen.rows} rows, {path.stat().st_size / 1e6:.1f} MB")
        ratios = []
        if chosen.only != "postgresql":
            url = f"sqlite:///{folder}/bench.db"
            ratios.append(run("sqlite", url, path, chosen.rounds, profile=chosen.profile))
        if chosen.only != "sqlite":
            postgres.start()
            try:
                url = postgres.new_database("qinglan_bench")
                ratios.append(run("postgresql", url, path, chosen.rounds, profile=chosen.profile))
            finally:
                postgres.stop()
    return 0 if max(ratios) <= ALLOWED else 1


if __name__ == "__main__":
    sys.exit(main())
