"""The official CV: weighted by pupils, exact, and not the one that a spreadsheet gives."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.targets.evaluators.variation import is_within, weighted_cv, weighted_cv_square

HALF = Fraction(1, 2)
PUPILS, ITEMS = [45, 37, 89, 76, 55], [279, 137, 935, 160, 402]


def test_the_published_example_gives_the_weighted_figure():
    assert round(weighted_cv(ITEMS, PUPILS), 3) == Fraction(515, 1000)
    assert not is_within(weighted_cv_square(ITEMS, PUPILS), HALF, is_included=True)  # the unweighted 0.489 would pass


def test_the_limit_itself_is_kept_and_a_hair_more_is_not():
    # Two schools of as many pupils, 3 and 1 things each: mean 2, deviation 1, CV exactly one half.
    half = weighted_cv_square([300, 100], [100, 100])
    assert is_within(half, HALF, is_included=True)
    assert not is_within(half, HALF, is_included=False)
    assert not is_within(weighted_cv_square([301, 100], [100, 100]), HALF, is_included=True)


def test_nothing_anywhere_has_no_variation():
    assert weighted_cv_square([0, 0], [10, 20]) is None
    with pytest.raises(ValueError, match="as many items"):
        weighted_cv_square([1, 2], [10])


schools = st.lists(st.tuples(st.integers(1, 500), st.integers(1, 3000)), min_size=1, max_size=20)


@given(schools, st.integers(2, 9))
def test_more_of_everything_changes_no_variation(rows, factor):
    items, pupils = [item for item, _n in rows], [number for _item, number in rows]
    assert weighted_cv_square([item * factor for item in items], pupils) == weighted_cv_square(items, pupils)


@given(schools)
def test_a_school_counts_as_its_halves_would(rows):
    items, pupils = [2 * item for item, _n in rows], [2 * number for _item, number in rows]
    halves = [item // 2 for item in items for _ in range(2)], [number // 2 for number in pupils for _ in range(2)]
    assert weighted_cv_square(*halves) == weighted_cv_square(items, pupils)
