"""One smallest case per tier, worked by hand, and what changes with the order of tiers."""

from __future__ import annotations

import itertools

import pytest

from optimizer import Problem, solve, verify
from tests.optimizer.counties import TIERS, Data, posts, problem, school, staff, teacher, tiny


def outcome(data: Data) -> tuple[set[tuple[str, str]], dict[str, float]]:
    solution = solve(Problem.from_dict(data))
    assert solution.status == "optimal"
    assert verify.faults(data, solution.to_dict()) == []
    return {(m.teacher, m.to) for m in solution.moves}, {t.name: t.value for t in solution.tiers}


def test_needs_fills_the_gap_that_weighs_double() -> None:
    # t can fill B or the weak school C: 1 + 2 open before, C's double gap goes first, 1 is left.
    schools = [school("A", sending=True), school("B", needs=posts(art=1))]
    schools.append(school("C", needs=posts(art=1), priority=True))
    moves, values = outcome(problem(schools, [teacher("t", "A")]))
    assert moves == {("t", "C")}
    assert values["needs"] == 1


def test_balance_evens_out_backbones() -> None:
    # 2 backbones at A, 0 at B, 100 pupils each: X = 2, 0, mean 1, CV² = ½ + ½ = 1. One moves: CV² = 0.
    full = {"students": {"primary": 100}, "needs": posts(art=1)}
    schools = [school("A", sending=True, students={"primary": 100}), school("B", **full)]
    people = [teacher("t", "A", backbone=True), teacher("u", "A", backbone=True, preferences=["A"])]
    moves, values = outcome(problem(schools, [*people, *staff("B", 1, subject="art")]))
    assert moves == {("t", "B")}
    assert values["balance"] == 0


def test_change_keeps_the_reference() -> None:
    # u costs 300 more than t for the same gap, but the earlier proposal had u: 0 changes against 2.
    schools = [school("A", sending=True), school("B", needs=posts(art=1))]
    people = [teacher("t", "A"), teacher("u", "A", preferences=["A"])]
    kept = problem(schools, people, reference=[{"teacher": "u", "to": "B"}])
    assert outcome(kept) == ({("u", "B")}, {**dict.fromkeys(["rules", *TIERS], 0), "moves": 1, "cost": 300})
    assert outcome(problem(schools, people))[0] == {("t", "B")}


def test_moves_are_not_made_for_nothing() -> None:
    # Every post is filled and no rule asks for a move.
    schools = [school("A", sending=True), school("B", needs=posts(art=1))]
    assert outcome(problem(schools, [teacher("t", "A"), *staff("B", 1, subject="art")]))[0] == set()


def test_cost_prefers_the_near_and_the_wished() -> None:
    # B lies 33.4 km off for t (334) and at u's door, but u's second wish costs 50.
    schools = [school("A", sending=True), school("B", needs=posts(art=1), lat=24.0, lng=103.0)]
    near = {"lat": 24.0, "lng": 103.0, "preferences": ["A", "B"]}
    people = [teacher("t", "A", lat=24.3, lng=103.0), teacher("u", "A", **near)]
    moves, values = outcome(problem(schools, people))
    assert moves == {("u", "B")}
    assert values["cost"] == 50


def test_the_order_of_tiers_decides() -> None:
    # A gap can be filled at the price of one move: needs before moves fills it, moves before needs does not.
    schools = [school("A", sending=True), school("B", needs=posts(art=1))]
    people = [teacher("t", "A")]
    assert outcome(problem(schools, people, settings={"tiers": ["rules", "needs", "moves"]}))[0] == {("t", "B")}
    assert outcome(problem(schools, people, settings={"tiers": ["rules", "moves", "needs"]}))[0] == set()


@pytest.mark.parametrize("first", TIERS)
def test_any_order_is_proven(first: str) -> None:
    for n, order in enumerate(itertools.permutations([t for t in TIERS if t != first])):
        if n % 5 == 0:
            data = tiny(7)
            data["locks"] = []
            data["settings"]["tiers"] = ["rules", first, *order]
            outcome(data)


def test_cost_before_other_tiers_is_pinned_for_them() -> None:
    # t fills B's gap at 300, u at 0; u is not in the reference. Cost first chooses u, change first chooses t.
    schools = [school("A", sending=True), school("B", needs=posts(art=1))]
    people = [teacher("t", "A", preferences=["A"]), teacher("u", "A")]
    reference = [{"teacher": "t", "to": "B"}]
    cost_first = {"tiers": ["rules", "needs", "cost", "change"]}
    change_first = {"tiers": ["rules", "needs", "change", "cost"]}
    assert outcome(problem(schools, people, reference=reference, settings=cost_first))[0] == {("u", "B")}
    assert outcome(problem(schools, people, reference=reference, settings=change_first))[0] == {("t", "B")}
