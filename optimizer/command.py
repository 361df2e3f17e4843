"""What the commands `python -m optimizer` and `python -m optimizer.placement` share.

Progress goes to stderr: seconds, stage, tier, incumbent, bound. The verifier runs before anything is written.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from optimizer.errors import ProblemRefused, SolverFailed
from optimizer.solution import FEASIBLE, INFEASIBLE, OPTIMAL, Progress, TierResult

EXIT = {OPTIMAL: 0, FEASIBLE: 3, INFEASIBLE: 4}
REFUSED, UNSOUND, INTERRUPTED = 2, 5, 130


class Solved(Protocol):
    """What a solve of either kind gives."""

    @property
    def status(self) -> str: ...
    @property
    def tiers(self) -> Sequence[TierResult]: ...
    @property
    def conflict(self) -> Sequence[Any]: ...
    @property
    def seconds(self) -> float: ...
    def to_dict(self) -> dict[str, Any]: ...


def parser(name: str, description: str | None, format_name: str) -> argparse.ArgumentParser:
    """The arguments that both commands take."""
    made = argparse.ArgumentParser(
        prog=f"python -m {name}", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("problem", type=Path, help=f"a {format_name} file")
    made.add_argument("-o", "--output", type=Path, required=True, help="where the solution goes")
    made.add_argument("--time-limit", type=float, metavar="S", help="seconds; default: the problem's setting")
    made.add_argument("--quiet", action="store_true", help="no progress on stderr")
    return made


def run[S: Solved](
    options: argparse.Namespace,
    solve: Callable[[dict[str, Any], str, Callable[[Progress], None] | None], S],
    faults: Callable[[dict[str, Any], dict[str, Any]], Sequence[str]],
    after: Callable[[S], None] = lambda solution: None,
) -> int:
    """Read, solve, verify, write. ``solve`` gets the JSON, the file's SHA-256 and who hears of progress; ``after``
    the solution once it is written. Returns the exit code."""
    try:
        content = options.problem.read_bytes()
        data = json.loads(content)
        solution = solve(data, sha256(content).hexdigest(), None if options.quiet else _Line())
    except (OSError, ValueError) as error:
        say(f"cannot read {options.problem}: {error}")
        return REFUSED
    except ProblemRefused as refused:
        for finding in refused.findings:
            say(f"{finding.code}: {finding.message}")
        return REFUSED
    except SolverFailed as failure:
        say(f"the solver failed: {failure}")
        return UNSOUND
    except KeyboardInterrupt:
        return INTERRUPTED
    document = solution.to_dict()
    wrong = faults(data, document)
    if wrong:
        for fault in wrong:
            say(f"unsound: {fault}")
        return UNSOUND
    options.output.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    values = ", ".join(f"{tier.name} {tier.value:.9g}" for tier in solution.tiers)
    say(f"{solution.status} in {solution.seconds:.1f} s: {values or [dict(lock) for lock in solution.conflict]}")
    after(solution)
    return EXIT[solution.status]


def say(line: str) -> None:
    """A line on stderr, at once."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


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
        say("  ".join(parts))
