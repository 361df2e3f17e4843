"""A plan beside what others would have done on the same data: the administrative rule, TO-BE and MDA."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from optimizer import verify
from optimizer.problem import Problem
from optimizer.reasons.administrative import Order, greedy
from optimizer.reasons.base import Asked, Asking, Tell
from optimizer.reasons.equity import Fairness, fairness
from optimizer.reasons.peers import mda, to_be
from optimizer.solution import Move
from optimizer.solve import solve as _solve


@dataclass(frozen=True, slots=True)
class Compared:
    """One way of making a plan: its moves, tiers, missed rules (persons by rule and scope), and fairness."""

    name: str
    moves: tuple[Move, ...]
    tiers: Mapping[str, float]
    gaps: int
    broken: int
    fairness: Fairness

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name, "tiers": dict(self.tiers), "gaps": self.gaps, "broken": self.broken,
            "fairness": self.fairness.to_dict(),
        }  # fmt: skip


def compare_fairness(
    problem: Problem,
    moves: Iterable[Move],
    *,
    order: Order | None = None,
    progress: Tell | None = None,
    cancelled: Asked | None = None,
    time_limit: float | None = None,
) -> tuple[Compared, ...]:
    """The plan (`plan`), then `greedy`, and where anybody gave wishes `to_be` and `mda`.

    Others are left out when the time is over; the plan itself never is.
    """
    asking = Asking(_solve, progress, cancelled, time_limit, total=4)
    ways: dict[str, Any] = {"plan": lambda: tuple(moves), "greedy": lambda: greedy(problem, order=order)}
    if any(teacher.eligible and teacher.preferences for teacher in problem.teachers):
        ways |= {"to_be": lambda: to_be(problem), "mda": lambda: mda(problem)}
    rows: list[Compared] = []
    for name, way in ways.items():
        if asking.out_of_time() and rows:
            break
        asking.tell(name)
        rows.append(_compared(problem, name, way()))
        asking.done += 1
    return tuple(rows)


def _compared(problem: Problem, name: str, moves: tuple[Move, ...]) -> Compared:
    report = verify.report(problem.to_dict(), {"moves": [move.to_dict() for move in moves]})
    found = fairness(problem, moves)
    return Compared(name, moves, report["tiers"], report["gaps"]["after"], len(report["broken"]), found)
