"""The official coefficient of variation between schools (教督〔2017〕6号): weighted by pupils, exact until it is shown.

CV = S / mean; S = sqrt(sum((Pi / PN) * (Xi - mean)²)); mean = sum(xi) / PN; Xi = xi / Pi. Pi are the pupils of school
i, PN all pupils, xi what school i has.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

type Number = int | Decimal | Fraction


def squared_cv(items: Sequence[Number], pupils: Sequence[int]) -> Fraction | None:
    """The square of the CV, exactly; None where nobody has anything. A limit is compared with this, squared."""
    whole = sum(pupils)
    total = sum((Fraction(item) for item in items), Fraction(0))
    if any(number <= 0 for number in pupils) or len(items) != len(pupils):
        raise ValueError("each school has items and at least one pupil")
    if not whole or not total:
        return None
    mean = total / whole
    variance = sum(
        (Fraction(number, whole) * (Fraction(item) / number - mean) ** 2
         for item, number in zip(items, pupils, strict=True)), Fraction(0)
    )  # fmt: skip
    return variance / mean**2


def root(square: Fraction, places: int = 28) -> Decimal:
    """A square root to so many digits."""
    with localcontext() as context:
        context.prec = places
        return (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()


def weighted_cv(items: Sequence[Number], pupils: Sequence[int]) -> Decimal | None:
    """The CV to 28 digits, for showing; judge by `squared_cv`."""
    square = squared_cv(items, pupils)
    return None if square is None else root(square)


def is_within(square: Fraction, limit: Decimal, *, strictly: bool = False) -> bool:
    """Whether the CV with this square keeps a limit, judged before rounding."""
    bound = Fraction(limit) ** 2
    return square < bound if strictly else square <= bound
