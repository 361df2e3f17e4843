"""Counting the days of a public notice."""

from datetime import date, timedelta

SHORTEST, LONGEST = 5, 7


def weekdays(first: date, last: date) -> int:
    """Mondays to Fridays from `first` to `last`, both included. Public holidays are the office's to know."""
    days = (last - first).days + 1
    return sum((first + timedelta(n)).weekday() < 5 for n in range(max(0, days)))


def end_of_term(start: date, years: int) -> date:
    """The last day of a term: 31 July for one that begins with a school year, else the day before the same date."""
    if start.month in (8, 9):
        return date(start.year + years, 7, 31)
    same = date(start.year + years, start.month, min(start.day, 28) if start.month == 2 else start.day)
    return same - timedelta(1)
