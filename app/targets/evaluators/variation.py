"""The official coefficient of variation between schools, weighted by pupils.

With schools i, pupils Pi and items xi: Xi = xi/Pi, the mean X = Σxi/ΣPi, and the variance S² = Σ(Pi/ΣP)(Xi − X)².
The coefficient is S/X. It is a root, so what is compared exactly is its square.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

type Exact = int | Fraction | Decimal
DIGITS = 40


def weighted_cv_square(items: Sequence[Exact], pupils: Sequence[int]) -> Fraction | None:
    """The square of the coefficient, exact; None where there are no pupils or nothing at all to spread."""
    if len(items) != len(pupils):
        raise ValueError("as many items as schools")
    pairs = [(Fraction(item), number) for item, number in zip(items, pupils, strict=True) if number > 0]
    all_pupils = sum(number for _item, number in pairs)
    mean = sum((item for item, _number in pairs), Fraction(0)) / all_pupils if all_pupils else Fraction(0)
    if not mean:
        return None
    # Σ Pi·Xi²/P − X², which needs one exact sum only.
    squares = sum((item * item / number for item, number in pairs), Fraction(0)) / all_pupils
    return (squares - mean * mean) / (mean * mean)


def weighted_cv(items: Sequence[Exact], pupils: Sequence[int]) -> Fraction | None:
    """The coefficient to twelve decimal places, to be shown; compare with `is_within`."""
    square = weighted_cv_square(items, pupils)
    return None if square is None else root(square)


def is_within(square: Fraction, limit: Fraction, *, is_included: bool) -> bool:
    """Whether the coefficient with this square keeps to a limit, compared without rounding."""
    return square <= limit * limit if is_included else square < limit * limit


def root(square: Fraction) -> Fraction:
    """The square root to twelve decimal places."""
    with localcontext() as context:
        context.prec = DIGITS
        value = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
        return Fraction(value.quantize(Decimal(1).scaleb(-12)))
