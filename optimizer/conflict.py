"""Locks that contradict the hard rules: a smallest set of them.

Each lock gets a switch: 1 where the plan honours it. A set of locks fits together when some plan of the hard
rules honours them all. A smallest set that does not is found by implicit hitting sets: every plan fails to
honour some locks, and a contradicting set must hold one of them, whichever the plan; so a smallest set hitting
all the failures seen so far is tried, and either it contradicts (then none is smaller) or its best plan gives
a new failure to hit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pulp import LpProblem, LpVariable
from pulp.core.linear import lpSum_vars_coefs

from optimizer import network
from optimizer.arcs import find_arcs
from optimizer.build import Model, build
from optimizer.county import County
from optimizer.problem import Lock
from optimizer.rules import POLICY
from optimizer.solver import Ending, Relaxation, Watch
from optimizer.variables import Terms


def smallest_conflict(county: County, watch: Watch, without: frozenset[str] = frozenset()) -> tuple[Lock, ...]:
    """A smallest set of locks that no plan of the hard rules honours together.

    If the clock runs out the set is a contradicting one, but may not be smallest.
    """
    locks = county.problem.locks
    switches = _Switches(county, watch, without | set(POLICY))
    failures: list[frozenset[int]] = []
    everything = frozenset(range(len(locks)))
    while not watch.out_of_time():
        trial = _smallest_hitting_set(failures, watch)
        failed = switches.fewest_failures(trial)
        if failed is None:
            return tuple(locks[n] for n in sorted(trial))
        failures.append(failed)
    return tuple(locks[n] for n in sorted(everything))


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

    def fewest_failures(self, trial: frozenset[int]) -> frozenset[int] | None:
        """The locks a best plan honouring ``trial`` does not honour; None if ``trial`` cannot be honoured."""
        relaxation = self.relaxation
        place = np.array([relaxation.column[switch.id] for switch in self.honoured], dtype=np.int64)
        must = np.array([float(n in trial) for n in range(len(place))])
        relaxation.lower[place] = must
        cost = np.zeros(relaxation.width)
        cost[place] = -1.0
        every = np.ones(relaxation.width, dtype=bool)
        found = relaxation.mip(cost, every, np.zeros(relaxation.width))
        if found.ending is Ending.INFEASIBLE:
            return None
        if found.columns is None:
            return frozenset(range(len(place))) - trial
        return frozenset(np.nonzero(found.columns[place] < 0.5)[0].tolist())


def _smallest_hitting_set(failures: list[frozenset[int]], watch: Watch) -> frozenset[int]:
    """A smallest set that meets every failure."""
    if not failures:
        return frozenset()
    lp = LpProblem("hit")
    locks = sorted(set().union(*failures))
    chosen = {n: lp.add_variable(f"lock_{n}", 0, 1, "Integer") for n in locks}
    for failure in failures:
        lp.addConstraint(lpSum_vars_coefs([(chosen[n], 1.0) for n in sorted(failure)]) >= 1)
    relaxation = Relaxation(lp, watch)
    cost = np.ones(relaxation.width)
    found = relaxation.mip(cost, np.ones(relaxation.width, dtype=bool), np.zeros(relaxation.width))
    if found.columns is None:
        return frozenset(locks)
    values = dict(zip(relaxation.names, found.columns.tolist(), strict=True))
    return frozenset(n for n in locks if values[f"lock_{n}"] > 0.5)
