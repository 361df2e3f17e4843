"""Why this move: what it serves, what the plan would lose without it, and who or where would be next.

Candidates are ranked by the books (all else as it is) and priced by a solve each. The plan without the move already
names the true next best teacher and school, at no further cost: its own price is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from optimizer.explain import explain
from optimizer.problem import Problem
from optimizer.reasons.base import Asked, Asking, Solve, Tell
from optimizer.reasons.ledger import Effect, Ledger
from optimizer.reasons.pricing import IMPOSSIBLE, Price, banned, locked, price_of
from optimizer.reasons.reach import Arc
from optimizer.solution import INFEASIBLE, Move, Reason, Solution
from optimizer.solve import solve as _solve


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another teacher for the post, or another school for the teacher, with its price."""

    teacher: str
    origin: str
    to: str
    subject: str
    moves_already_to: str | None
    price: Price
    breaks: tuple[str, ...]
    """Hard rules it would break with all else as it is; the price then holds a plan that mends them."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "teacher": self.teacher, "from": self.origin, "to": self.to, "subject": self.subject,
            "moves_already_to": self.moves_already_to, "price": self.price.to_dict(), "breaks": list(self.breaks),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class WhyMove:
    """A move explained. ``loss`` is the price of banning it; it bounds the prices of ``teachers`` from below."""

    teacher: str
    origin: str
    to: str
    subject: str
    serves: tuple[Reason, ...]
    loss: Price
    teachers: tuple[Alternative, ...]
    schools: tuple[Alternative, ...]
    complete: bool
    """Whether every price comes from a proven solve."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "teacher": self.teacher, "from": self.origin, "to": self.to, "subject": self.subject,
            "serves": [reason.to_dict() for reason in self.serves], "loss": self.loss.to_dict(),
            "teachers": [row.to_dict() for row in self.teachers],
            "schools": [row.to_dict() for row in self.schools], "complete": self.complete,
        }  # fmt: skip


def why_move(
    problem: Problem,
    solution: Solution,
    teacher: str,
    *,
    solve: Solve = _solve,
    alternatives: int = 5,
    progress: Tell | None = None,
    cancelled: Asked | None = None,
    time_limit: float | None = None,
) -> WhyMove:
    """Explain the move of ``teacher``; raises ``KeyError`` where the plan does not move them.

    One solve for the loss, then one a candidate, teachers and schools by turns, the best by the books first; a
    candidate whom no plan can have is passed over for the next, as long as twice ``alternatives`` are tried.
    """
    move = next((m for m in solution.moves if m.teacher == teacher), None)
    if move is None:
        raise KeyError(teacher)
    asking = Asking(solve, progress, cancelled, time_limit, total=1 + 2 * alternatives, usual=solution.seconds)
    return _Question(problem, solution, move, asking, alternatives).answer()


@dataclass(frozen=True, slots=True)
class _Candidate:
    arc: Arc
    effect: Effect

    def key(self) -> tuple[Any, ...]:
        return (len(self.effect.breaches), *(round(by, 9) for by in self.effect.change.values()), self.arc)


class _Question:
    def __init__(self, problem: Problem, solution: Solution, move: Move, asking: Asking, most: int) -> None:
        self.problem, self.solution, self.move = problem, solution, move
        self.asking, self.most = asking, most
        self.ledger = Ledger.of(problem, solution)
        self.county, self.reach = self.ledger.county, self.ledger.reach
        self.arc = self.ledger.plan[self.reach.number[move.teacher]]
        self.without = banned(problem, move.teacher, move.to)

    def answer(self) -> WhyMove:
        second = self.asking.solve(self.without, "without")
        loss = price_of(self.solution, second, fallback=self.ledger.effect(leave=[self.arc]))
        if second is not None and second.status != INFEASIBLE:
            known = {(m.teacher, m.to): m for m in second.moves}
        else:
            known = {}
        teachers, schools = self.teachers(known), self.schools(known)
        found: dict[str, list[Alternative]] = {"teachers": [], "schools": []}
        for n in range(2 * self.most):
            for name, rows in (("teachers", teachers), ("schools", schools)):
                possible = sum(row.price.kind != IMPOSSIBLE for row in found[name])
                if n < len(rows) and possible < self.most:
                    found[name].append(self.alternative(rows[n], name, loss, known))
        ranked = {
            name: tuple(sorted(rows, key=lambda row: row.price.key())[: self.most]) for name, rows in found.items()
        }
        prices = [loss, *(row.price for rows in ranked.values() for row in rows)]
        return WhyMove(
            self.move.teacher, self.move.origin, self.move.to, self.move.subject, self.serves(), loss,
            ranked["teachers"], ranked["schools"], all(p.kind in ("exact", IMPOSSIBLE) for p in prices),
        )  # fmt: skip

    def serves(self) -> tuple[Reason, ...]:
        if self.move.why:
            return self.move.why
        told = explain(self.problem.canonical(), replace(self.solution, moves=self.solution.moves))
        return next(m.why for m in told.moves if m.teacher == self.move.teacher)

    # -- candidates, cheaply --

    def teachers(self, known: dict[tuple[str, str], Move]) -> list[_Candidate]:
        """Others for the same post, the best by the books first; whoever comes without the move leads."""
        stage = self.county.teachers[self.arc.teacher].stage
        found = []
        for i in self.county.eligible:
            other = self.county.teachers[i]
            planned = self.ledger.plan.get(i)
            if i == self.arc.teacher or other.stage != stage or self.move.subject not in other.subjects:
                continue
            if planned is not None and planned.school == self.arc.school:
                continue
            arc = Arc(i, self.arc.school, self.arc.subject)
            if any(option.open and option.arc == arc for option in self.reach.options(i)):
                leave = [self.arc] if planned is None else [self.arc, planned]
                found.append(_Candidate(arc, self.ledger.effect(leave=leave, join=[arc])))
        return self.first(found, known)

    def schools(self, known: dict[tuple[str, str], Move]) -> list[_Candidate]:
        """Other schools for the same teacher, each with its best subject."""
        best: dict[int, _Candidate] = {}
        for option in self.free_options():
            one = _Candidate(option, self.ledger.effect(leave=[self.arc], join=[option]))
            if option.school not in best or one.key() < best[option.school].key():
                best[option.school] = one
        return self.first(best.values(), known)

    def free_options(self) -> list[Arc]:
        """The arcs of the teacher to other schools, as if no lock held them to this one."""
        return [
            o.arc
            for o in self.reach.options(self.arc.teacher)
            if o.near and o.allowed and o.decided != "banned" and o.arc.school != self.arc.school
        ]

    def first(self, candidates: Iterable[_Candidate], known: dict[tuple[str, str], Move]) -> list[_Candidate]:
        return sorted(candidates, key=lambda one: (self.name(one.arc) not in known, one.key()))

    def name(self, arc: Arc) -> tuple[str, str]:
        return self.county.teachers[arc.teacher].id, self.county.schools[arc.school].id

    # -- prices --

    def alternative(self, one: _Candidate, kind: str, loss: Price, known: dict[tuple[str, str], Move]) -> Alternative:
        teacher, to = self.name(one.arc)
        subject = one.arc.subject
        if (teacher, to) in known:
            # the best plan without the move makes this one, so forcing it costs no more
            price, subject = loss, known[teacher, to].subject
        else:
            base = self.without if kind == "teachers" else self.problem
            found = self.asking.solve(locked(base, teacher, to), kind)
            price = price_of(self.solution, found, fallback=one.effect)
            goes = () if found is None else found.moves
            subject = next((m.subject for m in goes if (m.teacher, m.to) == (teacher, to)), subject)
        planned = self.ledger.plan.get(one.arc.teacher) if kind == "teachers" else None
        return Alternative(
            teacher,
            self.county.teachers[one.arc.teacher].school,
            to,
            subject,
            None if planned is None else self.county.schools[planned.school].id,
            price,
            tuple(sorted({breach.rule for breach in one.effect.breaches})),
        )
