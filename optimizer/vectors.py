"""Proving the balance tier: the best vector of backbone counts, and that no other is as good (MATH.md, "Balance").

The relaxation is loose in this tier, so the proof is by the vector: one MIP forbids those found and allows their
value. Where it ends without a plan the best vector is proven, and unless another ties with it the counts are held.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from optimizer import tiers
from optimizer.proof import CLEAR, SMALL, TOLERANCE, Outcome, Proof, Row, held, within
from optimizer.solver import INFINITY, Ending, Floats, Relaxed
from optimizer.split import Parts

if TYPE_CHECKING:
    from optimizer.search import Search

ROUNDS = 8
MOST_VECTORS = 12
FIRST_GAP = 2e-4


class Vectors:
    """The balance tier at work: the best plan, the vectors of backbone counts forbidden, and how many tie."""

    def __init__(self, search: Search, goal: tiers.Objective, relaxed: Relaxed, incumbent: Floats | None) -> None:
        self.search, self.goal, self.relaxed = search, goal, relaxed
        self.cost = search.cost("balance")
        self.best = INFINITY if incumbent is None else search.scaled("balance", goal, incumbent)
        self.incumbent = self.last = incumbent
        self.others: list[Row] = []
        self.ties = 0

    @property
    def slack(self) -> float:
        """Values within this of the best tie with it."""
        return 1e-9 * abs(self.best + self.goal.constant) + 1e-7 if isfinite(self.best) else 0.0

    def close(self) -> Outcome:
        """A good vector first, then the proof, in parts where moves inside groups are split."""
        search, goal = self.search, self.goal
        self._look_near(self.relaxed)
        if not search.splits(self.relaxed, self.best - self.relaxed.value):
            bound = self._close_in(self.relaxed)
            return self._proven() if bound is None else search.unfinished(goal, bound, self.incumbent)
        parts = search.parts = Parts(search, "balance", self.relaxed)
        bound = None
        while bound is None and (part := parts.next(self.best + CLEAR, self.best - CLEAR)) is not None:
            if part.bound < self.best - CLEAR and not parts.is_all(part):
                self._look_near(part.relaxed)
            bound = self._close_in(part.relaxed)
        parts.leave()
        if bound is None and not parts.out_of_time:
            return self._proven()
        lowest = min(parts.bound(), self.best if bound is None else bound)
        return search.unfinished(goal, max(self.relaxed.value, lowest), self.incumbent)

    def _take(self, columns: Floats) -> None:
        """A better plan; its vector is the next to be forbidden."""
        self.best, self.ties = self.search.scaled("balance", self.goal, columns), 0
        self.incumbent = self.last = columns

    def _is_narrow(self, relaxed: Relaxed, value: float) -> bool:
        """Whether few enough columns can be of use to plans of at most a value."""
        most = max(SMALL, 3 * self.search.relaxation.width // 4)
        return bool(np.count_nonzero(within(relaxed, value - relaxed.value)) <= most)

    def _look_near(self, relaxed: Relaxed) -> None:
        near = self.search.near(self.cost, relaxed, -INFINITY, lambda value: self._is_narrow(relaxed, value))
        if near is not None and near.columns is not None and near.value < self.best - self.slack:
            self._take(near.columns)

    def _close_in(self, relaxed: Relaxed) -> float | None:
        """Find the best vector within a relaxation and prove it there; the bound there if time runs out."""
        bound = relaxed.value
        delta = FIRST_GAP * abs(relaxed.value + self.goal.constant) + TOLERANCE
        for _ in range(ROUNDS):
            if delta >= self.best - relaxed.value or self._is_narrow(relaxed, self.best):
                break
            cutoff = relaxed.value + delta + TOLERANCE
            free, at = within(relaxed, delta), held(relaxed.columns)
            found = self.search.relaxation.mip(self.cost, free, at, cutoff=cutoff)
            if found.columns is not None and found.value < self.best - self.slack:
                self._take(found.columns)
            if found.ending not in (Ending.OPTIMAL, Ending.INFEASIBLE):
                return max(bound, min(found.bound, relaxed.value + delta))
            if found.columns is not None:
                break
            bound = relaxed.value + delta
            delta *= 5
        return self._prove_in(relaxed, bound)

    def _prove_in(self, relaxed: Relaxed, bound: float) -> float | None:
        search, at = self.search, held(relaxed.columns)
        for _ in range(MOST_VECTORS):
            if self.last is not None:
                self.others.append(search.other_vector(self.last))
                self.last = None
            most = self.best + self.slack
            if self.others and search.no_other(self.others, most):
                return None
            free = within(relaxed, max(0.0, most - relaxed.value))  # a bound above the best is the solver's noise
            found = search.relaxation.mip(self.cost, free, at, cutoff=most, extra=self.others)
            if found.ending not in (Ending.OPTIMAL, Ending.INFEASIBLE):
                return max(bound, min(self.best, found.bound))
            value = INFINITY if found.columns is None else search.scaled("balance", self.goal, found.columns)
            if found.columns is None or value > most:
                return None
            if value < self.best - self.slack:
                self._take(found.columns)
            else:
                self.ties, self.last = self.ties + 1, found.columns
        return self._settle_in(relaxed, bound)

    def _settle_in(self, relaxed: Relaxed, bound: float) -> float | None:
        """Too many vectors tie to forbid them all: is there a better one?"""
        most = self.best + self.slack
        free, at = within(relaxed, max(0.0, most - relaxed.value)), held(relaxed.columns)
        found = self.search.relaxation.mip(self.cost, free, at, cutoff=most)
        if found.ending not in (Ending.OPTIMAL, Ending.INFEASIBLE):
            return max(bound, min(self.best, found.bound))
        if found.columns is not None and self.search.scaled("balance", self.goal, found.columns) < self.best:
            self._take(found.columns)
        self.ties += 1
        return None

    def _proven(self) -> Outcome:
        """No vector but those forbidden is as good as the best: it is proven, and held where none ties with it."""
        if self.incumbent is None:
            return Outcome(Proof.INFEASIBLE, INFINITY, None)
        if not self.ties and not self.search.model.county.settings.tolerance("balance"):
            self.search.hold_vector(self.incumbent)
        return Outcome(Proof.PROVEN, (self.best + self.goal.constant) / self.goal.scale, self.incumbent)
