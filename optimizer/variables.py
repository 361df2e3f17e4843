"""The columns of the model, each with its meaning, and sparse indexes over them for the rules.

| column | meaning | values |
| --- | --- | --- |
| `goes[p]` | teachers of cohort p who move | whole, 0 to the cohort's size |
| `arrivals[c]` | moves of arc class c | whole, ≥ 0 |
| `flow` | moves along a link of the network | ≥ 0; whole where an arc must be |
| `gap[k]` | posts of team k left open | 0 to the posts open before (H4) |
| `more[s,g][n]`, `fewer[s,g][n]` | the n-th backbone teacher gained / lost by school s in stage g | 0 to 1 |
| `missing[r]` | shortfall of a policy rule | whole, ≥ 0 |
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pulp import LpProblem, LpVariable

from optimizer.arcs import Arcs
from optimizer.county import County
from optimizer.network import Network

if TYPE_CHECKING:
    from optimizer.build import Model

Terms = list[tuple[LpVariable, float]]
SchoolStage = tuple[int, str]
RuleScope = tuple[str, str]


@dataclass
class Variables:
    """Columns by what they count, and, for the rules, who leaves and who arrives where."""

    goes: list[LpVariable]
    arrivals: dict[int, LpVariable]
    links: list[LpVariable]
    ends: list[LpVariable]
    gap: dict[int, LpVariable] = field(default_factory=dict)
    gap_constant: int = 0
    more: dict[SchoolStage, list[LpVariable]] = field(default_factory=dict)
    fewer: dict[SchoolStage, list[LpVariable]] = field(default_factory=dict)
    missing: dict[RuleScope, LpVariable] = field(default_factory=dict)
    leaving_school: dict[int, Terms] = field(default_factory=lambda: defaultdict(list))
    leaving_team: dict[int, Terms] = field(default_factory=lambda: defaultdict(list))
    leaving_backbone: dict[SchoolStage, Terms] = field(default_factory=lambda: defaultdict(list))
    arriving_school: dict[int, Terms] = field(default_factory=lambda: defaultdict(list))
    arriving_team: dict[int, Terms] = field(default_factory=lambda: defaultdict(list))
    arriving_backbone: dict[SchoolStage, Terms] = field(default_factory=lambda: defaultdict(list))


def add_columns(lp: LpProblem, county: County, arcs: Arcs, network: Network, *, whole_arcs: bool) -> Variables:
    """The columns every model has; the tiers add theirs. ``whole_arcs`` makes flows integer."""
    flow: Literal["Integer", "Continuous"] = "Integer" if whole_arcs else "Continuous"
    goes = lp.add_variable_dict("goes", range(len(network.cohorts)), 0, None, "Integer")
    for n, cohort in enumerate(network.cohorts):
        if cohort.must_go:
            goes[n].lowBound = cohort.size
    v = Variables(
        goes=list(goes.values()),
        arrivals=lp.add_variable_dict("arrivals", list(network.kinds), 0, None, "Integer"),
        links=list(lp.add_variable_dict("link", range(len(network.links)), 0, None, flow).values()),
        ends=list(lp.add_variable_dict("end", range(len(network.ends)), 0, None, flow).values()),
    )
    _index(v, county, arcs, network)
    return v


def connect(model: Model) -> None:
    """Flow in = flow out at every node and class, so that every move follows an arc of its teacher (section 2).

    Node: Σ goes of its cohorts + Σ links in = Σ links out + Σ ends. Class: Σ ends = arrivals.
    """
    v, network = model.variables, model.network
    balance: list[Terms] = [[] for _ in range(network.nodes)]
    reached: dict[int, Terms] = {c: [(column, -1.0)] for c, column in v.arrivals.items()}
    for column, node in zip(v.goes, network.node_of, strict=True):
        balance[node].append((column, 1.0))
    for column, (a, b) in zip(v.links, network.links, strict=True):
        balance[a].append((column, -1.0))
        balance[b].append((column, 1.0))
    for column, (a, c) in zip(v.ends, network.ends, strict=True):
        balance[a].append((column, -1.0))
        reached[c].append((column, 1.0))
    for node, terms in enumerate(balance):
        model.row(f"node_{node}", terms, "==", 0)
    for c, terms in reached.items():
        model.row(f"class_{c}", terms, "==", 0)


def _index(v: Variables, county: County, arcs: Arcs, network: Network) -> None:
    for cohort, column in zip(network.cohorts, v.goes, strict=True):
        v.leaving_school[cohort.school].append((column, 1.0))
        k = county.team_index.get((cohort.school, cohort.stage, cohort.subject))
        if k is not None:
            v.leaving_team[k].append((column, 1.0))
        if cohort.backbone:
            v.leaving_backbone[cohort.school, cohort.stage].append((column, 1.0))
    for c, column in v.arrivals.items():
        kind = arcs.classes[c]
        team = county.teams[kind.team]
        v.arriving_school[team.school].append((column, 1.0))
        v.arriving_team[kind.team].append((column, 1.0))
        if kind.backbone:
            v.arriving_backbone[team.school, team.stage].append((column, 1.0))
