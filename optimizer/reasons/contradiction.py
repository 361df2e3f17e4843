"""Locks that contradict, in words: the smallest set, and the rules and schools at which they cannot be kept.

A lock without an arc contradicts by itself, and the arc's own conditions say why. Otherwise each hard rule is left out
in turn: where the locks can then be kept, the rule is one of those they contradict, and the plan with fewest moves
that keeps them shows the school at which it would be broken, and by how many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from optimizer import verify
from optimizer.problem import Lock, Problem
from optimizer.reasons.base import Asked, Asking, Solve, Tell
from optimizer.reasons.ledger import Breach
from optimizer.reasons.pricing import locked
from optimizer.reasons.reach import Reach
from optimizer.reasons.rules import POLICY, asking_nothing
from optimizer.reasons.standing import standing
from optimizer.solution import INFEASIBLE, Solution
from optimizer.solve import solve as _solve

RULES = ("H2", "H3", "H4", "H5", "H6", "H7")
SAID = {
    "H2": "{school} has {limit} seats and would have {after} staff",
    "H3": "{school} must keep {limit} staff and would have {after}",
    "H4": "{school} must keep {limit} for {stage} {subject} and would have {after}",
    "H5": "{limit} may leave {school} and {after} would",
    "H6": "{limit} moves are allowed and {after} would be made",
    "H7": "{school} must keep {limit} backbone teachers in {stage} and would have {after}",
    "own_school": "{to} is the present school",
    "no_post": "{to} has no post for {stage} and {subjects}",
    "too_far": "{to} is {km} km away, at most {max_km:g} km",
    "direction_not_allowed": "the direction {way} is not allowed",
    "banned": "the move to {to} is banned",
}


@dataclass(frozen=True, slots=True)
class Clash:
    """Where the locks cannot be kept. ``code`` is a hard rule (H2–H7, with school and numbers) or, for a lock
    without an arc, `own_school`, `no_post`, `too_far`, `direction_not_allowed` or `banned`."""

    code: str
    params: Mapping[str, Any]
    message: str

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "params": dict(self.params), "message": self.message}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A smallest set of locks that no plan keeps together. Leaving out any one of ``clashes``' rules would let them
    be kept; where ``together`` is set, only all of them at once."""

    locks: tuple[Mapping[str, Any], ...]
    clashes: tuple[Clash, ...]
    together: bool
    message: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "locks": [dict(lock) for lock in self.locks], "clashes": [clash.to_dict() for clash in self.clashes],
            "together": self.together, "message": self.message,
        }  # fmt: skip


def conflict_words(
    problem: Problem,
    solution: Solution,
    *,
    solve: Solve = _solve,
    progress: Tell | None = None,
    cancelled: Asked | None = None,
    time_limit: float | None = None,
) -> Contradiction | None:
    """The contradiction of an `infeasible` solution; None where the locks do not contradict."""
    if solution.status != INFEASIBLE:
        return None
    asking = Asking(solve, progress, cancelled, time_limit, total=len(RULES))
    locks = tuple(Lock.from_dict(lock) for lock in solution.conflict)
    clashes, together = _without_arc(problem, locks), False
    if not clashes:
        clashes, together = _at_rules(asking, problem, locks)
    who = ", ".join(f"{lock.teacher} → {lock.to or 'stays'}" for lock in locks)
    why = ("; " if together else "; or ").join(clash.message for clash in clashes)
    return Contradiction(
        tuple(lock.to_dict() for lock in locks), clashes, together, f"These locks cannot all be kept ({who}): {why}."
    )


def _without_arc(problem: Problem, locks: Sequence[Lock]) -> tuple[Clash, ...]:
    found = []
    for lock in locks:
        if lock.to is not None:
            found += _arc_clashes(problem, lock.teacher, lock.to)
    return tuple(found)


def _arc_clashes(problem: Problem, teacher: str, to: str) -> list[Clash]:
    """Why a lock has no arc; empty where it has one."""
    reach = Reach(locked(problem, teacher, to))
    i, s = reach.number[teacher], reach.county.school_index[to]
    origin, person = reach.county.school_of[i], reach.county.teachers[i]
    params: dict[str, Any] = {"teacher": teacher, "to": to}
    if s == origin:
        return [_clash("own_school", params)]
    options = [option for option in reach.options(i) if option.arc.school == s]
    if not options:
        return [_clash("no_post", params | {"stage": person.stage, "subjects": list(person.subjects)})]
    some, found = options[0], []
    if not some.near:
        km = None if some.km is None else round(some.km, 1)
        found.append(_clash("too_far", params | {"km": km, "max_km": problem.settings.max_km}))
    if not some.allowed:
        found.append(_clash("direction_not_allowed", params | {"way": some.way}))
    if any((ban.teacher, ban.to) == (teacher, to) for ban in problem.bans):
        found.append(_clash("banned", params))
    return found


def _clash(code: str, params: Mapping[str, Any]) -> Clash:
    said = dict(params)
    if "subjects" in said:
        said["subjects"] = ", ".join(said["subjects"])
    return Clash(code, dict(params), SAID[code].format(**said))


def _at_rules(asking: Asking, problem: Problem, locks: tuple[Lock, ...]) -> tuple[tuple[Clash, ...], bool]:
    """Each hard rule whose absence lets the locks be kept; the smallest set of them where none does alone."""
    settings = replace(problem.settings, tiers=("rules", "moves"))
    only = asking_nothing(replace(problem, locks=locks, reference=(), settings=settings), *POLICY)
    for size in range(1, len(RULES) + 1):
        found: list[Clash] = []
        for some in combinations(RULES, size):
            plan = asking.solve(only, "+".join(some), without=frozenset(some))
            if plan is None:
                return _planned(problem, locks), False
            if plan.status != INFEASIBLE:
                found += _broken(problem, plan, some)
                if size > 1:
                    return tuple(found), True
        if found:
            return tuple(found), False
    return (), False


def _broken(problem: Problem, plan: Solution, rules: tuple[str, ...]) -> list[Clash]:
    """Where a plan breaks the rules it was freed from."""
    at = standing(problem, plan.moves)
    return [_of(breach) for breach in at if breach.rule in rules]


def _planned(problem: Problem, locks: Sequence[Lock]) -> tuple[Clash, ...]:
    """Without time for a solve: where the locked moves by themselves would break a rule."""
    reach = Reach(replace(problem, locks=tuple(locks)))
    moves = []
    for lock in locks:
        arcs = [a for a in reach.arcs(reach.number[lock.teacher]) if lock.to is not None]
        moves += [{"teacher": lock.teacher, "to": lock.to, "subject": arcs[0].subject}] if arcs else []
    whole = [{"from": reach.county.teachers[reach.number[str(m["teacher"])]].school, **m} for m in moves]
    found = verify.report(problem.to_dict(), {"moves": whole})["broken"]
    return tuple(Clash(b["rule"], {"school": b["subject"]}, b["message"]) for b in found if b["rule"] in RULES)


def _of(breach: Breach) -> Clash:
    params = {key: value for key, value in breach.to_dict().items() if key not in ("rule", "now")}
    return _clash(breach.rule, params)
