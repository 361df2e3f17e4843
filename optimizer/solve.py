"""The tier loop: checks, arcs, one compact model for the tiers on counts, one of single arcs for cost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

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
from optimizer.pricing import refine
from optimizer.problem import Problem, canonical_json
from optimizer.search import Outcome, Proof, Search
from optimizer.solution import FEASIBLE, INFEASIBLE, OPTIMAL, Move, Progress, Shortfall, Solution, TierResult
from optimizer.solver import Floats, Watch

GRACE = 60.0
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
) -> Solution:
    """The best plan of a problem, tier by tier, each proven or marked with the bound that is.

    ``progress`` is called a few times a second, ``cancelled`` too: once it returns True the solve stops within
    about a second. ``time_limit`` is in seconds and defaults to the problem's setting; a plan comes back even
    when it runs out. ``without`` leaves rules (`"H3"`, `"R2"` …) out, to see what they cost.

    Raises ``ProblemRefused`` (with every finding) and ``Cancelled``.
    """
    findings = check(problem)
    if findings:
        raise ProblemRefused(findings)
    limit = problem.settings.time_limit_s if time_limit is None else time_limit
    asked = _without_policy(problem.canonical(), without)
    digest = sha256(canonical_json(problem)).hexdigest()
    return _Run(asked, digest, progress, cancelled, limit, without - POLICY.keys()).solve()


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
    progress: Callable[[Progress], None] | None
    cancelled: Callable[[], bool] | None
    limit: float
    without: frozenset[str]
    begun: float = field(default_factory=time.monotonic)
    tier: str | None = None
    found: list[_Found] = field(default_factory=list)

    def solve(self) -> Solution:
        self.watch = Watch(deadline=self.begun + self.limit, cancelled=self.cancelled)
        self.tell("arcs")
        self.county = County.of(self.problem)
        obey = "H8" not in self.without
        self.arcs = find_arcs(self.county, obey_locks=obey, obey_bans=obey)
        self.watch.check()
        self.tell("build")
        model = build(self.county, self.arcs, network.shared(self.county, self.arcs), without=self.without)
        search = Search(model, self.watch, self.send)
        self.tell("solve")
        columns = None
        if self.arcs.must_go:
            outcome = search.feasible()
            if outcome.proof is Proof.INFEASIBLE:
                return self.infeasible()
            columns = outcome.columns
        plan = self.by_counts(search, columns)
        return self.solution(plan)

    # -- the tiers --

    def by_counts(self, search: Search, columns: Floats | None) -> list[int]:
        """Every tier before cost on the compact model; cost, and what comes after it, on single arcs."""
        tiers = list(self.problem.settings.tiers)
        head = tiers[: tiers.index("cost")] if "cost" in tiers else tiers
        columns, finished = self.minimise_all(search, head, columns)
        plan = self.decode(search, columns)
        if not finished or "cost" not in tiers:
            return plan
        return refine(self, search, plan, tiers[len(head) :])

    def minimise_all(self, search: Search, names: list[str], columns: Floats | None) -> tuple[Floats | None, bool]:
        """Minimise tiers in order; returns the best columns and whether every tier was proven."""
        waiting: str | None = None
        for name in names:
            if name == "rules" and len(names) > 1 and waiting is None:
                # most counties meet every rule: try the next tier with no shortfall allowed first
                search.forbid_shortfalls()
                waiting = name
                continue
            outcome = self.minimise(search, name, None if waiting else columns)
            if waiting is not None:
                if outcome.proof is Proof.INFEASIBLE:
                    search.allow_shortfalls()
                    rules = self.minimise(search, waiting, columns)
                    self.record(waiting, rules)
                    if rules.proof is not Proof.PROVEN:
                        return rules.columns if rules.columns is not None else columns, False
                    columns = rules.columns
                    outcome = self.minimise(search, name, columns)
                elif outcome.columns is not None:
                    self.record(waiting, Outcome(Proof.PROVEN, 0.0, outcome.columns))
                waiting = None
            self.record(name, outcome)
            columns = outcome.columns if outcome.columns is not None else columns
            if outcome.proof is not Proof.PROVEN:
                return columns, False
        return columns, True

    def minimise(self, search: Search, name: str, columns: Floats | None) -> Outcome:
        self.tier = name
        self._tier_begun = time.monotonic()
        self.tell("solve")
        return search.minimise(name, columns)

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
        return replace(explained, seconds=round(time.monotonic() - self.begun, 3))

    def infeasible(self) -> Solution:
        self.tell("conflict")
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
