"""What a decision costs, and what would mend an empty studio: answers that solve.

Every price compares two solves of the whole problem, every mend is tried before it is named. Both take ``solve`` (a
callable like `optimizer.placement.solve`) and ``time_limit`` in seconds for each solve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optimizer.placement.conflict import no_edge
from optimizer.placement.explain import Standing
from optimizer.placement.market import Market, km_between
from optimizer.placement.problem import Host, Lock, Pair, Problem
from optimizer.placement.solution import INFEASIBLE, OPTIMAL, Solution
from optimizer.placement.solve import solve as default_solve

Solve = Callable[..., Solution]


@dataclass(frozen=True, slots=True)
class TierChange:
    """A tier without the decision and with it."""

    name: str
    without: float
    with_it: float

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "without": self.without, "with": self.with_it}


@dataclass(frozen=True, slots=True)
class Price:
    """What a decision costs. ``kind``: `exact` both solves are proven, `bound` one is not, `impossible` no plan keeps
    it; ``first`` is the first tier that changes; ``changed`` the places that stand in one plan only."""

    kind: str
    tiers: tuple[TierChange, ...] = ()
    first: TierChange | None = None
    changed: tuple[Pair, ...] = ()
    conflict: tuple[Mapping[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "tiers": [tier.to_dict() for tier in self.tiers],
            "first": None if self.first is None else self.first.to_dict(),
            "changed": [pair.to_dict() for pair in self.changed],
            "conflict": [dict(lock) for lock in self.conflict],
        }


def price_of_lock(
    problem: Problem, lock: Lock, *, solve: Solve = default_solve, time_limit: float | None = None, **rest: Any
) -> Price:
    """What a lock costs, whether the problem has it or not."""
    others = tuple(k for k in problem.locks if k.applicant != lock.applicant)
    free, bound = replace(problem, locks=others), replace(problem, locks=(*others, lock))
    return _compare(solve(free, time_limit=time_limit, **rest), solve(bound, time_limit=time_limit, **rest))


def price_of_place(
    problem: Problem,
    solution: Solution,
    applicant: str,
    *,
    solve: Solve = default_solve,
    time_limit: float | None = None,
    **rest: Any,
) -> Price:
    """What would be lost if the place that the plan gives somebody were banned. ``KeyError`` where it gives none."""
    host = {place.applicant: place.host for place in solution.places}[applicant]
    banned = replace(problem, bans=(*problem.bans, Pair(applicant, host)))
    return _compare(solution, solve(banned, time_limit=time_limit, **rest))


def _compare(without: Solution, bound: Solution) -> Price:
    if bound.status == INFEASIBLE or without.status == INFEASIBLE:
        return Price("impossible", conflict=bound.conflict or without.conflict)
    after = {tier.name: tier.value for tier in bound.tiers}
    tiers = tuple(TierChange(tier.name, tier.value, after[tier.name]) for tier in without.tiers)
    here, there = ({Pair(p.applicant, p.host) for p in s.places} for s in (without, bound))
    return Price(
        "exact" if without.status == bound.status == OPTIMAL else "bound",
        tiers,
        next((tier for tier in tiers if tier.without != tier.with_it), None),
        tuple(sorted(here ^ there, key=lambda pair: (pair.applicant, pair.host))),
    )


@dataclass(frozen=True, slots=True)
class Mend:
    """A change after which an empty host has people: ``code`` and ``params`` say which, ``comes`` who."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    comes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "params": dict(self.params), "comes": list(self.comes)}


def mend_empty(
    problem: Problem,
    solution: Solution,
    host: str,
    *,
    solve: Solve = default_solve,
    time_limit: float | None = None,
    **rest: Any,
) -> tuple[Mend, ...]:
    """What would bring people to a host that the plan leaves empty; each change was solved and brings those named.

    Codes: `lower_minimum` {min_places}, `further` {max_km}, `subject_exception` and `stage_exception` {pair},
    `open_to_others`, `ask_host` {applicants: those it refuses}, `ask_applicants` {applicants: those without a place who
    fit and did not wish for it}.
    """
    market = Market.of(problem.canonical())
    found = []
    for code, params, changed in _changes(problem, solution, market, host):
        after = solve(changed, time_limit=time_limit, **rest)
        comes = tuple(place.applicant for place in after.places if place.host == host)
        if comes:
            if code == "lower_minimum":
                params = {"min_places": len(comes)}
            found.append(Mend(code, params, comes))
    return tuple(found)


def _changes(
    problem: Problem, solution: Solution, market: Market, name: str
) -> Iterator[tuple[str, dict[str, Any], Problem]]:
    host = next(place for place in problem.hosts if place.id == name)
    settings = problem.settings
    if host.min_places > 1:
        yield "lower_minimum", {}, _with_host(problem, replace(host, min_places=1))
    if not host.takes_others:
        yield "open_to_others", {}, _with_host(problem, replace(host, open=True))
    held_by: dict[str, list[str]] = {}
    edges = {edge[:2] for edge in market.edges}
    j = next(n for n, place in enumerate(market.hosts) if place.id == name)
    for i, applicant in enumerate(market.applicants):
        if (i, j) not in edges:
            codes = [reason.code for reason in no_edge(market, applicant.id, name)]
            if len(codes) == 1:
                held_by.setdefault(codes[0], []).append(applicant.id)
    people = {applicant.id: applicant for applicant in problem.applicants}
    if far := held_by.get("too_far"):
        nearest = sorted(km_between(people[a], host) or 0.0 for a in far)
        needed = max(1, host.min_places) - len(market.of_host.get(j, ()))
        reach = nearest[min(len(nearest), max(1, needed)) - 1]
        most = -int(-reach // 1)
        yield "further", {"max_km": most}, replace(problem, settings=replace(settings, max_km=float(most)))
    for subject in sorted({people[a].subject for a in held_by.get("subject", ())}):
        for to in host.subjects[:1]:
            pairs = (*settings.subject_exceptions, (subject, to))
            changed = replace(problem, settings=replace(settings, subject_exceptions=pairs))
            yield "subject_exception", {"pair": [subject, to]}, changed
    for stage in sorted({people[a].stage for a in held_by.get("stage", ())}):
        pairs = (*settings.stage_exceptions, (stage, host.stages[0]))
        changed = replace(problem, settings=replace(settings, stage_exceptions=pairs))
        yield "stage_exception", {"pair": [stage, host.stages[0]]}, changed
    if refused := held_by.get("host_refuses"):
        kept = tuple(name for name in host.refuses if name not in refused)
        yield "ask_host", {"applicants": refused}, _with_host(problem, replace(host, refuses=kept))
    placed = {place.applicant for place in solution.places}
    if asked := [a for a in held_by.get("not_wished", ()) if a not in placed]:
        changed_people = tuple(
            replace(a, wishes=(*a.wishes, name)) if a.id in set(asked) else a for a in problem.applicants
        )
        yield "ask_applicants", {"applicants": asked}, replace(problem, applicants=changed_people)


def _with_host(problem: Problem, host: Host) -> Problem:
    return replace(problem, hosts=tuple(host if old.id == host.id else old for old in problem.hosts))


__all__ = ["Mend", "Price", "Standing", "TierChange", "mend_empty", "price_of_lock", "price_of_place"]
