"""Why not: each reason on a county made for it, and every reason of random counties put to the test."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer import Problem, Solution, solve
from optimizer.reasons import check_reason, why_not
from optimizer.solution import Move, Reason
from tests.optimizer.counties import Data, posts, problem, school, small, staff, teacher, tiny


def answers(data: Data) -> tuple[Problem, Solution, dict[str, Reason], dict[str, Reason]]:
    """The main reason by teacher and by "school subject" of a problem solved; every reason is checked on the way."""
    made = Problem.from_dict(data)
    solution = solve(made)
    assert solution.status == "optimal"
    found = why_not(made, solution)
    for row in [*found.teachers, *found.posts]:
        for reason in row.reasons:
            check = check_reason(made, solution, row, reason, solves=5)
            assert check.holds, (row.to_dict(), check.to_dict())
    teachers = {row.teacher: row.reasons[0] for row in found.teachers}
    return made, solution, teachers, {f"{row.school} {row.subject}": row.reasons[0] for row in found.posts}


def reason_of(data: Data, teacher_id: str = "t") -> Reason:
    return answers(data)[2][teacher_id]


def numbers(reason: Reason) -> tuple[Any, ...]:
    return tuple(reason.params[key] for key in ("rule", "school", "now", "after", "limit"))


# -- a teacher who stays -------------------------------------------------------------------------------------


def test_no_post_for_the_subject() -> None:
    reason = reason_of(problem([school("A"), school("B", needs=posts(music=1))], [teacher("t", "A")]))
    assert reason.code == "no_post_within_reach"
    assert reason.params["posts_elsewhere"] == 0


def test_no_post_within_the_distance() -> None:
    # One degree of latitude is 111.2 km.
    places = [school("A", lat=24.0, lng=103.0), school("B", lat=25.0, lng=103.0, needs=posts(art=1))]
    reason = reason_of(problem(places, [teacher("t", "A")], settings={"max_km": 111}))
    assert reason.code == "no_post_within_reach"
    assert (reason.params["nearest_school"], reason.params["nearest_km"]) == ("B", 111.2)
    assert answers(problem(places, [teacher("t", "A")], settings={"max_km": 112}))[2] == {}


def test_direction_not_allowed() -> None:
    places = [school("A"), school("B", needs=posts(art=1))]
    reason = reason_of(problem(places, [teacher("t", "A")], settings={"directions": ["down", "up"]}))
    assert reason.code == "direction_not_allowed"
    assert (reason.params["ways"], reason.params["schools"]) == (["lateral"], ["B"])


@pytest.mark.parametrize(
    "decision", [{"locks": [{"teacher": "t", "to": None}]}, {"bans": [{"teacher": "t", "to": "B"}]}]
)
def test_locked_or_banned(decision: Data) -> None:
    reason = reason_of(problem([school("A"), school("B", needs=posts(art=1))], [teacher("t", "A")], **decision))
    assert reason.code == "locked_or_banned"
    assert reason.params["locked"] == ("locks" in decision)
    assert reason.params["banned"] == (["B"] if "bans" in decision else [])


def test_post_filled_by_another() -> None:
    # B has one post; near comes from 0 km, far would come from 11.1 km: cost 0 against 111.
    places = [school("A", lat=24.0, lng=103.0), school("B", lat=24.0, lng=103.0, needs=posts(art=1))]
    people = [teacher("near", "A"), teacher("far", "A", lat=24.1, lng=103.0)]
    reason = reason_of(problem(places, people), "far")
    assert reason.code == "post_filled_by"
    assert reason.params["filled_by"] == [{"school": "B", "subject": "art", "teacher": "near"}]
    assert reason.params["instead"] == [{"teacher": "near", "rule": None, "school": None, "tier": "cost", "by": 111}]


def test_school_would_fall_under_its_staff_floor() -> None:
    # H3: 4 staff, ⌊0.25 · 4⌋ = 1 may go; the cheaper of two goes.
    people = [teacher("t", "A", lat=24.1, lng=103.0), teacher("u", "A", lat=24.0, lng=103.0), *staff("A", 2)]
    places = [school("A"), school("B", lat=24.0, lng=103.0, needs=posts(art=2))]
    reason = reason_of(problem(places, people, settings={"net_loss_rate": 0.25}))
    assert reason.code == "school_would_fall_under_its_floor"
    assert numbers(reason) == ("H3", "A", 3, 2, 3)


def test_school_would_lose_a_filled_post() -> None:
    # H4: A has one art post and one art teacher.
    places = [school("A", needs=posts(art=1)), school("B", needs=posts(art=1), priority=True)]
    reason = reason_of(problem(places, [teacher("t", "A"), *staff("A", 3)]))
    assert numbers(reason) == ("H4", "A", 1, 0, 1)
    assert (reason.params["stage"], reason.params["subject"]) == ("primary", "art")


def test_school_would_lose_a_backbone_teacher_it_must_keep() -> None:
    # H7: ⌈1 · 120 / 100⌉ = 2, but only 1 is there, so that one stays.
    places = [school("A", students={"primary": 120}), school("B", needs=posts(art=1))]
    reason = reason_of(problem(places, [teacher("t", "A", backbone=True)], settings={"backbone_floor": 1}))
    assert numbers(reason) == ("H7", "A", 1, 0, 1)


def test_out_rate_reached() -> None:
    # H5: ⌊0.34 · 3⌋ = 1 may leave; s comes, so that H3 is not in the way.
    places = [school("A", needs=posts(music=1)), school("B", needs=posts(art=2), lat=24.0, lng=103.0)]
    people = [
        teacher("t", "A", lat=24.1, lng=103.0), teacher("u", "A", lat=24.0, lng=103.0), *staff("A", 1),
        teacher("s", "B", subject="music"), *staff("B", 2),
    ]  # fmt: skip
    reason = reason_of(problem(places, people, settings={"out_rate": 0.34}))
    assert reason.code == "out_rate_reached"
    assert numbers(reason) == ("H5", "A", 1, 2, 1)


def test_quota_full() -> None:
    # H2: 1 head, 2 seats, 2 open posts: the nearer comes.
    places = [school("A"), school("B", needs=posts(art=2), quota=2, lat=24.0, lng=103.0)]
    people = [teacher("t", "A", lat=24.1, lng=103.0), teacher("u", "A", lat=24.0, lng=103.0), *staff("B", 1)]
    _, _, teachers, open_posts = answers(problem(places, people))
    assert numbers(teachers["t"]) == ("H2", "B", 2, 3, 2)
    assert teachers["t"].code == open_posts["B art"].code == "quota_full"


def test_cap_on_moves() -> None:
    # H6: ⌊0.5 · 2⌋ = 1.
    places = [school("A"), school("B", needs=posts(art=2), lat=24.0, lng=103.0)]
    people = [teacher("t", "A", lat=24.1, lng=103.0), teacher("u", "A", lat=24.0, lng=103.0)]
    _, _, teachers, open_posts = answers(problem(places, people, settings={"max_move_rate": 0.5}))
    assert numbers(teachers["t"])[2:] == (1, 2, 1)
    assert teachers["t"].code == open_posts["B art"].code == "cap_on_moves"


def test_not_worth_a_tier() -> None:
    # B's one post is filled by b: nothing is won, and the number of moves grows by one.
    reason = reason_of(
        problem([school("A"), school("B", needs=posts(art=1))], [teacher("t", "A"), *staff("B", 1, subject="art")])
    )
    assert reason.code == "not_worth_a_tier"
    assert (reason.params["tier"], reason.params["by"]) == ("moves", 1)


def test_a_backbone_share_can_make_a_move_not_worth_while() -> None:
    # R2: share 1; t has no title, so the move would be one person short of the share.
    data = problem([school("A"), school("B", needs=posts(art=1))], [teacher("t", "A")], settings={"share": 1})
    reason = reason_of(data)
    assert (reason.code, reason.params["tier"], reason.params["by"]) == ("not_worth_a_tier", "rules", 1)


def test_equally_good_where_no_tier_tells_them_apart() -> None:
    data = problem(
        [school("A"), school("B", needs=posts(art=1))], [teacher("t", "A"), *staff("B", 1, subject="art")],
        settings={"tiers": ["rules", "needs"]},
    )  # fmt: skip
    made = Problem.from_dict(data)
    still = solve(made)
    if not still.moves:
        assert why_not(made, still).teachers[0].reasons[0].code == "equally_good"


def test_a_plan_that_is_not_best_says_so() -> None:
    made = Problem.from_dict(problem([school("A"), school("B", needs=posts(art=1))], [teacher("t", "A")]))
    nothing = Solution("", "feasible")
    row = why_not(made, nothing).teachers[0]
    assert (row.reasons[0].code, row.reasons[0].params["tier"], row.reasons[0].params["by"]) == (
        "would_improve",
        "needs",
        -1,
    )
    assert check_reason(made, nothing, row, row.reasons[0], solves=0).holds


# -- a post left open ----------------------------------------------------------------------------------------


def test_nobody_teaches_the_subject() -> None:
    _, _, _, open_posts = answers(problem([school("A"), school("B", needs=posts(music=1))], [teacher("t", "A")]))
    assert open_posts["B music"].code == "no_teacher_within_reach"


def test_those_who_could_come_are_needed_elsewhere() -> None:
    # One teacher, two open posts; C weighs double.
    places = [school("A"), school("B", needs=posts(art=1)), school("C", needs=posts(art=1), priority=True)]
    _, _, _, open_posts = answers(problem(places, [teacher("t", "A")]))
    assert open_posts["B art"].code == "needed_elsewhere"
    row = {"teacher": "t", "to": "C", "rule": None, "school": None, "tier": "needs", "by": 1}
    assert open_posts["B art"].params["elsewhere"] == [row]


def test_everyone_comes_already() -> None:
    _, _, _, open_posts = answers(problem([school("A"), school("B", needs=posts(art=2))], [teacher("t", "A")]))
    assert (open_posts["B art"].code, open_posts["B art"].params["coming"]) == ("all_come_already", ["t"])


@pytest.mark.parametrize(
    "decision", [{"locks": [{"teacher": "t", "to": None}]}, {"bans": [{"teacher": "t", "to": "B"}]}]
)
def test_everyone_is_held_by_a_decision(decision: Data) -> None:
    data = problem([school("A"), school("B", needs=posts(art=1))], [teacher("t", "A")], **decision)
    assert answers(data)[3]["B art"].code == "locked_or_banned"


def test_a_post_out_of_every_allowed_direction() -> None:
    data = problem(
        [school("A"), school("B", needs=posts(art=1))], [teacher("t", "A")], settings={"directions": ["down"]}
    )
    assert answers(data)[3]["B art"].code == "direction_not_allowed"


def test_the_school_that_would_send_must_keep_its_teacher() -> None:
    places = [school("A", needs=posts(art=1)), school("B", needs=posts(art=1))]
    reason = answers(problem(places, [teacher("t", "A"), *staff("A", 3)]))[3]["B art"]
    assert reason.code == "school_would_fall_under_its_floor"
    assert [(row["teacher"], row["rule"]) for row in reason.params["held"]] == [("t", "H4")]


# -- every reason of many counties ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [*range(60), 113, 158])
def test_every_reason_is_true_when_forced(seed: int) -> None:
    made = Problem.from_dict(tiny(seed))
    solution = solve(made)
    if solution.status != "optimal":
        return
    found = why_not(made, solution)
    moved = {move.teacher for move in solution.moves}
    assert {row.teacher for row in found.teachers} == {t.id for t in made.teachers if t.eligible} - moved
    for row in [*found.teachers, *found.posts]:
        assert row.reasons
        for reason in row.reasons:
            assert reason.code != "would_improve"
            check = check_reason(made, solution, row, reason, solves=4)
            assert check.holds, (row.to_dict(), check.to_dict())


@pytest.mark.parametrize("seed", range(60, 100))
def test_reasons_are_as_true_of_a_plan_that_is_not_best(seed: int) -> None:
    made = Problem.from_dict(tiny(seed))
    solution = solve(made)
    half = Solution("", "feasible", solution.tiers, solution.moves[::2])
    found = why_not(made, half)
    for row in [*found.teachers, *found.posts]:
        for reason in row.reasons:
            assert check_reason(made, half, row, reason, solves=0).holds, (row.to_dict(), reason.code)


def test_the_random_counties_bring_up_every_code() -> None:
    seen = set()
    for seed in range(150):
        made = Problem.from_dict(tiny(seed))
        solution = solve(made)
        if solution.status == "optimal":
            found = why_not(made, solution)
            seen |= {reason.code for row in [*found.teachers, *found.posts] for reason in row.reasons}
    assert seen >= {
        "no_post_within_reach", "direction_not_allowed", "locked_or_banned", "post_filled_by", "quota_full",
        "school_would_fall_under_its_floor", "out_rate_reached", "cap_on_moves", "not_worth_a_tier",
        "needed_elsewhere", "no_teacher_within_reach", "all_come_already",
    }  # fmt: skip


def test_a_false_reason_does_not_hold() -> None:
    data = problem(
        [school("A"), school("B", needs=posts(art=1), quota=1)], [teacher("t", "A"), *staff("B", 1, subject="art")]
    )
    made = Problem.from_dict(data)
    solution = solve(made)
    row = why_not(made, solution).teachers[0]
    true = row.reasons[0]
    assert true.code == "quota_full"
    assert check_reason(made, solution, row, true).holds
    floor = {"rule": "H3", "school": "A", "now": 1, "after": 0, "limit": 1}
    for lie in (
        Reason("school_would_fall_under_its_floor", "", floor), Reason("no_post_within_reach", ""),
        Reason("direction_not_allowed", ""), Reason("locked_or_banned", ""), Reason("cap_on_moves", "", {}),
        Reason("not_worth_a_tier", "", true.params | {"tier": "cost", "by": 5}),
        Reason("post_filled_by", "", {"posts": [["B", "art"]], "filled_by": []}),
        Reason("equally_good", "", {"posts": [["B", "art"]]}),
    ):  # fmt: skip
        assert not check_reason(made, solution, row, lie).holds, lie.code


def test_the_cost_of_a_forced_move_is_at_most_what_was_said() -> None:
    made = Problem.from_dict(small(6, 3) | {"settings": {"max_move_rate": 0.5, "out_rate": 1, "net_loss_rate": 0.5}})
    solution = solve(made)
    said = [
        (row, reason) for row in why_not(made, solution).teachers for reason in row.reasons
        if reason.code == "not_worth_a_tier"
    ]  # fmt: skip
    assert said
    for row, reason in said[:6]:
        check = check_reason(made, solution, row, reason)
        price = check.forced[0].price
        assert check.holds and price is not None and price.kind == "exact"
        order = [tier.name for tier in price.tiers]
        first = price.first
        claimed = (order.index(reason.params["tier"]), reason.params["by"])
        assert first is None or (order.index(first[0]), 0) >= (claimed[0], 0)
        if first is not None and first[0] == reason.params["tier"]:
            assert first[1] <= claimed[1] + 1e-9


def test_moves_may_be_given_as_plain_rows() -> None:
    data = problem([school("A"), school("B", needs=posts(art=1))], [teacher("t", "A"), teacher("u", "A")])
    made = Problem.from_dict(data)
    plan = Solution("", "feasible", moves=(Move("u", "A", "B", "art"),))
    assert [row.teacher for row in why_not(made, plan).teachers] == ["t"]
