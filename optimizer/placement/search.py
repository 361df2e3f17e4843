"""Proving the tiers of one block: a relaxation tightened by combs, plans near it, and a small MIP that settles it.

A plan of value at most z + δ, where z is the relaxed optimum, leaves every column whose reduced cost is above δ at its
bound. So the MIP over the other columns, cut off below the best plan known, either finds a better one or proves that
there is none (MATH.md, "Proving a tier").
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import ceil, isfinite

import numpy as np

from optimizer.placement.build import Block, Model, Stability, build, objective, within, worth
from optimizer.placement.cuts import Combs
from optimizer.placement.market import Market, Plan
from optimizer.placement.reduction import without_blocking_pairs
from optimizer.solver import INFINITY, Ending, Flags, Floats, Relaxation, Relaxed, Watch

TOLERANCE = 1e-5
FIXED = 1e-3
ROUNDS = 40
STALLED = 3
NEAR_NODES = 50
MORE = 1.5
# Tiers that count what is missing or wrong, column by column: none has a value below zero.
COUNTED = frozenset({"policy", "stability"})


@dataclass
class Found:
    """A tier of a block as far as it got: its exact value, its proven bound."""

    value: int
    bound: int

    @property
    def proven(self) -> bool:
        return self.value <= self.bound


@dataclass
class Search:
    """A block with its best plan; tiers are minimised and pinned one after another."""

    market: Market
    block: Block
    watch: Watch
    plan: Plan | None = None
    found: dict[str, Found] = field(default_factory=dict)
    feasible: bool = True

    def __post_init__(self) -> None:
        self.combs: Combs | None = None
        self._model(build(self.market, self.block))

    def _model(self, model: Model) -> None:
        self.model = model
        self.relaxation = Relaxation(model.lp, self.watch, first="simplex")
        edges = model.block.edges
        self.place = np.array([self.relaxation.column[model.take[n].id] for n in edges], dtype=np.int64)

    def _model_stability(self) -> None:
        """Add the rows of stability; where a plan has no blocking pair, only for the edges that such plans can have.

        What earlier tiers have fixed is carried over by the columns' names.
        """
        self._start()
        old = self.relaxation
        if self._best("stability") == 0:
            market = without_blocking_pairs(self.market, self.block.edges)
            self._model(build(market, within(market, self.block), stability=Stability.KEPT))
        else:
            self._model(build(self.market, self.block, stability=Stability.COUNTED))
        self.combs = Combs(self.model, self.relaxation)
        new = {name: n for n, name in enumerate(self.relaxation.names)}
        there = np.array([n for n, name in enumerate(old.names) if name in new], dtype=np.int64)
        here = np.array([new[old.names[n]] for n in there.tolist()], dtype=np.int64)
        self.relaxation.set_bounds(here, old.lower[there], old.upper[there])
        for tier, found in self.found.items():
            self._pin_row(tier, found.value)

    def gap(self, tier: str) -> int | None:
        """How far the plan is from the proven bound of a tier; None where the tier was not reached."""
        if tier not in self.found or self.plan is None:
            return None
        return worth(self.market, self.block, self.plan, tier) - self.found[tier].bound

    def _start(self) -> None:
        """A plan to begin with: the pins kept, and as few places as possible other than deferred acceptance's."""
        here = set(self.block.edges)
        if not any(i in self.market.locked for i in self.block.applicants):  # a lock it might not keep
            self._offer({i: n for i, n in self.market.stable.items() if n in here}, "stability")
        if self._best("stability") == 0:
            self._climb()
            return
        stable = set(self.market.deferred.values())
        cost = self.relaxation.vector([(take, -1.0) for n, take in self.model.take.items() if n in stable])
        relaxed = self.relaxation.solve(cost)
        if relaxed.ending is not Ending.OPTIMAL:
            return
        if self._take(relaxed.columns, "stability"):
            self._climb()
            return
        split = np.abs(relaxed.columns - np.round(relaxed.columns)) > TOLERANCE
        found = self.relaxation.mip(cost, split, _held(relaxed.columns), options={"mip_max_nodes": NEAR_NODES})
        if found.columns is not None:
            self._offer(self._plan_of(found.columns), "stability")
        self._climb()

    def _climb(self) -> None:
        """Let whoever would rather have a place that is free have it, until nobody would: nobody else loses by it."""
        market, plan = self.market, dict(self.plan or {})
        count = Counter(market.edges[n].host for n in plan.values())
        moved = True
        while moved:
            moved = False
            for n in market.blocking(plan, self.block.edges):
                i, j, rank, _, _ = market.edges[n]
                if i not in plan or i in market.locked or market.edges[plan[i]].rank <= rank:
                    continue
                here = market.edges[plan[i]].host
                if count[j] < market.seats[j] and count[here] > market.opens_with[here]:
                    plan[i], moved = n, True
                    count[here] -= 1
                    count[j] += 1
        self._offer(plan, "stability")

    # -- one tier --

    def minimise(self, tier: str) -> Found | None:
        """Find and prove the best value of a tier, and pin it; None where the hard rules contradict the locks."""
        if tier == "stability" and self.combs is None:
            self._model_stability()
        cost = self.relaxation.vector(objective(self.model, tier))
        if self.plan is not None and not np.any(cost):
            return self._record(tier, Found(0, 0))
        if tier in COUNTED and self._best(tier) == 0:
            counted = np.nonzero(cost)[0]
            self.relaxation.set_bounds(counted, np.zeros(len(counted)), np.zeros(len(counted)))
            return self._record(tier, Found(0, 0))
        relaxed, bound = self._relax(cost)
        if relaxed.ending is Ending.INFEASIBLE:
            self.feasible = False
            return None
        if relaxed.ending is not Ending.OPTIMAL:
            return self._unfinished(tier, cost)
        self._take(relaxed.columns, tier)
        if self._best(tier) > bound:
            self._near(cost, relaxed, tier, bound)
        while self._best(tier) > bound and self._probe(relaxed, tier):
            tighter, above = self._relax(cost)
            if tighter.ending is not Ending.OPTIMAL:
                return self._unfinished(tier, cost, bound)
            relaxed, bound = tighter, max(bound, above)
            self._take(relaxed.columns, tier)
        if self._best(tier) > bound:
            bound = self._settle(cost, relaxed, tier, bound)
        if self.plan is None:
            return None if not self.feasible else self._unfinished(tier, cost)
        found = self._record(tier, Found(worth(self.market, self.block, self.plan, tier), bound))
        self._pin(cost, relaxed, tier, found.value)
        self._narrow()
        return found

    def _record(self, tier: str, found: Found) -> Found:
        found.bound = min(found.bound, found.value)
        self.found[tier] = found
        return found

    def _unfinished(self, tier: str, cost: Floats, bound: float = -INFINITY) -> Found | None:
        """Out of time: what the plan so far is worth, with the bound known or that its columns alone give."""
        if self.plan is None:
            return None
        least = float(np.minimum(cost * self.relaxation.lower, cost * np.minimum(self.relaxation.upper, 1e6)).sum())
        return self._record(
            tier, Found(worth(self.market, self.block, self.plan, tier), ceil(max(bound, least) - TOLERANCE))
        )

    def _best(self, tier: str) -> float:
        return INFINITY if self.plan is None else worth(self.market, self.block, self.plan, tier)

    def _relax(self, cost: Floats) -> tuple[Relaxed, int]:
        """The relaxed optimum with every comb that helps, and the bound it proves."""
        relaxed = self.relaxation.solve(cost)
        stalled = 0
        for _ in range(ROUNDS if self.combs is not None else 0):
            if relaxed.ending is not Ending.OPTIMAL or self.combs is None or not self.combs.add(relaxed.columns):
                break
            self.relaxation.runs = 0  # rows were added: the basis is dual feasible, not primal
            tighter = self.relaxation.solve(cost)
            stalled = stalled + 1 if tighter.value < relaxed.value + 0.02 else 0
            if tighter.ending is not Ending.OPTIMAL:
                return (tighter if tighter.ending is Ending.INFEASIBLE else relaxed), _up(relaxed.value)
            relaxed = tighter
            if stalled == STALLED:
                break
        return relaxed, _up(relaxed.value) if relaxed.ending is Ending.OPTIMAL else 0

    # -- plans --

    def _plan_of(self, columns: Floats) -> Plan:
        chosen = [n for n, on in zip(self.model.block.edges, (columns[self.place] > 0.5).tolist(), strict=True) if on]
        return {self.market.edges[n].applicant: n for n in chosen}

    def _take(self, columns: Floats, tier: str) -> bool:
        """Whether these columns are whole; if they are and their plan is better, it is kept."""
        whole = columns[self.relaxation.whole]
        if np.any(np.abs(whole - np.round(whole)) > TOLERANCE):
            return False
        self._offer(self._plan_of(columns), tier)
        return True

    def _offer(self, plan: Plan, tier: str) -> None:
        """Keep a plan that is better in this tier; of two as good in it, the one that is better in those after it."""
        if self._keeps_pins(plan) and (self.plan is None or self._worths(plan, tier) < self._worths(self.plan, tier)):
            self.plan = plan

    def _worths(self, plan: Plan, tier: str) -> list[int]:
        tiers = self.market.problem.settings.tiers
        coming = tiers[tiers.index(tier) :] if tier in tiers else (tier,)
        return [worth(self.market, self.block, plan, one) for one in coming]

    def _keeps_pins(self, plan: Plan) -> bool:
        return all(worth(self.market, self.block, plan, t) <= found.value for t, found in self.found.items())

    def _near(self, cost: Floats, relaxed: Relaxed, tier: str, bound: int) -> None:
        """Plans close to the relaxation: whole columns stay where it left them; then only those it left at zero."""
        at, whole = _held(relaxed.columns), self.relaxation.whole
        split = np.abs(relaxed.columns - np.round(relaxed.columns)) > TOLERANCE
        for free in (split | ~whole, (relaxed.columns > TOLERANCE) | ~whole):
            self._mip(cost, free, at, tier, bound, {"mip_max_nodes": NEAR_NODES})
            if self._best(tier) <= bound or self.watch.out_of_time():
                return

    def _probe(self, relaxed: Relaxed, tier: str) -> bool:
        """Whether some host the relaxation opens in part is open, or shut, in every plan as good as the best known."""
        best, found = self._best(tier), False
        for opens in self.model.opens.values():
            n = self.relaxation.column[opens.id]
            if abs(relaxed.columns[n] - round(relaxed.columns[n])) <= TOLERANCE:
                continue
            row = np.zeros(self.relaxation.width)
            row[n] = 1.0
            for low, high, other in ((-INFINITY, 0.0, 1.0), (1.0, INFINITY, 0.0)):
                if self.relaxation.value_with([(row, low, high)]) - 10 * TOLERANCE > best:
                    self.relaxation.set_bounds(np.array([n]), np.array([other]), np.array([other]))
                    found = True
                    break
        if found:
            self._narrow()
        return found

    def _settle(self, cost: Floats, relaxed: Relaxed, tier: str, bound: int) -> int:
        """The MIP over every column that a better plan could use; returns the bound it proves."""
        at = _held(relaxed.columns)
        if self.plan is None:  # no plan at all yet, so no limit to what one may be worth
            ending, proven = self._mip(cost, np.ones(len(at), dtype=bool), at, tier, bound, {})
            self.feasible = ending is not Ending.INFEASIBLE
            return int(self._best(tier)) if ending is Ending.OPTIMAL and self.plan is not None else bound
        step = 1
        while self._best(tier) > bound and not self.watch.out_of_time():
            best = self._best(tier)
            room = best - 1 - relaxed.value
            delta = min(room, bound + step - relaxed.value)
            step *= 2
            free = np.abs(relaxed.reduced) <= delta + TOLERANCE
            every = np.abs(relaxed.reduced) <= room + TOLERANCE
            if np.count_nonzero(every) <= MORE * np.count_nonzero(free):  # then one run may as well settle it
                free, delta = every, room
            ending, proven = self._mip(cost, free, at, tier, bound, {}, cutoff=relaxed.value + delta)
            if ending not in (Ending.OPTIMAL, Ending.TARGET, Ending.INFEASIBLE):
                reached = min(proven, relaxed.value + delta)  # an unfinished run may not have had a bound yet
                return max(bound, _up(reached)) if isfinite(proven) else bound
            if delta >= room - TOLERANCE or self._best(tier) <= relaxed.value + delta + TOLERANCE:
                return int(self._best(tier))
            bound = max(bound, _above(relaxed.value + delta))
        return bound

    def _mip(
        self,
        cost: Floats,
        free: Flags,
        at: Floats,
        tier: str,
        bound: int,
        options: dict[str, object],
        cutoff: float = INFINITY,
    ) -> tuple[Ending, float]:
        best = self._best(tier)
        cutoff = min(cutoff, best - 1) + 10 * TOLERANCE
        found = self.relaxation.mip(
            cost, free, at, cutoff=cutoff, target=bound + TOLERANCE, options={"mip_abs_gap": 0.99, **options}
        )
        if found.columns is not None:
            self._offer(self._plan_of(found.columns), tier)
        return found.ending, found.bound

    # -- what the tiers after it must not give up --

    def _pin(self, cost: Floats, relaxed: Relaxed, tier: str, value: int) -> None:
        self.relaxation.add_row(cost, -INFINITY, float(value))
        self.relaxation.runs = 0
        room = value - relaxed.value
        fixed = np.nonzero(np.abs(relaxed.reduced) > room + FIXED)[0]
        at = _held(relaxed.columns)[fixed]
        self.relaxation.set_bounds(fixed, at, at)

    def _narrow(self) -> None:
        """Hold at zero what plans without a blocking pair cannot have, now that some hosts are known to be open."""
        if self.model.stability is not Stability.KEPT or not self.model.opens:
            return
        place, lower = self.relaxation.column, self.relaxation.lower
        opened = {j for j, opens in self.model.opens.items() if lower[place[opens.id]] > 0.5}
        left = within(without_blocking_pairs(self.model.market, self.model.block.edges, opened), self.model.block)
        gone = set(self.model.block.edges).difference(left.edges)
        held = np.array(sorted(place[self.model.take[n].id] for n in gone), dtype=np.int64)
        self.relaxation.set_bounds(held, np.zeros(len(held)), np.zeros(len(held)))

    def _pin_row(self, tier: str, value: int) -> None:
        cost = self.relaxation.vector(objective(self.model, tier))
        if np.any(cost):
            self.relaxation.add_row(cost, -INFINITY, float(value))


def _up(value: float) -> int:
    return ceil(value - 10 * TOLERANCE)


def _above(value: float) -> int:
    """The least whole number above a value, or the value itself where it is one but for rounding."""
    return int(np.floor(value + 10 * TOLERANCE)) + 1


def _held(columns: Floats) -> Floats:
    return np.round(columns)
