"""The optimiser beside its peers: `python -m benchmarks.optimizer [--schools N] [--seeds A-B] [--peers …] [FILE …]`

Every way gets the same problems in the same run, one solver thread each, from a JSON file to a result that the
verifier has judged. Peers: the straightforward teacher-level PuLP model with HiGHS, the same with CBC where it is
installed, and the greedy administrative rule. Prints a Markdown table; exit status 1 where tier values differ from
the straightforward model's, a plan is unsound, or the median ratio of times is above the promise.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import pulp

from benchmarks.optimizer import greedy, straightforward
from optimizer import verify
from tests.optimizer.counties import small

PROMISE, WORST = 0.06, 0.15
TIERS = ("rules", "needs", "balance", "moves", "cost")
Data = dict[str, Any]


@dataclass
class Result:
    """One way on one problem: seconds, tier values, whether all were proven, and what the verifier says."""

    way: str
    seconds: float
    values: dict[str, float]
    proven: bool
    faults: list[str] = field(default_factory=list)


def ours(path: Path, problem: Data) -> Result:
    """A fresh process, from the file to the verified solution."""
    target = path.with_suffix(".solution.json")
    begun = time.perf_counter()
    command = [sys.executable, "-m", "optimizer", str(path), "-o", str(target), "--quiet"]
    subprocess.run(command, check=False, capture_output=True)
    seconds = time.perf_counter() - begun
    solution = json.loads(target.read_text(encoding="utf-8"))
    values = {tier["name"]: tier["value"] for tier in solution["tiers"]}
    return Result("Qinglan", seconds, values, solution["status"] == "optimal", verify.faults(problem, solution))


def plain(name: str, solver: pulp.LpSolver, problem: Data) -> Result:
    """The straightforward model with a solver."""
    outcome = straightforward.solve(problem, solver)
    broken = verify.report(problem, {"moves": outcome["moves"]})["broken"] if outcome["proven"] else []
    return Result(name, outcome["seconds"], outcome["values"], outcome["proven"], [str(fault) for fault in broken])


def by_rule(problem: Data) -> Result:
    """The greedy rule; it proves nothing."""
    begun = time.perf_counter()
    moves = greedy.solve(problem)
    seconds = time.perf_counter() - begun
    report = verify.report(problem, {"moves": moves})
    return Result("greedy rule", seconds, report["tiers"], False, [str(fault) for fault in report["broken"]])


def run(path: Path, peers: list[str], limit: float) -> Iterator[Result]:
    """Every way on one problem."""
    problem = json.loads(path.read_text(encoding="utf-8"))
    yield ours(path, problem)
    if "greedy" in peers:
        yield by_rule(problem)
    if "highs" in peers:
        yield plain("straightforward, HiGHS", pulp.HiGHS(msg=False, threads=1, gapRel=0, timeLimit=limit), problem)
    if "cbc" in peers and "PULP_CBC_CMD" in pulp.listSolvers(onlyAvailable=True):
        yield plain("straightforward, CBC", pulp.getSolver("PULP_CBC_CMD", msg=False, timeLimit=limit), problem)


def differs(a: Result, b: Result) -> bool:
    """Whether two proven results disagree on a tier."""
    if not (a.proven and b.proven):
        return False
    far = {"balance": 1e-6}
    return any(
        abs(a.values[t] - b.values[t]) > far.get(t, 0.01) * max(1.0 if t != "balance" else 0.0, a.values[t] * 1e-6 + 1)
        for t in TIERS
        if t in a.values and t in b.values
    )


def problems(options: argparse.Namespace, folder: Path) -> Iterator[Path]:
    """The files named, or counties made for the seeds asked for."""
    if options.files:
        yield from options.files
        return
    first, _, last = options.seeds.partition("-")
    for seed in range(int(first), int(last or first) + 1):
        path = folder / f"county-{options.schools}-{seed}.json"
        path.write_text(json.dumps(small(options.schools, seed), ensure_ascii=False), encoding="utf-8")
        yield path


def main() -> int:
    """Run, print the table, and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.optimizer", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="problems; default: made counties")
    parser.add_argument("--schools", type=int, default=111)
    parser.add_argument("--seeds", default="1-3", metavar="A-B")
    parser.add_argument("--peers", nargs="*", default=["highs", "cbc", "greedy"])
    parser.add_argument("--limit", type=float, default=300, help="seconds a peer may take for one tier")
    options = parser.parse_args()
    heading = ["problem", "way", "seconds", "× ours", "proven", *TIERS]
    print("| " + " | ".join(heading) + " |\n|" + " --- |" * len(heading))
    ratios: list[float] = []
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for path in problems(options, Path(folder)):
            first: Result | None = None
            for result in run(path, options.peers, options.limit):
                first = first or result
                values = [f"{result.values[t]:.9g}" if t in result.values else "–" for t in TIERS]
                proven = "yes" if result.proven else "no"
                times = f"{result.seconds / first.seconds:.1f}"
                print(
                    "| " + " | ".join([path.stem, result.way, f"{result.seconds:.2f}", times, proven, *values]) + " |"
                )
                sys.stdout.flush()
                wrong += [f"{path.stem}: {result.way}: {fault}" for fault in result.faults]
                if result is not first and differs(first, result):
                    wrong.append(f"{path.stem}: {result.way} has other tier values")
                if result.way == "straightforward, HiGHS":
                    ratios.append(first.seconds / result.seconds)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nPeak memory of our process: {peak:.0f} MiB.")
    if ratios:
        print(f"Ours / straightforward: median {median(ratios):.3f} (promise {PROMISE}), worst {max(ratios):.3f}.")
        if median(ratios) > PROMISE or max(ratios) > WORST:
            wrong.append("slower than promised")
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
