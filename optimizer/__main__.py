"""`python -m optimizer problem.json -o solution.json [--time-limit S] [--start FILE] [--keep FILE]`

Progress goes to stderr: seconds, stage, tier, incumbent, bound. The verifier runs before anything is written.
`--keep` writes what the solve has proven (rotation-start/1); `--start` reads it to solve again after one more decision.

Exit codes: 0 every tier proven (`optimal`) · 3 a plan, but not every tier proven (`feasible`) · 4 the locks
contradict the hard rules (`infeasible`; the file names a smallest set) · 2 the problem was refused or could not
be read (all findings on stderr, nothing written) · 5 the plan failed verification or the solver failed (nothing
written) · 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from optimizer import command, verify
from optimizer.problem import FORMAT, Problem
from optimizer.solution import Progress, Solution
from optimizer.solve import solve
from optimizer.start import Start


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = command.parser("optimizer", __doc__, FORMAT)
    parser.add_argument("--start", type=Path, metavar="FILE", help="what an earlier solve of these data has proven")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="where to write what this one has proven")
    options = parser.parse_args(argv)

    def solved(data: dict[str, Any], digest: str, progress: Callable[[Progress], None] | None) -> Solution:
        problem = Problem.from_dict(data)
        start = Start.from_dict(json.loads(options.start.read_bytes())) if options.start else None
        solution = solve(problem, progress=progress, time_limit=options.time_limit, start=start)
        return replace(solution, problem_sha256=digest)

    def keep(solution: Solution) -> None:
        if options.keep and solution.start is not None:
            options.keep.write_text(json.dumps(solution.start.to_dict(), ensure_ascii=False) + "\n", encoding="utf-8")

    return command.run(options, solved, verify.faults, keep)


if __name__ == "__main__":
    sys.exit(main())
