"""An officer's questions put to the optimiser. Plain data in, plain data out; called by jobs, never by pages.

The problem of a stored scenario is put together again from its snapshot and what was asked of it, and must have the
digest it was solved under: an answer about other data would be no answer.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.rotation.snapshot import Picture
from app.web.errors import Refused
from optimizer import Cancelled as Cancelled
from optimizer import Problem, canonical_json, solve
from optimizer import reasons as ask
from optimizer.solution import Solution

type Data = dict[str, Any]
MOST_LISTED = 6


@dataclass(frozen=True, slots=True)
class Watch:
    """How a question tells how far it is, is stopped, and how long it may take."""

    tell: Callable[[float, int, int], None]
    is_cancelled: Callable[[], bool]
    seconds: float | None = None

    def options(self, begin: float = 0.0, end: float = 1.0) -> dict[str, Any]:
        """The same as the optimiser takes them, for the part of the work between two shares of it."""

        def progress(step: ask.Step) -> None:
            self.tell(begin + (end - begin) * step.done / max(step.total, 1), step.done, step.total)

        limit = None if self.seconds is None else self.seconds * (end - begin)
        return {"progress": progress, "cancelled": self.is_cancelled, "time_limit": limit}


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario as the questions see it: its problem and its proposal."""

    problem: Problem
    solution: Solution


def case_of(problem: Problem, solution: Mapping[str, Any]) -> Case:
    """The case of a problem and its solution as they are stored; refused where they do not belong together."""
    if hashlib.sha256(canonical_json(problem)).hexdigest() != solution["problem_sha256"]:
        raise Refused(_("What this proposal was solved from is no longer whole. Solve the scenario again, then ask."))
    return Case(problem, Solution.from_dict(solution))


def whole_problem(picture: Picture, more: Mapping[str, Any]) -> Problem:
    """A snapshot with what a scenario asked of it."""
    return Problem.from_dict({**picture.problem.to_dict(), **more}).canonical()


def why_not(case: Case, watch: Watch) -> Data:
    """Why teachers stay and posts stay open, and who is missing where rules are short. No solve."""
    found = ask.why_not(case.problem, case.solution, **watch.options()).to_dict()
    for row in (*found["teachers"], *found["posts"]):
        row["reasons"] = [{"code": r["code"], "params": _short(r["params"])} for r in row["reasons"]]
    short = [rule.to_dict() for rule in ask.missing_people(case.problem, case.solution)]
    return found | {"short": short}


def _short(params: Mapping[str, Any]) -> Data:
    """Long lists cut to what a sentence names, with how many there were."""
    found: Data = {}
    for key, value in params.items():
        found[key] = value[:MOST_LISTED] if isinstance(value, list) else value
        if isinstance(value, list) and len(value) > MOST_LISTED:
            found[f"{key}_count"] = len(value)
    return found


def why(case: Case, teacher: str, watch: Watch) -> Data:
    """Why one teacher moves, what the plan loses without it, who and where would be next."""
    return ask.why_move(case.problem, case.solution, teacher, solve=solve, **watch.options()).to_dict()


def costs(case: Case, watch: Watch) -> Data:
    """What each rule costs, and the frontier of moves."""
    prices = ask.price_of_rules(case.problem, case.solution, solve=solve, **watch.options(0.0, 0.6))
    curve = ask.frontier(case.problem, case.solution, solve=solve, **watch.options(0.6, 1.0))
    return {"prices": prices.to_dict(), "frontier": curve.to_dict()}


def mends(case: Case, near: Sequence[Mapping[str, Any]], watch: Watch) -> Data:
    """The smallest changes that would mend the short rules; `near` are teachers whom one condition keeps out."""
    known = {teacher.id for teacher in case.problem.teachers}
    groups = [
        ask.NearEligible(row["code"], tuple(t for t in row["teachers"] if t in known), row["params"]) for row in near
    ]
    found = ask.short_rules(
        case.problem, case.solution, near_eligible=[g for g in groups if g.teachers], solve=solve, **watch.options()
    ).to_dict()
    del found["rules"]  # kept with the reasons
    return found | {"near": [{"code": g.code, "params": dict(g.params), "count": len(g.teachers)} for g in groups]}


def fairness(case: Case, months: Mapping[str, int], watch: Watch) -> Data:
    """Who is worse off, beside the office's own rule and, where wishes were given, the mechanisms of the literature.

    The office's rule takes those first who have served most `months` in their school.
    """
    plans = ask.compare_fairness(
        case.problem, case.solution.moves, order=lambda teacher: -months.get(teacher.id, 0), **watch.options()
    )
    return {"plans": [plan.to_dict() for plan in plans]}


def contradiction(case: Case, watch: Watch) -> Data | None:
    """Where contradicting locks cannot be kept."""
    found = ask.conflict_words(case.problem, case.solution, solve=solve, **watch.options())
    return None if found is None else found.to_dict()


def plan_check(case: Case, moves: Iterable[Mapping[str, Any]]) -> Data:
    """A plan made by hand, judged by the rules and aims of a scenario."""
    return ask.plan_check(case.problem, moves).to_dict()
