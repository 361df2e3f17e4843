"""OR-Tools CP-SAT, as a peer: the same teacher-level model, tier by tier, a bounded time for each.

`python -m benchmarks.optimizer.cpsat problem.json answer.json [--limit S] [--workers N]` — every number becomes whole
(the balance tier is scaled), a tier that is not proven is pinned at the plan found, and its bound is told. OR-Tools and
PuLP's HiGHS do not live in one process, so this one imports neither PuLP nor the optimiser.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.optimizer.rows import DEFAULTS, model_of, moves_of

FINE = 1_000_000
MANY = 1_000_000


def solve(problem: dict[str, Any], limit: float, workers: int) -> dict[str, Any]:
    """Tier values and bounds, which are proven, and the moves."""
    order = (DEFAULTS | problem.get("settings", {}))["tiers"]
    rows = model_of(problem)
    model = cp_model.CpModel()
    x = [
        model.new_int_var(round(low), MANY if high is None else round(high), f"x{n}")
        for n, (low, high) in enumerate(zip(rows.lower, rows.upper, strict=True))
    ]
    for terms, sense, rhs in rows.rows:
        left = cp_model.LinearExpr.weighted_sum([x[n] for n, _ in terms], [round(c) for _, c in terms])
        model.add(left <= round(rhs) if sense == "<=" else left >= round(rhs) if sense == ">=" else left == round(rhs))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = 0
    values: dict[str, float] = {}
    bounds: dict[str, float] = {}
    seconds: dict[str, float] = {}
    proven: list[str] = []
    found: list[float] = []
    for tier in order:
        terms, offset, scale = rows.tiers[tier]
        if not terms:
            if proven == list(values):
                proven.append(tier)
            values[tier] = bounds[tier] = offset / scale
            continue
        fine = 1 if scale == 1 else FINE
        left = cp_model.LinearExpr.weighted_sum([x[n] for n, _ in terms], [round(c * fine) for _, c in terms])
        model.minimize(left)
        if found:
            model.clear_hints()
            for column, value in zip(x, found, strict=True):
                model.add_hint(column, round(value))
        started = time.perf_counter()
        status = solver.solve(model)
        seconds[tier] = time.perf_counter() - started
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        found = [float(solver.value(column)) for column in x]
        if status == cp_model.OPTIMAL and proven == list(values):
            proven.append(tier)
        values[tier] = (solver.objective_value / fine + offset) / scale
        bounds[tier] = (solver.best_objective_bound / fine + offset) / scale
        model.add(left <= round(solver.objective_value))
    return {
        "values": values, "bounds": bounds, "proven": proven, "by_tier": seconds,
        "moves": moves_of(problem, rows, found) if len(values) == len(order) else [],
    }  # fmt: skip


def main() -> None:
    """From a problem file to an answer file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.optimizer.cpsat", description=__doc__)
    parser.add_argument("problem", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--limit", type=float, default=60.0, metavar="S", help="seconds for a tier")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    problem = json.loads(options.problem.read_text(encoding="utf-8"))
    answer = solve(problem, options.limit, options.workers)
    options.answer.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
