"""The cost tier, and any tier after it, on single arcs.

The compact model has already fixed what its proofs allow: cohorts that never or always go, classes nobody
arrives in, backbone steps. Those facts hold for single arcs as well, so only the arcs they leave are used.

Where cost is the last tier, arcs join the model only as they pay: the relaxation starts with a few arcs per
teacher and class, all others are priced with its row prices, and those of negative reduced cost are added until
there are none; then its optimum is that of all arcs. Before a small MIP, every arc with a reduced cost within δ
is added as well, so the argument of fixing by reduced cost covers the arcs that were never listed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer import network, tiers
from optimizer.arcs import Arcs, Flags, Ints
from optimizer.build import Model, build
from optimizer.counts import backbones_gained, counts_of_plan, shortfalls, staff_after
from optimizer.proof import Outcome, Row
from optimizer.search import Search, Send
from optimizer.solver import Ending, Floats, Relaxed, Watch

if TYPE_CHECKING:
    from optimizer.solve import _Run
    from optimizer.start import Start

PER_TEACHER, PER_CLASS = 3, 5
FEW = 1
PAYS = 1e-6
BATCH = 4_000


def refine(run: _Run, compact: Search, plan: list[int], names: list[str]) -> list[int]:
    """Minimise ``names`` (cost first) on single arcs, starting from a plan; returns the best plan's arcs."""
    usable = open_arcs(compact, run.arcs)
    usable[plan] = True
    if len(names) > 1:
        links = network.direct(run.county, run.arcs, usable)
        model = build(run.county, run.arcs, links, whole_arcs=True, without=run.without)
        search = Search(model, run.watch, run.send)
        search.carry_over(compact)
        columns, _ = run.minimise_all(search, names, search.columns_of(plan))
        return plan if columns is None else search.plan(columns)
    listed = cheapest(run.arcs, usable)
    listed[plan] = True
    links = network.direct(run.county, run.arcs, usable, listed)
    model = build(run.county, run.arcs, links, without=run.without)
    priced = PricedSearch(model, run.watch, run.send, usable & ~listed)
    priced.carry_over(compact)
    columns, _ = run.minimise_all(priced, names, priced.columns_of(plan))
    return plan if columns is None else run.plan_of(priced.counts(columns))


def resume(run: _Run, start: Start, plan: list[int], names: list[str]) -> list[int] | None:
    """Minimise ``names`` (the last of them cost) near an earlier plan, the tiers before them being at the values that
    were proven for it. None where no plan has those values any more. Arc numbers are those of ``run.arcs``."""
    arcs = run.arcs
    forced = np.isin(arcs.teacher, sorted(arcs.must_go))
    every = np.ones(len(arcs), dtype=bool)
    listed = cheapest(arcs, every, FEW, FEW) | forced
    listed[plan] = True
    model = build(run.county, arcs, network.direct(run.county, arcs, every, listed), without=run.without)
    priced = PricedSearch(model, run.watch, run.send, ~listed)
    if not start.impose(priced):
        return None
    priced.begin_at(plan)
    columns, _ = run.minimise_all(priced, names, None)
    return None if columns is None else run.plan_of(priced.counts(columns))


def open_arcs(compact: Search, arcs: Arcs) -> Flags:
    """The arcs whose cohort and class may still be used."""
    relaxation, model = compact.relaxation, compact.model
    closed = np.ones(len(arcs.classes), dtype=bool)
    for c, column in model.variables.arrivals.items():
        closed[c] = relaxation.upper[relaxation.column[column.id]] < 0.5
    stays = np.zeros(len(model.county.teachers), dtype=bool)
    for cohort, column in zip(model.network.cohorts, model.variables.goes, strict=True):
        if relaxation.upper[relaxation.column[column.id]] < 0.5:
            stays[list(cohort.teachers)] = True
    return ~closed[arcs.kind] & ~stays[arcs.teacher]


def cheapest(arcs: Arcs, usable: Flags, per_teacher: int = PER_TEACHER, per_class: int = PER_CLASS) -> Flags:
    """The few cheapest usable arcs of each teacher and of each class."""
    chosen = np.zeros(len(arcs), dtype=bool)
    numbers = np.nonzero(usable)[0]
    for owner, most in ((arcs.teacher[numbers], per_teacher), (arcs.kind[numbers], per_class)):
        order = np.lexsort((numbers, arcs.cost[numbers], owner))
        rank = _rank(owner[order])
        chosen[numbers[order[rank < most]]] = True
    return chosen


def _rank(sorted_owner: Ints) -> Ints:
    """0, 1, 2 … within each run of equal values."""
    places = np.arange(len(sorted_owner))
    first = np.concatenate([[True], sorted_owner[1:] != sorted_owner[:-1]]) if len(places) else places > 0
    return places - np.maximum.accumulate(np.where(first, places, 0))


class PricedSearch(Search):
    """A search on single arcs whose model holds only the arcs that pay. ``waiting`` (by arc) are the others.

    Arcs bear a price in the cost tier alone, so cost must be the last tier: no row but flows may hold an arc.
    """

    def __init__(self, model: Model, watch: Watch, send: Send | None, waiting: Flags) -> None:
        super().__init__(model, watch, send)
        arcs = model.arcs
        self._tier = ""
        self._listed = self.relaxation.width
        self._waiting = np.nonzero(waiting)[0]
        self._added: list[Floats] = []
        node = {cohort.teachers[0]: n for n, cohort in enumerate(model.network.cohorts)}
        node_row = np.array([model.rows[f"node_{n}"].id for n in range(len(node))], dtype=np.int64)
        class_row = np.full(len(arcs.classes), -1, dtype=np.int64)
        for c in model.network.kinds:
            class_row[c] = model.rows[f"class_{c}"].id
        places = np.full(len(model.county.teachers), -1, dtype=np.int64)
        places[list(node)] = node_row[list(node.values())]
        self._rows = np.stack([places[arcs.teacher], class_row[arcs.kind]], axis=1)

    def _cost(self, tier: str) -> tuple[Floats, tiers.Objective]:
        cost, goal = super()._cost(tier)
        added = self._added if tier == "cost" else [np.zeros(len(extra)) for extra in self._added]
        return np.concatenate([cost[: self._listed], *added]), goal

    def minimise(self, tier: str, incumbent: Floats | None) -> Outcome:
        """Find and prove the best value of a tier, over the arcs that wait as well."""
        self._tier = tier
        return super().minimise(tier, incumbent)

    def reduced(self, relaxed: Relaxed) -> Floats:
        """Reduced costs of the waiting arcs: an arc takes one from its teacher's row and adds one to its class's."""
        rows = self._rows[self._waiting]
        price = relaxed.prices[rows[:, 0]] - relaxed.prices[rows[:, 1]]
        return price + self.model.arcs.cost[self._waiting] if self._tier == "cost" else price

    def relax(self, cost: Floats, *, hot: bool = False) -> Relaxed:
        """Solve, price, add what pays, until nothing does."""
        relaxed = super().relax(cost, hot=hot)
        while relaxed.ending is Ending.INFEASIBLE:
            wanted = self._mending()
            if not len(wanted):
                break
            self._add(wanted)
            self.relaxation.begun = True  # nothing feasible to go on from
            relaxed = super().relax(self._cost(self._tier)[0], hot=True)
        while relaxed.ending is Ending.OPTIMAL:
            reduced = self.reduced(relaxed)
            pays = np.nonzero(reduced < -PAYS)[0]
            if not len(pays):
                break
            self._add(pays[np.argsort(reduced[pays], kind="stable")[:BATCH]])
            relaxed = super().relax(self._cost(self._tier)[0], hot=True)
        return relaxed

    def _mending(self) -> Ints:
        """The waiting arcs (places) without which the proof that nothing is feasible would not stand.

        The proof weighs the rows so that every flow pulls to one side only; an arc that pulls to the other refutes it.
        """
        ray = self.relaxation.ray()
        if ray is None:
            return np.arange(len(self._waiting))
        pull = ray[self._rows[:, 0]] - ray[self._rows[:, 1]]
        waits = np.zeros(len(pull), dtype=bool)
        waits[self._waiting] = True
        here = pull[~waits]
        if np.all(here >= -PAYS):
            return np.nonzero(pull[self._waiting] < -PAYS)[0]
        if np.all(here <= PAYS):
            return np.nonzero(pull[self._waiting] > PAYS)[0]
        return np.arange(len(self._waiting))

    def no_other(self, others: list[Row], most: float) -> bool:
        """The arcs that wait would have to be asked too."""
        return False

    def widen(self, relaxed: Relaxed, cost: Floats, delta: float) -> tuple[Relaxed, Floats]:
        """Add the waiting arcs with a reduced cost within δ; they stand at zero in the relaxation."""
        reduced = self.reduced(relaxed)
        near = np.nonzero(reduced <= delta + 2 * PAYS)[0]
        if not len(near):
            return relaxed, cost
        more = reduced[near]
        self._add(near)
        wider = replace(
            relaxed,
            columns=np.concatenate([relaxed.columns, np.zeros(len(near))]),
            reduced=np.concatenate([relaxed.reduced, more]),
        )
        return wider, self._cost(self._tier)[0]

    def _pin(self, tier: str, cost: Floats, goal: tiers.Objective, relaxed: Relaxed | None, value: float) -> None:
        """Arcs that no plan within the tier's limit uses need not wait any longer."""
        if relaxed is not None:
            room = self._limit(tier, goal, value) * goal.scale - goal.constant - relaxed.value
            self._waiting = self._waiting[self.reduced(relaxed) <= room + 3 * PAYS]
        super()._pin(tier, self._cost(tier)[0], goal, relaxed, value)

    def _add(self, places: Ints) -> None:
        numbers = self._waiting[places]
        price = self.model.arcs.cost[numbers].astype(np.float64)
        values = np.tile(np.array([-1.0, 1.0]), (len(numbers), 1))
        self.relaxation.add_columns(price * (self._tier == "cost"), self._rows[numbers], values)
        self._added.append(price)
        self._waiting = np.delete(self._waiting, places)

    # -- starting at a plan --

    def begin_at(self, plan: list[int]) -> None:
        """Start the first relaxation at a plan's corner (arc numbers, all of them listed).

        A mover's arc, everyone else's "goes", every class's arrivals, the gaps and shortfalls there are, and the slack
        of every other row make a triangular basis. Where the tier at hand is the change from this very plan, it is
        best already but for what no longer holds, and the dual simplex mends that in a few steps.
        """
        model, relaxation, v = self.model, self.relaxation, self.model.variables
        column = relaxation.column
        network = model.network
        end_of = {arc: n for n, arc in enumerate(network.arc_of)}
        basic: set[int] = {column[x.id] for x in v.arrivals.values()}
        held = {model.rows[f"class_{c}"].id for c in network.kinds}
        held |= {model.rows[f"node_{n}"].id for n in range(len(network.cohorts))}
        high: set[int] = set()
        moving = {network.ends[end_of[arc]][0]: end_of[arc] for arc in plan}
        for n, goes in enumerate(v.goes):
            if n in moving:
                basic.add(column[v.ends[moving[n]].id])
                high.add(column[goes.id])
            else:
                basic.add(column[goes.id])
        counts = counts_of_plan(model.county, model.arcs, plan)
        staff = staff_after(model.county, model.arcs.classes, counts)
        for k, gap in v.gap.items():
            team = model.county.teams[k]
            if staff[k] < team.posts:
                basic.add(column[gap.id])
                held.add(model.rows[tiers.gap_row(model.county, k)].id)
        for (rule, scope), n in shortfalls(model.county, model.arcs.classes, counts).items():
            if n and (rule, scope) in v.missing:
                basic.add(column[v.missing[rule, scope].id])
                held.add(model.rows[f"{rule}_{scope}"].id)
        on, _ = self._steps(backbones_gained(model.county, model.arcs.classes, counts))
        relaxation.begin_at(basic, high | set(on), held)
