"""Solve a wide range of problems and have each plan checked: `python -m benchmarks.optimizer.audit [--auditor PATH] …`

Seeds, everybody with wishes and second subjects, nobody with a home, random locks and bans, every setting at its
extremes, the rotation rate asked of each sending school. Each plan is judged by the verifier, which shares no code with
the model, and by any outside auditor: a script that takes problem.json and solution.json, prints one JSON object with
`broken` and `tiers`, and exits with 0 where no hard rule is broken. Exit status 1 where anything differs.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.optimizer.counties import county
from optimizer import Problem, solve, verify

Data = dict[str, Any]
EXTREMES: dict[str, list[Any]] = {
    "rate": [0, 1], "share": [0, 1], "up_share": [0, 1], "group_young_rate": [0, 1], "net_loss_rate": [0, 1],
    "out_rate": [0, 1], "max_move_rate": [0, 1], "backbone_floor": [0, 10], "max_km": [0, 1000],
    "rate_scopes": [[], ["school"], ["pool", "county", "school"]], "share_scopes": [[], ["pool"]],
    "directions": [["down"], ["up"], ["lateral"], ["down", "up", "lateral"]],
    "tiers": [
        ["rules", "cost"], ["rules", "moves", "cost", "needs", "balance"], ["rules", "balance", "needs", "moves"],
    ],
}  # fmt: skip


def problems(schools: int, small: int, seeds: int) -> Iterator[tuple[str, Data]]:
    """Every case by name; ``small`` is the county whose settings go to their extremes."""
    for seed in range(1, seeds + 1):
        yield f"seed {seed}", county(schools, seed)
    yield "everybody has wishes and a second subject", county(schools, wishes=1, also=1)
    yield "nobody has a home", county(schools, homes=0)
    yield "50 random locks and bans", decided(county(schools), 50)
    yield "rate of each school", county(schools) | {"settings": {"rate_scopes": ["pool", "county", "school"]}}
    for key, values in EXTREMES.items():
        for value in values:
            yield f"{key} {json.dumps(value)}", county(small) | {"settings": {key: value}}


def decided(problem: Data, count: int) -> Data:
    """Random decisions: a third each stay, go to a school that has a post for them, and must not go to one."""
    r = random.Random(1)
    posts: dict[tuple[str, str], list[str]] = {}
    for school in problem["schools"]:
        for need in school["needs"]:
            posts.setdefault((need["stage"], need["subject"]), []).append(school["id"])
    movable = [t for t in problem["teachers"] if t["eligible"]]
    for n, teacher in enumerate(r.sample(movable, count)):
        places = [s for s in posts[teacher["stage"], teacher["subject"]] if s != teacher["school"]]
        if not places:
            continue
        to = r.choice(places)
        if n % 3 == 2:
            problem["bans"].append({"teacher": teacher["id"], "to": to})
        elif n % 3:
            problem["locks"].append({"teacher": teacher["id"], "to": None})
        elif not contradicts(problem, teacher["id"], to):
            problem["locks"].append({"teacher": teacher["id"], "to": to})
    return problem


def contradicts(problem: Data, teacher: str, to: str) -> bool:
    """Whether a lock contradicts the hard rules by itself or with those before it."""
    locks = [*problem["locks"], {"teacher": teacher, "to": to}]
    trial = problem | {"locks": locks, "settings": {"tiers": ["rules"], "rate_scopes": []}}
    return solve(Problem.from_dict(trial)).status == "infeasible"


def judged(problem: Data, auditor: Path | None, folder: Path) -> tuple[str, float, list[str]]:
    """Status, CPU seconds, and whatever is wrong with the plan."""
    begun = time.process_time()
    solution = solve(Problem.from_dict(problem), time_limit=300).to_dict()
    seconds = time.process_time() - begun
    wrong = list(verify.faults(problem, solution))
    if auditor is None or solution["status"] == "infeasible":
        return solution["status"], seconds, wrong
    files = folder / "problem.json", folder / "solution.json"
    for path, document in zip(files, (problem, solution), strict=True):
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run([sys.executable, auditor, *files], capture_output=True, text=True, check=False)
    if done.returncode:
        return solution["status"], seconds, [*wrong, f"auditor: exit {done.returncode}"]
    found = json.loads(done.stdout)["tiers"]
    for tier in solution["tiers"]:
        if abs(tier["value"] - found[tier["name"]]) > 1e-9 * max(1.0, abs(tier["value"])):
            wrong.append(f"auditor: {tier['name']} is {found[tier['name']]}, not {tier['value']}")
    return solution["status"], seconds, wrong


def run_all(schools: int, small: int, seeds: int, auditor: Path | None) -> Data:
    """Every case: how many by status, and each fault. Says each as it goes."""
    statuses: dict[str, int] = {}
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, problem in problems(schools, small, seeds):
            status, seconds, wrong = judged(problem, auditor, Path(folder))
            statuses[status] = statuses.get(status, 0) + 1
            faults += [f"{name}: {fault}" for fault in wrong]
            sys.stderr.write(f"{name}: {status}, {seconds:.1f} s CPU{'; ' if wrong else ''}{'; '.join(wrong)}\n")
            sys.stderr.flush()
    return {"statuses": statuses, "faults": faults, "schools": schools, "small": small, "outside": auditor is not None}


def report(found: Data) -> tuple[list[str], list[tuple[str, bool]]]:
    """Lines and promises of what was found."""
    count = sum(found["statuses"].values())
    by = " and by an auditor that is no part of the project" if found["outside"] else ""
    ended = ", ".join(f"{n} {status}" for status, n in found["statuses"].items())
    lines = [
        f"A wide range of problems ({found['schools']} schools, {found['small']} where a setting goes to an extreme),",
        f"each plan judged by the verifier{by}: {ended}",
        *found["faults"],
        "",
    ]  # fmt: skip
    what = f"{count} problems: hard rules kept, tiers as claimed"
    return lines, [(what, not found["faults"]), ("all of them proven", "feasible" not in found["statuses"])]


def main() -> int:
    """Run every case and say what came out."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.optimizer.audit", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--auditor", type=Path, help="a script that judges a problem file and a solution file")
    parser.add_argument("--schools", type=int, default=111)
    parser.add_argument("--small", type=int, default=111, help="schools of the county whose settings are varied")
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    found = run_all(options.schools, options.small, options.seeds, options.auditor)
    lines, promises = report(found)
    sys.stdout.write("\n".join(lines + [f"{'met   ' if kept else 'MISSED'}  {what}" for what, kept in promises]) + "\n")
    return 0 if all(kept for _, kept in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
