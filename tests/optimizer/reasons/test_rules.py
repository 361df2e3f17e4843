"""What the rules cost, and the frontier of moves."""

from __future__ import annotations

import pytest

from optimizer import Problem, solve, verify
from optimizer.reasons import frontier, price_of_rules
from optimizer.reasons.rules import capped
from tests.optimizer.brute import Brute
from tests.optimizer.counties import Data, posts, problem, school, small, staff, teacher, tiny


def test_a_full_school_is_priced_at_the_gaps_it_leaves() -> None:
    # Two gaps of weight 2, one seat.
    places = [school("A"), school("B", needs=posts(art=2), quota=2, priority=True)]
    people = [teacher("t", "A"), teacher("u", "A"), *staff("A", 2), *staff("B", 1)]
    found = price_of_rules(Problem.from_dict(problem(places, people)))
    rows = {(row.rule, row.how): row for row in found.rows}
    assert rows["H2", "off"].price.first == ("needs", -2)
    assert rows["H2", "off"].binding is True
    assert rows["H3", "off"].binding is False and rows["H3", "relaxed"].binding is False
    assert "H8" not in {row.rule for row in found.rows}
    assert found.rows[0].rule == "H2"


def test_a_policy_rule_is_priced_without_its_own_shortfall() -> None:
    # A share of 1 lets only the titled teacher go; without it the other goes too and fills a gap.
    places = [school("A"), school("B", needs=posts(art=2))]
    people = [teacher("t", "A"), teacher("b", "A", backbone=True), *staff("A", 2)]
    data = problem(places, people, settings={"share": 1, "share_scopes": ["county"]})
    rows = {(row.rule, row.how): row for row in price_of_rules(Problem.from_dict(data)).rows}
    off = rows["R2", "off"]
    assert off.price.first == ("needs", -1)
    assert off.own_shortfall == 1
    assert (rows["R2", "relaxed"].was, rows["R2", "relaxed"].value) == (1, 0.95)
    assert rows["R2", "relaxed"].binding is False


def test_distance_and_directions_have_a_price() -> None:
    places = [school("A", lat=24.0, lng=103.0), school("B", lat=24.1, lng=103.0, needs=posts(art=1))]
    data = problem(places, [teacher("t", "A")], settings={"max_km": 5, "directions": ["lateral"]})
    rows = {row.rule: row for row in price_of_rules(Problem.from_dict(data)).rows if row.how == "relaxed"}
    assert rows["max_km"].value == 15 and rows["max_km"].price.first == ("needs", -1)
    assert rows["directions"].binding is False


def test_decisions_are_priced_where_there_are_any() -> None:
    data = problem([school("A"), school("B", needs=posts(art=1))], [teacher("t", "A")])
    data["locks"] = [{"teacher": "t", "to": None}]
    rows = {row.rule: row for row in price_of_rules(Problem.from_dict(data), relaxed=False).rows}
    assert rows["H8"].price.first == ("needs", -1)


@pytest.mark.parametrize("seed", range(12))
def test_every_price_is_that_of_the_best_of_all_plans(seed: int) -> None:
    data = tiny(seed)
    made = Problem.from_dict(data)
    if solve(made).status != "optimal":
        return
    brute = Brute(data)
    for row in price_of_rules(made, relaxed=False).rows:
        if row.rule == "H8":
            continue
        best = brute.best(without=row.rule)
        assert best is not None
        assert [tier.after for tier in row.price.tiers] == pytest.approx(list(best), abs=2e-6), row.rule


def test_without_time_prices_are_unknown() -> None:
    made = Problem.from_dict(small(5, 1))
    rows = price_of_rules(made, solve(made), time_limit=0).rows
    assert {row.price.kind for row in rows} == {"unknown"}
    assert {row.binding for row in rows} == {None}


# -- the frontier --------------------------------------------------------------------------------------------


def test_each_move_buys_a_gap() -> None:
    # Four gaps at B, four who can come, one must by the rate: 1 to 4 moves, a gap each.
    places = [school("A"), school("B", needs=posts(art=4))]
    people = [*(teacher(f"t{n}", "A") for n in range(4)), *staff("A", 2)]
    settings = {"rate": 0.25, "rate_scopes": ["county"]}
    found = frontier(Problem.from_dict(problem(places, people, settings=settings)), steps=4)
    assert found.complete
    assert [(row.cap, row.moves, row.gaps, row.rules) for row in found.rows] == [
        (1, 1, 3, 0), (2, 2, 2, 0), (3, 3, 1, 0), (4, 4, 0, 0),
    ]  # fmt: skip
    assert (found.still.moves, found.still.gaps, found.still.rules) == (0, 4, 1)


@pytest.mark.parametrize("data", [small(6, 1), small(8, 2)])
def test_more_moves_never_make_the_tiers_worse(data: Data) -> None:
    made = Problem.from_dict(data)
    solution = solve(made)
    found = frontier(made, solution, steps=4)
    assert found.complete and found.rows[-1].moves == len(solution.moves)
    keys = [(row.rules, row.needs, round(row.balance, 6)) for row in found.rows]
    assert keys == sorted(keys, reverse=True)
    assert all(row.moves <= row.cap and row.rules == 0 for row in found.rows)
    report = verify.report(data, solution.to_dict())
    assert found.rows[-1].gaps == report["gaps"]["after"]
    assert found.rows[-1].cv == {stage: row["after"] for stage, row in report["cv"].items()}


@pytest.mark.parametrize("cap", [0, 1, 2, 3])
def test_a_cap_is_met_to_the_move(cap: int) -> None:
    places = [school("A"), school("B", needs=posts(art=7))]
    people = [*(teacher(f"t{n}", "A") for n in range(7)), *staff("A", 3)]
    made = Problem.from_dict(problem(places, people))
    assert len(solve(capped(made, cap)).moves) == cap
