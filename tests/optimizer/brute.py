"""Every plan of a tiny problem, judged by the verifier: the best value of each tier, and what bites."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

from optimizer import verify

Data = dict[str, Any]
Moves = list[Data]


def single_moves(problem: Data, teacher: Data) -> Moves:
    """The moves of one teacher that are arcs: no H1 fault when made alone."""
    subjects = dict.fromkeys([teacher["subject"], *teacher["also"]])
    moves = [
        {"teacher": teacher["id"], "from": teacher["school"], "to": school["id"], "subject": subject}
        for school in problem["schools"]
        for subject in subjects
    ]
    return [m for m in moves if not _broken(problem, [m]) & {"H1"}]


def _broken(problem: Data, moves: Moves) -> set[str]:
    return {fault["rule"] for fault in verify.report(problem, {"moves": moves})["broken"]}


class Brute:
    """All plans with the hard rules they break and their tier values."""

    def __init__(self, problem: Data) -> None:
        self.problem = problem
        self.order: list[str] = problem["settings"]["tiers"]
        self.plans: list[tuple[Moves, set[str], dict[str, float], list[Data]]] = []
        options = [[None, *single_moves(problem, t)] for t in problem["teachers"] if t["eligible"]]
        for choice in product(*options):
            moves = [move for move in choice if move is not None]
            report = verify.report(problem, {"moves": moves})
            broken = {fault["rule"] for fault in report["broken"]}
            self.plans.append((moves, broken, report["tiers"], report["shortfalls"]))

    def best(self, *, without: str | None = None) -> tuple[float, ...] | None:
        """The best tier values in order, or None where no plan keeps the hard rules (but ``without``)."""
        values = [self._key(plan, without) for plan in self.plans if not plan[1] - {without}]
        return min(values, default=None)

    def _key(self, plan: Any, without: str | None) -> tuple[float, ...]:
        _, _, tiers, shortfalls = plan
        spared = sum(s["missing"] for s in shortfalls if s["rule"] == without)
        return tuple(round(tiers[t] - (spared if t == "rules" else 0), 9) for t in self.order)

    def biting_rules(self) -> set[str]:
        """Rules without which the best values would be others."""
        ids = ["H2", "H3", "H4", "H5", "H6", "H7", "H8", "R1", "R2", "R3", "R4"]
        return {rule for rule in ids if self.best(without=rule) != self.best()}

    def biting_tiers(self) -> set[str]:
        """Tiers that tell apart plans which all tiers before them leave equal."""
        left = [self._key(plan, None) for plan in self.plans if not plan[1]]
        biting = set()
        for n, tier in enumerate(self.order):
            if not left:
                break
            best = min(key[n] for key in left)
            if any(key[n] != best for key in left):
                biting.add(tier)
            left = [key for key in left if key[n] == best]
        return biting

    def smallest_conflict(self) -> int:
        """The size of a smallest set of locks that no plan of the other hard rules honours."""
        locks = self.problem["locks"]
        sound = [{m["teacher"]: m["to"] for m in moves} for moves in self._lockless()]
        for size in range(len(locks) + 1):
            for some in combinations(locks, size):
                if not any(all(plan.get(k["teacher"]) == k["to"] for k in some) for plan in sound):
                    return size
        raise AssertionError("the locks do not contradict")

    def _lockless(self) -> Iterator[Moves]:
        banned = {(ban["teacher"], ban["to"]) for ban in self.problem["bans"]}
        for moves, broken, _, _ in self.plans:
            if not broken - {"H8"} and not any((m["teacher"], m["to"]) in banned for m in moves):
                yield moves
