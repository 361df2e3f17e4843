"""A smallest set of contradicting locks, found by implicit hitting sets.

Each lock has a switch in the model: 1 where the plan honours it. Every plan fails to honour some locks, and a
contradicting set must hold one of them, whichever the plan; so a smallest set that meets all the failures seen so far
is tried, and either it contradicts (then none is smaller) or its best plan gives a new failure to meet.
"""

from __future__ import annotations

import numpy as np
from pulp import LpProblem
from pulp.core.linear import lpSum_vars_coefs

from optimizer.solver import Ending, Ints, Relaxation, Watch


def smallest_contradiction(relaxation: Relaxation, switches: Ints, watch: Watch) -> list[int]:
    """The numbers of a smallest set of switches that no plan has on together; all of them if the clock runs out."""
    failures: list[frozenset[int]] = []
    while not watch.out_of_time():
        trial = _smallest_hitting_set(failures, watch)
        failed = _fewest_failures(relaxation, switches, trial)
        if failed is None:
            return sorted(trial)
        failures.append(failed)
    return list(range(len(switches)))


def _fewest_failures(relaxation: Relaxation, switches: Ints, trial: frozenset[int]) -> frozenset[int] | None:
    """The locks that a best plan honouring ``trial`` does not honour; None if ``trial`` cannot be honoured."""
    must = np.array([float(n in trial) for n in range(len(switches))])
    relaxation.set_bounds(switches, must, np.ones(len(switches)))
    cost = np.zeros(relaxation.width)
    cost[switches] = -1.0
    found = relaxation.mip(cost, np.ones(relaxation.width, dtype=bool), np.zeros(relaxation.width))
    if found.ending is Ending.INFEASIBLE:
        return None
    if found.columns is None:
        return frozenset(range(len(switches))) - trial
    return frozenset(np.nonzero(found.columns[switches] < 0.5)[0].tolist())


def _smallest_hitting_set(failures: list[frozenset[int]], watch: Watch) -> frozenset[int]:
    """A smallest set that meets every failure."""
    if not failures:
        return frozenset()
    lp = LpProblem("hit")
    locks = sorted(frozenset().union(*failures))
    chosen = {n: lp.add_variable(f"lock_{n}", 0, 1, "Integer") for n in locks}
    for failure in failures:
        lp.addConstraint(lpSum_vars_coefs([(chosen[n], 1.0) for n in sorted(failure)]) >= 1)
    relaxation = Relaxation(lp, watch)
    width = relaxation.width
    found = relaxation.mip(np.ones(width), np.ones(width, dtype=bool), np.zeros(width))
    if found.columns is None:
        return frozenset(locks)
    values = dict(zip(relaxation.names, found.columns.tolist(), strict=True))
    return frozenset(n for n in locks if values[f"lock_{n}"] > 0.5)
