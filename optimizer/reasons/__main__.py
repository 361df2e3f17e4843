"""`python -m optimizer.reasons problem.json solution.json QUESTION [-o out.json] [--time-limit S]`

QUESTION is one of `--why TEACHER`, `--why-not`, `--rules`, `--frontier`, `--short` (with `--near-eligible FILE`, a JSON
list of {code, params, teachers}), `--conflict`, `--fairness` (the plan beside the administrative rule, TO-BE and MDA)
and `--check` (the solution's moves as a plan made by hand).

The answer is JSON, on stdout without `-o`; progress goes to stderr. Exit codes: 0 answered · 2 a file could not be
read, the problem was refused, or the plan has no such move · 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from optimizer.checks import check
from optimizer.errors import ProblemRefused
from optimizer.problem import Problem
from optimizer.reasons import (
    NearEligible,
    Step,
    compare_fairness,
    conflict_words,
    frontier,
    plan_check,
    price_of_rules,
    short_rules,
    why_move,
    why_not,
)
from optimizer.solution import Solution

REFUSED, INTERRUPTED = 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = _parser().parse_args(argv)
    try:
        problem = Problem.from_dict(_read(options.problem))
        findings = check(problem)
        if findings:
            raise ProblemRefused(findings)
        answer = _answer(options, problem, Solution.from_dict(_read(options.solution)))
    except ProblemRefused as refused:
        for finding in refused.findings:
            _say(f"{finding.code}: {finding.message}")
        return REFUSED
    except (OSError, ValueError, KeyError) as error:
        _say(f"cannot answer: {error!r}")
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    text = json.dumps(answer, ensure_ascii=False, indent=1) + "\n"
    if options.output is None:
        sys.stdout.write(text)
    else:
        options.output.write_text(text, encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m optimizer.reasons", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("problem", type=Path, help="a rotation-problem/1 file")
    parser.add_argument("solution", type=Path, help="its rotation-solution/1 file")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--why", metavar="TEACHER", help="why this teacher's move")
    for name, words in (
        ("why-not", "why each eligible teacher stays and each post is open"),
        ("rules", "what each rule costs"),
        ("frontier", "moves against gaps and CV"),
        ("short", "who is missing where a rule is short, and what would mend it"),
        ("conflict", "where locks contradict"),
        ("fairness", "who is worse off, beside other ways of making a plan"),
        ("check", "the moves judged as a plan made by hand"),
    ):
        asked.add_argument(f"--{name}", dest="question", action="store_const", const=name, help=words)
    parser.add_argument("--near-eligible", type=Path, help="JSON list of {code, params, teachers} for --short")
    parser.add_argument("--time-limit", type=float, metavar="S", help="seconds for the whole answer")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    parser.add_argument("-o", "--output", type=Path, help="where the answer goes")
    return parser


def _answer(options: argparse.Namespace, problem: Problem, solution: Solution) -> Mapping[str, Any]:
    more: dict[str, Any] = {"time_limit": options.time_limit, "progress": None if options.quiet else _progress}
    if options.why is not None:
        return why_move(problem, solution, options.why, **more).to_dict()
    if options.question == "short":
        near = [] if options.near_eligible is None else _read(options.near_eligible)
        groups = [NearEligible.from_dict(group) for group in near]
        return short_rules(problem, solution, near_eligible=groups, **more).to_dict()
    if options.question == "conflict":
        found = conflict_words(problem, solution, **more)
        return {"contradiction": None if found is None else found.to_dict()}
    if options.question == "fairness":
        return {"plans": [row.to_dict() for row in compare_fairness(problem, solution.moves, **more)]}
    if options.question == "check":
        return plan_check(problem, solution.moves).to_dict()
    ask = {"why-not": why_not, "rules": price_of_rules, "frontier": frontier}[options.question]
    answer: Mapping[str, Any] = ask(problem, solution, **more).to_dict()  # type: ignore[operator]
    return answer


def _read(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _progress(step: Step) -> None:
    _say(f"{step.seconds:7.2f} s  {step.done}/{step.total}  {step.stage}")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
