"""School years, by their first calendar year."""

from datetime import date

FIRST_MONTH = 9
FIRST_YEAR, LAST_YEAR = 2000, 2100


def school_year_of(day: date) -> int:
    """The school year that a day lies in."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def first_day(year: int) -> date:
    """The day a school year begins."""
    return date(year, FIRST_MONTH, 1)


def last_day(year: int) -> date:
    """The last day of a school year."""
    return date(year + 1, 8, 31)
