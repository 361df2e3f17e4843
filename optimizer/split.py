"""Splitting a tier on the moves inside education groups before anything else (MATH.md, "Groups first").

Whether young teachers change places inside a group is what the relaxation likes to halve: half an exchange serves
half a rule, and nothing in the network forbids it. These few columns make up most of the gap between relaxation and
best plan, so they are made whole first: a plan has at most ⌊x⌋ of such arrivals or at least ⌊x⌋ + 1. The *parts*
that come of it cover all plans, each has a relaxation and reduced costs of its own, and small MIPs do the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from optimizer.arcs import Ints
from optimizer.solver import INFINITY, Basis, Ending, Floats, Relaxed

if TYPE_CHECKING:
    from optimizer.search import Search

SPLIT = 1e-5
# A split that raises neither bound by this much is left to the MIP.
GAIN = 1e-4
# So many columns are tried for one that raises both bounds.
TRIED = 4
MOST_PARTS = 400


@dataclass(frozen=True)
class Part:
    """The plans whose group moves lie within bounds (by `Parts.leads`), their relaxation and where it ended."""

    lower: Floats
    upper: Floats
    relaxed: Relaxed
    basis: Basis

    @property
    def bound(self) -> float:
        return self.relaxed.value


class Parts:
    """The plans of a tier, in parts; the one of least bound is split or handed out first."""

    def __init__(self, search: Search, tier: str, root: Relaxed) -> None:
        self.search, self.tier, self.leads = search, tier, search.leads
        relaxation = search.relaxation
        self._all = relaxation.lower[self.leads].copy(), relaxation.upper[self.leads].copy()
        self._open: list[tuple[float, int, Part]] = []
        self._number = 0
        # by lead: what splitting it brought last, and the bound of the part it was tried in
        self._gains: dict[int, tuple[float, float]] = {}
        self._root: Part | None = Part(*self._all, root, relaxation.basis())
        self._push(self._root)
        self.done: list[Part] = []
        self.out_of_time = False

    def bound(self) -> float:
        """No plan in the parts not handed out yet is better than this."""
        return self._open[0][2].bound if self._open else INFINITY

    def parts(self) -> Iterator[Part]:
        """All parts: every plan lies in one of them."""
        yield from self.done
        yield from (part for _, _, part in self._open)

    def next(self, below: float, best: float = INFINITY) -> Part | None:
        """The part of least bound, split as far as that pays; None where no bound is ``below`` that, or time is out.

        A part whose bound is at ``best`` is not split. The relaxation is left at the part's bounds and optimum.
        """
        while self._open and self.bound() < below:
            _, _, part = heappop(self._open)
            splits = part.bound < best and self._number < MOST_PARTS
            halves = self._split(part) if splits else None
            if halves is None and not self.out_of_time:
                again = self._solve(part, part.lower, part.upper)
                if again is not None:
                    self.done.append(again)
                    return again
                self.out_of_time = True
            if self.out_of_time:
                self._push(part)
                return None
            for half in halves or ():
                self._push(half)
        return None

    def is_all(self, part: Part) -> bool:
        """Whether a part is everything: nothing was worth splitting."""
        return all(np.array_equal(mine, every) for mine, every in zip((part.lower, part.upper), self._all, strict=True))

    def leave(self) -> None:
        """Take the bounds of the part at hand away again."""
        self.search.relaxation.set_bounds(self.leads, *self._all)

    def _push(self, part: Part) -> None:
        """Parts of one bound are looked at from the latest on."""
        self._number += 1
        heappush(self._open, (round(part.bound, 6), -self._number, part))

    def _solve(self, part: Part, lower: Floats, upper: Floats) -> Part | None:
        """A part of a part, from that one's optimum by the dual simplex; its bound is infinite where it has no plan.
        None when time runs out."""
        search, relaxation = self.search, self.search.relaxation
        relaxation.set_bounds(self.leads, lower, upper)
        relaxation.begin_from(part.basis)
        relaxed = search.relax(search.cost(self.tier), hot=True)
        if relaxed.ending not in (Ending.OPTIMAL, Ending.INFEASIBLE):
            return None
        return Part(lower, upper, relaxed, relaxation.basis())

    def _split(self, part: Part) -> list[Part] | None:
        """A part in two, by the first column tried that raises both bounds, else by the one that raises one of them
        most; None where there is none, or time is out. A half without plans is left out."""
        if part is self._root:  # an interior point's basis is not quite optimal: mend it once, not for every half
            part = self._solve(part, part.lower, part.upper) or part
            self._root = None
        best, most = None, GAIN
        for n in self._candidates(part)[:TRIED]:
            halves = self._halves(part, n)
            if halves is None:
                self.out_of_time = True
                return None
            least, greatest = (
                pick((half.bound for half in halves), default=INFINITY) - part.bound for pick in (min, max)
            )
            self._gains[n] = least if least > GAIN else 0.01 * greatest, part.bound
            if least > GAIN or len(halves) < 2:
                return halves
            if greatest > most:
                best, most = halves, greatest
        return best

    def _candidates(self, part: Part) -> list[int]:
        """Places among the leads that are split: those that gained most before, then those most split; not those that
        gained nothing at this bound."""
        x = part.relaxed.columns[self.leads]
        rest = np.abs(x - np.round(x))
        gains = {}
        for n in np.nonzero(rest > SPLIT)[0].tolist():
            gain, at = self._gains.get(n, (0.0, -INFINITY))
            if gain > 0.01 * GAIN or part.bound > at + GAIN:
                gains[n] = gain
        return sorted(gains, key=lambda n: (-gains[n], -round(float(rest[n]), 6), n))

    def _halves(self, part: Part, n: int) -> list[Part] | None:
        x = float(np.floor(part.relaxed.columns[self.leads[n]] + SPLIT))
        halves = []
        for low, high in ((part.lower[n], x), (x + 1, part.upper[n])):
            lower, upper = part.lower.copy(), part.upper.copy()
            lower[n], upper[n] = low, high
            half = self._solve(part, lower, upper)
            if half is None:
                return None
            if half.bound < INFINITY:
                halves.append(half)
        return halves


def common_bounds(
    parts: Sequence[Part], leads: Ints, rooms: Sequence[float], lower: Floats, upper: Floats, held: Sequence[Floats]
) -> tuple[Floats, Floats]:
    """Bounds that hold in every part: a column stays where a part's relaxation left it (``held``) where its reduced
    cost is above the part's room, and group moves stay within the part's bounds."""
    low, high = np.full(len(lower), INFINITY), np.full(len(upper), -INFINITY)
    for part, room, at in zip(parts, rooms, held, strict=True):
        mine_low, mine_high = lower.copy(), upper.copy()
        mine_low[leads], mine_high[leads] = part.lower, part.upper
        fixed = np.nonzero(np.abs(part.relaxed.reduced) > room)[0]
        mine_low[fixed] = mine_high[fixed] = at[fixed]
        low, high = np.minimum(low, mine_low), np.maximum(high, mine_high)
    return low, high
