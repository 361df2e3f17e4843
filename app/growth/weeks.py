"""Weeks as ISO 8601 counts them, such as 2026-W47, and the school year they belong to."""

import re
from datetime import date, timedelta

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
FIRST_MONTH = 9


def week_of(day: date) -> str:
    """The week a day lies in."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"


def monday_of(week: str) -> date:
    """The first day of a week. ValueError where there is no such week."""
    found = _WEEK.fullmatch(week)
    if found is None:
        raise ValueError(week)
    return date.fromisocalendar(int(found[1]), int(found[2]), 1)


def school_year_of(week: str) -> int:
    """The school year, by its first calendar year, that the Thursday of the week lies in."""
    thursday = monday_of(week) + timedelta(days=3)
    return thursday.year if thursday.month >= FIRST_MONTH else thursday.year - 1
