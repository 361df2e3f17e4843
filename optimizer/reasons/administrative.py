"""The administrative rule: one after another in a given order, each to the nearest gap, until the rate is met.

What a bureau does without an optimiser, honouring the hard rules: locked moves first, then the teachers of the scopes
whose rotation rate (R1) is not met yet. Nothing is ever taken back, so it may stop short of the rate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from optimizer.problem import Problem, Teacher
from optimizer.reasons.ledger import Ledger
from optimizer.reasons.reach import Arc
from optimizer.solution import Move

Order = Callable[[Teacher], Any]


def by_id(teacher: Teacher) -> str:
    """The order used where none is given: there is no length of service in a problem."""
    return teacher.id


def greedy(problem: Problem, *, order: Order | None = None) -> tuple[Move, ...]:
    """The plan of the administrative rule. ``order`` sorts the teachers, the first to go first: for example
    ``lambda t: -years[t.id]`` for the longest-serving. Every move keeps H1–H8 with those made before."""
    ledger = Ledger(problem, ())
    key = order or by_id
    queue = sorted(ledger.county.eligible, key=lambda i: (key(ledger.county.teachers[i]), ledger.county.teachers[i].id))
    place_locked(ledger)
    for i in queue:
        if i not in ledger.plan and _still_short(ledger, i):
            go_nearest(ledger, i)
    return as_moves(ledger)


def place_locked(ledger: Ledger) -> None:
    """Make the moves that locks ask for; a lock that the moves before it leave no room for is left out."""
    for i in ledger.county.eligible:
        if ledger.reach.locks.get(ledger.county.teachers[i].id) is not None:
            go_nearest(ledger, i, anywhere=True)


def _still_short(ledger: Ledger, i: int) -> bool:
    """Whether R1 is short in a scope that teacher ``i`` counts for."""
    s = ledger.county.school_of[i]
    own = {"county", ledger.county.schools[s].id} | ({"pool"} if ledger.county.sending(s) else set())
    return any(rule == "R1" and scope in own for rule, scope in ledger.shortfalls())


def go_nearest(ledger: Ledger, i: int, *, anywhere: bool = False) -> bool:
    """Make the nearest possible move of teacher ``i`` to an open post (``anywhere``: to any post)."""
    stage = ledger.county.teachers[i].stage
    for option in sorted((o for o in ledger.reach.options(i) if o.open), key=lambda o: (o.km or 0.0, o.arc)):
        team = ledger.county.teams[ledger.county.team_index[option.arc.school, stage, option.arc.subject]]
        gap = team.posts > ledger.staff(option.arc.school, stage, option.arc.subject)
        if (gap or anywhere) and ledger.effect(join=[option.arc]).possible:
            ledger.make(option.arc)
            return True
    return False


def as_moves(ledger: Ledger) -> tuple[Move, ...]:
    """The plan of a ledger as moves, by teacher."""
    return tuple(sorted((as_move(ledger, arc) for arc in ledger.plan.values()), key=lambda move: move.teacher))


def as_move(ledger: Ledger, arc: Arc) -> Move:
    teacher = ledger.county.teachers[arc.teacher]
    return Move(teacher.id, teacher.school, ledger.county.schools[arc.school].id, arc.subject)
