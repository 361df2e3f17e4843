"""Verdicts: a figure against its threshold, exactly, and on course where the day has still to come."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.targets.evaluators.finding import Who


class Verdict(StrEnum):
    """How a clause stands."""

    MET = "met"
    ON_COURSE = "on_course"
    MISSED = "missed"
    UNKNOWN = "unknown"
    REPORTED = "reported"

    @property
    def label(self) -> LazyString:
        """The verdict in the person's language."""
        return {
            "met": _l("Reached"),
            "on_course": _l("On course"),
            "missed": _l("Not reached"),
            "unknown": _l("Not measurable yet"),
            "reported": _l("For information"),
        }[self.value]

    @property
    def icon(self) -> str:
        """The icon that stands beside the word."""
        return {
            "met": "circle-check",
            "on_course": "clock",
            "missed": "alert-triangle",
            "unknown": "help-circle",
            "reported": "info-circle",
        }[self.value]


class Source(StrEnum):
    """Where a figure comes from."""

    MEASURED = "measured"
    FILLED = "filled"
    MIXED = "mixed"

    @property
    def label(self) -> LazyString:
        """The source in the person's language."""
        return {
            "measured": _l("Measured from the records"),
            "filled": _l("Filled in"),
            "mixed": _l("Partly measured, partly filled in"),
        }[self.value]


_WORST = (Verdict.MISSED, Verdict.UNKNOWN, Verdict.ON_COURSE, Verdict.MET, Verdict.REPORTED)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One school, group, studio or person of an “each” clause, judged."""

    who: Who
    id: int
    name: str
    numerator: Fraction | None
    denominator: Fraction | None
    figure: Fraction | None
    needed: Fraction | None
    passes: bool | None


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """One figure, judged. `threshold` is what is aimed at now, by `by` where that day has still to come, and `path`
    what it should have reached today on the even way there; `missing` counts the people or units that are short."""

    key: str
    verdict: Verdict
    figure: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    threshold: Fraction | None = None
    by: date | None = None
    path: Fraction | None = None
    missing: int | None = None
    who: Who = Who.TEACHER
    rows: tuple[UnitRow, ...] = ()
    notes: tuple[str, ...] = ()
    source: Source = Source.MEASURED

    def kept(self) -> dict[str, Any]:
        """The outcome as JSON keeps it."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "PartOutcome":
        """Read what `kept` wrote."""
        rows = tuple(_unit(row) for row in kept["rows"])
        return cls(
            key=kept["key"],
            verdict=Verdict(kept["verdict"]),
            **{name: _exact(kept[name]) for name in _NUMBERS},
            by=date.fromisoformat(kept["by"]) if kept["by"] else None,
            missing=kept["missing"],
            who=Who(kept["who"]),
            rows=rows,
            notes=tuple(kept["notes"]),
            source=Source(kept["source"]),
        )


_ROW_NUMBERS = ("numerator", "denominator", "figure", "needed")
_NUMBERS = ("figure", "numerator", "denominator", "threshold", "path")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A clause on a day: the worst of its figures, and each of them."""

    clause_id: str
    on: date
    parts: tuple[PartOutcome, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of the parts."""
        return worst(part.verdict for part in self.parts)

    @property
    def leading(self) -> PartOutcome:
        """The part that decides the verdict."""
        return min(self.parts, key=lambda part: _WORST.index(part.verdict))

    def part(self, key: str) -> PartOutcome | None:
        """The part with a key."""
        return next((part for part in self.parts if part.key == key), None)

    def without_rows(self) -> "Outcome":
        """The outcome without its units, for lists."""
        return replace(self, parts=tuple(replace(part, rows=()) for part in self.parts))


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of some verdicts."""
    return min(verdicts, key=_WORST.index, default=Verdict.UNKNOWN)


def _unit(kept: Mapping[str, Any]) -> UnitRow:
    numerator, denominator, figure, needed = map(_exact, (kept[name] for name in _ROW_NUMBERS))
    return UnitRow(Who(kept["who"]), kept["id"], kept["name"], numerator, denominator, figure, needed, kept["passes"])


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.value if isinstance(value, StrEnum) else value


def _exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
