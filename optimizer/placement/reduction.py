"""Which pairs a plan without a blocking pair can have at all: most of a market's edges need no column then.

Two arguments, used until neither takes anything away (MATH.md, "Plans without a blocking pair"; for applicants with
strict ranks and without hosts that may be shut: Irving and Manlove, and Delorme et al., EJOR 2019):

* q applicants, q the seats of a host, want it before all else they can have. If it takes anybody ranked below the last
  of them, one of them is elsewhere, and blocks with it.
* a host that is open whatever happens is asked by at most q applicants ranked at least as high as this one. So it never
  turns this one away, who then is nowhere that is liked less.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import replace

from optimizer.placement.market import Market


def without_blocking_pairs(market: Market, edges: Iterable[int], opened: Set[int] = frozenset()) -> Market:
    """The market with only those of these edges that a plan without a blocking pair may have.

    ``opened`` are hosts that are open in every plan that is asked for, besides those that are never shut. Of these
    plans, one of the new market has no blocking pair iff it has none in the old one.
    """
    left = set(edges)
    hosts = {market.edges[n].host for n in left}
    applicants = {market.edges[n].applicant for n in left}
    never_shut = [j for j in hosts if j in opened or not market.opens_with[j]]
    before = -1
    while before != len(left):
        before = len(left)
        left -= {n for j in hosts for n in _outbid(market, j, left)}
        left -= {n for j in never_shut for n in _needless(market, j, left)}
    return replace(
        market, of_applicant=_lists(market.of_applicant, applicants, left), of_host=_lists(market.of_host, hosts, left)
    )


def _outbid(market: Market, j: int, left: set[int]) -> list[int]:
    """The edges of a host below the last of as many as it has seats for who want it before all else."""
    edges = market.edges
    here = [n for n in market.of_host[j] if n in left]
    first = [n for n in here if _only_first(market, n, left)]
    if len(first) < market.seats[j]:
        return []
    last = edges[first[market.seats[j] - 1]].host_rank
    return [n for n in here if edges[n].host_rank > last]


def _only_first(market: Market, n: int, left: set[int]) -> bool:
    edges, own = market.edges, market.edges[n]
    return all(edges[k].rank > own.rank for k in market.of_applicant[own.applicant] if k in left and k != n)


def _needless(market: Market, j: int, left: set[int]) -> list[int]:
    """What those whom a host never turns away can do without: their edges to hosts they like less."""
    edges = market.edges
    here = [n for n in market.of_host[j] if n in left]
    if len(here) > market.seats[j]:
        beyond = edges[here[market.seats[j]]].host_rank
        here = [n for n in here if edges[n].host_rank < beyond]
    return [
        k for n in here for k in market.of_applicant[edges[n].applicant] if k in left and edges[k].rank > edges[n].rank
    ]


def _lists(listed: dict[int, list[int]], keys: Iterable[int], left: set[int]) -> dict[int, list[int]]:
    found = {key: [n for n in listed[key] if n in left] for key in sorted(keys)}
    return {key: edges for key, edges in found.items() if edges}
