"""The model, as a contents page: columns, hard rules, policy rules, in the order MATH.md lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from pulp import LpConstraint, LpProblem, LpVariable
from pulp.core.linear import lpSum_vars_coefs

from optimizer import tiers
from optimizer.arcs import Arcs
from optimizer.county import County
from optimizer.network import Network
from optimizer.rules import HARD, POLICY
from optimizer.variables import Terms, Variables, add_columns, connect


def build(
    county: County,
    arcs: Arcs,
    network: Network,
    *,
    whole_arcs: bool = False,
    without: frozenset[str] = frozenset(),
) -> Model:
    """A PuLP model of the county over a network; ``without`` names rules to leave out."""
    lp = LpProblem("rotation")
    model = Model(county, arcs, network, lp, add_columns(lp, county, arcs, network, whole_arcs=whole_arcs), without)
    connect(model)
    tiers.add_gaps(model)
    tiers.add_backbone_steps(model)
    for rule, add_rows in (HARD | POLICY).items():
        if rule not in without:
            add_rows(model)
    return model


@dataclass
class Model:
    """A model under construction: what it is made from, its columns, and how a rule adds a row."""

    county: County
    arcs: Arcs
    network: Network
    lp: LpProblem
    variables: Variables
    without: frozenset[str] = frozenset()
    rows: dict[str, LpConstraint] = field(default_factory=dict)

    def row(self, name: str, terms: Iterable[tuple[LpVariable, float]], sense: str, rhs: float) -> None:
        """Add Σ terms `<=`, `>=` or `==` rhs as a named row; a row without terms must hold by itself."""
        terms = list(terms)
        if not terms:
            self._empty_row(name, sense, rhs)
            return
        left = lpSum_vars_coefs(terms)
        row = left <= rhs if sense == "<=" else left >= rhs if sense == ">=" else left == rhs
        self.rows[name] = self.lp.addConstraint(row)

    def _empty_row(self, name: str, sense: str, rhs: float) -> None:
        holds = {"<=": rhs >= 0, ">=": rhs <= 0, "==": rhs == 0}[sense]
        if not holds:
            never = self.lp.add_variable(f"never_{len(self.rows)}", 0, 0)
            self.rows[name] = self.lp.addConstraint(lpSum_vars_coefs([(never, 1.0)]) >= 1)

    def net(self, plus: Terms, minus: Terms) -> Terms:
        """Σ plus − Σ minus."""
        return [*plus, *((column, -coefficient) for column, coefficient in minus)]

    def shortfall(self, rule: str, scope: str) -> LpVariable:
        """The whole-number column of what a policy rule misses."""
        column = self.lp.add_variable(f"missing_{rule}_{scope}", 0, None, "Integer")
        self.variables.missing[rule, scope] = column
        return column

    @cached_property
    def movers(self) -> Counter[tuple[int, str | None]]:
        """Teachers with an arc by school, and backbone ones by (school, stage); stage None counts all."""
        counts: Counter[tuple[int, str | None]] = Counter()
        for cohort in self.network.cohorts:
            counts[cohort.school, None] += cohort.size
            if cohort.backbone:
                counts[cohort.school, cohort.stage] += cohort.size
        return counts
