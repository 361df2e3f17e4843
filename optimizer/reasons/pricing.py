"""The price of a decision: each tier's change between two plans, with what is proven of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from optimizer.problem import Ban, Lock, Problem
from optimizer.reasons.base import Asking
from optimizer.reasons.ledger import Effect, first_change
from optimizer.solution import INFEASIBLE, OPTIMAL, Solution

EXACT, BOUND, ESTIMATE, IMPOSSIBLE, UNKNOWN = "exact", "bound", "estimate", "impossible", "unknown"


@dataclass(frozen=True, slots=True)
class TierChange:
    """A tier ``before`` and ``after`` a decision. The change of the best plans lies between ``low`` and ``high``
    as far as the tiers before it are settled; the two are equal where both plans are proven.

    Where a tolerance gave some of a tier up, ``before`` and ``after`` are the best it could have had: what is given
    up is no price, and the bests are what tells two plans apart in the order of the tiers."""

    name: str
    before: float
    after: float
    low: float
    high: float

    @property
    def change(self) -> float:
        return self.after - self.before

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name, "before": self.before, "after": self.after, "change": self.change,
            "low": self.low, "high": self.high,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Price:
    """What a decision costs, tier by tier.

    ``kind``: `exact` both plans are proven · `bound` a solve ran out of time: the plan found is one, but a better
    may exist, and ``low``/``high`` say what is proven · `estimate` no solve: all else as it is, so at most this ·
    `impossible` no plan keeps the hard rules with it (``conflict`` has the locks) · `unknown` no time, and it
    would break a hard rule with all else as it is.
    """

    kind: str
    tiers: tuple[TierChange, ...] = ()
    moves_changed: int | None = None
    conflict: tuple[dict[str, Any], ...] = ()
    seconds: float = 0.0

    @property
    def first(self) -> tuple[str, float] | None:
        """The first tier that changes, and by how much; None where every tier stays."""
        return first_change({t.name: t.change for t in self.tiers}, {t.name: t.before for t in self.tiers})

    @property
    def free(self) -> bool:
        """Whether every tier stays: the decision is as good as the plan."""
        return self.kind == EXACT and self.first is None

    def key(self) -> tuple[Any, ...]:
        """For sorting: cheapest first, the impossible last."""
        rank = {IMPOSSIBLE: 2, UNKNOWN: 1}.get(self.kind, 0)
        return (rank, *(round(t.change, 9) for t in self.tiers))

    def to_dict(self) -> dict[str, Any]:
        first = self.first
        return {
            "kind": self.kind,
            "tiers": [tier.to_dict() for tier in self.tiers],
            "first": None if first is None else {"tier": first[0], "change": first[1]},
            "moves_changed": self.moves_changed,
            "conflict": [dict(lock) for lock in self.conflict],
            "seconds": round(self.seconds, 3),
        }


def price_of(base: Solution, found: Solution | None, *, fallback: Effect | None = None) -> Price:
    """The price of the plan ``found`` against ``base``; from ``fallback`` where there was no time for a solve."""
    if found is None:
        return estimate(base, fallback)
    if found.status == INFEASIBLE:
        return Price(IMPOSSIBLE, conflict=tuple(dict(lock) for lock in found.conflict), seconds=found.seconds)
    exact = base.status == OPTIMAL and found.status == OPTIMAL
    after = {tier.name: tier for tier in found.tiers}
    tiers = []
    for tier in base.tiers:
        new = after[tier.name]
        was, now = (tier.best, new.best) if exact else (tier.value, new.value)
        low, high = (now - was, now - was) if exact else (new.bound - was, now - tier.bound)
        tiers.append(TierChange(tier.name, was, now, low, high))
    if not exact and fallback is not None and fallback.possible:
        held = estimate(base, fallback)
        if held.key() < Price(BOUND, tuple(tiers)).key():
            lows = [t.low for t in tiers]
            return replace(held, tiers=tuple(replace(t, low=low) for t, low in zip(held.tiers, lows, strict=True)))
    return Price(EXACT if exact else BOUND, tuple(tiers), moves_changed(base, found), seconds=found.seconds)


def estimate(base: Solution, effect: Effect | None) -> Price:
    """An upper bound from the books, where the change breaks nothing."""
    if effect is None or not effect.possible:
        return Price(UNKNOWN)
    tiers = tuple(
        TierChange(t.name, t.value, t.value + effect.change[t.name], -t.value, effect.change[t.name])
        for t in base.tiers
    )
    return Price(ESTIMATE, tiers)


def moves_changed(one: Solution, other: Solution) -> int:
    """Moves, by (teacher, school), that stand in one plan only."""
    return len({(m.teacher, m.to) for m in one.moves} ^ {(m.teacher, m.to) for m in other.moves})


def locked(problem: Problem, teacher: str, to: str | None) -> Problem:
    """The problem with the teacher locked, whatever was locked or banned for that move before."""
    locks = (*(lock for lock in problem.locks if lock.teacher != teacher), Lock(teacher, to))
    bans = tuple(ban for ban in problem.bans if (ban.teacher, ban.to) != (teacher, to))
    return replace(problem, locks=locks, bans=bans)


def banned(problem: Problem, teacher: str, to: str) -> Problem:
    """The problem with the move banned and not locked."""
    locks = tuple(lock for lock in problem.locks if (lock.teacher, lock.to) != (teacher, to))
    return replace(problem, locks=locks, bans=(*problem.bans, Ban(teacher, to)))


def forced_price(asking: Asking, base: Solution, forced: Problem, stage: str, effect: Effect | None = None) -> Price:
    """Solve a problem with a decision forced and compare; an estimate where the time is over."""
    return price_of(base, asking.solve(forced, stage), fallback=effect)
