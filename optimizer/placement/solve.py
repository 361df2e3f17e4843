"""The tier loop: blocks one by one, and together only where the rural share of all places ties them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256

from optimizer.errors import ProblemRefused, SolverFailed
from optimizer.placement.build import split, whole_market
from optimizer.placement.checks import check
from optimizer.placement.conflict import locks_without_edge, smallest_conflict, why_contradicting
from optimizer.placement.explain import why_placed
from optimizer.placement.market import Market, Plan, km_between
from optimizer.placement.problem import Lock, Problem, canonical_json
from optimizer.placement.search import Search
from optimizer.placement.solution import FEASIBLE, INFEASIBLE, OPTIMAL, Place, Progress, Shortfall, Solution, TierResult
from optimizer.solver import Watch

GRACE = 10.0
# Of the time left, how much a tier may use: what comes after it is worth little if nothing is left for it.
PARTS = {"stability": 0.6, "change": 0.4, "applicants": 0.5, "hosts": 0.5}


def solve(
    problem: Problem,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    time_limit: float | None = None,
) -> Solution:
    """The best placement of a problem, tier by tier, each proven or marked with the bound that is.

    ``progress`` is called a few times a second, ``cancelled`` too: once it returns True the solve stops within about
    a second. ``time_limit`` is in seconds and defaults to the problem's setting; a plan comes back even when it runs
    out. Raises ``ProblemRefused`` (with every finding) and ``Cancelled``.
    """
    findings = check(problem)
    if findings:
        raise ProblemRefused(findings)
    limit = problem.settings.time_limit_s if time_limit is None else time_limit
    digest = sha256(canonical_json(problem)).hexdigest()
    return _Run(problem.canonical(), digest, progress, cancelled, limit).solve()


@dataclass
class _Run:
    problem: Problem
    digest: str
    progress: Callable[[Progress], None] | None
    cancelled: Callable[[], bool] | None
    limit: float
    begun: float = field(default_factory=time.monotonic)
    tier: str | None = None
    spent: dict[str, float] = field(default_factory=dict)

    def solve(self) -> Solution:
        self.watch = Watch(deadline=self.begun + self.limit, cancelled=self.cancelled, report=self.report)
        self.tell("edges")
        self.market = Market.of(self.problem)
        if impossible := locks_without_edge(self.market):
            return self.infeasible(impossible[:1])
        self.tell("build")
        blocks = sorted(split(self.market), key=lambda block: (len(block.edges), block.edges))
        searches = self.minimise_all([Search(self.market, block, self.watch) for block in blocks])
        if self.feasible(searches) and not self.shares_all_places(searches):
            self.tier = None
            searches = self.minimise_all([Search(self.market, whole_market(self.market), self.watch)])
        if not self.feasible(searches):
            return self.infeasible(self.conflict(searches))
        return self.solution(searches)

    def minimise_all(self, searches: list[Search]) -> list[Search]:
        """Every tier over every block; the tiers before stability are quick and get time in any case."""
        tiers = self.problem.settings.tiers
        counting = tiers.index("stability") if "stability" in tiers else len(tiers)
        for n, tier in enumerate(tiers):
            self.tier = tier
            begun = time.monotonic()
            least = begun + GRACE if n < max(1, counting) else 0.0
            self.watch.deadline, self.watch.stopped = max(self.begun + self.limit, least), False
            edges = sum(len(search.block.edges) for search in searches)
            until = begun + PARTS.get(tier, 1.0) * max(0.0, self.watch.deadline - begun)
            for search in searches:
                self.tell("solve")
                if n >= max(1, counting):
                    part = min(1.0, 3 * len(search.block.edges) / edges)
                    now = time.monotonic()
                    self.watch.deadline, self.watch.stopped = now + part * max(0.0, until - now), False
                edges -= len(search.block.edges)
                search.minimise(tier)
                if not search.feasible:
                    return searches
            self.spent[tier] = self.spent.get(tier, 0.0) + time.monotonic() - begun
        return searches

    def feasible(self, searches: list[Search]) -> bool:
        return all(search.feasible for search in searches)

    def plan(self, searches: list[Search]) -> Plan:
        """The blocks' plans together. The rules may leave a block without one only for want of time."""
        found: Plan = {}
        for search in searches:
            if search.plan is None:
                raise SolverFailed("no plan was found in time")
            found |= search.plan
        return found

    def shares_all_places(self, searches: list[Search]) -> bool:
        """Whether the blocks, each for itself, give enough places to rural applicants.

        The blocks leave out the scope of all places, so their best is a bound for the problem with it; where it
        keeps the scope as well, it is the best of that too.
        """
        plan = self.plan(searches)
        return all(self.market.missing(scope, plan) == 0 for scope in self.market.scopes if scope.name == "all")

    def conflict(self, searches: list[Search]) -> list[Lock]:
        """A smallest contradicting set of locks of a block that has no plan."""
        self.tell("conflict")
        self.watch.deadline, self.watch.stopped = max(self.watch.deadline, time.monotonic() + GRACE), False
        bad = next(search for search in searches if not search.feasible)
        return smallest_conflict(self.market, bad.block, self.watch)

    # -- results --

    def solution(self, searches: list[Search]) -> Solution:
        market, plan = self.market, self.plan(searches)
        values = market.values(plan)
        tiers, proven = [], True
        for tier in self.problem.settings.tiers:
            gaps = [search.gap(tier) for search in searches]
            known = proven and all(gap is not None for gap in gaps)
            bound = values[tier] - sum(gap or 0 for gap in gaps) if known else min(0, values[tier])
            seconds = round(self.spent.get(tier, 0.0), 3)
            tiers.append(TierResult(tier, float(values[tier]), float(max(0, bound)), seconds))
            proven = proven and all(gap == 0 for gap in gaps)
        pairs = sorted(market.placed(plan).items())
        shortfalls = []
        for scope in market.scopes:
            missing = market.missing(scope, plan)
            reached = scope.kept + market.rural_at(scope, plan)
            shortfalls.append(Shortfall(scope.name, scope.needed, reached, missing))
        blocking = [market.pair(n) for n in market.blocking(plan)]
        return Solution(
            problem_sha256=self.digest,
            status=OPTIMAL if proven else FEASIBLE,
            tiers=tuple(tiers),
            places=tuple(self.place(i, j) for i, j in pairs),
            shortfalls=tuple(sorted(shortfalls, key=lambda short: short.scope)),
            blocking=tuple(sorted(blocking, key=lambda pair: (pair.applicant, pair.host))),
            seconds=round(time.monotonic() - self.begun, 3),
        )

    def place(self, i: int, j: int) -> Place:
        market = self.market
        applicant, host = market.applicants[i], market.hosts[j]
        km = km_between(applicant, host)
        place = Place(
            applicant.id, host.id, market.rank_at(i, j), market.host_rank_at(i, j), None if km is None else round(km, 3)
        )
        return replace(place, why=why_placed(market, i, j))

    def infeasible(self, locks: list[Lock]) -> Solution:
        return Solution(
            problem_sha256=self.digest,
            status=INFEASIBLE,
            conflict=tuple(lock.to_dict() for lock in locks),
            reasons=tuple(why_contradicting(self.market, locks)),
            seconds=round(time.monotonic() - self.begun, 3),
        )

    # -- progress --

    def report(self, incumbent: float | None, bound: float | None) -> None:
        self.tell("solve", incumbent, bound)

    def tell(self, stage: str, incumbent: float | None = None, bound: float | None = None) -> None:
        if self.progress is None:
            return
        names = self.problem.settings.tiers
        index = names.index(self.tier) if self.tier in names else 0
        seconds = time.monotonic() - self.begun
        self.progress(Progress(stage, self.tier, incumbent, bound, index, len(names), seconds))
