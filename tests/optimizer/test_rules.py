"""One smallest case per rule where it bites, worked by hand, and the answer changes when the rule is off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from optimizer import Problem, network, solve
from optimizer.arcs import find_arcs
from optimizer.build import build
from optimizer.county import County
from optimizer.rules import RULES
from optimizer.search import Search
from optimizer.solver import Watch
from tests.optimizer.counties import Data, posts, problem, school, staff, teacher

Case = tuple[Data, set[tuple[str, str]], set[tuple[str, str]]]
CASES: dict[str, Callable[[], Case]] = {}


def case(rule: str) -> Callable[[Callable[[], Case]], Callable[[], Case]]:
    """Register (problem, moves with the rule, moves without it)."""

    def register(make: Callable[[], Case]) -> Callable[[], Case]:
        CASES[rule] = make
        return make

    return register


def two_schools(a: Data | None = None, b: Data | None = None) -> list[Data]:
    """A sends, B lacks one art teacher."""
    return [school("A", sending=True, **(a or {})), school("B", **({"needs": posts(art=1)} | (b or {})))]


@case("H2")
def quota() -> Case:
    # B has 1 seat and 1 head (who teaches nothing B needs): max(quota 1, before 1) = 1, so nobody may come.
    data = problem(two_schools(b={"quota": 1}), [teacher("t", "A"), *staff("B", 1)])
    return data, set(), {("t", "B")}


@case("H3")
def no_depletion() -> Case:
    # A has 2 heads; it may lose max(1, ⌊0 · 2⌋) = 1. B has 2 open posts. The dearer of the two stays: u wishes
    # to go elsewhere only, which costs 300.
    people = [teacher("t", "A"), teacher("u", "A", preferences=["A"])]
    data = problem(two_schools(b={"needs": posts(art=2)}), people, settings={"net_loss_rate": 0})
    return data, {("t", "B")}, {("t", "B"), ("u", "B")}


@case("H4")
def do_no_harm() -> Case:
    # t fills A's one art post. B lacks one, and B's gaps weigh double: moving turns 2 into 1. H4 forbids it.
    data = problem(two_schools({"needs": posts(art=1)}, {"priority": True}), [teacher("t", "A")])
    return data, set(), {("t", "B")}


@case("H5")
def out_rate() -> Case:
    # From 2 heads at most max(1, ⌊0 · 2⌋) = 1 may leave, although A may shrink to nothing.
    people = [teacher("t", "A"), teacher("u", "A", preferences=["A"])]
    data = problem(two_schools(b={"needs": posts(art=2)}), people, settings={"out_rate": 0})
    return data, {("t", "B")}, {("t", "B"), ("u", "B")}


@case("H6")
def move_cap() -> Case:
    # 2 eligible, ⌊0.5 · 2⌋ = 1 move.
    people = [teacher("t", "A"), teacher("u", "A", preferences=["A"])]
    data = problem(two_schools(b={"needs": posts(art=2)}), people, settings={"max_move_rate": 0.5})
    return data, {("t", "B")}, {("t", "B"), ("u", "B")}


@case("H7")
def backbone_floor() -> Case:
    # 40 pupils keep min(1 backbone before, ⌈1.0 · 40 / 100⌉ = 1) at A (and are too few for the balance tier).
    data = problem(
        two_schools({"students": {"primary": 40}}),
        [teacher("t", "A", backbone=True)],
        settings={"backbone_floor": 1.0},
    )
    return data, set(), {("t", "B")}


@case("H8")
def locks_and_bans() -> Case:
    # t is the cheaper of two who could fill B's post, but locked to stay; u is banned from going.
    people = [teacher("t", "A"), teacher("u", "A", preferences=["A"])]
    data = problem(two_schools(), people, locks=[{"teacher": "t", "to": None}], bans=[{"teacher": "u", "to": "B"}])
    return data, set(), {("t", "B")}


def full_schools() -> list[Data]:
    """A and B, both with their one art post filled by someone who cannot move: no move fills a gap."""
    return [school("A", sending=True), school("B", needs=posts(art=1))]


@case("R1")
def rotation_rate() -> Case:
    # ⌈1 · 1 eligible⌉ = 1 move is asked for; it fills no gap, so without the rule nobody moves.
    people = [teacher("t", "A"), *staff("B", 1, subject="art")]
    data = problem(full_schools(), people, settings={"rate": 1, "rate_scopes": ["pool"]})
    return data, {("t", "B")}, set()


@case("R2")
def backbone_share() -> Case:
    # One move fills B's gap. ⌈0.5 · 1⌉ = 1 of it is to be a backbone teacher, though t costs 300 more.
    people = [teacher("t", "A", backbone=True, preferences=["A"]), teacher("u", "A")]
    data = problem(two_schools(), people, settings={"share": 0.5, "share_scopes": ["county"]})
    return data, {("t", "B")}, {("u", "B")}


@case("R3")
def two_way() -> Case:
    # t goes down into B's gap; ⌈1 · 1⌉ = 1 must come up: v, whom nobody lacks, to A's full music post.
    schools = two_schools({"needs": posts(music=1)})
    people = [teacher("t", "A"), *staff("A", 1, subject="music"), teacher("v", "B", subject="music")]
    data = problem(schools, people, settings={"up_share": 1})
    return data, {("t", "B"), ("v", "A")}, {("t", "B")}


@case("R4")
def groups() -> Case:
    # ⌈1 · 1 young teacher of the group⌉ = 1 is to move inside it, although no post is open.
    schools = [school("A", group="G"), school("B", group="G", needs=posts(art=1))]
    people = [teacher("t", "A", young=True), *staff("B", 1, subject="art")]
    data = problem(schools, people, settings={"group_young_rate": 1})
    return data, {("t", "B")}, set()


def made(data: Data, **options: Any) -> set[tuple[str, str]]:
    solution = solve(Problem.from_dict(data), **options)
    assert solution.status == "optimal"
    return {(move.teacher, move.to) for move in solution.moves}


@pytest.mark.parametrize("rule", sorted(CASES))
def test_rule_bites(rule: str) -> None:
    data, bound, free = CASES[rule]()
    assert made(data) == bound
    assert made(data, without=frozenset({rule})) == free


def test_h1_one_move_each() -> None:
    # t can fill the one art or the one music post of B, not both: one post stays open. A model without H1 lets
    # t do both and leaves none. (x, who teaches nothing, lifts the caps on moves to 2.)
    schools = two_schools(b={"needs": posts(art=1, music=1)})
    people = [teacher("t", "A", also=["music"]), teacher("x", "A", subject="none")]
    county = County.of(Problem.from_dict(problem(schools, people)).canonical())
    arcs = find_arcs(county)

    def open_posts(without: frozenset[str]) -> float:
        search = Search(build(county, arcs, network.shared(county, arcs), without=without), Watch())
        outcome = search.minimise("needs", None)
        assert outcome.columns is not None
        return search.value("needs", outcome.columns)

    assert open_posts(frozenset()) == 1
    assert open_posts(frozenset({"H1"})) == 0


def test_every_rule_has_a_smallest_case() -> None:
    assert set(CASES) | {"H1"} == set(RULES)


@pytest.mark.parametrize("rule", ["R1", "R2", "R3", "R4"])
def test_a_policy_rule_out_of_reach_is_named_and_counted(rule: str) -> None:
    # Nobody can move (posts of another stage), so each rule that asks for something misses it whole.
    data, _, _ = CASES[rule]()
    data["settings"]["max_km"] = 0
    for n, place in enumerate(data["schools"]):
        place["lat"], place["lng"] = 24.0 + n, 103.0
    solution = solve(Problem.from_dict(data))
    wanted = {"R1": [("R1", "pool", 1)], "R2": [], "R3": [], "R4": [("R4", "G", 1)]}[rule]
    assert [(s.rule, s.scope, s.missing) for s in solution.shortfalls] == wanted
    assert solution.status == "optimal"


def test_rates_are_exact_fractions() -> None:
    # 0.3 · 10 is 3 exactly; in floating point 0.1 + 0.2 style noise must not ask for a fourth move.
    schools = [school("A", sending=True), school("B", needs=posts(art=1), quota=99)]
    people = [*(teacher(f"t{n}", "A") for n in range(10)), *staff("B", 1, subject="art")]
    data = problem(schools, people, settings={"rate": 0.3, "rate_scopes": ["pool"]})
    assert len(made(data)) == 3


def test_a_school_scope_counts_each_sending_school() -> None:
    # A and C each have one eligible teacher: with `school` both must send one, with `pool` ⌈0.5 · 2⌉ = 1 does.
    schools = [school("A", sending=True), school("B", needs=posts(art=1)), school("C", sending=True)]
    people = [teacher("t", "A"), teacher("u", "C"), *staff("B", 1, subject="art")]
    pool = problem(schools, people, settings={"rate": 0.5, "rate_scopes": ["pool"]})
    each = problem(schools, people, settings={"rate": 0.5, "rate_scopes": ["school"]})
    assert len(made(pool)) == 1
    assert len(made(each)) == 2
