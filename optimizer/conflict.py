"""Locks that contradict the hard rules: a smallest set of them.

Each lock gets a switch: 1 where the plan honours it. A set of locks fits together when some plan of the hard
rules honours them all; `hitting` finds a smallest that does not.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pulp import LpVariable

from optimizer import network
from optimizer.arcs import find_arcs
from optimizer.build import Model, build
from optimizer.county import County
from optimizer.hitting import smallest_contradiction
from optimizer.problem import Lock
from optimizer.rules import POLICY
from optimizer.solver import Ints, Relaxation, Watch
from optimizer.variables import Terms


def smallest_conflict(county: County, watch: Watch, without: frozenset[str] = frozenset()) -> tuple[Lock, ...]:
    """A smallest set of locks that no plan of the hard rules honours together.

    If the clock runs out the set is a contradicting one, but may not be smallest.
    """
    locks = county.problem.locks
    switches = _Switches(county, watch, without | set(POLICY))
    return tuple(locks[n] for n in smallest_contradiction(switches.relaxation, switches.columns, watch))


class _Switches:
    """The hard rules with a switch per lock, over arcs that no lock has taken away."""

    def __init__(self, county: County, watch: Watch, without: frozenset[str]) -> None:
        free = replace(county.problem, locks=())
        arcs = find_arcs(County.of(free))
        locked = {lock.teacher for lock in county.problem.locks}
        model = build(county, arcs, network.direct(county, arcs), without=without)
        by_teacher = {model.county.teachers[c.teachers[0]].id: n for n, c in enumerate(model.network.cohorts)}
        flows: dict[tuple[str, str], Terms] = {}
        for column, (node, c) in zip(model.variables.ends, model.network.ends, strict=True):
            teacher = model.county.teachers[model.network.cohorts[node].teachers[0]].id
            if teacher in locked:
                school = model.county.schools[model.county.teams[arcs.classes[c].team].school].id
                flows.setdefault((teacher, school), []).append((column, 1.0))
                column.cat = "Integer"
        self.honoured: list[LpVariable] = []
        for n, lock in enumerate(county.problem.locks):
            switch = model.lp.add_variable(f"honoured_{n}", 0, 1, "Integer")
            self.honoured.append(switch)
            self._define(model, lock, switch, flows, by_teacher)
        self.relaxation = Relaxation(model.lp, watch)
        columns = [self.relaxation.column[switch.id] for switch in self.honoured]
        self.columns: Ints = np.array(columns, dtype=np.int64)

    @staticmethod
    def _define(
        model: Model,
        lock: Lock,
        switch: LpVariable,
        flows: dict[tuple[str, str], Terms],
        by_teacher: dict[str, int],
    ) -> None:
        """honoured ≤ moves along the lock's arcs; for "stays", honoured ≤ 1 − goes."""
        if lock.to is not None:
            moves = [(column, -1.0) for column, _ in flows.get((lock.teacher, lock.to), [])]
            model.row(f"lock_{lock.teacher}", [(switch, 1.0), *moves], "<=", 0)
        else:
            goes = [(model.variables.goes[by_teacher[lock.teacher]], 1.0)] if lock.teacher in by_teacher else []
            model.row(f"lock_{lock.teacher}", [(switch, 1.0), *goes], "<=", 1)
