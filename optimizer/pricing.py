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
from optimizer.search import Search, Send
from optimizer.solver import Ending, Floats, Relaxed, Watch

if TYPE_CHECKING:
    from optimizer.solve import _Run

PER_TEACHER, PER_CLASS = 3, 5
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


def cheapest(arcs: Arcs, usable: Flags) -> Flags:
    """The few cheapest usable arcs of each teacher and of each class."""
    chosen = np.zeros(len(arcs), dtype=bool)
    numbers = np.nonzero(usable)[0]
    for owner, most in ((arcs.teacher[numbers], PER_TEACHER), (arcs.kind[numbers], PER_CLASS)):
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
    """A search on single arcs whose model holds only the arcs that pay. ``waiting`` (by arc) are the others."""

    def __init__(self, model: Model, watch: Watch, send: Send | None, waiting: Flags) -> None:
        super().__init__(model, watch, send)
        arcs = model.arcs
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
        return np.concatenate([cost, *added]), goal

    def reduced(self, relaxed: Relaxed) -> Floats:
        """Reduced costs of the waiting arcs: an arc takes one from its teacher's row and adds one to its class's."""
        rows = self._rows[self._waiting]
        return self.model.arcs.cost[self._waiting] + relaxed.prices[rows[:, 0]] - relaxed.prices[rows[:, 1]]

    def relax(self, cost: Floats) -> Relaxed:
        """Solve, price, add what pays, until nothing does."""
        relaxed = super().relax(cost)
        while relaxed.ending is Ending.OPTIMAL:
            reduced = self.reduced(relaxed)
            pays = np.nonzero(reduced < -PAYS)[0]
            if not len(pays):
                break
            self._add(pays[np.argsort(reduced[pays], kind="stable")[:BATCH]])
            relaxed = super().relax(self._cost("cost")[0])
        return relaxed

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
        return wider, self._cost("cost")[0]

    def _add(self, places: Ints) -> None:
        numbers = self._waiting[places]
        cost = self.model.arcs.cost[numbers].astype(np.float64)
        values = np.tile(np.array([-1.0, 1.0]), (len(numbers), 1))
        self.relaxation.add_columns(cost, self._rows[numbers], values)
        self._added.append(cost)
        self._waiting = np.delete(self._waiting, places)
