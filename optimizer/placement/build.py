"""The model of a block, as a contents page: columns, hard rules, the rural rule, stability. Ids as in MATH.md.

A block is a set of edges that shares no person with the rest, so that blocks are solved one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from pulp import LpProblem, LpVariable
from pulp.core.linear import lpSum_vars_coefs

from optimizer.placement.market import Market, Plan, Scope

Terms = list[tuple[LpVariable, float]]


class Stability(Enum):
    """What the model says of blocking pairs: nothing, how many there are, or that there is none."""

    LEFT_OUT = 0
    COUNTED = 1
    KEPT = 2


@dataclass(frozen=True)
class Block:
    """Edges, the people on them, and the scopes of the rural rule that lie within."""

    edges: list[int]
    applicants: list[int]
    hosts: list[int]
    scopes: list[Scope]


@dataclass
class Model:
    """The columns of a block: ``take`` by edge, ``opens`` and ``full`` by host, ``parted`` by edge, ``missing``."""

    market: Market
    block: Block
    lp: LpProblem
    stability: Stability
    take: dict[int, LpVariable] = field(default_factory=dict)
    opens: dict[int, LpVariable] = field(default_factory=dict)
    missing: dict[str, LpVariable] = field(default_factory=dict)
    full: dict[tuple[int, int], LpVariable] = field(default_factory=dict)
    parted: dict[int, LpVariable] = field(default_factory=dict)

    def row(self, terms: Terms, sense: str, rhs: float) -> None:
        """Add Σ terms `<=`, `>=` or `==` rhs."""
        left = lpSum_vars_coefs(terms)
        self.lp.addConstraint(left <= rhs if sense == "<=" else left >= rhs if sense == ">=" else left == rhs)

    def whole(self, name: str, most: float | None = 1) -> LpVariable:
        return self.lp.add_variable(name, 0, most, "Integer")

    def sum_of(self, edges: Iterable[int], sign: float = 1.0) -> Terms:
        return [(self.take[n], sign) for n in edges]

    def better(self, n: int) -> list[int]:
        """The edges of the applicant of ``n`` to hosts liked at least as much, ``n`` among them."""
        edges, own = self.market.edges, self.market.edges[n]
        return [k for k in self.market.of_applicant[own.applicant] if edges[k].rank <= own.rank]


def split(market: Market) -> list[Block]:
    """The blocks of a market: whoever is linked by edges, directly or not. The scope of all places is left out."""
    parent = list(range(len(market.applicants) + len(market.hosts)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for edge in market.edges:
        parent[root(edge.applicant)] = root(len(market.applicants) + edge.host)
    groups: dict[int, list[int]] = defaultdict(list)
    for n, edge in enumerate(market.edges):
        groups[root(edge.applicant)].append(n)
    return [_block(market, edges) for edges in groups.values()]


def _block(market: Market, edges: list[int]) -> Block:
    hosts = {market.edges[n].host for n in edges}
    scopes = [scope for scope in market.scopes if scope.name != "all" and scope.hosts <= hosts]
    return Block(edges, sorted({market.edges[n].applicant for n in edges}), sorted(hosts), scopes)


def whole_market(market: Market) -> Block:
    """Everything as one block, for a rural rule over all places that ties the blocks together."""
    edges = list(range(len(market.edges)))
    hosts = sorted({edge.host for edge in market.edges})
    return Block(edges, sorted({edge.applicant for edge in market.edges}), hosts, market.scopes)


def within(market: Market, block: Block) -> Block:
    """What is left of a block in a market with fewer edges."""
    edges = {n for listed in market.of_host.values() for n in listed}
    applicants = [i for i in block.applicants if i in market.of_applicant]
    return Block([n for n in block.edges if n in edges], applicants, sorted(market.of_host), block.scopes)


def build(market: Market, block: Block, *, stability: Stability = Stability.LEFT_OUT, locks: bool = True) -> Model:
    """The PuLP model of a block."""
    model = Model(market, block, LpProblem("placement"), stability)
    for n in block.edges:
        model.take[n] = model.whole(f"take_{n}")
    p1_one_place(model)
    p2_places(model)
    p3_opens_with_enough(model)
    if locks:
        p4_locks(model)
    r1_rural_share(model)
    if stability is not Stability.LEFT_OUT:
        s1_full_with_as_good(model)
        s2_blocking_pairs(model, counted=stability is Stability.COUNTED)
    return model


def p1_one_place(model: Model) -> None:
    """P1: nobody is in two places. Σ_j x_ij ≤ 1."""
    for i in model.block.applicants:
        model.row(model.sum_of(model.market.of_applicant[i]), "<=", 1)


def p2_places(model: Model) -> None:
    """P2: no host takes more than it has places for. Σ_i x_ij ≤ q_j · y_j, where y_j is 1 unless it may stay shut."""
    market = model.market
    for j in model.block.hosts:
        terms = model.sum_of(market.of_host[j])
        if market.opens_with[j]:
            model.opens[j] = model.whole(f"opens_{j}")
            model.row([*terms, (model.opens[j], -float(market.seats[j]))], "<=", 0)
        else:
            model.row(terms, "<=", market.seats[j])


def p3_opens_with_enough(model: Model) -> None:
    """P3: a host takes nobody or at least its minimum. Σ_i x_ij ≥ l_j · y_j and x_ij ≤ y_j."""
    for j, opens in model.opens.items():
        edges = model.market.of_host[j]
        model.row([*model.sum_of(edges), (opens, -float(model.market.opens_with[j]))], ">=", 0)
        for n in edges:
            model.row([(model.take[n], 1.0), (opens, -1.0)], "<=", 0)


def p4_locks(model: Model) -> None:
    """P4: whoever is locked to a host goes there and nowhere else, whoever is locked to no place nowhere at all."""
    market = model.market
    for i in model.block.applicants:
        if i in market.locked:
            to = market.locked[i]
            for n in market.of_applicant[i]:
                model.row(model.sum_of([n]), "==", float(market.edges[n].host == to))


def r1_rural_share(model: Model) -> None:
    """R1: of the places of a scope a share goes to rural applicants, or m are missing. m ≥ needed − Σ_{rural} x_ij."""
    market = model.market
    for scope in model.block.scopes:
        rural = [n for n in model.block.edges if _counts(market, n, scope)]
        model.missing[scope.name] = model.whole(f"missing_{scope.name}", None)
        model.row([*model.sum_of(rural), (model.missing[scope.name], 1.0)], ">=", scope.needed - scope.kept)


def _counts(market: Market, n: int, scope: Scope) -> bool:
    edge = market.edges[n]
    return market.applicants[edge.applicant].rural and edge.host in scope.hosts


def s1_full_with_as_good(model: Model) -> None:
    """S1: f_jt is 1 only where host j is full and takes nobody ranked below t.

    Σ_{i ranked ≤ t} x_ij ≥ q_j · f_jt; x_ij + f_jt ≤ y_j for the ranks below t, with the last t before i's;
    f_jt ≤ f_jt' for t < t'; f_jt ≤ y_j.
    """
    market = model.market
    for j in model.block.hosts:
        so_far: list[int] = []
        last: LpVariable | None = None
        for rank, alike in _by_rank(market, j):
            if last is not None:
                for n in alike:
                    _within_open(model, j, [(model.take[n], 1.0), (last, 1.0)])
            so_far += alike
            if len(so_far) < market.seats[j]:
                continue
            full = model.full[j, rank] = model.whole(f"full_{j}_{rank}")
            model.row([*model.sum_of(so_far), (full, -float(market.seats[j]))], ">=", 0)
            if last is not None:
                model.row([(full, 1.0), (last, -1.0)], ">=", 0)
            last = full
        if last is not None and j in model.opens:
            model.row([(last, 1.0), (model.opens[j], -1.0)], "<=", 0)


def _within_open(model: Model, j: int, terms: Terms) -> None:
    if j in model.opens:
        model.row([*terms, (model.opens[j], -1.0)], "<=", 0)
    else:
        model.row(terms, "<=", 1)


def _by_rank(market: Market, j: int) -> list[tuple[int, list[int]]]:
    """The edges of a host by its rank of them, best first."""
    groups: dict[int, list[int]] = {}
    for n in market.of_host[j]:
        groups.setdefault(market.edges[n].host_rank, []).append(n)
    return list(groups.items())


def s2_blocking_pairs(model: Model, *, counted: bool) -> None:
    """S2: a pair blocks unless its applicant has a place liked as much, its host is full with as good, or is shut.

    b_ij ≥ y_j − Σ_{k liked at least as j} x_ik − f_jt with t the rank of i; without b_ij where it is not counted.
    """
    market = model.market
    for n in model.block.edges:
        edge = market.edges[n]
        terms = model.sum_of(model.better(n))
        if counted:
            model.parted[n] = model.lp.add_variable(f"parted_{n}", 0, 1)
            terms.append((model.parted[n], 1.0))
        if (edge.host, edge.host_rank) in model.full:
            terms.append((model.full[edge.host, edge.host_rank], 1.0))
        if edge.host in model.opens:
            model.row([*terms, (model.opens[edge.host], -1.0)], ">=", 0)
        else:
            model.row(terms, ">=", 1)


def objective(model: Model, tier: str) -> Terms:
    """A tier as Σ terms over a block, up to a constant: `worth` counts the same of a plan."""
    edges, reference = model.market.edges, model.market.reference
    if tier == "policy":
        return [(column, 1.0) for column in model.missing.values()]
    if tier == "stability":
        return [(column, 1.0) for column in model.parted.values()]
    if tier == "change" and not reference:
        return []
    price = {
        "unplaced": lambda n: -1,
        "change": lambda n: -1 if edges[n][:2] in reference else 1,
        "applicants": lambda n: edges[n].rank - 1,
        "hosts": lambda n: edges[n].host_rank - 1,
        "distance": lambda n: edges[n].tenths,
    }[tier]
    return [(column, float(price(n))) for n, column in model.take.items() if price(n)]


def worth(market: Market, block: Block, plan: Plan, tier: str) -> int:
    """The exact value of `objective` for a plan of a block."""
    edges, reference = market.edges, market.reference
    chosen = [edges[n] for n in plan.values()]
    if tier == "policy":
        return sum(market.missing(scope, plan) for scope in block.scopes)
    if tier == "stability":
        return len(market.blocking(plan, block.edges))
    if tier == "unplaced":
        return -len(plan)
    if tier == "change":
        return sum(-1 if edge[:2] in reference else 1 for edge in chosen) if reference else 0
    if tier == "applicants":
        return sum(edge.rank - 1 for edge in chosen)
    if tier == "hosts":
        return sum(edge.host_rank - 1 for edge in chosen)
    return sum(edge.tenths for edge in chosen)
