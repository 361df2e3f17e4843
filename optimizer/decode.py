"""From counts to persons: who of each cohort goes and along which arc, at the least cost.

With the counts given this is a transportation problem, so its relaxation has whole vertices.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
from pulp import LpProblem
from pulp.core.linear import lpSum_vars_coefs

from optimizer.arcs import Arcs
from optimizer.counts import Counts
from optimizer.county import County
from optimizer.errors import SolverFailed
from optimizer.solver import Ending, Relaxation, Watch
from optimizer.variables import Terms


def cheapest_plan(
    county: County,
    arcs: Arcs,
    counts: Counts,
    watch: Watch,
) -> list[int]:
    """The cheapest arcs (numbers, sorted) with exactly these counts.

    Counts by (school, stage, subject, title) are looser than by cohort, so a plan of the same counts may use
    other teachers than the columns it came from; every rule and tier but cost stays as it was.
    """
    if not counts.moves:
        return []
    lp = LpProblem("decode")
    numbers: list[int] = []
    terms: Terms = []
    per_teacher: dict[int, Terms] = defaultdict(list)
    per_class: dict[int, Terms] = defaultdict(list)
    for n in np.nonzero(np.isin(arcs.kind, sorted(counts.arriving)))[0].tolist():
        i, c = int(arcs.teacher[n]), int(arcs.kind[n])
        if not counts.leaving[_team(county, i)]:
            continue
        column = lp.add_variable(f"arc_{n}", 0, 1)
        numbers.append(n)
        terms.append((column, float(arcs.cost[n])))
        per_teacher[i].append((column, 1.0))
        per_class[c].append((column, 1.0))
    per_team: dict[tuple[int, str, str, bool], Terms] = defaultdict(list)
    for i, own in per_teacher.items():
        goes = lp.add_variable(f"goes_{i}", 1 if i in arcs.must_go else 0, 1)
        lp.addConstraint(lpSum_vars_coefs([*own, (goes, -1.0)]) == 0)
        per_team[_team(county, i)].append((goes, 1.0))
    for key, goers in per_team.items():
        lp.addConstraint(lpSum_vars_coefs(goers) == counts.leaving[key])
    for c, arriving in per_class.items():
        lp.addConstraint(lpSum_vars_coefs(arriving) == counts.arriving[c])
    relaxation = Relaxation(lp, watch, first="simplex")
    solved = relaxation.solve(relaxation.vector(terms))
    if solved.ending is not Ending.OPTIMAL:
        raise SolverFailed(f"the counts of a plan fit no persons ({solved.ending.value})")
    place = dict(zip(relaxation.names, solved.columns.tolist(), strict=True))
    plan = [n for n in numbers if place[f"arc_{n}"] > 0.5]
    if Counter(int(arcs.kind[n]) for n in plan) != +counts.arriving:
        raise SolverFailed("the transportation problem came back fractional")
    return plan


def _team(county: County, i: int) -> tuple[int, str, str, bool]:
    teacher = county.teachers[i]
    return county.school_of[i], teacher.stage, teacher.subject, teacher.backbone
