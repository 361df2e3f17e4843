"""The placement beside its peers: `python -m benchmarks.placement [--hosts N] [--applicants M] [--seeds A-B]`.

Every way gets the same made problems in the same run, from a JSON file to a result the verifier has judged. Ours is a
whole process, once in the order of tiers as it comes and once with the number of places before stability. `× floor` is
the time against deferred acceptance in this process, `bound` the proven least number of blocking pairs, and `proven
tiers` counts the first tiers that are proven. Exit status 1 where a plan is unsound, a tier of ours is not proven, more
people are left without a place than by a peer without blocking pairs, or the CPU seconds of a whole process are above
the promise: it has one thread, so they are its seconds on an idle machine. The other order is given little time: it is
hardly ever proven.
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
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.placement import peers
from optimizer.placement import Problem, verify
from optimizer.placement.make import Shape, make

PROMISE = 5.0
SHORT = 3.5
PLACES_FIRST = ["policy", "unplaced", "stability", "change", "applicants", "hosts", "distance"]
HEADING = (
    "problem", "way", "seconds", "CPU s", "× floor", "placed", "blocking pairs", "bound", "average rank", "rural %",
    "proven tiers",
)  # fmt: skip
Data = dict[str, Any]


@dataclass
class Result:
    """One way on one problem."""

    way: str
    seconds: float
    cpu: float
    report: Data
    bound: str = "–"
    proven: str = "–"

    def cells(self, problem: Data, floor: float) -> list[str]:
        placed = self.report["placed"]
        rank = 1 + self.report["tiers"]["applicants"] / max(1, placed)
        rural = 100 * sum(host["rural"] for host in self.report["hosts"]) / max(1, placed)
        blocking = str(self.report["tiers"]["stability"])
        times = [f"{self.seconds:.2f}", f"{self.cpu:.2f}", f"{self.seconds / floor:.1f}"]
        figures = [f"{placed} of {len(problem['applicants'])}", blocking, self.bound, f"{rank:.2f}", f"{rural:.1f}"]
        return [self.way, *times, *figures, self.proven]


def ours(way: str, path: Path, problem: Data, limit: float) -> tuple[Result, list[str]]:
    """A fresh process, from the file to the verified solution."""
    target = path.with_suffix(".solution.json")
    path.write_text(json.dumps(problem, ensure_ascii=False), encoding="utf-8")
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "optimizer.placement", str(path), "-o", str(target), "--quiet"]
    subprocess.run([*command, "--time-limit", str(limit)], check=False, capture_output=True)
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    solution = json.loads(target.read_text(encoding="utf-8"))
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    bounds = {tier["name"]: tier["bound"] for tier in solution["tiers"]}
    proven = 0
    for tier in solution["tiers"]:
        if tier["value"] > tier["bound"]:
            break
        proven += 1
    result = Result(way, seconds, cpu, verify.report(problem, solution), f"{bounds['stability']:.0f}",
                    f"{proven} of {len(bounds)}")  # fmt: skip
    return result, verify.faults(problem, solution)


def by_rule(way: str, problem: Data) -> tuple[Result, list[str]]:
    """A peer in this process."""
    begun, cpu = time.perf_counter(), time.process_time()
    market, plan = peers.run(peers.RULES[way], Problem.from_dict(problem).canonical())
    seconds, spent = time.perf_counter() - begun, time.process_time() - cpu
    pairs = market.placed(plan).items()
    places = [{"applicant": market.applicants[i].id, "host": market.hosts[j].id} for i, j in pairs]
    report = verify.report(problem, {"places": places})
    return Result(way, seconds, spent, report), [str(fault) for fault in report["broken"]]


def run(path: Path, problem: Data, limit: float) -> Iterator[tuple[Result, list[str]]]:
    """Every way on one problem, deferred acceptance first: its time is the floor."""
    for way in peers.RULES:
        yield by_rule(way, problem)
    yield ours("Qinglan", path, problem, limit)
    filled = {**problem, "settings": {**problem["settings"], "tiers": PLACES_FIRST}}
    yield ours("Qinglan, places first", path, filled, SHORT)


def judged(name: str, found: dict[str, Result]) -> Iterator[str]:
    """What our plans of one problem fall short of."""
    mine, filled, stable = found["Qinglan"], found["Qinglan, places first"], found["deferred acceptance"]
    done, _, tiers = mine.proven.partition(" of ")
    if done != tiers:
        yield f"{name}: only {mine.proven} tiers are proven"
    if mine.cpu > PROMISE:
        yield f"{name}: {mine.cpu:.2f} CPU seconds"
    if mine.report["tiers"]["stability"] == 0 and mine.report["placed"] < stable.report["placed"]:
        yield f"{name}: deferred acceptance places more"
    if any(found[way].report["placed"] > filled.report["placed"] for way in peers.RULES):
        yield f"{name}: a peer places more than ours, places first"


def main() -> int:
    """Run, print the table, and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.placement", description=__doc__)
    parser.add_argument("--hosts", type=int, default=Shape.hosts)
    parser.add_argument("--applicants", type=int, default=Shape.applicants)
    parser.add_argument("--seeds", default="1-12", metavar="A-B")
    parser.add_argument("--limit", type=float, default=60, help="the time limit of the default order in seconds")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    print("| " + " | ".join(HEADING) + " |\n|" + " --- |" * len(HEADING))
    wrong: list[str] = []
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(int(first), int(last or first) + 1):
            problem = make(Shape(options.hosts, options.applicants), seed)
            name = f"{options.hosts}×{options.applicants}-{seed}"
            found: dict[str, Result] = {}
            for result, faults in run(Path(folder) / f"{name}.json", problem, options.limit):
                found[result.way] = result
                floor = found["deferred acceptance"].seconds
                print("| " + " | ".join([name, *result.cells(problem, floor)]) + " |", flush=True)
                wrong += [f"{name}: {result.way}: {fault}" for fault in faults]
            seconds.append(found["Qinglan"].cpu)
            wrong += judged(name, found)
    figures = f"median {median(seconds):.2f}, most {max(seconds):.2f} (promise {PROMISE})"
    print(f"\nCPU seconds of our whole process, default order: {figures}.")
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
