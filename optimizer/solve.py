"""The tier loop: checks, arcs, one compact model for the tiers on counts, one of single arcs for cost."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import numpy as np

from optimizer import network
from optimizer.arcs import find_arcs
from optimizer.build import build
from optimizer.checks import check
from optimizer.conflict import smallest_conflict
from optimizer.counts import Counts, counts_of_plan, measure, shortfalls
from optimizer.county import County
from optimizer.decode import cheapest_plan
from optimizer.errors import ProblemRefused
from optimizer.explain import explain
from optimizer.near import best_near
from optimizer.pricing import refine, resume
from optimizer.problem import Problem, canonical_parts, joined
from optimizer.proof import Outcome, Proof
from optimizer.search import Search
from optimizer.solution import FEASIBLE, INFEASIBLE, OPTIMAL, Move, Progress, Shortfall, Solution, TierResult
from optimizer.solver import Floats, Watch
from optimizer.start import Start, base_of, leading, start_of

GRACE = 60.0
# The part of the time left that a tier may use while others come after it.
SHARE = 0.5
# Settings by which a policy rule asks for nothing.
POLICY: dict[str, dict[str, Any]] = {
    "R1": {"rate_scopes": ()},
    "R2": {"share_scopes": ()},
    "R3": {"up_share": 0},
    "R4": {"group_young_rate": 0},
}


def solve(
    problem: Problem,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    time_limit: float | None = None,
    without: frozenset[str] = frozenset(),
    start: Start | None = None,
) -> Solution:
    """The best plan of a problem, tier by tier, each proven or marked with the bound that is.

    ``progress`` is called a few times a second, ``cancelled`` too: once it returns True the solve stops within
    about a second. ``time_limit`` is in seconds and defaults to the problem's setting; a plan comes back even
    when it runs out. ``without`` leaves rules (`"H3"`, `"R2"` …) out, to see what they cost.
    ``start`` is what an earlier solve of the same data left (`Solution.start`): after one more decision the answer
    comes sooner; where it does not fit the problem it is passed over. The tier values are the same with and without.

    Raises ``ProblemRefused`` (with every finding) and ``Cancelled``.
    """
    findings = check(problem)
    if findings:
        raise ProblemRefused(findings)
    limit = problem.settings.time_limit_s if time_limit is None else time_limit
    problem = problem.canonical()
    parts = canonical_parts(problem)
    asked = _without_policy(problem, without)
    hard = without - POLICY.keys()
    digest, base = sha256(joined(parts)).hexdigest(), base_of(parts, asked.settings, hard)
    with _uncollected():
        return _Run(asked, digest, base, progress, cancelled, limit, hard, start).solve()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for unreachable cycles: models are hundreds of thousands of small objects that all live on,
    and looking through them again and again takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _without_policy(problem: Problem, without: frozenset[str]) -> Problem:
    """A policy rule is left out of the model and of the measure alike by asking nothing of it."""
    silent: dict[str, Any] = {}
    for rule in without & POLICY.keys():
        silent |= POLICY[rule]
    return replace(problem, settings=replace(problem.settings, **silent)) if silent else problem


@dataclass
class _Found:
    """A tier as far as it got."""

    name: str
    bound: float
    seconds: float
    proven: bool


@dataclass
class _Run:
    problem: Problem
    digest: str
    base: str
    progress: Callable[[Progress], None] | None
    cancelled: Callable[[], bool] | None
    limit: float
    without: frozenset[str]
    given: Start | None
    begun: float = field(default_factory=time.monotonic)
    tier: str | None = None
    found: list[_Found] = field(default_factory=list)
    start: Start | None = None

    def solve(self) -> Solution:
        self.watch = Watch(deadline=self.begun + self.limit, cancelled=self.cancelled)
        self.tell("arcs")
        self.county = County.of(self.problem)
        obey = "H8" not in self.without
        self.arcs = find_arcs(self.county, obey_locks=obey, obey_bans=obey)
        self.watch.check()
        plan = self.again()
        if plan is not None:
            return self.solution(plan)
        plan = self.by_counts(self.compact())
        return self.infeasible() if plan is None else self.solution(plan)

    def compact(self) -> Search:
        """A search on the compact model of the arcs there are."""
        self.tell("build")
        model = build(self.county, self.arcs, network.shared(self.county, self.arcs), without=self.without)
        search = Search(model, self.watch, self.send)
        self.tell("solve")
        return search

    def again(self) -> list[int] | None:
        """A plan near the earlier one, by what an earlier solve has proven; None where its values no longer hold."""
        given = self.given
        if given is None or not given.holds_for(self.problem, self.base):
            return None
        self.found = [_Found(name, value, 0.0, True) for name, value in given.values]
        plan = self.near_reference(given)
        if plan is None:
            self.found = []
        else:
            self.start = given
        return plan

    def near_reference(self, start: Start) -> list[int] | None:
        """The tiers after the leading ones, whose values are proven, on single arcs from the reference on.

        None where no plan has those values, or where there is no reference, or cost is not the last of the tiers, or
        balance comes after `change` (its proof is not one for arcs that wait).
        """
        rest = list(self.problem.settings.tiers[len(start.values) :])
        if start.denies(self.problem.locks):
            return None
        if not self.problem.reference or not rest or rest[-1] != "cost" or "balance" in rest:
            return None
        every = self.arcs
        self.arcs = every.only(start.usable(self.county, every))
        plan = None
        if self.arcs.must_go <= set(self.arcs.teacher.tolist()):
            plan = self.next_to_reference(start, rest)
            if plan is None:
                self.tell("build")
                plan = resume(self, start, self.referred(), rest)
        if plan is None or not self.has_values(plan, start):
            self.arcs = every
            return None
        return plan

    def next_to_reference(self, start: Start, rest: list[str]) -> list[int] | None:
        """A plan one move from the reference, where that is best; None where it takes more to tell."""
        settings = self.problem.settings
        if self.without or rest[0] != "change" or any(settings.tolerance(name) for name in rest):
            return None
        begun = time.monotonic()
        found = best_near(self.county, self.arcs, dict(start.values), rest[1:])
        if found is None:
            return None
        seconds = time.monotonic() - begun
        self.found += [_Found(name, found.values[name], seconds if name == rest[0] else 0.0, True) for name in rest]
        return found.plan

    def has_values(self, plan: list[int], start: Start) -> bool:
        """Whether a plan has the leading values it builds on, counted exactly."""
        found = measure(self.county, self.arcs.classes, counts_of_plan(self.county, self.arcs, plan))
        return all(found[name] <= value * (1 + 1e-9) for name, value in start.values)

    def referred(self) -> list[int]:
        """The arcs of the reference that there are, one a teacher."""
        kept = np.array([kind.in_reference for kind in self.arcs.classes], dtype=bool)
        chosen: dict[int, int] = {}
        for n in np.nonzero(kept[self.arcs.kind])[0].tolist() if len(self.arcs) else []:
            chosen.setdefault(int(self.arcs.teacher[n]), n)
        return sorted(chosen.values())

    # -- the tiers --

    def by_counts(self, search: Search) -> list[int] | None:
        """Every tier before cost on the compact model; cost, and what comes after it, on single arcs. Where there is a
        reference, single arcs already from the tier that is measured by it. None: no plan keeps the hard rules."""
        tiers = list(self.problem.settings.tiers)
        head = tiers[: tiers.index("cost")] if "cost" in tiers else tiers
        early = [name for name in head if name in leading(self.problem.settings.tiers)]
        columns, finished = self.minimise_all(search, early, None)
        if columns is None and self.arcs.must_go:
            self.watch.share(1.0)
            outcome = search.feasible()
            if outcome.proof is Proof.INFEASIBLE:
                return None
            columns = outcome.columns
        if finished:
            self.keep_start(search)
        if self.start is not None:
            done = list(self.found)
            plan = self.near_reference(self.start)
            if plan is not None:
                return plan
            self.found = done
        if finished:
            columns, finished = self.minimise_all(search, head[len(early) :], columns)
        plan = self.decode(search, columns)
        if not finished or "cost" not in tiers or time.monotonic() > self.watch.deadline:
            return plan
        return refine(self, search, plan, tiers[len(head) :])

    def minimise_all(self, search: Search, names: list[str], columns: Floats | None) -> tuple[Floats | None, bool]:
        """Minimise tiers in order; returns the best columns and whether there is a plan to go on from.

        A tier whose time ran out is held at the value reached, and the tiers after it are minimised under that.
        """
        waiting: str | None = None
        for name in names:
            if name == "rules" and len(names) > 1 and waiting is None:
                # most counties meet every rule: try the next tier with no shortfall allowed first
                search.forbid_shortfalls()
                waiting = name
                continue
            outcome = self.minimise(search, name, None if waiting else columns)
            if waiting is not None:
                if outcome.columns is None:
                    search.allow_shortfalls()
                    rules = self.minimise(search, waiting, columns)
                    self.record(waiting, rules)
                    if rules.columns is None:
                        return columns, False
                    columns = rules.columns
                    outcome = self.minimise(search, name, columns)
                else:
                    self.record(waiting, Outcome(Proof.PROVEN, 0.0, outcome.columns))
                waiting = None
            self.record(name, outcome)
            if outcome.columns is None:
                return columns, False
            columns = outcome.columns
        return columns, True

    def minimise(self, search: Search, name: str, columns: Floats | None) -> Outcome:
        self.tier = name
        self._tier_begun = time.monotonic()
        self.watch.share(1.0 if name == self.problem.settings.tiers[-1] else SHARE)
        self.tell("solve")
        return search.minimise(name, columns)

    def keep_start(self, search: Search) -> None:
        """What the next solve may build on, if every leading tier is proven and none is to be given up."""
        given_up = any(self.problem.settings.tolerance(found.name) for found in self.found)
        if not given_up and all(found.proven for found in self.found):
            values = tuple((found.name, found.bound) for found in self.found)
            self.start = start_of(search, self.base, values)

    def record(self, name: str, outcome: Outcome) -> None:
        seconds = time.monotonic() - self._tier_begun
        bound = max(0.0, outcome.bound)
        self.found.append(_Found(name, bound, seconds, outcome.proof is Proof.PROVEN))

    def decode(self, search: Search, columns: Floats | None) -> list[int]:
        """The cheapest plan with the counts found; no moves where nothing was found."""
        if columns is None:
            return []
        return self.plan_of(search.counts(columns))

    def plan_of(self, counts: Counts) -> list[int]:
        grace = Watch(deadline=time.monotonic() + GRACE, cancelled=self.cancelled)
        return cheapest_plan(self.county, self.arcs, counts, grace)

    # -- results --

    def solution(self, plan: list[int]) -> Solution:
        county, arcs = self.county, self.arcs
        counts = counts_of_plan(county, arcs, plan)
        values = measure(county, arcs.classes, counts)
        values["cost"] = sum(int(arcs.cost[n]) for n in plan)
        known = {found.name: found for found in self.found}
        tiers = tuple(
            TierResult(
                name,
                values[name],
                min(values[name], known[name].bound) if name in known else 0.0,
                round(known[name].seconds, 3) if name in known else 0.0,
            )
            for name in self.problem.settings.tiers
        )
        proven = all(name in known and known[name].proven for name in self.problem.settings.tiers)
        moves = tuple(
            Move(
                county.teachers[int(arcs.teacher[n])].id,
                county.teachers[int(arcs.teacher[n])].school,
                county.schools[county.teams[int(arcs.team[n])].school].id,
                county.teams[int(arcs.team[n])].subject,
            )
            for n in plan
        )
        short = shortfalls(county, arcs.classes, counts)
        result = Solution(
            problem_sha256=self.digest,
            status=OPTIMAL if proven else FEASIBLE,
            tiers=tiers,
            moves=tuple(sorted(moves, key=lambda move: move.teacher)),
            shortfalls=tuple(Shortfall(rule, scope, n) for (rule, scope), n in sorted(short.items())),
        )
        explained = explain(self.problem, result)
        return replace(explained, start=self.start, seconds=round(time.monotonic() - self.begun, 3))

    def infeasible(self) -> Solution:
        self.tell("conflict")
        self.watch.share(1.0)
        locks = smallest_conflict(self.county, self.watch, self.without)
        return Solution(
            problem_sha256=self.digest,
            status=INFEASIBLE,
            conflict=tuple(lock.to_dict() for lock in locks),
            seconds=round(time.monotonic() - self.begun, 3),
        )

    # -- progress --

    def send(self, incumbent: float | None, bound: float | None) -> None:
        self.tell("solve", incumbent, bound)

    def tell(self, stage: str, incumbent: float | None = None, bound: float | None = None) -> None:
        if self.progress is None:
            return
        names = self.problem.settings.tiers
        index = names.index(self.tier) if self.tier in names else 0
        seconds = time.monotonic() - self.begun
        self.progress(Progress(stage, self.tier, incumbent, bound, index, len(names), seconds))
