"""An officer's decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.build import Model


def h8_locks_and_bans(model: Model) -> None:
    """H8: a locked teacher goes where the lock says or stays; a banned move is not made.

    Banned arcs, and all other arcs of a locked teacher, do not exist; a teacher locked to a school has
    goes = 1, so a teacher whose one destination has no arc makes the model infeasible. Only the last part is
    left to say here, and only for teachers without any arc.
    """
    for n, cohort in enumerate(model.network.cohorts):
        if cohort.must_go:
            model.row(f"H8_lock_{n}", [(model.variables.goes[n], 1.0)], ">=", cohort.size)
