"""The draw as arithmetic: repeatable, spread over schools, and without favourites."""

import hashlib
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.growth.drawing import Numbers, digest_of, draw, seed_of

# Upper 0.1 % points of chi-square for the degrees of freedom used here (NIST tables).
CRITICAL = {59: 98.324, 11: 31.264}
POOL = {
    school: [100 * school + n for n in range(size)] for school, size in enumerate((2, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7))
}


def seed(text):
    return hashlib.sha256(text.encode()).digest()


def test_the_same_seed_and_pool_give_the_same_draw_in_whatever_order_the_pool_comes():
    backwards = {school: POOL[school][::-1] for school in reversed(POOL)}
    assert draw(seed("a"), POOL, 5) == draw(seed("a"), backwards, 5)
    assert digest_of(POOL) == digest_of(backwards)
    assert draw(seed("a"), POOL, 5) != draw(seed("b"), POOL, 5)


def test_the_seed_hangs_on_link_pool_and_week():
    link, digest = bytes(32), digest_of(POOL)
    assert (
        len(
            {
                seed_of(link, digest, "2026-W47"),
                seed_of(link, digest, "2026-W48"),
                seed_of(b"x" * 32, digest, "2026-W47"),
                seed_of(link, digest_of({1: [1]}), "2026-W47"),
            }
        )
        == 4
    )


@given(
    sizes=st.lists(st.integers(0, 40), min_size=1, max_size=15),
    number=st.integers(1, 20),
    word=st.binary(min_size=32, max_size=32),
)
def test_each_school_gives_one_teacher_of_its_own_and_as_many_are_met_as_there_can_be(sizes, number, word):
    pool = {school: [1000 * school + n for n in range(size)] for school, size in enumerate(sizes)}
    found = draw(word, pool, number)
    schools = [one.school_id for one in found]
    assert len(set(schools)) == len(schools) == min(number, sum(size > 0 for size in sizes))
    assert all(sorted(one.teacher_ids) == pool[one.school_id] for one in found)


def test_over_ten_thousand_weeks_no_teacher_and_no_first_place_is_favoured():
    weeks, number = 10_000, 5
    teachers, schools = Counter(), Counter()
    for week in range(weeks):
        for one in draw(seed(f"week {week}"), POOL, number):
            teachers[one.teacher_ids[0]] += 1
            schools[one.school_id] += 1
    people = sum(map(len, POOL.values()))
    assert people == 60
    expected = Fraction(weeks * number, people)
    assert sum((teachers[t] - expected) ** 2 / expected for own in POOL.values() for t in own) < CRITICAL[59]
    assert (
        sum((schools[s] - expected * len(own)) ** 2 / (expected * len(own)) for s, own in POOL.items()) < CRITICAL[11]
    )


def test_a_favourite_would_be_found():
    expected = Fraction(10_000 * 5, 60)
    crooked = {teacher: expected for own in POOL.values() for teacher in own}
    crooked[0] += 300
    assert sum((number - expected) ** 2 / expected for number in crooked.values()) > CRITICAL[59]


def test_a_school_with_more_than_its_even_share_is_met_every_week():
    pool = {1: list(range(30)), 2: [100, 101], 3: [200, 201], 4: [300, 301]}
    for week in range(200):
        assert 1 in {one.school_id for one in draw(seed(str(week)), pool, 2)}


@pytest.mark.parametrize("bound", [1, 2, 3, 7, 60])
def test_numbers_stay_below_their_bound_and_reach_every_value(bound):
    numbers = Numbers(seed("numbers"))
    assert {numbers.below(bound) for _ in range(50 * bound)} == set(range(bound))
