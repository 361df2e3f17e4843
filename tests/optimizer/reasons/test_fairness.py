"""Fairness by hand, and the other ways of making a plan."""

from __future__ import annotations

import pytest

from optimizer import Problem, solve, verify
from optimizer.reasons import compare_fairness, fairness, greedy, mda, to_be
from optimizer.reasons.equity import spread
from optimizer.reasons.peers import Priority
from optimizer.solution import Move
from tests.optimizer.counties import Data, posts, problem, school, small, staff, teacher, tiny


def made(schools: list[Data], teachers: list[Data], **rest: Data) -> Problem:
    return Problem.from_dict(problem(schools, teachers, **rest))


def test_the_lorenz_curve_and_gini_of_four_schools() -> None:
    # 0, 1, 2 and 3 of 10 pupils each: shares 0, 1/6, 3/6, 6/6; Gini = 1 - (0 + 1 + 1 + 4 + ... )/24 = 10/24.
    found = spread([(3, 10), (0, 10), (2, 10), (1, 10)])
    assert found.lorenz == ((0, 0), (0.25, 0), (0.5, 1 / 6), (0.75, 0.5), (1, 1))
    assert found.gini == pytest.approx(10 / 24)
    assert spread([(1, 10), (2, 20)]).gini == pytest.approx(0)
    assert spread([(0, 10)]).gini == 0


def test_wishes_ways_and_losses_by_hand() -> None:
    # One degree is 111.195 km. a lives at A and goes 11.1 km to B, b lives at B and no longer goes 11.1 km.
    places = [
        school("A", lat=24.0, lng=103.0, students={"primary": 100}, needs=posts(art=2)),
        school("B", lat=24.1, lng=103.0, students={"primary": 100}, needs=posts(art=4)),
    ]
    people = [
        teacher("a", "A", lat=24.0, lng=103.0, preferences=["B"], backbone=True),
        teacher("b", "A", lat=24.1, lng=103.0), teacher("c", "A", lat=24.0, lng=103.0, preferences=["A"]),
        *staff("A", 1, subject="art"),
    ]  # fmt: skip
    county = made(places, people)
    found = fairness(county, [Move(name, "A", "B", "art") for name in ("a", "b", "c")])
    assert (found.wishes.first, found.wishes.listed, found.wishes.unlisted, found.wishes.none_given) == (1, 0, 1, 1)
    assert found.commuting.before is not None and found.commuting.after is not None
    assert found.commuting.before.mean == pytest.approx(11.1195 / 3, rel=1e-4)
    assert found.commuting.after.mean == pytest.approx(2 * 11.1195 / 3, rel=1e-4)
    assert (found.commuting.longer, found.commuting.shorter, found.commuting.known) == (2, 1, 3)
    before, after = found.backbones["primary"]
    assert (before.gini, after.gini) == (0.5, 0.5)
    # 4 of 4 posts open at B, then 1 of 2 at A and 1 of 4 at B
    gaps_before, gaps_after = found.gaps
    assert (gaps_before.total, gaps_after.total) == (4, 2)
    assert gaps_after.lorenz == ((0, 0), (4 / 6, 0.5), (1, 1))
    assert found.worst_loss is not None
    assert (found.worst_loss.school, found.worst_loss.before, found.worst_loss.after) == ("A", 4, 1)
    assert found.worst_loss.share == 0.75


def test_the_percentile_is_a_way_somebody_goes() -> None:
    places = [school("A", lat=24.0, lng=103.0), school("B", lat=24.0, lng=103.0, needs=posts(art=20))]
    people = [teacher(f"t{n:02}", "A", lat=24.0 + n / 100, lng=103.0) for n in range(20)]
    found = fairness(made(places, people), [Move(t["id"], "A", "B", "art") for t in people])
    assert found.commuting.after is not None
    assert found.commuting.after.p95 == pytest.approx(18 * 1.11195, rel=1e-3)
    assert found.commuting.after.max == pytest.approx(19 * 1.11195, rel=1e-3)


def test_the_administrative_rule_takes_turns() -> None:
    # Two of four must go; in order of service they are d and c; the nearest gap is at B, then at C.
    places = [
        school("A", lat=24.0, lng=103.0), school("B", lat=24.1, lng=103.0, needs=posts(art=1)),
        school("C", lat=24.2, lng=103.0, needs=posts(art=3)),
    ]  # fmt: skip
    years = {"a": 1, "b": 2, "c": 3, "d": 4}
    county = made(places, [teacher(n, "A") for n in "abcd"], settings={"rate": 0.5, "rate_scopes": ["county"]})
    moves = greedy(county, order=lambda t: -years[t.id])
    assert [(m.teacher, m.to) for m in moves] == [("c", "C"), ("d", "B")]
    assert [m.teacher for m in greedy(county)] == ["a", "b"]


def exchange() -> Problem:
    """a and b wish for each other's school; c, at a school without posts, wishes for A. All seats are taken."""
    places = [school(name, needs=posts(art=1), quota=1) for name in "AB"] + [school("C")]
    people = [
        teacher("a", "A", preferences=["B"]), teacher("b", "B", preferences=["A"]),
        teacher("c", "C", preferences=["A"]),
    ]  # fmt: skip
    return made(places, people)


def ranked(**schools: str) -> Priority:
    return lambda t, school, km: schools.get(school, "").find(t.id)


def test_block_exchange_makes_the_exchange_that_deferred_acceptance_leaves() -> None:
    # A ranks c, b, a; B ranks a, b. a and b gain, and so do both schools. Deferred acceptance lets c come before b at
    # A, so b stays at B, so a stays at A, so c gets nothing either.
    rank = ranked(A="cba", B="ab")
    assert mda(exchange(), priority=rank) == ()
    assert [(m.teacher, m.to) for m in to_be(exchange(), priority=rank)] == [("a", "B"), ("b", "A")]


def test_a_school_gives_nobody_up_for_one_it_ranks_lower() -> None:
    assert to_be(exchange(), priority=ranked(A="abc", B="ba")) == ()


def test_deferred_acceptance_gives_an_open_seat_to_the_best() -> None:
    places = [school("A"), school("B", needs=posts(art=1))]
    people = [teacher("a", "A", preferences=["B"]), teacher("b", "A", preferences=["B"], backbone=True)]
    assert [m.teacher for m in mda(made(places, people))] == ["b"]
    assert [m.teacher for m in to_be(made(places, people))] == ["a"]


def test_a_chain_ends_at_an_open_seat() -> None:
    # a may only leave A if c, who ranks lower there, is replaced: c goes to the open seat, b takes c's.
    places = [school("A"), school("B", needs=posts(art=1), quota=1), school("C", needs=posts(art=1))]
    people = [teacher("b", "A", preferences=["B"]), teacher("c", "B", preferences=["C"])]
    moves = to_be(made(places, people))
    assert [(m.teacher, m.to) for m in moves] == [("b", "B"), ("c", "C")]


@pytest.mark.parametrize("data", [*(tiny(seed) for seed in range(60)), small(8, 1), small(12, 3)])
def test_every_other_plan_keeps_the_hard_rules(data: Data) -> None:
    county = Problem.from_dict(data)
    if solve(county).status == "infeasible":
        return
    for way in (greedy, mda, to_be):
        moves = way(county)
        broken = verify.report(data, {"moves": [m.to_dict() for m in moves]})["broken"]
        unkept = {lock["teacher"] for lock in data["locks"]}
        assert [b for b in broken if b["rule"] != "H8" or b["subject"] not in unkept] == [], way.__name__
        wished = {t.id: t.preferences for t in county.teachers}
        decided = {lock["teacher"] for lock in data["locks"]}
        if way is not greedy:
            assert all(m.to in wished[m.teacher] for m in moves if m.teacher not in decided)


def test_the_order_of_lists_changes_no_other_plan() -> None:
    data = small(8, 2)
    turned = data | {"teachers": data["teachers"][::-1], "schools": data["schools"][::-1]}
    for way in (greedy, mda, to_be):
        assert way(Problem.from_dict(data)) == way(Problem.from_dict(turned).canonical()), way.__name__


def test_the_plan_stands_beside_the_others() -> None:
    county = Problem.from_dict(small(8, 1))
    solution = solve(county)
    rows = compare_fairness(county, solution.moves)
    assert [row.name for row in rows] == ["plan", "greedy", "to_be", "mda"]
    assert {row.broken for row in rows} == {0}
    plan, *others = rows
    assert plan.tiers == {tier.name: pytest.approx(tier.value) for tier in solution.tiers}
    key = lambda row: (row.tiers["rules"], row.tiers["needs"])  # noqa: E731
    assert all(key(plan) <= key(row) for row in others)
    assert [row.name for row in compare_fairness(county, solution.moves, time_limit=0)] == ["plan"]
    nobody = made([school("A"), school("B", needs=posts(art=1))], [teacher("t", "A")])
    assert [row.name for row in compare_fairness(nobody, [])] == ["plan", "greedy"]
