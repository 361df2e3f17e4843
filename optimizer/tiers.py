"""The tiers as linear objectives over the columns; `counts.measure` gives their values of a plan.

`add_gaps` and `add_backbone_steps` add the columns that two of them need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.county import County
from optimizer.settings import WHOLE as WHOLE
from optimizer.variables import Terms

if TYPE_CHECKING:
    from optimizer.build import Model

BALANCE_SCALE = 10_000.0
BALANCE_GAP = 1e-6


@dataclass(frozen=True, slots=True)
class Objective:
    """A tier as ``scale · value = Σ terms + constant``."""

    terms: Terms
    constant: float
    scale: float = 1.0


def objective(model: Model, tier: str) -> Objective:
    """The objective of a tier over the model's columns. `cost` needs a direct network."""
    return _OBJECTIVES[tier](model)


def _rules(model: Model) -> Objective:
    """T1: Σ of the shortfalls, persons."""
    return Objective([(column, 1.0) for column in model.variables.missing.values()], 0.0)


def _needs(model: Model) -> Objective:
    """T2: Σ weight · gap over the teams, persons."""
    v = model.variables
    return Objective([(column, model.county.teams[k].weight) for k, column in v.gap.items()], v.gap_constant)


def _balance(model: Model) -> Objective:
    """T3: Σ CV² of primary and junior, times `BALANCE_SCALE`.

    A school's term is convex in its backbone count, so its steps have growing slopes and a minimum takes them
    in order: at whole counts the sum is CV² itself.
    """
    county, v = model.county, model.variables
    terms: Terms = []
    constant = 0.0
    for stage, schools in county.balanced.items():
        for s in schools:
            b = county.backbones.get((s, stage), 0)
            constant += county.cv2_term(s, stage, b)
            for columns, sign in ((v.more.get((s, stage), []), 1), (v.fewer.get((s, stage), []), -1)):
                for n, column in enumerate(columns):
                    here, there = b + sign * n, b + sign * (n + 1)
                    step = county.cv2_term(s, stage, there) - county.cv2_term(s, stage, here)
                    terms.append((column, step * BALANCE_SCALE))
    return Objective(terms, constant * BALANCE_SCALE, BALANCE_SCALE)


def _change(model: Model) -> Objective:
    """T4: |reference| + moves − 2 · moves of the reference; 0 where there is no reference."""
    reference = len(model.county.problem.reference)
    if not reference:
        return Objective([], 0.0)
    terms: Terms = [(column, 1.0) for column in model.variables.goes]
    terms += [(x, -2.0) for c, x in model.variables.arrivals.items() if model.arcs.classes[c].in_reference]
    return Objective(terms, reference)


def _moves(model: Model) -> Objective:
    """T5: the number of moves."""
    return Objective([(column, 1.0) for column in model.variables.goes], 0.0)


def _cost(model: Model) -> Objective:
    """T6: Σ over moves of round(10 · km) and the wish's price."""
    cost = model.arcs.cost
    ends = zip(model.variables.ends, model.network.arc_of, strict=True)
    return Objective([(column, float(cost[arc])) for column, arc in ends], 0.0)


_OBJECTIVES = {
    "rules": _rules,
    "needs": _needs,
    "balance": _balance,
    "change": _change,
    "moves": _moves,
    "cost": _cost,
}


def add_gaps(model: Model) -> None:
    """Gap columns: gap[k] ≥ posts − staff after. A team that nobody leaves and that is full stays at 0."""
    county, v = model.county, model.variables
    for k, team in enumerate(county.teams):
        leaving, arriving = v.leaving_team.get(k, []), v.arriving_team.get(k, [])
        if not leaving and (not arriving or team.staff >= team.posts):
            v.gap_constant += team.weight * max(0, team.posts - team.staff)
            continue
        v.gap[k] = model.lp.add_variable(f"gap_{k}", 0, None)
        model.row(gap_row(county, k), [*model.net(arriving, leaving), (v.gap[k], 1.0)], ">=", team.posts - team.staff)


def gap_row(county: County, k: int) -> str:
    """The name of the row that defines the gap of team `k`."""
    team = county.teams[k]
    return f"gap_{county.schools[team.school].id}_{team.stage}_{team.subject}"


def add_backbone_steps(model: Model) -> None:
    """Step columns of the balance tier, only where a count can go: arrivals − departures = more − fewer."""
    county, v = model.county, model.variables
    for stage, schools in county.balanced.items():
        for s in schools:
            arriving, leaving = v.arriving_backbone.get((s, stage), []), v.leaving_backbone.get((s, stage), [])
            gain, loss = _backbone_range(model, s, stage)
            if not arriving and not leaving:
                continue
            name = f"{county.schools[s].id}_{stage}"
            v.more[s, stage] = [model.lp.add_variable(f"more_{name}_{n}", 0, 1) for n in range(gain)]
            v.fewer[s, stage] = [model.lp.add_variable(f"fewer_{name}_{n}", 0, 1) for n in range(loss)]
            steps: Terms = [(column, -1.0) for column in v.more[s, stage]]
            steps += [(column, 1.0) for column in v.fewer[s, stage]]
            model.row(f"backbones_{name}", [*model.net(arriving, leaving), *steps], "==", 0)


def _backbone_range(model: Model, s: int, stage: str) -> tuple[int, int]:
    """The most backbone teachers school `s` can gain and lose in `stage`."""
    county, movers = model.county, model.movers
    loss = movers[s, stage]
    if "H5" not in model.without:
        loss = min(loss, county.out_cap(s))
    if "H7" not in model.without and county.schools[s].students.get(stage, 0) > 0:
        loss = min(loss, county.backbones.get((s, stage), 0) - county.backbone_floor(s, stage))
    gain = sum(n for (_, g), n in movers.items() if g == stage) - movers[s, stage]
    if "H2" not in model.without:
        out = movers[s, None] if "H5" in model.without else min(movers[s, None], county.out_cap(s))
        gain = min(gain, county.seats(s) - county.headcount[s] + out)
    return (gain if model.variables.arriving_backbone.get((s, stage)) else 0), max(0, loss)
