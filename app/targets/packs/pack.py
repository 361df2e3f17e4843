"""What a pack is made of. A clause has one part or several: each is one figure with its own measure and threshold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

FORMAT = 1


class Kind(StrEnum):
    """What evaluates a figure."""

    RATIO = "ratio"
    COUNT = "count"
    EACH = "each"
    CV = "cv"
    CYCLE = "cycle"
    GATE = "gate"
    REPORT = "report"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {
            "ratio": _l("A share"),
            "count": _l("A number in a period"),
            "each": _l("Every school, group, studio or person"),
            "cv": _l("Coefficient of variation between schools"),
            "cycle": _l("Everybody within a round of years"),
            "gate": _l("A bar that nobody may pass"),
            "report": _l("For information"),
        }[self.value]


class Scope(StrEnum):
    """Whose figure it is: the county's as a whole, or that of each unit."""

    COUNTY = "county"
    SCHOOL = "school"
    GROUP = "group"
    STUDIO = "studio"
    PERSON = "person"
    INSTITUTE = "institute"

    @property
    def label(self) -> LazyString:
        """The scope in the person's language."""
        return {
            "county": _l("The county as a whole"),
            "school": _l("Each school"),
            "group": _l("Each education group"),
            "studio": _l("Each studio"),
            "person": _l("Each person"),
            "institute": _l("Each institute"),
        }[self.value]


class Operator(StrEnum):
    """Which way a figure is compared with its threshold."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"

    @property
    def sign(self) -> str:
        """The mathematical sign."""
        return {"at_least": "≥", "at_most": "≤", "above": ">", "below": "<"}[self.value]

    @property
    def label(self) -> LazyString:
        """The comparison in the person's language."""
        return {
            "at_least": _l("at least"),
            "at_most": _l("at most"),
            "above": _l("more than"),
            "below": _l("less than"),
        }[self.value]

    @property
    def is_upwards(self) -> bool:
        """Whether more is better."""
        return self in (Operator.AT_LEAST, Operator.ABOVE)

    def holds(self, figure: Fraction, threshold: Fraction) -> bool:
        """Whether a figure keeps to a threshold, both exact."""
        if self is Operator.AT_LEAST:
            return figure >= threshold
        if self is Operator.AT_MOST:
            return figure <= threshold
        return figure > threshold if self is Operator.ABOVE else figure < threshold


class Unit(StrEnum):
    """How a figure is written."""

    PERCENT = "percent"
    NUMBER = "number"
    PER_100 = "per_100"
    HOURS = "hours"
    CV = "cv"
    RATIO = "ratio"
    YUAN = "yuan"

    @property
    def label(self) -> LazyString:
        """The unit in the person's language."""
        return {
            "percent": _l("Per cent"),
            "number": _l("A number"),
            "per_100": _l("For every 100 pupils"),
            "hours": _l("Hours"),
            "cv": _l("Coefficient of variation"),
            "ratio": _l("One to so many"),
            "yuan": _l("Yuan"),
        }[self.value]


class Per(StrEnum):
    """The period that a figure is of."""

    YEAR = "year"
    SCHOOL_YEAR = "school_year"
    TERM = "term"
    MONTH = "month"
    WEEK = "week"
    TWO_YEARS = "2_years"
    THREE_YEARS = "3_years"
    FIVE_YEARS = "5_years"
    PACK = "pack"

    @property
    def label(self) -> LazyString:
        """The period in the person's language."""
        return {
            "year": _l("a year"),
            "school_year": _l("a school year"),
            "term": _l("a term"),
            "month": _l("a month"),
            "week": _l("a week"),
            "2_years": _l("in two years"),
            "3_years": _l("in three years"),
            "5_years": _l("in five years"),
            "pack": _l("in the plan's years"),
        }[self.value]


@dataclass(frozen=True, slots=True)
class Threshold:
    """What is to be reached, by a day or from a day on; of each unit by the share of them that must reach it.

    `value` is None where the county has still to set the number, or where the measure sets it unit by unit.
    """

    value: Fraction | None = None
    by: date | None = None
    from_on: date | None = None
    share: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of a clause."""

    key: str
    kind: Kind
    measure: str
    words_zh: str = ""
    words_en: str = ""
    scope: Scope = Scope.COUNTY
    unit: Unit = Unit.PERCENT
    operator: Operator = Operator.AT_LEAST
    per: Per | None = None
    figure: str = ""
    is_set_by_county: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
    thresholds: tuple[Threshold, ...] = ()

    @property
    def words(self) -> str:
        """The words of the part in the person's language; empty where a clause has one part only."""
        return in_language(self.words_zh, self.words_en)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a document, with the place where it stands."""

    id: str
    words_zh: str
    words_en: str
    source: str
    parts: tuple[Part, ...]
    line: int = 0
    is_off: bool = False

    @property
    def words(self) -> str:
        """The clause in the person's language."""
        return in_language(self.words_zh, self.words_en)

    @property
    def kind(self) -> Kind:
        """The kind of its first figure."""
        return self.parts[0].kind

    def part(self, key: str) -> Part | None:
        """The part with a key."""
        return next((part for part in self.parts if part.key == key), None)


@dataclass(frozen=True, slots=True)
class Pack:
    """One document's clauses, in their order; `off` are those that a county does not let count."""

    code: str
    name_zh: str
    name_en: str
    place: str
    source: str
    from_on: date
    to_on: date
    clauses: tuple[Clause, ...]
    off: tuple[Clause, ...] = ()

    @property
    def name(self) -> str:
        """The pack's name in the person's language."""
        return in_language(self.name_zh, self.name_en)

    def clause(self, clause_id: str) -> Clause | None:
        """The clause with an id."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)


def in_language(chinese: str, english: str) -> str:
    """The wording in the person's language; the Chinese one where there is no other."""
    return english if english and str(get_locale() or "").startswith("en") else chinese
