"""The peers: applicant-proposing deferred acceptance, and first come, first served.

Neither knows a minimum: hosts that end below theirs are shut, smallest first, and the rule is run again without them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from optimizer.placement.deferred import deferred_acceptance
from optimizer.placement.market import Market, Plan
from optimizer.placement.problem import Problem

Rule = Callable[[Market], Plan]


def first_come(market: Market) -> Plan:
    """In the order of the applications, each to the most wished-for host that still has a place."""
    taken: Counter[int] = Counter()
    plan: Plan = {}
    for i, listed in sorted(market.of_applicant.items()):
        for n in listed:
            j = market.edges[n].host
            if taken[j] < market.seats[j]:
                taken[j] += 1
                plan[i] = n
                break
    return plan


def run(rule: Rule, problem: Problem) -> tuple[Market, Plan]:
    """A rule on a canonical problem; hosts below their minimum are shut one after another."""
    whole = Market.of(problem)
    market = whole
    shut: set[str] = set()
    while True:
        plan = rule(market)
        held = Counter(market.edges[n].host for n in plan.values())
        below = [(count, j) for j, count in held.items() if count < market.opens_with[j]]
        if not below:
            break
        shut.add(market.hosts[min(below)[1]].id)
        hosts = tuple(replace(host, max_places=0, min_places=0) if host.id in shut else host for host in problem.hosts)
        market = Market.of(replace(problem, hosts=hosts))
    edge = {found[:2]: n for n, found in enumerate(whole.edges)}
    return whole, {i: edge[i, market.edges[n].host] for i, n in plan.items()}


RULES: dict[str, Rule] = {"deferred acceptance": deferred_acceptance, "first come, first served": first_come}
