"""A month as weeks of days, each with the sessions that take place on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.training.models import TrainingSession

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass
class Day:
    """One day of the sheet; days of the neighbouring months fill the weeks."""

    day: date
    is_inside: bool
    sessions: list[TrainingSession] = field(default_factory=list)


def month_of(text: str, today: date) -> date:
    """The first day of the month that an address names as 2026-11; this month where it names none."""
    try:
        year, month = text.split("-")
        first = date(int(year), int(month), 1)
    except ValueError:
        return today.replace(day=1)
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else today.replace(day=1)


def neighbour(first: date, step: int) -> date:
    """The first day of the month before (-1) or after (1)."""
    return (first - timedelta(days=1)).replace(day=1) if step < 0 else last_day(first) + timedelta(days=1)


def last_day(first: date) -> date:
    """The last day of a month."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def sheet_bounds(first: date) -> tuple[date, date]:
    """The Monday and the Sunday between which a month's sheet lies."""
    last = last_day(first)
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def weeks(first: date, sessions: Sequence[TrainingSession]) -> list[list[Day]]:
    """The sheet of a month."""
    start, end = sheet_bounds(first)
    days = {
        start + timedelta(days=n): Day(start + timedelta(days=n), (start + timedelta(days=n)).month == first.month)
        for n in range((end - start).days + 1)
    }
    for session in sessions:
        day = max(session.begins_on, start)
        while day <= min(session.ends_on, end):
            days[day].sessions.append(session)
            day += timedelta(days=1)
    ordered = list(days.values())
    return [ordered[n : n + 7] for n in range(0, len(ordered), 7)]
