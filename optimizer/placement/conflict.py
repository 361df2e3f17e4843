"""Locks that contradict the rules: a smallest set of them, and why.

Each lock gets a switch: 1 where the plan honours it. `hitting` finds a smallest set that no plan honours together.
"""

from __future__ import annotations

import numpy as np
from pulp import LpVariable

from optimizer.hitting import smallest_contradiction
from optimizer.placement.build import Block, Model, build
from optimizer.placement.market import Fit, Market, km_between
from optimizer.placement.problem import Lock, ranks
from optimizer.placement.solution import Reason
from optimizer.solver import Relaxation, Watch


def locks_without_edge(market: Market) -> list[Lock]:
    """Locks to a host where the applicant may not go, whatever else is decided."""
    edges = {edge[:2] for edge in market.edges}
    row = {applicant.id: i for i, applicant in enumerate(market.applicants)}
    return [
        lock
        for lock in market.problem.locks
        if lock.host is not None and (row[lock.applicant], market.locked[row[lock.applicant]]) not in edges
    ]


def smallest_conflict(market: Market, block: Block, watch: Watch) -> list[Lock]:
    """A smallest set of a block's locks that no plan honours together; all of them if the clock runs out."""
    people = {market.applicants[i].id for i in block.applicants}
    locks = [lock for lock in market.problem.locks if lock.applicant in people]
    model = build(market, block, locks=False)
    switches = _add_switches(model, locks)
    relaxation = Relaxation(model.lp, watch, first="simplex")
    place = np.array([relaxation.column[switch.id] for switch in switches], dtype=np.int64)
    return [locks[n] for n in smallest_contradiction(relaxation, place, watch)]


def _add_switches(model: Model, locks: list[Lock]) -> list[LpVariable]:
    """honoured ≤ x of the lock's edge; for "no place", honoured ≤ 1 − Σ x."""
    market = model.market
    row = {applicant.id: i for i, applicant in enumerate(market.applicants)}
    switches = []
    for n, lock in enumerate(locks):
        switch = model.whole(f"honoured_{n}")
        switches.append(switch)
        edges = market.of_applicant[row[lock.applicant]]
        if lock.host is None:
            model.row([(switch, 1.0), *model.sum_of(edges)], "<=", 1)
        else:
            there = [k for k in edges if market.hosts[market.edges[k].host].id == lock.host]
            model.row([(switch, 1.0), *model.sum_of(there, -1.0)], "<=", 0)
    return switches


def why_contradicting(market: Market, locks: list[Lock]) -> list[Reason]:
    """What each contradicting lock runs against, or the places and minimum of the hosts they meet at."""
    alone = locks_without_edge(market)
    found = [reason for lock in locks if lock in alone for reason in no_edge(market, lock.applicant, lock.host or "")]
    if found:
        return found
    reasons = []
    for j, host in enumerate(market.hosts):
        here = [lock.applicant for lock in locks if lock.host == host.id]
        if len(here) > market.seats[j]:
            message = f"{len(here)} people are locked to {host.id}, which has {market.seats[j]} free places"
            params = {"host": host.id, "locked": here, "places": market.seats[j]}
            reasons.append(Reason("too_many_locked", message, params))
        elif here and market.opens_with[j]:
            could = len(market.of_host.get(j, ()))
            message = f"{host.id} opens with {market.opens_with[j]} people, and the locks leave too few of {could}"
            params = {"host": host.id, "locked": here, "min_places": market.opens_with[j], "could_come": could}
            reasons.append(Reason("cannot_open", message, params))
    return reasons


def no_edge(market: Market, applicant: str, host: str) -> list[Reason]:
    """Every rule that keeps an applicant from a host, whatever the plan."""
    problem = market.problem
    a = next(person for person in market.applicants if person.id == applicant)
    h = next(place for place in market.hosts if place.id == host)
    params = {"applicant": applicant, "host": host}
    reasons: list[Reason] = []

    def add(code: str, message: str, **more: object) -> None:
        reasons.append(Reason(code, message, {**params, **more}))

    fit = Fit(problem)
    if not fit.subject(a, h):
        add(
            "subject",
            f"{host} does not take {', '.join(a.subjects)}",
            subjects=list(a.subjects),
            takes=list(h.subjects),
        )
    if not fit.stage(a, h):
        add("stage", f"{host} does not take {a.stage}", stage=a.stage, takes=list(h.stages))
    km, most = km_between(a, h), problem.settings.max_km
    if km is not None and most is not None and km > most:
        add("too_far", f"{km:.1f} km is further than {most:g} km", km=round(km, 3), max_km=most)
    if host in a.refuses:
        add("applicant_refuses", f"{applicant} refuses {host}")
    elif host not in ranks(a.wishes) and not a.takes_others:
        add("not_wished", f"{applicant} did not wish for {host} and is not open to others")
    if applicant in h.refuses:
        add("host_refuses", f"{host} refuses {applicant}")
    elif applicant not in ranks(h.wishes) and not h.takes_others:
        add("not_chosen", f"{host} takes only whom it listed")
    if any(ban.applicant == applicant and ban.host == host for ban in problem.bans):
        add("banned", f"{applicant} is banned from {host}")
    kept = {market.applicants[i].id: market.hosts[j].id for i, j in market.kept.items()}
    if applicant in kept:
        add("kept", f"{applicant} keeps the place at {kept[applicant]}", kept_at=kept[applicant])
    j = market.hosts.index(h)
    if market.seats[j] <= 0:
        add("no_free_place", f"every place of {host} is kept", places=h.max_places)
    return reasons
