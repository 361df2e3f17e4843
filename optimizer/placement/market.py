"""A problem as numbers: who may go where, how much each side likes it, and what a plan is worth.

A plan is an array with the place of each applicant's pair in `Market.pairs`, or -1. Values are counted here in whole
numbers, never read from the solver.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from optimizer.geometry import distance_km
from optimizer.placement.problem import Applicant, Host, Pair, Problem, ranks


class Edge(NamedTuple):
    """A pair that may be placed together: positions of its two sides, their ranks of each other, tenths of a km."""

    applicant: int
    host: int
    rank: int
    host_rank: int
    tenths: int


@dataclass(frozen=True, slots=True)
class Scope:
    """One reach of the rural rule: its hosts, how many rural applicants it needs, how many the keeps give it."""

    name: str
    hosts: frozenset[int]
    needed: int
    kept: int


Plan = dict[int, int]
"""The edge of every applicant who is placed, keeps left out."""


@dataclass
class Market:
    """A canonical problem with its edges. ``seats`` are the places of each host that no keep has taken."""

    problem: Problem
    applicants: list[Applicant]
    hosts: list[Host]
    edges: list[Edge]
    seats: list[int]
    kept: dict[int, int]
    locked: dict[int, int | None]
    scopes: list[Scope]
    of_applicant: dict[int, list[int]] = field(repr=False)
    of_host: dict[int, list[int]] = field(repr=False)

    @classmethod
    def of(cls, problem: Problem) -> Market:
        """The market of a canonical problem."""
        applicants, hosts = list(problem.applicants), list(problem.hosts)
        row = {applicant.id: n for n, applicant in enumerate(applicants)}
        column = {host.id: n for n, host in enumerate(hosts)}
        kept = {row[keep.applicant]: column[keep.host] for keep in problem.keeps}
        seats = [host.max_places for host in hosts]
        for j in kept.values():
            seats[j] -= 1
        locked = {row[k.applicant]: None if k.host is None else column[k.host] for k in problem.locks}
        edges = [edge for edge in find_edges(problem) if edge.applicant not in kept and seats[edge.host] > 0]
        of_applicant: dict[int, list[int]] = defaultdict(list)
        of_host: dict[int, list[int]] = defaultdict(list)
        for n, edge in enumerate(edges):
            of_applicant[edge.applicant].append(n)
            of_host[edge.host].append(n)
        for listed in of_applicant.values():
            listed.sort(key=lambda n: (edges[n].rank, n))
        for listed in of_host.values():
            listed.sort(key=lambda n: (edges[n].host_rank, n))
        scopes = find_scopes(problem, edges, kept)
        return cls(problem, applicants, hosts, edges, seats, kept, locked, scopes, dict(of_applicant), dict(of_host))

    @cached_property
    def opens_with(self) -> list[int]:
        """The fewest people each host takes if it takes anybody; 0 where that is no restriction."""
        running = set(self.kept.values())
        return [0 if j in running or h.min_places <= 1 else h.min_places for j, h in enumerate(self.hosts)]

    @cached_property
    def deferred(self) -> Plan:
        """The plan of deferred acceptance."""
        from optimizer.placement.deferred import deferred_acceptance

        return deferred_acceptance(self)

    @cached_property
    def stable(self) -> Plan:
        """The plan of deferred acceptance in which every host has nobody or at least its minimum."""
        from optimizer.placement.deferred import open_enough

        return open_enough(self)

    @cached_property
    def reference(self) -> frozenset[tuple[int, int]]:
        row = {applicant.id: n for n, applicant in enumerate(self.applicants)}
        column = {host.id: n for n, host in enumerate(self.hosts)}
        return frozenset((row[pair.applicant], column[pair.host]) for pair in self.problem.reference)

    @cached_property
    def kept_values(self) -> dict[str, int]:
        """What the keeps add to the tiers that count single places."""
        lists = [(self.rank_at(i, j), self.host_rank_at(i, j), self.tenths_at(i, j)) for i, j in self.kept.items()]
        return {
            "applicants": sum(rank - 1 for rank, _, _ in lists),
            "hosts": sum(rank - 1 for _, rank, _ in lists),
            "distance": sum(tenths for _, _, tenths in lists),
        }

    def rank_at(self, i: int, j: int) -> int:
        listed = self.applicants[i].wishes
        return ranks(listed).get(self.hosts[j].id, len(listed) + 1)

    def host_rank_at(self, i: int, j: int) -> int:
        listed = self.hosts[j].wishes
        return ranks(listed).get(self.applicants[i].id, len(listed) + 1)

    def tenths_at(self, i: int, j: int) -> int:
        km = km_between(self.applicants[i], self.hosts[j])
        return 0 if km is None else round(10 * km)

    # -- what a plan is worth --

    def placed(self, plan: Plan) -> dict[int, int]:
        """The host of everybody who has a place, keeps among them."""
        return {**self.kept, **{i: self.edges[n].host for i, n in plan.items()}}

    def blocking(self, plan: Plan, edges: list[int] | None = None) -> list[int]:
        """The edges whose two sides would both rather be together than as the plan has them."""
        held: dict[int, list[int]] = defaultdict(list)
        for n in plan.values():
            held[self.edges[n].host].append(self.edges[n].host_rank)
        worst = {j: max(there) if len(there) >= self.seats[j] else None for j, there in held.items()}
        found = []
        for n in range(len(self.edges)) if edges is None else edges:
            i, j, rank, host_rank, _ = self.edges[n]
            if i in plan and self.edges[plan[i]].rank <= rank:
                continue
            if j not in held:
                if not self.opens_with[j]:
                    found.append(n)
                continue
            limit = worst[j]
            if limit is None or host_rank < limit:
                found.append(n)
        return found

    def rural_at(self, scope: Scope, plan: Plan) -> int:
        """The rural applicants whom a plan places in a scope, keeps left out."""
        return sum(self.applicants[i].rural and self.edges[n].host in scope.hosts for i, n in plan.items())

    def missing(self, scope: Scope, plan: Plan) -> int:
        """How many rural applicants a scope is short of."""
        return max(0, scope.needed - scope.kept - self.rural_at(scope, plan))

    def pair(self, n: int) -> Pair:
        """The ids of an edge's two sides."""
        return Pair(self.applicants[self.edges[n].applicant].id, self.hosts[self.edges[n].host].id)

    def values(self, plan: Plan) -> dict[str, int]:
        """Every tier's value."""
        chosen = [self.edges[n] for n in plan.values()]
        pairs = {(edge.applicant, edge.host) for edge in chosen} | set(self.kept.items())
        same = len(pairs & self.reference)
        return {
            "policy": sum(self.missing(scope, plan) for scope in self.scopes),
            "unplaced": len(self.applicants) - len(pairs),
            "stability": len(self.blocking(plan)),
            "change": len(self.reference) + len(pairs) - 2 * same if self.reference else 0,
            "applicants": self.kept_values["applicants"] + sum(edge.rank - 1 for edge in chosen),
            "hosts": self.kept_values["hosts"] + sum(edge.host_rank - 1 for edge in chosen),
            "distance": self.kept_values["distance"] + sum(edge.tenths for edge in chosen),
        }


def km_between(applicant: Applicant, host: Host) -> float | None:
    """Great-circle distance, or None where a place is not known."""
    if applicant.lat is None or applicant.lng is None or host.lat is None or host.lng is None:
        return None
    return distance_km((applicant.lat, applicant.lng), (host.lat, host.lng))


class Fit:
    """Who fits whom by subject and stage, with the exceptions; only pairs that do are ever looked at."""

    def __init__(self, problem: Problem) -> None:
        settings = problem.settings
        self.subjects = _closure(settings.subject_exceptions)
        self.stages = _closure(settings.stage_exceptions)

    def subject(self, applicant: Applicant, host: Host) -> bool:
        """Whether one of the applicant's subjects is one of the host's, or excepted to be."""
        if not host.subjects or not applicant.subjects:
            return True
        return any(to in host.subjects for own in applicant.subjects for to in self.subjects.get(own, (own,)))

    def stage(self, applicant: Applicant, host: Host) -> bool:
        """Whether the applicant's stage is one of the host's, or excepted to be."""
        if not host.stages or not applicant.stage:
            return True
        return any(to in host.stages for to in self.stages.get(applicant.stage, (applicant.stage,)))


def _closure(exceptions: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for own, to in exceptions:
        found[own] = (*found.get(own, (own,)), to)
    return found


def find_edges(problem: Problem) -> list[Edge]:
    """Every pair that may be placed together, by applicant and host: subject, stage, both sides willing, near enough
    and not banned. Locks and places are not looked at."""
    fit, max_km = Fit(problem), problem.settings.max_km
    column = {host.id: n for n, host in enumerate(problem.hosts)}
    wanted = [ranks(host.wishes) for host in problem.hosts]
    refused = [frozenset(host.refuses) for host in problem.hosts]
    banned = {(ban.applicant, ban.host) for ban in problem.bans}
    by_kind: dict[tuple[tuple[str, ...], str], list[int]] = {}
    edges: list[Edge] = []
    for i, applicant in enumerate(problem.applicants):
        kind = applicant.subjects, applicant.stage
        if kind not in by_kind:
            fitting = [n for n, host in enumerate(problem.hosts) if fit.subject(applicant, host)]
            by_kind[kind] = [n for n in fitting if fit.stage(applicant, problem.hosts[n])]
        own = ranks(applicant.wishes)
        last = len(applicant.wishes) + 1
        listed = {column[name] for name in own}
        never = {column[name] for name in applicant.refuses}
        for j in by_kind[kind]:
            host = problem.hosts[j]
            if j in never or (j not in listed and not applicant.takes_others) or applicant.id in refused[j]:
                continue
            host_rank = wanted[j].get(applicant.id)
            if (host_rank is None and not host.takes_others) or (applicant.id, host.id) in banned:
                continue
            km = km_between(applicant, host)
            if km is not None and max_km is not None and km > max_km:
                continue
            tenths = 0 if km is None else round(10 * km)
            edges.append(Edge(i, j, own.get(host.id, last), host_rank or len(host.wishes) + 1, tenths))
    return edges


def find_scopes(problem: Problem, edges: list[Edge], kept: dict[int, int]) -> list[Scope]:
    """The scopes of the rural rule: at most as many are needed as there are rural applicants who could come."""
    settings, rural = problem.settings, {i for i, a in enumerate(problem.applicants) if a.rural}
    could: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        if edge.applicant in rural:
            could[edge.host].add(edge.applicant)
    for i, j in kept.items():
        if i in rural:
            could[j].add(i)
    reaches: list[tuple[str, frozenset[int]]] = []
    if "all" in settings.rural_scopes:
        reaches.append(("all", frozenset(range(len(problem.hosts)))))
    if "host" in settings.rural_scopes:
        reaches += [(host.id, frozenset({j})) for j, host in enumerate(problem.hosts)]
    scopes = []
    for name, hosts in reaches:
        places = sum(problem.hosts[j].max_places for j in hosts)
        people: set[int] = set().union(*(could[j] for j in sorted(hosts) if j in could))
        needed = min(settings.rural_floor(places), len(people))
        if needed > 0:
            scopes.append(Scope(name, hosts, needed, sum(i in rural and j in hosts for i, j in kept.items())))
    return scopes
