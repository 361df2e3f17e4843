"""School terms: the first from August to January, the second from February to July."""

from datetime import date

type Term = tuple[int, int]
FIRST, SECOND = 1, 2


def term_of(day: date) -> Term:
    """(school year by its first calendar year, term) of a day."""
    if day.month >= 8:
        return day.year, FIRST
    return (day.year - 1, FIRST) if day.month == 1 else (day.year - 1, SECOND)


def terms_between(first: date, last: date) -> list[Term]:
    """Every term that holds a day of the span, in their order."""
    found, here = [], term_of(first)
    while here <= term_of(last):
        found.append(here)
        here = (here[0], SECOND) if here[1] == FIRST else (here[0] + 1, FIRST)
    return found if first <= last else []
