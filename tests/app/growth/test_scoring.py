"""Scores of the ladder are what paper and pencil give."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.growth.scoring import as_shown, mean_of
from app.studios.operations.appraising import score_of


@given(st.lists(st.lists(st.integers(0, 100), min_size=2, max_size=2), min_size=1, max_size=7))
def test_a_score_is_what_paper_and_pencil_give(scores):
    criteria = [{"name": "业绩", "weight": 60}, {"name": "教研", "weight": 40}]
    means = [score_of(criteria, one) for one in scores]
    exact = sum((Fraction(60 * a + 40 * b, 100) for a, b in scores), Fraction(0)) / len(scores)
    assert mean_of(means) == exact
    assert abs(Fraction(as_shown(exact)) - exact) <= Fraction(5, 1000)
    assert as_shown(exact) == as_shown(exact).quantize(Decimal("0.01"))
