"""A plan made by hand: judged, completed, improved."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer import Problem, solve, verify
from optimizer.reasons import complete, conflict_words, improve, plan_check
from tests.optimizer.counties import Data, posts, problem, school, small, staff, teacher
from tests.optimizer.reasons.test_ledger import random_moves


def go(name: str, to: str, **more: str) -> Data:
    return {"teacher": name, "to": to, **more}


PLACES = [
    school("A", lat=24.0, lng=103.0), school("B", lat=24.1, lng=103.0, needs=posts(art=2)),
    school("S", sending=True, lat=24.0, lng=103.0, needs=posts(art=1)),
]  # fmt: skip
PEOPLE = [teacher("t", "A"), teacher("u", "A"), teacher("x", "A", eligible=False), *staff("A", 3)]


def county(**rest: Any) -> Problem:
    return Problem.from_dict(problem(PLACES, PEOPLE, **rest))


@pytest.mark.parametrize(
    ("rows", "rest", "codes"),
    [
        ([go("t", "B")], {}, set()),
        ([go("nobody", "B")], {}, {"unknown_teacher"}),
        ([go("t", "nowhere")], {}, {"unknown_school"}),
        ([go("t", "B"), go("t", "S")], {}, {"moves_twice"}),
        ([go("t", "B", **{"from": "S"})], {}, {"wrong_origin"}),
        ([go("x", "B")], {}, {"not_eligible"}),
        ([go("t", "A")], {}, {"own_school", "no_post"}),
        ([go("t", "B", subject="music")], {}, {"cannot_teach", "no_post"}),
        ([go("t", "S")], {"settings": {"directions": ["down", "lateral"]}}, {"direction_not_allowed"}),
        ([go("t", "B")], {"settings": {"max_km": 5}}, {"too_far"}),
        ([], {"locks": [go("t", "B")]}, {"locked"}),
        ([go("t", "B")], {"bans": [go("t", "B")]}, {"banned"}),
        ([go("t", "B"), go("u", "B")], {"settings": {"net_loss_rate": 0.2}}, {"H3"}),
        ([go("t", "B"), go("u", "B")], {"settings": {"out_rate": 0.2}}, {"H5"}),
        ([go("t", "B"), go("u", "B")], {"settings": {"max_move_rate": 0.5}}, {"H6"}),
    ],
)
def test_each_fault_is_named(rows: list[Data], rest: Data, codes: set[str]) -> None:
    made = county(**rest)
    found = plan_check(made, rows)
    assert {row.code for row in found.broken} == codes
    assert found.sound == (not codes)
    whole = [m.to_dict() for m in found.moves]
    judged = {b["rule"] for b in verify.report(made.to_dict(), {"moves": whole})["broken"]}
    assert judged == {b.rule for b in found.broken} - ({"H1"} if codes <= {
        "unknown_teacher", "unknown_school", "moves_twice", "wrong_origin",
    } else set())  # fmt: skip


def test_those_who_cause_a_fault_are_named_with_the_numbers() -> None:
    found = plan_check(county(settings={"out_rate": 0.2}), [go("t", "B"), go("u", "B")])
    row = found.broken[0]
    assert (row.rule, row.school, row.teachers) == ("H5", "A", ("t", "u"))
    assert (row.params["after"], row.params["limit"]) == (2, 1)


def test_the_score_is_the_verifiers() -> None:
    data = small(8, 1)
    moves = random_moves(data, 7)
    found = plan_check(Problem.from_dict(data), moves)
    report = verify.report(data, {"moves": [m.to_dict() for m in moves]})
    assert found.tiers == report["tiers"] and found.before == report["before"]
    assert list(found.rules) == report["rules"]
    assert {(b.rule, b.school or "county") for b in found.broken} == {
        (b["rule"], b["subject"]) for b in report["broken"]
    }
    assert found.to_dict()["shortfalls"] == report["shortfalls"]


def test_a_plan_is_completed_around_its_moves() -> None:
    # B needs two; t is given, u is found.
    found = complete(county(), [go("t", "S"), go("x", "B"), go("nobody", "B")])
    assert found.solution is not None and found.solution.status == "optimal"
    assert {(m.teacher, m.to) for m in found.solution.moves} == {("t", "S"), ("u", "B")}
    assert (found.kept, found.added) == ((("t", "S"),), (("u", "B"),))
    assert {row.code for row in found.left_out} == {"not_eligible", "unknown_teacher"}


def test_moves_that_cannot_stand_together_are_named() -> None:
    made = county(settings={"out_rate": 0.2})
    found = complete(made, [go("t", "B"), go("u", "B")])
    assert found.solution is not None and found.solution.status == "infeasible"
    words = conflict_words(made, found.solution)
    assert words is not None
    assert [clash.code for clash in words.clashes] == ["H5"]


def test_a_plan_is_improved_near_where_it_stands() -> None:
    # Gaps at S (weight 1) and B (weight 2): t alone at S leaves B open; both go.
    found = improve(county(), [go("t", "S")])
    assert found.solution is not None
    assert found.kept == (("t", "S"),) and found.added == (("u", "B"),)
    again = improve(county(), [m.to_dict() for m in found.solution.moves])
    assert again.dropped == again.added == ()


def test_improving_never_scores_worse_before_the_change_tier() -> None:
    data = small(6, 2)
    made = Problem.from_dict(data)
    moves = solve(made).moves[:4]
    found = improve(made, moves)
    assert found.solution is not None
    after = {tier.name: tier.value for tier in found.solution.tiers}
    first = ("rules", "needs")
    assert [after[name] for name in first] <= [found.check.tiers[name] for name in first]


def test_without_time_there_is_no_plan_but_a_score() -> None:
    found = complete(county(), [go("t", "B")], time_limit=0)
    assert found.solution is None and found.check.sound
