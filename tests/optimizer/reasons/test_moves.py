"""Why this move: its loss and its alternatives, worked by hand and against brute force."""

from __future__ import annotations

import pytest

from optimizer import Ban, Cancelled, Problem, Solution, solve
from optimizer.reasons import Step, why_move
from optimizer.reasons.pricing import banned, locked
from tests.optimizer.brute import Brute
from tests.optimizer.counties import Data, posts, problem, school, small, staff, teacher, tiny

# One post at B. From 0 km: near; 11.1 km (cost 111): far; 22.2 km (cost 222): farther. C has a post nobody minds.
PLACES = [
    school("A", lat=24.0, lng=103.0), school("B", lat=24.0, lng=103.0, needs=posts(art=1), priority=True),
    school("C", lat=24.3, lng=103.0, needs=posts(art=1)),
]  # fmt: skip
PEOPLE = [
    teacher("near", "A"), teacher("far", "A", lat=23.9, lng=103.0), teacher("farther", "A", lat=23.8, lng=103.0),
    teacher("other", "A", subject="music"),
]  # fmt: skip


def county(**rest: Data) -> tuple[Problem, Solution]:
    made = Problem.from_dict(problem(PLACES, PEOPLE, settings={"max_move_rate": 0.25}, **rest))
    return made, solve(made)


def test_the_next_best_teachers_and_schools_have_their_price() -> None:
    made, solution = county()
    assert [(m.teacher, m.to) for m in solution.moves] == [("near", "B")]
    found = why_move(made, solution, "near")
    assert found.complete
    assert found.loss.kind == "exact" and found.loss.first == ("cost", 111)
    assert [(row.teacher, row.price.first) for row in found.teachers] == [
        ("far", ("cost", 111)), ("farther", ("cost", 222)),
    ]  # fmt: skip
    # at C the gap weighs 1, at B it weighs 2
    assert [(row.to, row.price.first) for row in found.schools] == [("C", ("needs", 1))]
    assert "fills_gap" in {reason.code for reason in found.serves}


def test_a_decided_move_can_be_asked_about_as_well() -> None:
    made, solution = county(locks=[{"teacher": "far", "to": "B"}])
    found = why_move(made, solution, "far")
    assert found.loss.first == ("cost", -111)
    assert found.teachers[0].teacher == "near"


def test_the_books_answer_where_there_is_no_time() -> None:
    made, solution = county()
    found = why_move(made, solution, "near", time_limit=0)
    assert not found.complete
    assert found.loss.kind == "estimate" and found.loss.first == ("needs", 2)
    assert [(row.teacher, row.price.kind, row.price.first) for row in found.teachers] == [
        ("far", "estimate", ("cost", 111)), ("farther", "estimate", ("cost", 222)),
    ]  # fmt: skip


def test_someone_who_stays_has_no_move_to_explain() -> None:
    made, solution = county()
    with pytest.raises(KeyError):
        why_move(made, solution, "far")


def test_an_alternative_no_plan_can_have_is_told_apart() -> None:
    # B must keep its own: only A can send, and other is the last music teacher of a post.
    places = [school("A", needs=posts(music=1)), school("B", needs=posts(art=1))]
    people = [teacher("t", "A"), teacher("last", "A", subject="music", also=["art"]), *staff("A", 4)]
    made = Problem.from_dict(problem(places, people))
    row = why_move(made, solve(made), "t").teachers[0]
    assert (row.teacher, row.price.kind, row.breaks) == ("last", "impossible", ("H4",))


def test_progress_and_cancel() -> None:
    made, solution = county()
    steps: list[Step] = []
    why_move(made, solution, "near", progress=steps.append)
    # whoever comes without the move is priced by that same solve
    assert [s.stage for s in steps] == ["without", "schools", "teachers"]
    assert [s.done for s in steps] == list(range(len(steps)))
    with pytest.raises(Cancelled):
        why_move(made, solution, "near", cancelled=lambda: True)


@pytest.mark.parametrize("seed", range(25))
def test_every_price_is_that_of_the_best_of_all_plans(seed: int) -> None:
    data = tiny(seed)
    made = Problem.from_dict(data)
    solution = solve(made)
    if solution.status != "optimal" or not solution.moves:
        return
    move = solution.moves[0]
    found = why_move(made, solution, move.teacher, alternatives=2)
    without = banned(made, move.teacher, move.to)
    asked = [(without, found.loss)]
    asked += [(locked(without, row.teacher, row.to), row.price) for row in found.teachers]
    asked += [(locked(made, row.teacher, row.to), row.price) for row in found.schools]
    for changed, price in asked:
        best = Brute(changed.to_dict()).best()
        if price.kind == "impossible":
            assert best is None
        else:
            assert price.kind == "exact" and best is not None
            assert [tier.after for tier in price.tiers] == pytest.approx(list(best), abs=2e-6)
    for row in found.teachers:
        assert row.price.kind == "impossible" or row.price.key() >= found.loss.key()


def test_a_ban_and_a_lock_replace_what_was_decided() -> None:
    made, _ = county(locks=[{"teacher": "near", "to": "B"}])
    assert banned(made, "near", "B").locks == ()
    assert banned(made, "near", "B").bans == (Ban("near", "B"),)
    again = locked(banned(made, "near", "B"), "near", "B")
    assert again.bans == () and len(again.locks) == 1


def test_a_county_is_answered_with_proven_prices() -> None:
    made = Problem.from_dict(small(8, 1))
    solution = solve(made)
    found = why_move(made, solution, solution.moves[0].teacher, alternatives=2)
    assert found.complete
    keys = [row.price.key() for row in found.teachers]
    assert keys == sorted(keys)
