"""The seven official balance indicators of primary and junior schools (教督〔2017〕6号), by school and for the county.

Plain data in, plain data out. Everything is an exact fraction; it is judged before it is rounded, and rounded only to
be shown: a school's value and the county's mean to two places, the CV to three.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.schools.models import Stage
from app.targets.evaluators.variation import is_within, root, weighted_cv_square

STAGES = (Stage.PRIMARY, Stage.JUNIOR)
CV_LIMITS = {Stage.PRIMARY: Decimal("0.50"), Stage.JUNIOR: Decimal("0.45")}
# A pupil of a later stage of the same school counts for so many of the first: 1 : 1.1 : 1.32, and so 1 : 1.2.
WEIGHTS = {Stage.PRIMARY: Fraction(1), Stage.JUNIOR: Fraction(11, 10), Stage.SENIOR: Fraction(132, 100)}
MET_OF_SEVEN = 6
LEAST_OF_THE_REST = Fraction(85, 100)
SMALLEST_POINT = 50
TEACHING_POINT = "218"
EXCLUDED_KINDS = {"510": "special", "360": "vocational"}
EXCLUSIONS = {
    "special": _l("special school"),
    "vocational": _l("vocational school"),
    "point": _l("teaching point below 50 pupils"),
    "pupils": _l("no pupils on record"),
}


class Indicator(StrEnum):
    """One of the seven, in the official order."""

    DEGREE = "degree"
    BACKBONE = "backbone"
    PE_ARTS = "pe_arts"
    TEACHING_AREA = "teaching_area"
    SPORT_AREA = "sport_area"
    EQUIPMENT = "equipment"
    ROOMS = "rooms"

    @property
    def number(self) -> int:
        """Its number in the official list."""
        return list(Indicator).index(self) + 1

    @property
    def label(self) -> LazyString:
        """The indicator in the person's language."""
        return {
            "degree": _l("Teachers above the required degree per 100 pupils"),
            "backbone": _l("Backbone teachers of the county and above per 100 pupils"),
            "pe_arts": _l("PE and arts teachers per 100 pupils"),
            "teaching_area": _l("Teaching rooms per pupil (m²)"),
            "sport_area": _l("Sports grounds per pupil (m²)"),
            "equipment": _l("Teaching equipment per pupil (yuan)"),
            "rooms": _l("Multimedia classrooms per 100 pupils"),
        }[self.value]

    @property
    def short(self) -> LazyString:
        """The indicator in a few words, for the heads of tables and charts."""
        return {
            "degree": _l("Above degree"),
            "backbone": _l("Backbone"),
            "pe_arts": _l("PE and arts"),
            "teaching_area": _l("Teaching area"),
            "sport_area": _l("Sports area"),
            "equipment": _l("Equipment"),
            "rooms": _l("Multimedia rooms"),
        }[self.value]

    @property
    def per(self) -> int:
        """For how many pupils it is told."""
        return 1 if self in (Indicator.TEACHING_AREA, Indicator.SPORT_AREA, Indicator.EQUIPMENT) else 100

    @property
    def is_of_people(self) -> bool:
        """Whether it counts teachers, so that there are names behind it."""
        return self in OF_PEOPLE


OF_PEOPLE = (Indicator.DEGREE, Indicator.BACKBONE, Indicator.PE_ARTS)
OF_RESOURCES = tuple(one for one in Indicator if one not in OF_PEOPLE)
THRESHOLDS: Mapping[Indicator, Mapping[Stage, Decimal]] = {
    Indicator.DEGREE: {Stage.PRIMARY: Decimal("4.2"), Stage.JUNIOR: Decimal("5.3")},
    Indicator.BACKBONE: {Stage.PRIMARY: Decimal(1), Stage.JUNIOR: Decimal(1)},
    Indicator.PE_ARTS: {Stage.PRIMARY: Decimal("0.9"), Stage.JUNIOR: Decimal("0.9")},
    Indicator.TEACHING_AREA: {Stage.PRIMARY: Decimal("4.5"), Stage.JUNIOR: Decimal("5.8")},
    Indicator.SPORT_AREA: {Stage.PRIMARY: Decimal("7.5"), Stage.JUNIOR: Decimal("10.2")},
    Indicator.EQUIPMENT: {Stage.PRIMARY: Decimal(2000), Stage.JUNIOR: Decimal(2500)},
    Indicator.ROOMS: {Stage.PRIMARY: Decimal("2.3"), Stage.JUNIOR: Decimal("2.4")},
}


def share_of(stage: Stage, pupils: Mapping[Stage, int]) -> Fraction:
    """What part of a one-through school's rooms and equipment is a stage's, by its weighted pupils."""
    weighted = {one: WEIGHTS[one] * number for one, number in pupils.items() if one in WEIGHTS}
    whole = sum(weighted.values(), Fraction(0))
    return weighted.get(stage, Fraction(0)) / whole if whole else Fraction(0)


type Holdings = Mapping[Indicator, Fraction | None]


def split(
    pupils: Mapping[Stage, int], whole: Holdings | None, alone: Mapping[Stage, Holdings]
) -> dict[Stage, dict[Indicator, Fraction]]:
    """What each stage of a school has: a campus of one stage is that stage's; the other stages share the rest."""
    sharing = {stage: number for stage, number in pupils.items() if stage in WEIGHTS and stage not in alone}
    found: dict[Stage, dict[Indicator, Fraction]] = {}
    for stage in pupils:
        held = alone.get(stage, whole or {})
        part = Fraction(1) if stage in alone else share_of(stage, sharing)
        found[stage] = {one: value * part for one, value in held.items() if value is not None}
    return found


def exclusion(kind_code: str, pupils: int) -> str:
    """Why a school's stage is left out of the county's figures; empty where it counts."""
    if kind_code in EXCLUDED_KINDS:
        return EXCLUDED_KINDS[kind_code]
    if pupils <= 0:
        return "pupils"
    return "point" if kind_code == TEACHING_POINT and pupils < SMALLEST_POINT else ""


@dataclass(frozen=True, slots=True)
class StageRow:
    """One school and stage: its pupils and the numerators of the indicators; a missing one is not among `items`."""

    school_id: int
    school: str
    stage: Stage
    pupils: int
    classes: int
    items: Mapping[Indicator, Fraction]
    excluded: str = ""
    kind_code: str = ""
    sponsor_code: str | None = None
    grades: int | None = None
    is_split: bool = False

    def value(self, one: Indicator) -> Fraction | None:
        """The indicator, exactly; None where a figure is missing."""
        item = self.items.get(one)
        return None if item is None or not self.pupils else item * one.per / self.pupils

    def threshold(self, one: Indicator) -> Decimal:
        """What it must be at least."""
        return THRESHOLDS[one][self.stage]

    def reached(self, one: Indicator) -> Fraction | None:
        """The share of the threshold that is reached."""
        value = self.value(one)
        return None if value is None else value / Fraction(self.threshold(one))

    def is_met(self, one: Indicator) -> bool | None:
        """Whether the threshold is reached, judged before rounding."""
        reached = self.reached(one)
        return None if reached is None else reached >= 1

    def short_by(self, one: Indicator) -> Fraction | None:
        """How much is missing; of teachers and rooms a whole number."""
        if self.is_met(one) is not False:
            return None
        gap = Fraction(self.threshold(one)) * self.pupils / one.per - self.items[one]
        return gap if one.per == 1 else Fraction(ceil(gap))

    @property
    def lacking(self) -> tuple[Indicator, ...]:
        """The indicators that are not reached."""
        return tuple(one for one in Indicator if self.is_met(one) is False)

    @property
    def missing(self) -> tuple[Indicator, ...]:
        """The indicators for which a figure is missing."""
        return tuple(one for one in Indicator if self.is_met(one) is None)

    @property
    def is_passed(self) -> bool | None:
        """Whether six of seven are met and the rest is at least 85 %; None while a missing figure may decide it."""
        if self.excluded:
            return None
        lacking = self.lacking
        below = [one for one in lacking if (self.reached(one) or 0) < LEAST_OF_THE_REST]
        if below or len(lacking) > len(Indicator) - MET_OF_SEVEN:
            return False
        return None if self.missing else True


@dataclass(frozen=True, slots=True)
class Spread:
    """One indicator of one stage over the schools that count."""

    indicator: Indicator
    stage: Stage
    schools: int
    missing: int
    mean: Fraction | None
    square: Fraction | None

    @property
    def limit(self) -> Decimal:
        """What the CV may be at most."""
        return CV_LIMITS[self.stage]

    @property
    def cv(self) -> Fraction | None:
        """The CV, for showing."""
        return None if self.square is None else root(self.square)

    @property
    def is_met(self) -> bool | None:
        """Whether the CV keeps its limit, judged before rounding; None while a school's figure is missing."""
        return (
            None
            if self.square is None or self.missing
            else is_within(self.square, Fraction(self.limit), is_included=True)
        )


def spread(rows: Iterable[StageRow], one: Indicator, stage: Stage) -> Spread:
    """The county's mean and CV of an indicator, weighted by pupils, over the schools whose figure is there."""
    counted = [row for row in rows if row.stage is stage and not row.excluded]
    known = [row for row in counted if one in row.items]
    items, pupils = [row.items[one] for row in known], [row.pupils for row in known]
    mean = sum(items, Fraction(0)) * one.per / sum(pupils) if pupils else None
    square = weighted_cv_square(items, pupils)
    return Spread(one, stage, len(counted), len(counted) - len(known), mean, square)


@dataclass(frozen=True)
class County:
    """A county's rows of one school year, and what follows from them."""

    rows: tuple[StageRow, ...]
    spreads: dict[tuple[Stage, Indicator], Spread] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[StageRow]) -> "County":
        """Judge the rows."""
        kept = tuple(rows)
        return cls(kept, {(stage, one): spread(kept, one, stage) for stage in STAGES for one in Indicator})

    def counted(self, stage: Stage | None = None) -> list[StageRow]:
        """The rows that count, of one stage or of both."""
        return [row for row in self.rows if not row.excluded and stage in (None, row.stage)]

    def passed(self, stage: Stage | None = None) -> int:
        """How many pass."""
        return sum(row.is_passed is True for row in self.counted(stage))

    def unknown(self, stage: Stage | None = None) -> int:
        """For how many a missing figure decides."""
        return sum(row.is_passed is None for row in self.counted(stage))

    def below(self, stage: Stage, one: Indicator) -> int:
        """How many schools of a stage do not reach an indicator's threshold."""
        return sum(one in row.lacking for row in self.counted(stage))

    @property
    def has_stage(self) -> tuple[Stage, ...]:
        """The stages that any school here teaches."""
        return tuple(stage for stage in STAGES if self.counted(stage))


def shown(value: Fraction | Decimal | None, places: int = 2) -> str:
    """A figure as the official tables have it; a missing one is a dash."""
    return "–" if value is None else f"{rounded(value, places):f}"


def rounded(value: Fraction | Decimal, places: int = 2) -> Decimal:
    """Half up, as the official tables are rounded."""
    step = Decimal(1).scaleb(-places)
    if isinstance(value, Decimal):
        return value.quantize(step, ROUND_HALF_UP)
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)
