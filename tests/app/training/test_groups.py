"""Small groups stay hidden, and nothing shown lets them be worked out."""

from hypothesis import given
from hypothesis import strategies as st

from app.training.queries.feedback import SMALLEST, hidden_groups


@given(st.lists(st.integers(1, 40), max_size=8))
def test_what_is_hidden_is_nobody_or_at_least_five_together(sizes):
    hidden = hidden_groups(sizes)
    together = sum(sizes[index] for index in hidden)
    assert all(index in hidden for index, size in enumerate(sizes) if size < SMALLEST)
    assert not hidden or together >= SMALLEST or len(hidden) == len(sizes)


@given(st.lists(st.integers(SMALLEST, 40), max_size=8))
def test_large_groups_are_all_shown(sizes):
    assert hidden_groups(sizes) == set()


def test_the_smallest_of_the_others_hides_the_one():
    assert hidden_groups([20, 3, 8]) == {1, 2}
