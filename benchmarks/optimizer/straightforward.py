"""The straightforward way, as a peer: the teacher-level model in PuLP, tiers solved one after another from cold.

`python -m benchmarks.optimizer.straightforward problem.json answer.json [--solver highs|cbc] [--limit S]` — each tier's
optimum is pinned as a row for the tiers after it. The answer is written after each tier, so that it says how far the
run came where it is stopped.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pulp
from pulp.core.linear import lpSum_vars_coefs

from benchmarks.optimizer.rows import DEFAULTS, model_of, moves_of

Solvers = Callable[[float, float], pulp.LpSolver]


def solve(problem: dict[str, Any], solver: Solvers, limit: float = math.inf) -> Iterator[dict[str, Any]]:
    """Tier values, which of them are proven, and the moves, after each tier that is proven.

    ``limit``: seconds the solver is given for a tier; the first that takes longer is the end.

    ``solver`` makes one for a relative and an absolute gap: no more is asked than a proof needs, 1e-6 of the balance
    tier and less than one person or unit of every other.
    """
    order = (DEFAULTS | problem.get("settings", {}))["tiers"]
    model = model_of(problem)
    lp = pulp.LpProblem("straightforward")
    x = [
        lp.add_variable(f"x{n}", low, high, "Integer" if whole else "Continuous")
        for n, (low, high, whole) in enumerate(zip(model.lower, model.upper, model.whole, strict=True))
    ]
    for terms, sense, rhs in model.rows:
        left = lpSum_vars_coefs([(x[n], c) for n, c in terms])
        lp.addConstraint(left <= rhs if sense == "<=" else left >= rhs if sense == ">=" else left == rhs)
    values: dict[str, float] = {}
    seconds: dict[str, float] = {}
    for tier in order:
        terms, offset, scale = model.tiers[tier]
        value = 0.0
        if terms:
            started = time.perf_counter()
            lp.setObjective(lpSum_vars_coefs([(x[n], c) for n, c in terms]))
            stats = lp.solve(solver(1e-6, 0.0) if tier == "balance" else solver(0.0, 0.99))
            seconds[tier] = time.perf_counter() - started
            if stats.status != pulp.constants.LpSolveStatus.Optimal or seconds[tier] >= limit:
                return
            value = sum(c * (x[n].varValue or 0.0) for n, c in terms)
            slack = 1e-7 * abs(value) if tier == "balance" else 0.5
            lp.addConstraint(lpSum_vars_coefs([(x[n], c) for n, c in terms]) <= value + slack)
        values[tier] = (value + offset) / scale
        moves = moves_of(problem, model, [v.varValue or 0.0 for v in x]) if len(values) == len(order) else []
        yield {"values": values, "bounds": values, "proven": list(values), "by_tier": seconds, "moves": moves}


def main() -> None:
    """From a problem file to an answer file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.optimizer.straightforward", description=__doc__)
    parser.add_argument("problem", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--solver", choices=["highs", "cbc"], default="highs")
    parser.add_argument("--limit", type=float, metavar="S", help="seconds for a tier")
    options = parser.parse_args()
    problem = json.loads(options.problem.read_text(encoding="utf-8"))

    def solver(relative: float, absolute: float) -> pulp.LpSolver:
        way = pulp.HiGHS if options.solver == "highs" else pulp.COIN_CMD
        return way(msg=False, threads=1, gapRel=relative, gapAbs=absolute, timeLimit=options.limit)

    nothing: dict[str, Any] = {"values": {}, "bounds": {}, "proven": [], "moves": []}
    for answer in chain([nothing], solve(problem, solver, options.limit or math.inf)):
        options.answer.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
