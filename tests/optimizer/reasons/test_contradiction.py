"""Contradicting locks in words."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer import Problem, solve
from optimizer.reasons import Contradiction, conflict_words
from tests.optimizer.counties import Data, posts, problem, school, staff, teacher, tiny


def words(data: Data, **more: Any) -> Contradiction:
    made = Problem.from_dict(data)
    found = conflict_words(made, solve(made), **more)
    assert found is not None
    return found


def lock(name: str, to: str | None) -> Data:
    return {"teacher": name, "to": to}


def codes(found: Contradiction) -> list[str]:
    return [clash.code for clash in found.clashes]


def test_locks_that_fit_have_no_contradiction() -> None:
    made = Problem.from_dict(problem([school("A"), school("B", needs=posts(art=1))], [teacher("t", "A")]))
    assert conflict_words(made, solve(made)) is None


def test_two_locks_for_one_seat() -> None:
    places = [school("A"), school("B", needs=posts(art=3), quota=2)]
    people = [teacher("t", "A"), teacher("u", "A"), *staff("A", 1), *staff("B", 1)]
    found = words(problem(places, people, locks=[lock("t", "B"), lock("u", "B")]))
    assert [row["teacher"] for row in found.locks] == ["t", "u"]
    assert codes(found) == ["H2"] and not found.together
    assert found.clashes[0].params == {"school": "B", "stage": None, "subject": None, "after": 3, "limit": 2}
    assert "B has 2 seats and would have 3 staff" in found.message


def test_a_lock_to_stay_clashes_at_the_school_that_would_be_too_full() -> None:
    places = [school("A", needs=posts(music=1)), school("B", needs=posts(art=1), quota=1)]
    people = [teacher("t0", "A"), teacher("v", "B", subject="music")]
    found = words(problem(places, people, locks=[lock("t0", "B"), lock("v", None)]))
    assert len(found.locks) == 2
    assert codes(found) == ["H2"] and found.clashes[0].params["school"] == "B"


@pytest.mark.parametrize(
    ("settings", "origin", "to", "who", "rule"),
    [
        ({"net_loss_rate": 0.2}, {}, {}, {}, "H3"),
        ({"out_rate": 0.2}, {}, {}, {}, "H5"),
        ({"max_move_rate": 0.5}, {}, {}, {}, "H6"),
        ({}, {"needs": posts(art=1)}, {}, {}, "H4"),
        ({"backbone_floor": 1}, {"students": {"primary": 50}}, {}, {"backbone": True}, "H7"),
    ],
)
def test_each_rule_is_named_with_its_school(settings: Data, origin: Data, to: Data, who: Data, rule: str) -> None:
    # Two go from A: over the loss of one, the out-rate of one, the cap of one, the last art teacher, the last title.
    places = [school("A", **origin), school("B", needs=posts(art=3))]
    people = [teacher("t", "A", **who), teacher("u", "A", **who), *staff("A", 3)]
    found = words(problem(places, people, locks=[lock("t", "B"), lock("u", "B")], settings=settings))
    assert codes(found) == [rule]
    assert found.clashes[0].params["school"] == (None if rule == "H6" else "A")


def test_two_rules_that_each_forbid_are_named_together() -> None:
    places = [school("A"), school("B", needs=posts(art=3))]
    people = [teacher("t", "A"), teacher("u", "A"), *staff("A", 3)]
    settings = {"net_loss_rate": 0.2, "out_rate": 0.2}
    found = words(problem(places, people, locks=[lock("t", "B"), lock("u", "B")], settings=settings))
    assert sorted(codes(found)) == ["H3", "H5"] and found.together


@pytest.mark.parametrize(
    ("to", "rest", "code"),
    [
        ("A", {}, "own_school"),
        ("C", {}, "no_post"),
        ("B", {"settings": {"max_km": 5}}, "too_far"),
        ("B", {"settings": {"directions": ["down"]}}, "direction_not_allowed"),
        ("B", {"bans": [lock("t", "B")]}, "banned"),
    ],
)
def test_a_lock_without_an_arc_says_why(to: str, rest: Data, code: str) -> None:
    places = [
        school("A", lat=24.0, lng=103.0), school("B", lat=24.1, lng=103.0, needs=posts(art=1)), school("C"),
    ]  # fmt: skip
    found = words(problem(places, [teacher("t", "A")], locks=[lock("t", to)], **rest))
    assert codes(found) == [code]


def test_without_time_the_locked_moves_speak_for_themselves() -> None:
    places = [school("A"), school("B", needs=posts(art=3), quota=2)]
    people = [teacher("t", "A"), teacher("u", "A"), *staff("A", 1), *staff("B", 1)]
    found = words(problem(places, people, locks=[lock("t", "B"), lock("u", "B")]), time_limit=0)
    assert codes(found) == ["H2"]


def test_every_contradiction_of_random_counties_is_explained() -> None:
    seen = 0
    for seed in range(120):
        made = Problem.from_dict(tiny(seed))
        solution = solve(made)
        if solution.status == "infeasible":
            found = conflict_words(made, solution)
            assert found is not None and found.clashes, seed
            seen += 1
    assert seen > 3
