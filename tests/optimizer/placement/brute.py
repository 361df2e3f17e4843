"""Every plan of a tiny problem, judged by the verifier: the best value of each tier, and what bites."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

from optimizer.placement import verify

Data = dict[str, Any]
RULES = ("E1", "E2", "E3", "E4", "P2", "P3", "P4")


class Brute:
    """All plans with the rules they break and their tier values. Every applicant may go to every host."""

    def __init__(self, problem: Data) -> None:
        self.problem = problem
        self.order: list[str] = problem["settings"]["tiers"]
        names = [None, *(host["id"] for host in problem["hosts"])]
        self.plans: list[tuple[dict[str, str], set[str], tuple[int, ...]]] = []
        for choice in product(names, repeat=len(problem["applicants"])):
            at = {a["id"]: h for a, h in zip(problem["applicants"], choice, strict=True) if h is not None}
            report = verify.report(problem, {"places": [{"applicant": a, "host": h} for a, h in at.items()]})
            broken = {fault["rule"] for fault in report["broken"]}
            self.plans.append((at, broken, tuple(report["tiers"][tier] for tier in self.order)))

    def best(self, *, without: str | None = None) -> tuple[int, ...] | None:
        """The best tier values in order, or None where no plan keeps the rules (but ``without``)."""
        return min((values for _, broken, values in self.plans if not broken - {without}), default=None)

    def biting(self) -> set[str]:
        """Rules without which the best would be another, and tiers that tell apart what those before leave equal."""
        found = {rule for rule in RULES if self.best(without=rule) != self.best()}
        left = [values for _, broken, values in self.plans if not broken]
        for n, tier in enumerate(self.order):
            best = min((values[n] for values in left), default=0)
            if any(values[n] != best for values in left):
                found.add(tier)
            left = [values for values in left if values[n] == best]
        return found

    def smallest_conflict(self) -> int:
        """The size of a smallest set of locks that no plan of the other rules honours."""
        locks = self.problem["locks"]
        free = {**self.problem, "locks": []}
        sound = []
        for at, _, _ in self.plans:
            places = [{"applicant": a, "host": h} for a, h in at.items()]
            if not verify.report(free, {"places": places})["broken"]:
                sound.append(at)
        for size in range(len(locks) + 1):
            for some in combinations(locks, size):
                if not any(all(at.get(k["applicant"]) == k["host"] for k in some) for at in sound):
                    return size
        raise AssertionError("the locks do not contradict")
