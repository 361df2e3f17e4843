"""`python -m optimizer.placement problem.json -o solution.json [--time-limit S]`

Progress goes to stderr: seconds, stage, tier, incumbent, bound. The verifier runs before anything is written.

Exit codes: 0 every tier proven (`optimal`) · 3 a plan, but not every tier proven (`feasible`) · 4 the locks
contradict the rules (`infeasible`; the file names a smallest set) · 2 the problem was refused or could not be read (all
findings on stderr, nothing written) · 5 the plan failed verification or the solver failed (nothing written) · 130
interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from optimizer.errors import ProblemRefused, SolverFailed
from optimizer.placement import verify
from optimizer.placement.problem import Problem
from optimizer.placement.solution import FEASIBLE, INFEASIBLE, OPTIMAL, Progress, Solution
from optimizer.placement.solve import solve

EXIT = {OPTIMAL: 0, FEASIBLE: 3, INFEASIBLE: 4}
REFUSED, UNSOUND, INTERRUPTED = 2, 5, 130


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m optimizer.placement", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("problem", type=Path, help="a placement-problem/1 file")
    parser.add_argument("-o", "--output", type=Path, required=True, help="where the solution goes")
    parser.add_argument("--time-limit", type=float, metavar="S", help="seconds; default: the problem's setting")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    options = parser.parse_args(argv)
    try:
        content = options.problem.read_bytes()
        data = json.loads(content)
        problem = Problem.from_dict(data)
        solution = solve(problem, progress=None if options.quiet else _Line(), time_limit=options.time_limit)
    except (OSError, ValueError) as error:
        _say(f"cannot read {options.problem}: {error}")
        return REFUSED
    except ProblemRefused as refused:
        for finding in refused.findings:
            _say(f"{finding.code}: {finding.message}")
        return REFUSED
    except SolverFailed as failure:
        _say(f"the solver failed: {failure}")
        return UNSOUND
    except KeyboardInterrupt:
        return INTERRUPTED
    solution = replace(solution, problem_sha256=sha256(content).hexdigest())
    return _write(options.output, data, solution)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _write(path: Path, data: dict[str, Any], solution: Solution) -> int:
    document = solution.to_dict()
    wrong = verify.faults(data, document)
    if wrong:
        for fault in wrong:
            _say(f"unsound: {fault}")
        return UNSOUND
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    values = ", ".join(f"{tier.name} {tier.value:g}" for tier in solution.tiers)
    _say(f"{solution.status} in {solution.seconds:.1f} s: {values or [dict(lock) for lock in solution.conflict]}")
    return EXIT[solution.status]


class _Line:
    """Prints progress where it changes."""

    def __init__(self) -> None:
        self.last: tuple[object, ...] = ()

    def __call__(self, at: Progress) -> None:
        now = (at.stage, at.tier, at.incumbent, at.bound)
        if now == self.last:
            return
        self.last = now
        parts = [f"{at.seconds:7.2f} s", at.stage]
        if at.tier is not None:
            parts.append(f"tier {at.tier} ({at.tier_index + 1}/{at.tier_count})")
        if at.incumbent is not None:
            parts.append(f"incumbent {at.incumbent:.9g}")
        if at.bound is not None:
            parts.append(f"bound {at.bound:.9g}")
        _say("  ".join(parts))


if __name__ == "__main__":
    sys.exit(main())
