"""The periods that figures are of, and how much of one is over."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from app.ethics.coverage import term_of
from app.targets.packs.pack import Pack, Per

YEARS = {Per.TWO_YEARS: 2, Per.THREE_YEARS: 3, Per.FIVE_YEARS: 5}


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def elapsed(self, day: date) -> Fraction:
        """How much of it is over at the end of a day, from 0 to 1."""
        if day >= self.last:
            return Fraction(1)
        return Fraction(max(0, (day - self.first).days + 1), (self.last - self.first).days + 1)


def school_year_of(day: date) -> int:
    """The school year that a day lies in, by the calendar year it begins in; it runs from September to August."""
    return day.year if day.month >= 9 else day.year - 1


def school_year(year: int) -> Period:
    """A school year by the calendar year it begins in."""
    return Period(date(year, 9, 1), date(year + 1, 8, 31))


def period_of(per: Per | None, on: date, pack: Pack) -> Period:
    """The period that a day lies in. Rounds of years are counted from the pack's first year."""
    if per in YEARS:
        length = YEARS[per]
        first = pack.from_on.year + (on.year - pack.from_on.year) // length * length
        return Period(date(first, 1, 1), date(first + length - 1, 12, 31))
    if per is Per.YEAR:
        return Period(date(on.year, 1, 1), date(on.year, 12, 31))
    if per is Per.SCHOOL_YEAR:
        return school_year(school_year_of(on))
    if per is Per.TERM:
        term = term_of(on)
        return Period(term.first, term.last)
    if per is Per.MONTH:
        after = date(on.year + on.month // 12, on.month % 12 + 1, 1)
        return Period(on.replace(day=1), after - timedelta(days=1))
    if per is Per.WEEK:
        monday = on - timedelta(days=on.weekday())
        return Period(monday, monday + timedelta(days=6))
    if per is Per.PACK:
        return Period(pack.from_on, pack.to_on)
    return Period(date.min, on)
