"""How many may come and go: one move a teacher, quota, share of a school, cap on all moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.build import Model


def h1_one_move(model: Model) -> None:
    """H1: a teacher moves at most once: goes[p] ≤ size of the cohort.

    That a move follows an arc is the network's doing (`variables.connect`). Clause: section 2.
    """
    for column, cohort in zip(model.variables.goes, model.network.cohorts, strict=True):
        column.bounds(column.lowBound, cohort.size)


def h2_quota(model: Model) -> None:
    """H2 (编制): staff after ≤ max(quota, staff before), each school.

    arrivals(s) − departures(s) ≤ max(quota, before) − before. Clause: the county's staffing quota.
    """
    county, v = model.county, model.variables
    for s, school in enumerate(county.schools):
        if v.arriving_school[s]:
            room = county.seats(s) - county.headcount[s]
            model.row(f"H2_{school.id}", model.net(v.arriving_school[s], v.leaving_school[s]), "<=", room)


def h5_out_rate(model: Model) -> None:
    """H5: departures(s) ≤ max(1, ⌊out_rate · before⌋), each school."""
    county, v = model.county, model.variables
    for s, school in enumerate(county.schools):
        if v.leaving_school[s]:
            model.row(f"H5_{school.id}", v.leaving_school[s], "<=", county.out_cap(s))


def h6_move_cap(model: Model) -> None:
    """H6: Σ goes ≤ ⌊max_move_rate · eligible teachers⌋."""
    terms = [(column, 1.0) for column in model.variables.goes]
    model.row("H6", terms, "<=", model.county.move_cap)
