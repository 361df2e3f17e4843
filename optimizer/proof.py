"""What a search for one tier ends with, and the margins within which the solver is believed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import ceil

import numpy as np

from optimizer.solver import Flags, Floats, Relaxed

TOLERANCE = 1e-6
# A relaxation's value proves something where it is past the mark by this much, in the objective's units.
CLEAR = 1e-3
# So many columns left are few enough for a MIP at once.
SMALL = 12_000
Row = tuple[Floats, float, float]


class Proof(Enum):
    """What a search for one tier ended with."""

    PROVEN = "proven"
    INFEASIBLE = "infeasible"
    UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Outcome:
    """``bound`` is a proven lower bound of the tier; ``columns`` the best plan found, if any."""

    proof: Proof
    bound: float
    columns: Floats | None


def up(value: float) -> float:
    """The least whole number a bound allows."""
    return ceil(value - 1e-5)


def within(relaxed: Relaxed, delta: float) -> Flags:
    """The columns that a plan within δ of the relaxation may have moved from where it left them."""
    return np.abs(relaxed.reduced) <= delta + TOLERANCE


def held(columns: Floats) -> Floats:
    """Relaxed values of columns at a bound, without the solver's noise; bounds here are whole numbers."""
    near = np.round(columns)
    return np.where(np.abs(columns - near) < 1e-5, near, columns)
