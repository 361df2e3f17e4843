"""`python -m optimizer.placement problem.json -o solution.json [--time-limit S]`

Progress goes to stderr: seconds, stage, tier, incumbent, bound. The verifier runs before anything is written.

Exit codes: 0 every tier proven (`optimal`) · 3 a plan, but not every tier proven (`feasible`) · 4 the locks
contradict the rules (`infeasible`; the file names a smallest set) · 2 the problem was refused or could not be read (all
findings on stderr, nothing written) · 5 the plan failed verification or the solver failed (nothing written) · 130
interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from optimizer import command
from optimizer.placement import verify
from optimizer.placement.problem import FORMAT, Problem
from optimizer.placement.solution import Progress, Solution
from optimizer.placement.solve import solve


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = command.parser("optimizer.placement", __doc__, FORMAT).parse_args(argv)

    def solved(data: dict[str, Any], digest: str, progress: Callable[[Progress], None] | None) -> Solution:
        solution = solve(Problem.from_dict(data), progress=progress, time_limit=options.time_limit)
        return replace(solution, problem_sha256=digest)

    return command.run(options, solved, verify.faults)


if __name__ == "__main__":
    sys.exit(main())
