"""The optimiser beside its peers: `python -m benchmarks.optimizer [--resume] [--parts …] [--seeds A-B]`

Every way gets the same problems in the same run, from a problem file to an answer. Parts:

- `pairs`: ours, the straightforward PuLP model with HiGHS, ours again, county by county; ratios of wall and CPU time.
- `peers`: CBC and OR-Tools CP-SAT, a minute for each tier; the administrative rule, MDA and TO-BE.
- `large`: 300 and 800 schools.
- `locks`: solving again after one decision, and how much of the plan stays (`benchmarks.optimizer.locks`).
- `audit`: plans of a wide range of problems judged (`benchmarks.optimizer.audit`).

What was measured is kept line by line; `--resume` takes a stopped run up where it was left and prints the whole table.
Exit status 1 where a figure misses what was promised, a plan is unsound, or a proven tier differs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.optimizer import audit, locks, table
from benchmarks.optimizer.counties import county
from benchmarks.optimizer.store import NotMeasured, Store
from benchmarks.optimizer.ways import OURS, PEER_WAYS, PLAIN, has_peers, run

PARTS = ("pairs", "peers", "large", "locks", "audit")
LARGE_LIMIT = 580  # of ten minutes; starting, reading and verifying take the rest
PEER_SEEDS = (1, 2)
AUDIT_SMALL = 30
Data = dict[str, Any]


def seeds(text: str) -> range:
    """`1-24` as numbers."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def peer_versions() -> list[str]:
    """The pinned peers."""
    lines = (Path(__file__).parent / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line.replace("==", " ") for line in lines if line.startswith(("ortools", "cbcbox"))]


class Bench:
    """The parts, each measuring what the store does not have yet."""

    def __init__(self, store: Store, folder: Path, *, stop: int | None = None) -> None:
        self.store, self.folder, self.stop = store, folder, stop

    def file(self, schools: int, seed: int, **shape: float) -> Path:
        marks = "".join(f"-{key}-{value:g}" for key, value in shape.items())
        path = self.folder / f"county-{schools}-{seed}{marks}.json"
        if not path.exists():
            problem = county(schools=schools, seed=seed, **shape)  # type: ignore[arg-type]
            path.write_text(json.dumps(problem, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        return path

    def take(self, way: str, path: Path, *, turn: int = 0, time_limit: float | None = None) -> Data:
        key = f"{path.stem} {way} {turn}"
        known = key in self.store.records
        record = self.store.get(
            key, lambda: run(way, path.stem, path, time_limit=time_limit, most_cpu=self.stop).to_dict()
        )
        if not known:
            sys.stderr.write(f"{key}: {record['wall']:.1f} s, {record['cpu']:.1f} s CPU\n")
            sys.stderr.flush()
        return record

    def take_all(self, ways: Iterable[tuple[str, Path]]) -> list[Data]:
        """Several ways; those not measured are left out where nothing is to be measured now."""
        found = []
        for way, path in ways:
            with suppress(NotMeasured):
                found.append(self.take(way, path))
        return found

    def pairs(self, chosen: Iterable[int]) -> Iterator[tuple[Data, Data, Data]]:
        for seed in chosen:
            path = self.file(111, seed)
            with suppress(NotMeasured):
                before, plain = self.take(OURS, path), self.take(PLAIN, path)
                yield before, plain, self.take(OURS, path, turn=1)

    def peers(self) -> Iterator[list[Data]]:
        can_run = self.store.closed or has_peers()  # what a run has kept is shown in any case
        ways = [way for way in PEER_WAYS if can_run or way not in ("cbc", "cp-sat")]
        for path in [self.file(111, seed) for seed in PEER_SEEDS]:
            yield self.take_all((way, path) for way in (OURS, PLAIN, *ways))
        quick = [way for way in ways if way not in ("cbc", "cp-sat")]
        path = self.file(111, 1, wishes=1)
        yield self.take_all((way, path) for way in (OURS, *quick))

    def large(self) -> Iterator[Data]:
        for schools in (300, 800):
            with suppress(NotMeasured):
                yield self.take(OURS, self.file(schools, 1), time_limit=LARGE_LIMIT)


def main() -> int:
    """Run, print the tables, and judge."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.optimizer", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--resume", action="store_true", help="keep what the last run measured")
    parser.add_argument("--kept", action="store_true", help="measure nothing: the tables of what a run has measured")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--seeds", type=seeds, default="1-24", metavar="A-B")
    parser.add_argument(
        "--stop", type=int, metavar="S", help="stop the straightforward way after S CPU seconds; ratios are bounds then"
    )
    options = parser.parse_args()
    report = table.Report()
    report.lines += [f"Peers: {', '.join(peer_versions())}; PuLP and HiGHS as above.", ""]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(resume=options.resume, closed=options.kept)
        report.lines += [store.records["note"], ""] if "note" in store.records else []
        bench = Bench(store, Path(folder), stop=options.stop)
        if "pairs" in options.parts:
            report.pairs(list(bench.pairs(options.seeds)))
        if "large" in options.parts:
            report.large(list(bench.large()))
        if "locks" in options.parts:
            with suppress(NotMeasured):
                report.part(*locks.measured(bench.store, bench.folder))
        if "audit" in options.parts:
            with suppress(NotMeasured):
                found = store.get("audit", lambda: audit.run_all(111, AUDIT_SMALL, 10, None))
                report.part(*audit.report(found))
        if "peers" in options.parts:
            report.peers(list(bench.peers()))
    sys.stdout.write(report.text())
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
