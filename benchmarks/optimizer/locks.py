"""Solving again after one decision on the plan: `python -m benchmarks.optimizer.locks PROBLEM OUT COUNT`

Of a county that was solved once, with random decisions of an officer on the plan, one at a time, as many of each kind
that the page of a proposal offers: a proposed move is locked, a proposed teacher stays after all, a proposed move is
banned, and any eligible teacher is sent to any school within reach, which mostly costs a leading tier. The new problem
refers to the plan, and starts from what the first solve left. Seconds are those of `solve` in a process that is up
already, as a worker's is; the answer is compared with a solve from cold for the first few.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.optimizer.counties import county
from benchmarks.optimizer.store import Store
from benchmarks.optimizer.ways import spend
from optimizer import Ban, Lock, Problem, ReferenceMove, Solution, Start, solve, verify
from optimizer.arcs import Arcs, find_arcs
from optimizer.county import County

COUNT, FROM_COLD = 60, 8
RATIO, CHANGE = 1 / 3, 0.02
Data = dict[str, Any]


def timed(work: Callable[[], Solution]) -> tuple[Solution, float, float]:
    """A solution, and its wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    solution = work()
    return solution, time.perf_counter() - wall, time.process_time() - cpu


@dataclass(frozen=True)
class Decision:
    """One decision of an officer."""

    kind: str
    teacher: str
    lock: Lock | None = None
    ban: Ban | None = None

    def on(self, problem: Problem) -> Problem:
        """A problem with the decision in it."""
        locks = () if self.lock is None else (self.lock,)
        return replace(problem, locks=locks, bans=() if self.ban is None else (self.ban,))


def decisions(problem: Problem, plan: Solution, count: int) -> list[Decision]:
    """Random decisions that an officer might take on the plan, the four kinds in turn."""
    r = random.Random(1)
    known = County.of(problem.canonical())
    arcs = find_arcs(known)
    found = []
    for n in range(count):
        move = r.choice(plan.moves)
        if n % 4 == 0:
            found.append(Decision("locked as proposed", move.teacher, lock=Lock(move.teacher, move.to)))
        elif n % 4 == 1:
            found.append(Decision("kept in place", move.teacher, lock=Lock(move.teacher, None)))
        elif n % 4 == 2:
            found.append(Decision("banned from there", move.teacher, ban=Ban(move.teacher, move.to)))
        else:
            lock = anywhere(known, arcs, r)
            found.append(Decision("sent anywhere", lock.teacher, lock=lock))
    return found


def anywhere(known: County, arcs: Arcs, r: random.Random) -> Lock:
    """Any eligible teacher to any school within reach."""
    i = r.choice(known.eligible)
    while not (mine := [k for k in range(len(arcs)) if arcs.teacher[k] == i]):
        i = r.choice(known.eligible)
    school = known.teams[int(arcs.team[r.choice(mine)])].school
    return Lock(known.teachers[i].id, known.schools[school].id)


def whole_job(data: Data, start: Data | None) -> Solution:
    """What the officer waits for: the snapshot read, solved, and verified as it goes out."""
    given = None if start is None else Start.from_dict(start)
    solution = solve(Problem.from_dict(data), start=given)
    verify.faults(data, solution.to_dict())
    return solution


def measure(problem: Problem, count: int) -> Data:
    """The first solve and one solve a lock."""
    solve(problem)  # a worker has done this before: nothing is loaded for the first time
    first, wall, cpu = timed(lambda: solve(problem))
    reference = tuple(ReferenceMove(move.teacher, move.to) for move in first.moves)
    kept = first.start.to_dict() if first.start is not None else None
    job = timed(lambda: whole_job(problem.to_dict(), None))[2]
    before = {move.teacher: move.to for move in first.moves}
    rows = []
    for n, decision in enumerate(decisions(problem, first, count)):
        locked = replace(decision.on(problem), reference=reference)
        again, its_wall, its_cpu = timed(partial(solve, locked, start=first.start))
        row: Data = {"wall": its_wall, "cpu": its_cpu, "status": again.status, "kind": decision.kind}
        if again.status != "infeasible":
            after = {move.teacher: move.to for move in again.moves}
            others = (before.keys() | after.keys()) - {decision.teacher}
            row["changed"] = sum(before.get(t) != after.get(t) for t in others)
            row["held"] = again.start is first.start
            row["faults"] = verify.faults(locked.to_dict(), again.to_dict())
            row["job"] = timed(partial(whole_job, locked.to_dict(), kept))[2]
        if n < FROM_COLD:
            cold = solve(locked)
            row["same"] = cold.moves == again.moves and _values(cold) == _values(again)
        rows.append(row)
        sys.stderr.write(f"decision {n}: {its_wall:.2f} s, {its_cpu:.2f} s CPU {row}\n")
    return {"wall": wall, "cpu": cpu, "job": job, "moves": len(before), "rows": rows}


def _values(solution: Solution) -> list[tuple[str, float]]:
    return [(tier.name, tier.value) for tier in solution.tiers]


def measured(store: Store, folder: Path) -> tuple[list[str], list[tuple[str, bool]]]:
    """The part of the report: lines, and what was promised with whether it is kept."""

    def run() -> Data:
        source, target = folder / "locks.json", folder / "locks.out.json"
        source.write_text(json.dumps(county(), ensure_ascii=False), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.optimizer.locks", str(source), str(target), str(COUNT)]
        if spend(command).status:
            raise RuntimeError("the locks could not be measured")
        answer: Data = json.loads(target.read_text(encoding="utf-8"))
        return answer

    return report(store.get("locks", run))


def report(found: Data) -> tuple[list[str], list[tuple[str, bool]]]:
    """Lines and promises of what was measured."""
    rows = [row for row in found["rows"] if row["status"] != "infeasible"]
    held = [row for row in rows if row["held"]]
    anew = [row for row in rows if not row["held"]]
    lines = [
        f"One decision on the plan of 111 schools (seed 1), then solved again, {len(found['rows'])} times; the first",
        f"solve takes {found['wall']:.2f} s wall, {found['cpu']:.2f} s CPU. In {len(held)} of them the leading tiers",
        f"keep their values; in {len(anew)} the decision costs some of them, and they are proven anew;",
        f"{len(found['rows']) - len(rows)} contradict the hard rules.",
        "",
    ]
    kinds = {kind: [row for row in rows if row["kind"] == kind] for kind in dict.fromkeys(row["kind"] for row in rows)}
    for name, some in {"all": rows, **kinds, "values kept": held, "proven anew": anew}.items():
        if some:
            ratio, worst = median(r["cpu"] for r in some) / found["cpu"], max(r["cpu"] for r in some) / found["cpu"]
            wall = median(r["wall"] for r in some) / found["wall"]
            lines.append(f"{name}: CPU ratio median {ratio:.2f}, worst {worst:.2f}; wall ratio median {wall:.2f}")
    ratio = median(row["cpu"] for row in rows) / found["cpu"]
    changed = median(row["changed"] for row in rows) / found["moves"]
    most = max(row["changed"] for row in rows) / found["moves"]
    jobs = median(row["job"] for row in rows)
    lines.append(
        f"the whole job (snapshot read, solved, verified): first {found['job']:.2f} s CPU, again median {jobs:.2f} s, "
        f"ratio {jobs / found['job']:.2f}"
    )
    lines += [f"other moves that change: median {changed:.2%}, most {most:.2%}", ""]
    compared = [row for row in found["rows"] if "same" in row]
    promises = [
        (f"solving again after one decision: median ratio {ratio:.2f} (≤ 1/3)", ratio <= RATIO),
        (f"other moves that change after one decision: median {changed:.2%} (≤ 2 %)", changed <= CHANGE),
        (
            "every plan after a decision proven and verified",
            all(r["status"] == "optimal" and not r["faults"] for r in rows),
        ),
        (f"the same moves as from cold ({len(compared)} compared)", all(row["same"] for row in compared)),
    ]
    return lines, promises


def main() -> None:
    """From a problem file to what was measured."""
    source, target, count = sys.argv[1:]
    problem = Problem.from_dict(json.loads(Path(source).read_text(encoding="utf-8")))
    Path(target).write_text(json.dumps(measure(problem, int(count))), encoding="utf-8")


if __name__ == "__main__":
    main()
