"""Why somebody has a place, and why not another: read from the plan alone, without a solve.

`why_not` states facts about the plan as it is; docs/formats/placement.md says what each code claims, and
`reasons` puts prices to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.placement.conflict import no_edge
from optimizer.placement.market import Market, Plan, km_between
from optimizer.placement.problem import Problem
from optimizer.placement.solution import Reason, Solution


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why an applicant is not with a host: every reason that holds."""

    applicant: str
    host: str
    reasons: tuple[Reason, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "applicant": self.applicant,
            "host": self.host,
            "reasons": [reason.to_dict() for reason in self.reasons],
        }


def why_placed(market: Market, i: int, j: int) -> tuple[Reason, ...]:
    """Why a place was given: decisions first, then each side's wish, the rural rule, the distance."""
    return tuple(_placed(market, i, j))


def _placed(market: Market, i: int, j: int) -> Iterator[Reason]:
    applicant, host = market.applicants[i], market.hosts[j]
    if i in market.kept:
        yield Reason("kept", "keeps the place", {})
    if market.locked.get(i) == j:
        yield Reason("locked", "an officer's decision", {})
    rank, of = market.rank_at(i, j), len(applicant.wishes)
    if rank <= of:
        yield Reason("wish", f"wish {rank} of {of}", {"rank": rank, "of": of})
    else:
        yield Reason("not_wished", f"none of {of} wishes", {"of": of})
    rank, of = market.host_rank_at(i, j), len(host.wishes)
    if rank <= of:
        yield Reason("host_wish", f"the host's choice {rank} of {of}", {"rank": rank, "of": of})
    else:
        yield Reason("host_takes_others", f"not among the host's {of} choices", {"of": of})
    if applicant.rural:
        for scope in market.scopes:
            if j in scope.hosts:
                yield Reason("counts_rural", f"counts for the rural share of {scope.name}", {"scope": scope.name})
    km = km_between(applicant, host)
    if km is not None:
        yield Reason("distance", f"{km:.1f} km", {"km": round(km, 3)})
    if (i, j) in market.reference:
        yield Reason("as_before", "as in the earlier proposal", {})


class Standing:
    """A solution read against its problem: who sits where, by position."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.market = market = Market.of(problem.canonical())
        self.row = {applicant.id: i for i, applicant in enumerate(market.applicants)}
        self.column = {host.id: j for j, host in enumerate(market.hosts)}
        self.at = {self.row[place.applicant]: self.column[place.host] for place in solution.places}
        self.edge = {edge[:2]: n for n, edge in enumerate(market.edges)}
        self.plan: Plan = {i: self.edge[i, j] for i, j in self.at.items() if i not in market.kept}
        self.held: dict[int, list[int]] = defaultdict(list)
        for n in self.plan.values():
            self.held[market.edges[n].host].append(n)

    def why_not(self, applicant: str, host: str) -> WhyNot:
        return WhyNot(applicant, host, tuple(self._why_not(self.row[applicant], self.column[host])))

    def _why_not(self, i: int, j: int) -> Iterator[Reason]:
        market = self.market
        if self.at.get(i) == j:
            yield Reason("placed_here", "the plan gives this place", {})
            return
        if (i, j) not in self.edge:
            yield from no_edge(market, market.applicants[i].id, market.hosts[j].id)
            return
        n = self.edge[i, j]
        if i in market.locked:
            to = market.locked[i]
            name = None if to is None else market.hosts[to].id
            yield Reason("locked", f"locked to {name or 'no place'}", {"to": name})
        rank = market.edges[n].rank
        if i in self.plan and market.edges[self.plan[i]].rank <= rank:
            there = market.edges[self.plan[i]]
            params = {"host": market.hosts[there.host].id, "rank": there.rank, "rank_here": rank}
            yield Reason("better_place", f"has {params['host']}, wished for at least as much", params)
        yield from self._at_host(n)

    def _at_host(self, n: int) -> Iterator[Reason]:
        """Shut, full with as good, or a pair that the tiers before stability, or others like it, keep apart."""
        market = self.market
        i, j, _, host_rank, _ = market.edges[n]
        host, held = market.hosts[j], self.held[j]
        if not held and market.opens_with[j]:
            opening = {"min_places": host.min_places, "could_come": len(market.of_host[j])}
            yield Reason("shut", f"{host.id} opens with {host.min_places} people and takes nobody", opening)
            return
        worst = max((market.edges[k].host_rank for k in held), default=0)
        if len(held) >= market.seats[j] and worst <= host_rank:
            by = sorted((market.edges[k].host_rank, market.applicants[market.edges[k].applicant].id) for k in held)
            params: dict[str, Any] = {
                "places": host.max_places,
                "kept": host.max_places - market.seats[j],
                "rank": host_rank,
                "by": [{"applicant": name, "rank": rank} for rank, name in by],
            }
            yield Reason("filled_by", f"{host.id} is full with people it ranks at least as high", params)
        elif len(held) >= market.seats[j]:
            below = sorted(market.applicants[market.edges[k].applicant].id for k in held
                           if market.edges[k].host_rank > host_rank)  # fmt: skip
            yield Reason("displaces", f"{host.id} is full, partly with people it ranks lower", {"lower": below})
        elif i in self.plan and len(self.held[market.edges[self.plan[i]].host]) <= self._least(self.plan[i]):
            there = market.hosts[market.edges[self.plan[i]].host].id
            yield Reason("needed_to_open", f"{there} would shut without this person", {"host": there})
        else:
            yield Reason("free_place", f"{host.id} has a free place", {"free": market.seats[j] - len(held)})

    def _least(self, n: int) -> int:
        return self.market.opens_with[self.market.edges[n].host]


def why_not(problem: Problem, solution: Solution, applicant: str, host: str) -> WhyNot:
    """Why an applicant is not with a host. ``KeyError`` where one of them is not in the problem."""
    return Standing(problem, solution).why_not(applicant, host)


def unplaced(problem: Problem, solution: Solution) -> list[tuple[str, tuple[WhyNot, ...]]]:
    """Everybody without a place, with the reasons for each wish, best first; for those who wished for nobody, for each
    host that they could go to."""
    standing = Standing(problem, solution)
    market = standing.market
    found = []
    for i, applicant in enumerate(market.applicants):
        if i in standing.at:
            continue
        wished = [name for wish in applicant.wishes for name in ((wish,) if isinstance(wish, str) else wish)]
        others = [market.hosts[market.edges[n].host].id for n in market.of_applicant.get(i, ())]
        names = dict.fromkeys([*wished, *(others if applicant.takes_others else ())])
        found.append((applicant.id, tuple(standing.why_not(applicant.id, name) for name in names)))
    return found


def empty_hosts(problem: Problem, solution: Solution) -> list[str]:
    """Hosts with places to whom the plan sends nobody."""
    taken = {place.host for place in solution.places}
    return sorted(host.id for host in problem.hosts if host.max_places and host.id not in taken)
