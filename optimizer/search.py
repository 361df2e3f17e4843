"""Proving one tier: from the relaxation's bound to a plan that attains the best value, and a proof that it does.

For a tier with relaxed optimum z and reduced costs d, any plan of value at most z + δ has every column with
|d| > δ at the bound where the relaxation left it. So the small MIP over the other columns, cut off at z + δ,
either finds the best plan of all or proves that none is as good as z + δ. δ starts small and grows; the last
round frees every column, so the loop ends with a proof whatever happens (MATH.md, "Method").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from math import floor, isfinite
from operator import ge

import numpy as np

from optimizer import tiers
from optimizer.build import Model
from optimizer.counts import Counts, backbones_gained, measure
from optimizer.proof import CLEAR, SMALL, TOLERANCE, Outcome, Proof, Row, held, up, within
from optimizer.solver import INFINITY, Ending, Floats, Relaxation, Relaxed, Watch, Whole
from optimizer.split import SPLIT, Part, Parts, common_bounds
from optimizer.vectors import Vectors

ROUNDS = 8
NEAR_NODES = 200
Send = Callable[[float | None, float | None], None]


class Search:
    """A model with its hot relaxation; tiers are minimised and pinned on it one after another."""

    def __init__(self, model: Model, watch: Watch, send: Send | None = None) -> None:
        self._send = send
        self.pins: list[tuple[str, float]] = []
        self._objectives: dict[str, tuple[Floats, tiers.Objective]] = {}
        self.model = model
        self.watch = watch
        self.relaxation = Relaxation(model.lp, watch)
        columns = self.relaxation.column
        self._goes = np.array([columns[v.id] for v in model.variables.goes], dtype=np.int64)
        self._kinds = list(model.variables.arrivals)
        self._arrivals = np.array([columns[v.id] for v in model.variables.arrivals.values()], dtype=np.int64)
        inside = [model.arcs.classes[c].young_in_group for c in self._kinds]
        self.leads = self._arrivals[np.array(inside, dtype=bool)]
        self.parts: Parts | None = None

    # -- plans as counts --

    def counts(self, columns: Floats) -> Counts:
        """How many leave and arrive where, in a plan given by column values."""
        leaving: Counter[tuple[int, str, str, bool]] = Counter()
        goes: list[float] = columns[self._goes].tolist()
        for cohort, n in zip(self.model.network.cohorts, goes, strict=True):
            if n > 0.5:
                leaving[cohort.school, cohort.stage, cohort.subject, cohort.backbone] += round(n)
        found: list[float] = columns[self._arrivals].tolist()
        arriving = Counter({c: round(n) for c, n in zip(self._kinds, found, strict=True) if n > 0.5})
        return Counts(leaving, arriving)

    def value(self, tier: str, columns: Floats) -> float:
        """The exact value of a tier in a plan given by column values."""
        if tier == "cost":
            return float(round(float(self._cost(tier)[0][: len(columns)] @ columns)))
        return measure(self.model.county, self.model.arcs.classes, self.counts(columns))[tier]

    def cost(self, tier: str) -> Floats:
        """A tier's objective over the columns there are now."""
        return self._cost(tier)[0]

    def _cost(self, tier: str) -> tuple[Floats, tiers.Objective]:
        if tier not in self._objectives:
            goal = tiers.objective(self.model, tier)
            self._objectives[tier] = self.relaxation.vector(goal.terms), goal
        return self._objectives[tier]

    def columns_of(self, plan: list[int]) -> Floats:
        """The columns of a plan (arc numbers) in a direct network. Gaps, steps and shortfalls stay at zero:
        enough to be counted and compared, not to be handed to the solver as a start."""
        network, v = self.model.network, self.model.variables
        place = {arc: n for n, arc in enumerate(network.arc_of)}
        columns = np.zeros(self.relaxation.width)
        for arc in plan:
            node, c = network.ends[place[arc]]
            for column in (v.ends[place[arc]], v.goes[node], v.arrivals[c]):
                columns[self.relaxation.column[column.id]] += 1
        return columns

    def plan(self, columns: Floats) -> list[int]:
        """The arcs of whole columns in a direct network."""
        ends = zip(self.model.variables.ends, self.model.network.arc_of, strict=True)
        return sorted(arc for end, arc in ends if columns[self.relaxation.column[end.id]] > 0.5)

    # -- from one tier or model to the next --

    def forbid_shortfalls(self) -> None:
        """Hold every policy rule's shortfall at zero."""
        self._set_shortfalls(0.0)

    def allow_shortfalls(self) -> None:
        """Let policy rules fall short again."""
        self._set_shortfalls(INFINITY)

    def _set_shortfalls(self, most: float) -> None:
        columns = [self.relaxation.column[v.id] for v in self.model.variables.missing.values()]
        where = np.array(columns, dtype=np.int64)
        self.relaxation.set_bounds(where, np.zeros(len(where)), np.full(len(where), most))

    def carry_over(self, other: Search) -> None:
        """Take on what another model of the same county has pinned and fixed.

        Columns of the same name mean the same in both; a cohort's bounds hold for each of its teachers where
        they leave no choice.
        """
        mine = {name: n for n, name in enumerate(self.relaxation.names)}
        theirs = other.relaxation
        common = [
            (mine[name], n)
            for n, name in enumerate(theirs.names)
            if name in mine and not name.startswith(("goes", "link", "end"))
        ]
        self._tighten([here for here, _ in common], *(b[[n for _, n in common]] for b in (theirs.lower, theirs.upper)))
        always: set[int] = set()
        for cohort, column in zip(other.model.network.cohorts, other.model.variables.goes, strict=True):
            if theirs.lower[theirs.column[column.id]] > cohort.size - 0.5:
                always |= set(cohort.teachers)
        places = zip(self.model.network.cohorts, self._goes.tolist(), strict=True)
        going = [place for cohort, place in places if cohort.teachers[0] in always]
        self._tighten(going, np.ones(len(going)), np.ones(len(going)))
        for tier, value in other.pins:
            cost, goal = self._cost(tier)
            self._pin_row(tier, cost, goal, value)

    def pin_value(self, tier: str, value: float) -> bool:
        """Hold a tier at a value that is known to be its best; whether it can be, where no column is left to tell."""
        cost, goal = self._cost(tier)
        self.pins.append((tier, value))
        slack = self._pin_row(tier, cost, goal, value)
        return bool(np.any(cost)) or goal.constant <= value * goal.scale + slack

    def hold_going(self, teachers: set[int]) -> None:
        """Hold the cohorts of which everyone goes."""
        places = zip(self.model.network.cohorts, self._goes.tolist(), strict=True)
        going = [(place, float(cohort.size)) for cohort, place in places if teachers.issuperset(cohort.teachers)]
        sizes = np.array([size for _, size in going])
        self._tighten([place for place, _ in going], sizes, sizes)

    def hold_backbones(self, after: dict[tuple[int, str], int]) -> bool:
        """Hold the backbone counts of the balance tier; whether there are steps enough to reach them."""
        county, v = self.model.county, self.model.variables
        change = {key: n - county.backbones.get(key, 0) for key, n in after.items()}
        self._hold_steps(*self._steps(change))
        return all(-len(v.fewer.get(key, [])) <= n <= len(v.more.get(key, [])) for key, n in change.items())

    def held_backbones(self) -> dict[tuple[int, str], int]:
        """The backbone counts of the balance tier where each can only be one; else nothing."""
        v, place, relaxation = self.model.variables, self.relaxation.column, self.relaxation
        held: dict[tuple[int, str], int] = {}
        for key in v.more:
            n = self.model.county.backbones.get(key, 0)
            for steps, sign in ((v.more[key], 1), (v.fewer[key], -1)):
                columns = [place[step.id] for step in steps]
                if np.any(relaxation.lower[columns] < relaxation.upper[columns]):
                    return {}
                n += sign * round(float(np.sum(relaxation.lower[columns])))
            held[key] = n
        return held

    def _tighten(self, columns: list[int], lower: Floats, upper: Floats) -> None:
        where = np.array(columns, dtype=np.int64)
        low = np.maximum(lower, self.relaxation.lower[where])
        self.relaxation.set_bounds(where, low, np.minimum(upper, self.relaxation.upper[where]))

    # -- for models that add arcs as they pay --

    def relax(self, cost: Floats, *, hot: bool = False) -> Relaxed:
        """Solve the relaxation for an objective; ``hot`` where the last optimum is near."""
        return self.relaxation.solve(cost, hot=hot)

    def widen(self, relaxed: Relaxed, cost: Floats, delta: float) -> tuple[Relaxed, Floats]:
        """Make sure that every column a plan within δ of the relaxation may use is there."""
        return relaxed, cost

    # -- one tier --

    def minimise(self, tier: str, incumbent: Floats | None) -> Outcome:
        """Find and prove the best value of a tier. ``incumbent`` is a plan of the pinned tiers, if one is known."""
        cost, goal = self._cost(tier)
        best = INFINITY if incumbent is None else self.value(tier, incumbent) * goal.scale - goal.constant
        self._report(goal)
        self.parts = None
        if not np.any(cost):
            return (
                Outcome(Proof.PROVEN, goal.constant / goal.scale, incumbent)
                if incumbent is not None
                else (self._anything(goal))
            )
        relaxed = self.relax(cost)
        cost = self._cost(tier)[0]
        if relaxed.ending is Ending.INFEASIBLE:
            return Outcome(Proof.INFEASIBLE, INFINITY, None)
        if relaxed.ending is not Ending.OPTIMAL:
            if incumbent is not None:
                self._pin(tier, cost, goal, None, best)
            return Outcome(Proof.UNFINISHED, 0.0, incumbent)
        whole = tier in tiers.WHOLE
        bound = up(relaxed.value + goal.constant) - goal.constant if whole else relaxed.value
        if best <= bound + TOLERANCE:
            self._pin(tier, cost, goal, relaxed, best)
            return Outcome(Proof.PROVEN, (bound + goal.constant) / goal.scale, incumbent)
        if whole:
            outcome = self._close(tier, goal, relaxed, bound, best, incumbent)
        else:
            outcome = Vectors(self, goal, relaxed, incumbent).close()
        if outcome.columns is not None:  # proven or not, the tiers after it must not give its value up
            value = self.value(tier, outcome.columns) * goal.scale - goal.constant
            self._pin(tier, cost, goal, relaxed, value)
        return outcome

    def splits(self, relaxed: Relaxed, enough: float) -> bool:
        """Whether moves inside groups are worth splitting: some are split, and many columns are near enough."""
        leads = relaxed.columns[self.leads]
        if not np.any(np.abs(leads - np.round(leads)) > SPLIT):
            return False
        return bool(np.count_nonzero(within(relaxed, enough)) > SMALL)

    def _close(
        self, tier: str, goal: tiers.Objective, relaxed: Relaxed, bound: float, best: float, incumbent: Floats | None
    ) -> Outcome:
        """A whole-number tier: a plan near the relaxation, then in parts or at once the proof that none is better."""
        near = self.near(self.cost(tier), relaxed, bound + TOLERANCE, lambda value: value <= bound + TOLERANCE)
        if near is not None and near.value < best:
            best, incumbent = near.value, near.columns
        if best <= bound + TOLERANCE or not self.splits(relaxed, best - 1 - relaxed.value):
            return self._grow(tier, goal, relaxed, bound, best, incumbent)
        parts = self.parts = Parts(self, tier, relaxed)
        while (part := parts.next(best - 1 + 1e-5)) is not None:
            least = up(part.bound + goal.constant) - goal.constant
            near = None
            if not parts.is_all(part):
                near = self.near(self.cost(tier), part.relaxed, least + TOLERANCE, partial(ge, least + TOLERANCE))
            if near is not None and near.value < best:
                best, incumbent = near.value, near.columns
            outcome = self._grow(tier, goal, part.relaxed, least, best, incumbent)
            if outcome.proof is Proof.UNFINISHED:
                parts.leave()
                lowest = max(bound, min(parts.bound(), outcome.bound * goal.scale - goal.constant))
                return self.unfinished(goal, lowest, outcome.columns)
            if outcome.columns is not None:
                best, incumbent = outcome.bound * goal.scale - goal.constant, outcome.columns
        parts.leave()
        if parts.out_of_time:
            return self.unfinished(goal, max(bound, parts.bound()), incumbent)
        if incumbent is None:
            return Outcome(Proof.INFEASIBLE, INFINITY, None)
        return Outcome(Proof.PROVEN, (best + goal.constant) / goal.scale, incumbent)

    def _grow(
        self, tier: str, goal: tiers.Objective, relaxed: Relaxed, bound: float, best: float, incumbent: Floats | None
    ) -> Outcome:
        """Grow δ until the small MIP finds the best plan or every column it needs is free."""
        cost = self.cost(tier)
        delta = bound - relaxed.value
        for turn in range(ROUNDS):
            enough = max(0.0, best - 1 - relaxed.value)
            if best <= bound + TOLERANCE:
                return Outcome(Proof.PROVEN, (best + goal.constant) / goal.scale, incumbent)
            last = turn == ROUNDS - 1 or np.count_nonzero(within(relaxed, enough)) <= SMALL
            delta = enough if last else min(delta, enough)
            relaxed, cost = self.widen(relaxed, cost, delta)
            cutoff = relaxed.value + delta + TOLERANCE
            found = self.relaxation.mip(
                cost, within(relaxed, delta), held(relaxed.columns), cutoff=cutoff, target=bound + TOLERANCE
            )
            if found.columns is not None and found.value < best:
                best, incumbent = found.value, found.columns
            if found.ending not in (Ending.OPTIMAL, Ending.TARGET, Ending.INFEASIBLE):
                return self.unfinished(goal, max(bound, min(found.bound, relaxed.value + delta)), incumbent)
            if best <= cutoff or delta >= enough - TOLERANCE:
                if incumbent is None:
                    return Outcome(Proof.INFEASIBLE, INFINITY, None)
                return Outcome(Proof.PROVEN, (best + goal.constant) / goal.scale, incumbent)
            bound = floor(relaxed.value + delta + goal.constant + TOLERANCE) + 1 - goal.constant
            delta = bound - relaxed.value + (0 if turn == 0 else 4**turn)
        raise AssertionError("the last round always returns")

    def near(self, cost: Floats, relaxed: Relaxed, target: float, enough: Callable[[float], bool]) -> Whole | None:
        """A good plan close to the relaxation: whole columns stay where it left them whole; then, unless that
        was good ``enough``, only those it left at zero. Proves nothing; finds most optima in a tenth of the time
        of the full search."""
        whole, at = self.relaxation.whole, held(relaxed.columns)
        split = np.abs(relaxed.columns - np.round(relaxed.columns)) > TOLERANCE
        best: Whole | None = None
        for free in (split | ~whole, (relaxed.columns > TOLERANCE) | ~whole):
            found = self.relaxation.mip(cost, free, at, target=target, options={"mip_max_nodes": NEAR_NODES})
            if found.columns is not None and (best is None or found.value < best.value):
                best = found
            if best is not None and enough(best.value):
                break
        return best

    def no_other(self, others: list[Row], most: float) -> bool:
        """Whether the relaxation alone already proves that no plan but those forbidden is as good."""
        return self.relaxation.value_with(others) > most + CLEAR

    def scaled(self, tier: str, goal: tiers.Objective, columns: Floats) -> float:
        """A plan's exact value of a tier in the units of the objective without its constant."""
        return self.value(tier, columns) * goal.scale - goal.constant

    def unfinished(self, goal: tiers.Objective, bound: float, incumbent: Floats | None) -> Outcome:
        return Outcome(Proof.UNFINISHED, (bound + goal.constant) / goal.scale, incumbent)

    def _vector(self, columns: Floats) -> tuple[list[int], list[int]]:
        """The step columns that are taken and those that are not, for a plan's backbone counts."""
        return self._steps(backbones_gained(self.model.county, self.model.arcs.classes, self.counts(columns)))

    def _steps(self, change: Mapping[tuple[int, str], int]) -> tuple[list[int], list[int]]:
        on, off = [], []
        v, place = self.model.variables, self.relaxation.column
        for key in v.more:
            more = [place[x.id] for x in v.more[key]]
            fewer = [place[x.id] for x in v.fewer[key]]
            gained = change.get(key, 0)
            for steps, taken in ((more, max(0, gained)), (fewer, max(0, -gained))):
                on += steps[:taken]
                off += steps[taken:]
        return on, off

    def other_vector(self, columns: Floats) -> Row:
        """Σ (1 − taken) + Σ not taken ≥ 1: any backbone counts but these.

        Steps are convex with strictly growing slopes, so a plan within the value's slack takes them in order,
        and the sum counts the steps in which its counts differ.
        """
        on, off = self._vector(columns)
        row = np.zeros(self.relaxation.width)
        row[on], row[off] = -1.0, 1.0
        return row, 1.0 - len(on), INFINITY

    def hold_vector(self, columns: Floats) -> None:
        self._hold_steps(*self._vector(columns))

    def _hold_steps(self, on: list[int], off: list[int]) -> None:
        for steps, value in ((on, 1.0), (off, 0.0)):
            at = np.full(len(steps), value)
            self.relaxation.set_bounds(np.array(steps, dtype=np.int64), at, at)

    def _anything(self, goal: tiers.Objective) -> Outcome:
        """Any plan at all, for a tier that is constant."""
        width = self.relaxation.width
        found = self.relaxation.mip(np.zeros(width), np.ones(width, dtype=bool), np.zeros(width))
        if found.ending is Ending.INFEASIBLE:
            return Outcome(Proof.INFEASIBLE, INFINITY, None)
        proof = Proof.UNFINISHED if found.columns is None else Proof.PROVEN
        return Outcome(proof, goal.constant / goal.scale, found.columns)

    def feasible(self) -> Outcome:
        """Whether any plan keeps the hard rules and the pins."""
        return self._anything(tiers.Objective([], 0.0))

    def _pin(self, tier: str, cost: Floats, goal: tiers.Objective, relaxed: Relaxed | None, value: float) -> None:
        """Keep the tier's value, or what its tolerance allows, for the tiers after it: as a row, and as bounds where
        only one is left."""
        limit = self._limit(tier, goal, value)
        self.pins.append((tier, limit))
        slack = self._pin_row(tier, cost, goal, limit)
        if relaxed is None:
            return
        most = limit * goal.scale - goal.constant + slack
        if self.parts is not None:
            self._fix_in_all([part for part in self.parts.parts() if part.bound <= most + CLEAR], most)
            return
        fixed = np.nonzero(np.abs(relaxed.reduced) > most - relaxed.value + TOLERANCE)[0]
        at = held(relaxed.columns)[fixed]
        self.relaxation.set_bounds(fixed, at, at)

    def _fix_in_all(self, parts: list[Part], most: float) -> None:
        """Keep what every part says of the plans of a value of at most that."""
        if not parts:
            return
        relaxation = self.relaxation
        rooms = [max(0.0, most - part.bound) + TOLERANCE for part in parts]
        stood = [held(part.relaxed.columns) for part in parts]
        low, high = common_bounds(parts, self.leads, rooms, relaxation.lower, relaxation.upper, stood)
        tighter = np.nonzero((low > relaxation.lower) | (high < relaxation.upper))[0]
        relaxation.set_bounds(tighter, low[tighter], high[tighter])

    def _limit(self, tier: str, goal: tiers.Objective, value: float) -> float:
        """What a tier may be at worst from now on, its objective being at ``value``."""
        return self.model.county.settings.worst(tier, (value + goal.constant) / goal.scale)

    def _pin_row(self, tier: str, cost: Floats, goal: tiers.Objective, value: float) -> float:
        slack = TOLERANCE if tier in tiers.WHOLE else 1e-9 * abs(value * goal.scale)
        if np.any(cost):
            self.relaxation.add_row(cost, -INFINITY, value * goal.scale - goal.constant + slack)
        return slack

    def _report(self, goal: tiers.Objective) -> None:
        send = self._send
        if send is None:
            return

        def convert(value: float | None) -> float | None:
            return None if value is None or not isfinite(value) else (value + goal.constant) / goal.scale

        self.watch.report = lambda incumbent, bound: send(convert(incumbent), convert(bound))
