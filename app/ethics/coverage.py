"""What a school owes: a study meeting a month, a supervision and a review a term. Knows no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.ethics.models import ActivityKind


@dataclass(frozen=True, slots=True)
class Term:
    """A school term: autumn from September to January, spring from February to July."""

    first: date
    last: date

    def months(self, day: date) -> list[date]:
        """The first days of the term's months up to a day; the holidays owe nothing."""
        found, month = [], self.first
        while month <= min(day, self.last):
            found.append(month)
            month = date(month.year + (month.month == 12), month.month % 12 + 1, 1)
        return found


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a school stands in a term."""

    studied: int
    owed: int
    missing: tuple[date, ...]
    supervised: int
    reviewed: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing so far."""
        return not self.missing


def term_of(day: date) -> Term:
    """The term that a day lies in; in August, the one that has just ended."""
    if 2 <= day.month <= 8:
        return Term(date(day.year, 2, 1), date(day.year, 7, 31))
    year = day.year if day.month >= 9 else day.year - 1
    return Term(date(year, 9, 1), date(year + 1, 1, 31))


def standing_of(days: Mapping[ActivityKind, Sequence[date]], term: Term, day: date) -> Standing:
    """What a school did in the term so far; the present month is owed only once it is over."""
    within = {kind: [d for d in held if term.first <= d <= term.last] for kind, held in days.items()}
    studied = {(d.year, d.month) for d in within[ActivityKind.STUDY]}
    over = [m for m in term.months(day) if (m.year, m.month) != (day.year, day.month)]
    missing = tuple(month for month in over if (month.year, month.month) not in studied)
    return Standing(
        studied=len(studied),
        owed=len(over),
        missing=missing,
        supervised=len(within[ActivityKind.SUPERVISION]),
        reviewed=len(within[ActivityKind.REVIEW]),
    )
