"""Scores without rounding: a review is exact to two places, the mean of several is a fraction until it is shown."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")


def mean_of(scores: Sequence[Decimal]) -> Fraction:
    """The exact mean."""
    return sum(map(Fraction, scores), Fraction(0)) / len(scores)


def as_shown(mean: Fraction) -> Decimal:
    """A mean to two places, halves upwards."""
    return (Decimal(mean.numerator) / Decimal(mean.denominator)).quantize(CENT, ROUND_HALF_UP)
