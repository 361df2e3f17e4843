"""What a measure is asked and what it answers: plain facts, without any verdict."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from app.targets.evaluators.periods import Period, period_of
from app.targets.packs.pack import Clause, Pack, Part

if TYPE_CHECKING:
    from app.targets.evaluators.frame import Frame


class Who(StrEnum):
    """What the ids behind a figure are."""

    TEACHER = "teacher"
    SCHOOL = "school"
    GROUP = "group"
    STUDIO = "studio"
    SESSION = "session"
    FIGURE = "figure"


@dataclass(frozen=True)
class Ask:
    """One question: a part of a clause, on a day, over a frame of facts."""

    frame: "Frame"
    pack: Pack
    clause: Clause
    part: Part

    @property
    def on(self) -> date:
        """The day asked about."""
        return self.frame.on

    @cached_property
    def period(self) -> Period:
        """The period that the figure is of; up to the day where the part names none."""
        return period_of(self.part.per, self.on, self.pack)


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of an “each” clause: a school, group, studio or person with its own figure.

    `needed` is set where the measure lays the threshold down for this unit. `among` and `counted` are people's ids.
    """

    who: Who
    id: int
    name: str
    numerator: Fraction | int | None
    denominator: Fraction | int | None = None
    needed: Fraction | int | None = None
    counted: frozenset[int] = frozenset()
    among: frozenset[int] = frozenset()

    @property
    def figure(self) -> Fraction | None:
        """The unit's figure; None where it is not known."""
        return _quotient(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `counted` stands behind the numerator, `among` behind the denominator, `lacking` behind what is
    missing. `on_pace` are those who are not through but keep up with their round; `square` that of a coefficient of
    variation, by which it is compared; `needed` a threshold that the data themselves give."""

    numerator: Fraction | int | None = None
    denominator: Fraction | int | None = None
    who: Who = Who.TEACHER
    counted: frozenset[int] = frozenset()
    among: frozenset[int] = frozenset()
    missing: frozenset[int] | None = None
    on_pace: frozenset[int] | None = None
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    needed: Fraction | None = None
    square: Fraction | None = None
    is_filled: bool = False
    is_mixed: bool = False

    @property
    def lacking(self) -> frozenset[int]:
        """Those who are missing: named, or in the denominator without being in the numerator."""
        return self.among - self.counted if self.missing is None else self.missing

    @property
    def is_filled_share(self) -> bool:
        """Whether the share of units was filled in as a whole, without its units."""
        return self.is_filled and not self.rows and self.figure is not None

    @property
    def figure(self) -> Fraction | None:
        """The figure, exact."""
        return _quotient(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Lacking:
    """Nothing to measure by: the codes of what is lacking, as `wording.NOTES` says them. `needed` is the threshold
    where the data give one all the same, for a figure that is filled in."""

    notes: tuple[str, ...] = field(default=("nothing",))
    needed: Fraction | None = None


def share(
    counted: Iterable[int], among: Iterable[int], who: Who = Who.TEACHER, *, notes: tuple[str, ...] = ()
) -> Found:
    """The share of a set that fulfils something."""
    whole = frozenset(among)
    some = frozenset(counted) & whole
    return Found(len(some), len(whole), who, some, whole, notes=notes)


def number(
    counted: Iterable[int], who: Who = Who.TEACHER, *, missing: Iterable[int] = (), notes: tuple[str, ...] = ()
) -> Found:
    """How many there are."""
    some = frozenset(counted)
    return Found(len(some), None, who, some, missing=frozenset(missing), notes=notes)


def each(rows: Iterable[Row], *, notes: tuple[str, ...] = ()) -> Found:
    """Units with a figure of their own."""
    return Found(rows=tuple(rows), notes=notes)


def _quotient(numerator: Fraction | int | None, denominator: Fraction | int | None) -> Fraction | None:
    if numerator is None or denominator == 0:
        return None
    return Fraction(numerator) / Fraction(1 if denominator is None else denominator)
