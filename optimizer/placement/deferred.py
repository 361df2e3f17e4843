"""Deferred acceptance: each applicant asks down the list, each host keeps the best who asked so far.

Its plan is stable, and where ranks are strict no stable plan is better for any applicant. It knows no minimum and no
rural share, so here it is only where the search for fewer blocking pairs begins, and a peer in the benchmark. Where a
host ends below its minimum it is shut, the emptiest first, and the rule is run again: nobody is parted from a host that
is shut, so that plan is stable too.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Set

from optimizer.placement.market import Market, Plan


def open_enough(market: Market) -> Plan:
    """The plan in which every host has nobody or at least its minimum."""
    shut: set[int] = set()
    while True:
        plan = deferred_acceptance(market, shut)
        held = Counter(market.edges[n].host for n in plan.values())
        below = [(count, j) for j, count in held.items() if count < market.opens_with[j]]
        if not below:
            return plan
        shut.add(min(below)[1])


def deferred_acceptance(market: Market, shut: Set[int] = frozenset()) -> Plan:
    """The applicant-proposing plan; equals are told apart by their place in the problem. Locks are obeyed."""
    edges = market.edges
    lists = {
        i: [n for n in listed if _allowed(market, n) and edges[n].host not in shut]
        for i, listed in market.of_applicant.items()
    }
    asked: dict[int, int] = defaultdict(int)
    held: dict[int, list[tuple[bool, int, int]]] = defaultdict(list)
    waiting = sorted(lists, reverse=True)
    while waiting:
        i = waiting.pop()
        if asked[i] == len(lists[i]):
            continue
        n = lists[i][asked[i]]
        asked[i] += 1
        j = edges[n].host
        insort(held[j], (i not in market.locked, edges[n].host_rank, n))
        if len(held[j]) > market.seats[j]:
            waiting.append(edges[held[j].pop()[2]].applicant)
    return {edges[n].applicant: n for there in held.values() for _, _, n in there}


def _allowed(market: Market, n: int) -> bool:
    edge = market.edges[n]
    return edge.applicant not in market.locked or market.locked[edge.applicant] == edge.host
