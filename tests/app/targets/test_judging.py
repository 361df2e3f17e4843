"""Verdicts, by plain figures: exact comparison, dated thresholds, the even way, whole steps. No database."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.targets.evaluators.finding import Ask, Found, Lacking, Row, Who
from app.targets.evaluators.judging import aim_of, judged
from app.targets.evaluators.outcome import PartOutcome, Verdict, worst
from app.targets.evaluators.periods import Period, period_of
from app.targets.packs import Clause, Kind, Operator, Pack, Part, Per, Threshold, Unit
from app.targets.wording import written

YEARS = (date(2023, 1, 1), date(2025, 12, 31))


@dataclass
class Day:
    """All of a frame that a verdict asks for."""

    on: date


def ask(on=date(2026, 11, 1), *thresholds, kind=Kind.RATIO, **fields):
    part = Part("", kind, "filled", thresholds=thresholds, **fields)
    clause = Clause("T-01", "", "", "", (part,))
    return Ask(Day(on), Pack("t", "", "", "", "", *YEARS, (clause,)), clause, part)


def verdict(found, *args, **more):
    return judged(ask(*args, **more), found).verdict


def test_a_rounded_ten_per_cent_is_not_ten_per_cent():
    found = Found(249, 2500)
    assert written(found.figure, Unit.PERCENT) == "10.0 %"
    assert verdict(found, date(2026, 11, 1), Threshold(Fraction(1, 10))) is Verdict.MISSED
    assert judged(ask(date(2026, 11, 1), Threshold(Fraction(1, 10))), found).missing == 1
    assert verdict(Found(250, 2500), date(2026, 11, 1), Threshold(Fraction(1, 10))) is Verdict.MET


@pytest.mark.parametrize(
    ("operator", "numerator", "expected"),
    [
        (Operator.AT_LEAST, 5, Verdict.MET),
        (Operator.ABOVE, 5, Verdict.MISSED),
        (Operator.AT_MOST, 5, Verdict.MET),
        (Operator.BELOW, 5, Verdict.MISSED),
        (Operator.BELOW, 4, Verdict.MET),
        (Operator.AT_MOST, 6, Verdict.MISSED),
    ],
)
def test_each_comparison_at_its_edge(operator, numerator, expected):
    found = Found(numerator, 10)
    assert verdict(found, date(2026, 11, 1), Threshold(Fraction(1, 2)), operator=operator) is expected


DATED = (
    Threshold(Fraction(10, 100), by=date(2023, 12, 31)),
    Threshold(Fraction(20, 100), by=date(2024, 12, 31)),
    Threshold(Fraction(40, 100), by=date(2025, 12, 31)),
)


@pytest.mark.parametrize(
    ("on", "aimed", "by"),
    [
        (date(2023, 1, 1), 10, date(2023, 12, 31)),
        (date(2023, 12, 31), 10, date(2023, 12, 31)),
        (date(2024, 1, 1), 20, date(2024, 12, 31)),
        (date(2025, 12, 31), 40, date(2025, 12, 31)),
        (date(2030, 1, 1), 40, None),
    ],
)
def test_the_next_threshold_is_aimed_at_and_the_last_one_stays(on, aimed, by):
    asked = ask(on, *DATED)
    aim = aim_of(asked.part, on, asked.period, YEARS[0])
    assert (aim.value * 100, aim.by) == (aimed, by)


def test_on_its_day_a_figure_is_due():
    assert verdict(Found(19, 100), date(2024, 12, 31), *DATED) is Verdict.MISSED
    assert verdict(Found(19, 100), date(2024, 12, 20), *DATED) is Verdict.MISSED
    assert verdict(Found(19, 100), date(2024, 11, 1), *DATED) is Verdict.ON_COURSE
    # What fell due before has to stand, whatever the day.
    assert verdict(Found(9, 100), date(2024, 1, 1), *DATED) is Verdict.MISSED


@given(st.integers(0, 100), st.dates(date(2023, 1, 1), date(2026, 12, 31)))
def test_more_is_never_worse(numerator, on):
    order = [Verdict.MISSED, Verdict.ON_COURSE, Verdict.MET]
    less, more = (verdict(Found(one, 100), on, *DATED) for one in (numerator, min(100, numerator + 1)))
    assert order.index(less) <= order.index(more)


@given(st.integers(0, 60), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_a_number_of_a_year_goes_in_whole_steps(number, on):
    found = verdict(Found(number), on, Threshold(Fraction(50)), kind=Kind.COUNT, per=Per.YEAR)
    days = (on - date(2025, 12, 31)).days
    if number >= 50:
        assert found is Verdict.MET
    elif number >= 50 * days // 365 and on < date(2026, 12, 31):
        assert found is Verdict.ON_COURSE
    else:
        assert found is Verdict.MISSED


def test_of_units_the_share_decides():
    rows = tuple(Row(Who.SCHOOL, n, f"{n}", 1 if n < 3 else 0) for n in range(4))
    half = Threshold(Fraction(1), share=Fraction(3, 4))
    outcome = judged(ask(date(2026, 11, 1), half, kind=Kind.EACH), Found(rows=rows))
    assert (outcome.verdict, outcome.numerator, outcome.missing) == (Verdict.MET, 3, 0)
    outcome = judged(ask(date(2026, 11, 1), Threshold(Fraction(1)), kind=Kind.EACH), Found(rows=rows))
    assert (outcome.verdict, outcome.missing) == (Verdict.MISSED, 1)


def test_units_without_a_figure_do_not_pass_and_say_so():
    rows = (Row(Who.SCHOOL, 1, "甲", 1), Row(Who.SCHOOL, 2, "乙", None))
    outcome = judged(ask(date(2026, 11, 1), Threshold(Fraction(1)), kind=Kind.EACH), Found(rows=rows))
    assert (outcome.verdict, outcome.notes) == (Verdict.MISSED, ("some_unknown",))
    outcome = judged(ask(date(2026, 11, 1), Threshold(Fraction(1)), kind=Kind.EACH), Found(rows=rows[1:]))
    assert (outcome.verdict, outcome.notes) == (Verdict.UNKNOWN, ("not_filled",))


def test_in_a_round_those_count_who_keep_up():
    people = frozenset(range(10))
    found = Found(4, 10, counted=frozenset(range(4)), among=people, on_pace=frozenset(range(4, 10)))
    assert verdict(found, date(2026, 11, 1), Threshold(Fraction(1)), kind=Kind.CYCLE) is Verdict.ON_COURSE
    found = Found(4, 10, counted=frozenset(range(4)), among=people, on_pace=frozenset(range(4, 9)))
    assert verdict(found, date(2026, 11, 1), Threshold(Fraction(1)), kind=Kind.CYCLE) is Verdict.MISSED
    # Where nobody's pace is known, as many are through as the days ask for.
    half = Found(50, 100, counted=frozenset(range(50)), among=frozenset(range(100)))
    assert verdict(half, date(2026, 6, 1), Threshold(Fraction(1)), kind=Kind.CYCLE, per=Per.YEAR) is Verdict.ON_COURSE
    assert verdict(half, date(2026, 8, 1), Threshold(Fraction(1)), kind=Kind.CYCLE, per=Per.YEAR) is Verdict.MISSED


def test_a_number_that_the_county_has_still_to_set_gives_no_verdict():
    outcome = judged(ask(kind=Kind.COUNT, is_set_by_county=True), Found(7))
    assert (outcome.verdict, outcome.figure, outcome.notes) == (Verdict.UNKNOWN, 7, ("county_sets",))


def test_a_gate_lets_nobody_pass():
    assert verdict(Found(0), kind=Kind.GATE, operator=Operator.AT_MOST) is Verdict.MET
    outcome = judged(ask(kind=Kind.GATE, operator=Operator.AT_MOST), Found(2))
    assert (outcome.verdict, outcome.missing) == (Verdict.MISSED, 2)


def test_the_worst_part_decides():
    assert worst([Verdict.MET, Verdict.ON_COURSE, Verdict.UNKNOWN]) is Verdict.UNKNOWN
    assert worst([Verdict.UNKNOWN, Verdict.MISSED]) is Verdict.MISSED
    assert worst([Verdict.MET, Verdict.REPORTED]) is Verdict.MET


@given(st.fractions(), st.lists(st.fractions(), max_size=3))
def test_what_is_kept_is_read_back_the_same(figure, numbers):
    rows = tuple(Row(Who.SCHOOL, n, "校", number) for n, number in enumerate(numbers))
    outcome = judged(ask(date(2026, 11, 1), Threshold(Fraction(1)), kind=Kind.EACH), Found(rows=rows))
    assert PartOutcome.of(outcome.kept()) == outcome
    outcome = judged(ask(date(2026, 11, 1), Threshold(Fraction(1))), Found(figure, 3))
    assert PartOutcome.of(outcome.kept()) == outcome


def test_nothing_to_measure_by_is_unknown():
    outcome = judged(ask(), Lacking(("not_judged",)))
    assert (outcome.verdict, outcome.notes) == (Verdict.UNKNOWN, ("not_judged",))


@pytest.mark.parametrize(
    ("per", "first", "last"),
    [
        (Per.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
        (Per.SCHOOL_YEAR, date(2025, 9, 1), date(2026, 8, 31)),
        (Per.MONTH, date(2026, 2, 1), date(2026, 2, 28)),
        (Per.WEEK, date(2026, 2, 9), date(2026, 2, 15)),
        (Per.TERM, date(2026, 2, 1), date(2026, 7, 31)),
        (Per.TWO_YEARS, date(2025, 1, 1), date(2026, 12, 31)),
        (Per.THREE_YEARS, date(2026, 1, 1), date(2028, 12, 31)),
        (Per.FIVE_YEARS, date(2023, 1, 1), date(2027, 12, 31)),
        (Per.PACK, *YEARS),
    ],
)
def test_periods(per, first, last):
    assert period_of(per, date(2026, 2, 15), ask().pack) == Period(first, last)
