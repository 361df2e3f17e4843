"""The cost tier, and any tier after it, on single arcs.

The compact model has already fixed what its proofs allow: cohorts that never or always go, classes nobody
arrives in, backbone steps. Those facts hold for single arcs as well, so only the arcs they leave are modelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimizer import network
from optimizer.arcs import Arcs
from optimizer.build import build
from optimizer.search import Search
from optimizer.solver import Flags

if TYPE_CHECKING:
    from optimizer.solve import _Run


def refine(run: _Run, compact: Search, plan: list[int], names: list[str]) -> list[int]:
    """Minimise ``names`` (cost first) on single arcs, starting from a plan; returns the best plan's arcs."""
    last = len(names) == 1
    chosen = open_arcs(compact, run.arcs)
    chosen[plan] = True
    links = network.direct(run.county, run.arcs, chosen)
    model = build(run.county, run.arcs, links, whole_arcs=not last, without=run.without)
    search = Search(model, run.watch, run.send)
    search.carry_over(compact)
    columns, _ = run.minimise_all(search, names, search.columns_of(plan))
    if columns is None:
        return plan
    return run.plan_of(search.counts(columns)) if last else search.plan(columns)


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
