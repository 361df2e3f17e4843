"""`python -m optimizer problem.json -o solution.json [--time-limit S] [--start FILE] [--keep FILE]`

Progress goes to stderr: seconds, stage, tier, incumbent, bound. The verifier runs before anything is written.
`--keep` writes what the solve has proven (rotation-start/1); `--start` reads it to solve again after one more decision.

Exit codes: 0 every tier proven (`optimal`) · 3 a plan, but not every tier proven (`feasible`) · 4 the locks
contradict the hard rules (`infeasible`; the file names a smallest set) · 2 the problem was refused or could not
be read (all findings on stderr, nothing written) · 5 the plan failed verification or the solver failed (nothing
written) · 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from optimizer import verify
from optimizer.errors import ProblemRefused, SolverFailed
from optimizer.problem import Problem
from optimizer.solution import FEASIBLE, INFEASIBLE, OPTIMAL, Progress, Solution
from optimizer.solve import solve
from optimizer.start import Start

EXIT = {OPTIMAL: 0, FEASIBLE: 3, INFEASIBLE: 4}
REFUSED, UNSOUND, INTERRUPTED = 2, 5, 130


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m optimizer", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("problem", type=Path, help="a rotation-problem/1 file")
    parser.add_argument("-o", "--output", type=Path, required=True, help="where the solution goes")
    parser.add_argument("--time-limit", type=float, metavar="S", help="seconds; default: the problem's setting")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    parser.add_argument("--start", type=Path, metavar="FILE", help="what an earlier solve of these data has proven")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="where to write what this one has proven")
    options = parser.parse_args(argv)
    try:
        content = options.problem.read_bytes()
        data = json.loads(content)
        problem = Problem.from_dict(data)
        start = Start.from_dict(json.loads(options.start.read_bytes())) if options.start else None
        watch = None if options.quiet else _Line()
        solution = solve(problem, progress=watch, time_limit=options.time_limit, start=start)
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
    ending = _write(options.output, data, solution)
    if options.keep and solution.start is not None and ending != UNSOUND:
        options.keep.write_text(json.dumps(solution.start.to_dict(), ensure_ascii=False) + "\n", encoding="utf-8")
    return ending


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _write(path: Path, data: dict[str, object], solution: Solution) -> int:
    document = solution.to_dict()
    wrong = verify.faults(data, document)
    if wrong:
        for fault in wrong:
            _say(f"unsound: {fault}")
        return UNSOUND
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    values = ", ".join(f"{tier.name} {tier.value:.9g}" for tier in solution.tiers)
    _say(f"{solution.status} in {solution.seconds:.1f} s: {values or solution.conflict}")
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
