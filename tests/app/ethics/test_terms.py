"""School terms, what a school owes in one, and the last day of a term of months."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ethics.coverage import standing_of, term_of
from app.ethics.forms import months_later
from app.ethics.models import ActivityKind

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 9, 1), date(2026, 9, 1), date(2027, 1, 31)),
        (date(2027, 1, 31), date(2026, 9, 1), date(2027, 1, 31)),
        (date(2027, 2, 1), date(2027, 2, 1), date(2027, 7, 31)),
        (date(2027, 8, 15), date(2027, 2, 1), date(2027, 7, 31)),
    ],
)
def test_the_term_of_a_day(day, first, last):
    term = term_of(day)
    assert (term.first, term.last) == (first, last)


def test_the_present_month_is_owed_only_once_it_is_over():
    days = {
        ActivityKind.STUDY: [date(2026, 9, 3), date(2026, 9, 20)],
        ActivityKind.SUPERVISION: [date(2026, 6, 1)],
        ActivityKind.REVIEW: [date(2026, 11, 2)],
    }
    now = standing_of(days, term_of(date(2026, 11, 22)), date(2026, 11, 22))
    assert now.missing == (date(2026, 10, 1),)
    assert (now.studied, now.owed, now.supervised, now.reviewed) == (1, 2, 0, 1)
    later = standing_of(days, term_of(date(2026, 12, 1)), date(2026, 12, 1))
    assert later.missing == (date(2026, 10, 1), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 11, 1), 12, date(2027, 10, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 12, 15), 1, date(2027, 1, 14)),
    ],
)
def test_the_last_day_of_a_term(day, months, last):
    assert months_later(day, months) == last


@given(DAYS, st.integers(1, 600))
def test_a_longer_term_never_ends_sooner_and_none_ends_before_it_begins(day, months):
    last = months_later(day, months)
    assert last >= day
    assert months_later(day, months + 1) > last


@given(DAYS, st.integers(1, 60))
def test_two_terms_one_behind_the_other_leave_no_gap_of_more_than_a_few_days(day, months):
    after = months_later(day, months) + timedelta(days=1)
    assert abs((months_later(after, months) - months_later(day, 2 * months)).days) <= 3
