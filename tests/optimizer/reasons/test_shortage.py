"""Short rules: who is missing, and the smallest change that mends it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer import Problem, Solution, solve
from optimizer.reasons import NearEligible, ShortRules, short_rules
from optimizer.reasons.mending import levers, with_eligible
from tests.optimizer.counties import Data, posts, problem, school, staff, teacher, tiny


def asked(data: Data, *near: NearEligible) -> tuple[Problem, Solution, ShortRules]:
    made = Problem.from_dict(data)
    solution = solve(made)
    return made, solution, short_rules(made, solution, near_eligible=near)


def values(found: ShortRules, *, policy: bool = False) -> dict[str, object]:
    """The smallest sufficient values by setting."""
    changes = [m.changes[0] for m in found.mends if m.enough and m.smallest]
    return {str(c.setting): c.value for c in changes if c.setting is not None and c.policy == policy}


def test_nothing_short_costs_no_solve() -> None:
    made = Problem.from_dict(problem([school("A"), school("B", needs=posts(art=1))], [teacher("t", "A")]))

    def never(*args: object, **kwargs: object) -> Solution:
        raise AssertionError("no solve is needed")

    assert short_rules(made, solve(made), solve=never).to_dict() == ShortRules(()).to_dict()


def test_a_rate_out_of_reach_is_mended_by_distance() -> None:
    # One of two must move; B is 11.1 km away, the limit 5 km.
    places = [school("A", lat=24.0, lng=103.0), school("B", lat=24.1, lng=103.0, needs=posts(art=2))]
    _, _, found = asked(problem(places, [teacher("t", "A"), teacher("u", "A")], settings={
        "rate": 0.5, "rate_scopes": ["county"], "max_km": 5,
    }))  # fmt: skip
    short = found.rules[0]
    assert (short.rule, short.scope, short.needed, short.reached, short.missing) == ("R1", "county", 1, 0, 1)
    assert dict(short.people) == {"no_post_within_reach": ("t", "u")}
    assert short.schools == ({"school": "A", "teachers": 2, "codes": {"no_post_within_reach": 2}},)
    assert values(found) == {"max_km": 12}
    assert values(found, policy=True) == {"rate": 0}
    assert found.pairs == () and found.complete


def test_a_direction_mends_a_rate() -> None:
    data = problem([school("A"), school("B", needs=posts(art=1))], [teacher("t", "A")], settings={
        "rate": 1, "rate_scopes": ["county"], "directions": ["down", "up"],
    })  # fmt: skip
    _, _, found = asked(data)
    assert dict(found.rules[0].people) == {"direction_not_allowed": ("t",)}
    assert values(found) == {"directions": ["down", "up", "lateral"]}


def test_an_out_rate_mends_a_rate_at_the_least_per_cent() -> None:
    # H5: ⌊x · 6⌋ ≥ 2 needs x ≥ 0.334; H3 lets 2 go at 0.34.
    places = [school("A", sending=True), school("B", needs=posts(art=3))]
    people = [*(teacher(f"t{n}", "A") for n in range(2)), *staff("A", 4)]
    settings = {"rate": 1, "rate_scopes": ["county"], "out_rate": 0.2, "net_loss_rate": 0.34}
    _, _, found = asked(problem(places, people, settings=settings))
    assert found.rules[0].missing == 1
    assert list(found.rules[0].people) == ["out_rate_reached"]
    assert values(found) == {"out_rate": 0.34}


def test_two_changes_together_where_none_alone_suffices() -> None:
    # H5 and H3 both let one of six go; ⌊x · 6⌋ ≥ 2 needs 0.335 and 0.34 on their grids.
    places = [school("A", sending=True), school("B", needs=posts(art=3))]
    people = [*(teacher(f"t{n}", "A") for n in range(2)), *staff("A", 4)]
    settings = {"rate": 1, "rate_scopes": ["county"], "out_rate": 0.2, "net_loss_rate": 0.2}
    _, _, found = asked(problem(places, people, settings=settings))
    assert values(found) == {}
    pairs = [{str(c.setting): c.value for c in mend.changes} for mend in found.pairs]
    assert pairs == [{"net_loss_rate": 0.335, "out_rate": 0.34}]
    assert found.pairs[0].smallest and found.pairs[0].after == 0


def test_a_share_of_backbones_is_mended_by_those_nearly_eligible() -> None:
    # Three go by the rate, half must be backbone teachers: two; none of those eligible is one.
    places = [school("A", sending=True), school("B", needs=posts(art=3))]
    people = [
        *(teacher(f"t{n}", "A") for n in range(3)),
        *(teacher(f"b{n}", "A", backbone=True, eligible=False) for n in range(4)),
    ]
    near = NearEligible("years_in_school", ("b0", "b1", "b2", "b3"), {"has": 5, "needs": 6})
    settings = {"rate": 1, "rate_scopes": [], "share": 0.5, "max_move_rate": 1}
    data = problem(places, people, settings=settings, locks=[{"teacher": "t0", "to": "B"}])
    _, _, found = asked(data, near)
    assert {(s.rule, s.scope, s.missing, s.not_eligible) for s in found.rules} == {
        ("R2", "pool", 1, 4), ("R2", "county", 1, 4),
    }  # fmt: skip
    mend = next(m for m in found.mends if m.changes[0].code == "years_in_school")
    assert mend.enough and mend.smallest and mend.after == 0
    assert len(mend.changes[0].teachers) == 1
    assert mend.changes[0].params == {"has": 5, "needs": 6}


def test_young_teachers_without_a_post_in_their_group() -> None:
    places = [school("A", group="G"), school("B", group="G", needs=posts(music=1)), school("C", needs=posts(art=1))]
    people = [
        teacher("t", "A", young=True),
        teacher("old", "A", eligible=False),
        teacher("no", "B", young=True, eligible=False),
    ]
    _, _, found = asked(problem(places, people, settings={"group_young_rate": 0.5}))
    short = found.rules[0]
    assert (short.rule, short.scope, short.needed, short.missing, short.not_eligible) == ("R4", "G", 1, 1, 1)
    assert (short.otherwise, dict(short.people)) == (("t",), {})
    assert values(found) == {} and values(found, policy=True) == {"group_young_rate": 0}


def test_two_way_counts_those_who_could_go_up() -> None:
    # One goes down by its lock, so one must come up; u has no post there to go to.
    places = [school("A", sending=True, needs=posts(music=1)), school("B", needs=posts(art=1))]
    people = [teacher("t", "A"), teacher("u", "B", subject="sport"), *staff("B", 1)]
    data = problem(places, people, settings={"up_share": 1}, locks=[{"teacher": "t", "to": "B"}])
    _, _, found = asked(data)
    short = found.rules[0]
    assert (short.rule, short.needed, short.reached) == ("R3", 1, 0)
    assert dict(short.people) == {"no_post_within_reach": ("u",)}


@pytest.mark.parametrize("seed", range(40))
def test_every_mend_mends_and_a_step_less_does_not(seed: int) -> None:
    made = Problem.from_dict(tiny(seed))
    solution = solve(made)
    if solution.status != "optimal" or not solution.shortfalls:
        return
    stay = [t.id for t in made.teachers if not t.eligible]
    near = NearEligible("tenure", tuple(stay))
    found = short_rules(made, solution, near_eligible=[near])
    assert {(s.rule, s.scope, s.missing) for s in found.rules} == {
        (s.rule, s.scope, s.missing) for s in solution.shortfalls
    }
    assert found.complete
    by_setting = {lever.setting: lever for lever in levers(made, ()) if lever.setting != "directions"}
    for mend in [*found.mends, *found.pairs]:
        assert mend.after < mend.before
        changed = made
        for change in mend.changes:
            changed = with_change(changed, change.setting, change.value, change.teachers)
        assert least(changed) == mend.after
        if mend.enough:
            assert mend.mended or mend.before - mend.after >= min(s.missing for s in solution.shortfalls)
        if len(mend.changes) == 1 and mend.changes[0].setting in by_setting and mend.enough:
            assert mend.smallest
            steps = (getattr(made.settings, str(mend.changes[0].setting)), *by_setting[mend.changes[0].setting].values)
            before = steps[steps.index(mend.changes[0].value) - 1]
            targets = {0, *(mend.before - s.missing for s in solution.shortfalls)}
            left = least(with_change(made, mend.changes[0].setting, before, ()))
            assert any(mend.after <= target < left for target in targets)


def with_change(made: Problem, setting: str | None, value: object, teachers: tuple[str, ...]) -> Problem:
    if setting is None:
        return with_eligible(made, teachers)
    given = tuple(value) if isinstance(value, list) else value
    return replace(made, settings=replace(made.settings, **{setting: given}))


def least(made: Problem) -> float:
    return solve(replace(made, settings=replace(made.settings, tiers=("rules",)))).tiers[0].value
