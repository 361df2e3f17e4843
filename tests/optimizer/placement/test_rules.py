"""Each rule and tier in the smallest case where it bites, worked by hand, and another answer without it."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer.placement import Problem, Solution, solve, verify
from tests.optimizer.placement.markets import Data, applicant, host, problem


def solved(data: Data) -> Solution:
    solution = solve(Problem.from_dict(data))
    assert verify.faults(data, solution.to_dict()) == []
    return solution


def places(data: Data) -> dict[str, str]:
    return {place.applicant: place.host for place in solved(data).places}


def value(data: Data, tier: str) -> float:
    return next(found.value for found in solved(data).tiers if found.name == tier)


@pytest.mark.parametrize(
    ("settings", "own", "takes", "there"),
    [
        ({}, {"subject": "art"}, {"subjects": ["music"]}, False),
        ({"subject_exceptions": [["art", "music"]]}, {"subject": "art"}, {"subjects": ["music"]}, True),
        ({"subject_exceptions": [["music", "art"]]}, {"subject": "art"}, {"subjects": ["music"]}, False),
        ({}, {"subject": "art", "also": ["music"]}, {"subjects": ["music"]}, True),
        ({}, {"subject": "art"}, {}, True),
        ({}, {"stage": "junior"}, {"stages": ["primary"]}, False),
        ({"stage_exceptions": [["junior", "primary"]]}, {"stage": "junior"}, {"stages": ["primary"]}, True),
        ({"max_km": 10}, {"lat": 25.0, "lng": 103.0}, {"lat": 25.1, "lng": 103.0}, False),
        ({"max_km": 12}, {"lat": 25.0, "lng": 103.0}, {"lat": 25.1, "lng": 103.0}, True),
        ({"max_km": 10}, {"lat": 25.0, "lng": 103.0}, {}, True),
        ({}, {"refuses": ["h"]}, {}, False),
        ({}, {}, {"refuses": ["a"]}, False),
        ({}, {}, {"wishes": ["b"], "open": False}, False),
        ({}, {}, {"wishes": ["b"]}, True),
    ],
)
def test_who_may_go_where(settings: Data, own: Data, takes: Data, there: bool) -> None:
    people = [applicant("a", **own), applicant("b", refuses=["h"])]
    assert (places(problem(people, [host("h", **takes)], settings=settings)).get("a") == "h") is there


def test_e3_an_applicant_with_wishes_goes_nowhere_else_unless_open() -> None:
    hosts = [host("x"), host("y")]
    people = [applicant("a", "x"), applicant("b", "x")]
    assert len(places(problem(people, hosts))) == 1
    people[1]["open"] = True
    assert places(problem(people, hosts)) == {"a": "x", "b": "y"}


def test_p1_nobody_is_in_two_places() -> None:
    assert len(solved(problem([applicant("a", "x", "y")], [host("x"), host("y")])).places) == 1


def test_p2_no_host_is_over_filled() -> None:
    people = [applicant(name, "x") for name in "abc"]
    assert len(places(problem(people, [host("x", 2)]))) == 2
    assert len(places(problem(people, [host("x", 3)]))) == 3


def test_p3_a_host_takes_nobody_or_its_minimum() -> None:
    people = [applicant("a", "x"), applicant("b", "x")]
    assert places(problem(people, [host("x", 5, min_places=3)])) == {}
    assert len(places(problem(people, [host("x", 5, min_places=2)]))) == 2


def test_p4_locks_bans_and_keeps_are_honoured() -> None:
    people, hosts = [applicant("a", "x", "y"), applicant("b", "x", "y")], [host("x", 1, "a"), host("y")]
    assert places(problem(people, hosts)) == {"a": "x", "b": "y"}
    assert places(problem(people, hosts, locks=[{"applicant": "a", "host": "y"}])) == {"a": "y", "b": "x"}
    assert places(problem(people, hosts, locks=[{"applicant": "a", "host": None}])) == {"b": "x"}
    assert places(problem(people, hosts, bans=[{"applicant": "a", "host": "x"}])) == {"a": "y", "b": "x"}
    assert places(problem(people, hosts, keeps=[{"applicant": "b", "host": "x"}])) == {"a": "y", "b": "x"}


def test_a_keep_stands_against_subject_and_wish_and_opens_its_host() -> None:
    people = [applicant("a", "y", subject="art"), applicant("b", "x", subject="music")]
    hosts = [host("x", 4, subjects=["music"], min_places=3), host("y")]
    data = problem(people, hosts, keeps=[{"applicant": "a", "host": "x"}])
    assert places(data) == {"a": "x", "b": "x"}


def test_r1_a_share_of_the_places_goes_to_rural_applicants() -> None:
    people = [applicant("a", "x"), applicant("b", "x"), applicant("c", "x", rural=True)]
    hosts = [host("x", 2, "a", "b", "c")]
    assert set(places(problem(people, hosts))) == {"a", "b"}
    data = problem(people, hosts, settings={"rural_share": 0.5})
    assert set(places(data)) == {"a", "c"}
    assert value(data, "stability") == 1  # b and x would rather be together
    both = problem(people, hosts, settings={"rural_share": 1.0})  # two places asked, one rural applicant wants
    assert [short.to_dict() for short in solved(both).shortfalls] == [
        {"scope": "all", "needed": 1, "reached": 1, "missing": 0}
    ]


def test_r1_of_each_host_and_what_is_missing() -> None:
    people = [applicant("a", "x"), applicant("c", "x", "y", rural=True)]
    hosts = [host("x", 1), host("y", 1)]
    data = problem(people, hosts, settings={"rural_share": 1.0, "rural_scopes": ["host"]})
    solution = solved(data)
    assert [(short.scope, short.missing) for short in solution.shortfalls] in (
        [("x", 0), ("y", 1)],
        [("x", 1), ("y", 0)],
    )
    assert places(data) == {"a": "x", "c": "y"}  # the shortfall is one either way, so the second place decides


def test_r1_of_all_places_ties_blocks_together() -> None:
    """Two hosts that share nobody; each for itself takes the applicant it likes best, both urban."""
    people = [
        applicant("a", "x"),
        applicant("b", "x", rural=True),
        applicant("c", "y"),
        applicant("d", "y", rural=True),
    ]
    hosts = [host("x", 1, "a", "b"), host("y", 1, "c", ["d"])]
    assert places(problem(people, hosts)) == {"a": "x", "c": "y"}
    data = problem(people, hosts, settings={"rural_share": 0.5})
    solution = solved(data)
    assert solution.status == "optimal"
    assert sum(place.applicant in "bd" for place in solution.places) == 1
    assert value(data, "stability") == 1


def test_stability_comes_before_unplaced_unless_the_order_says_otherwise() -> None:
    """x likes a better; b can go nowhere else. With both placed, a and x would rather be together."""
    people, hosts = [applicant("a", "x", "y"), applicant("b", "x")], [host("x", 1, "a", "b"), host("y")]
    stable = problem(people, hosts)
    assert places(stable) == {"a": "x"}
    assert value(stable, "stability") == 0
    order = ["policy", "unplaced", "stability", "change", "applicants", "hosts", "distance"]
    data = problem(people, hosts, settings={"tiers": order})
    assert places(data) == {"a": "y", "b": "x"}
    assert [pair.to_dict() for pair in solved(data).blocking] == [{"applicant": "a", "host": "x"}]


def test_stability_counts_ties_as_content() -> None:
    """x likes both alike: whoever is left out, the pair does not block. Ranked, the better one must be in."""
    people = [applicant("a", "x"), applicant("b", "x")]
    for wishes, who in (([["a", "b"]], {"a", "b"}), (["b", "a"], {"b"})):
        solution = solved(problem(people, [host("x", 1, *wishes)]))
        assert solution.blocking == ()
        assert {place.applicant for place in solution.places} <= who


def test_a_shut_host_parts_nobody_and_a_free_place_does() -> None:
    people = [applicant("a", "x", "y")]
    shut = problem(people, [host("x", 3, min_places=2), host("y")])
    assert solved(shut).blocking == ()
    data = problem(people, [host("x", 3), host("y")], locks=[{"applicant": "a", "host": "y"}])
    assert [pair.host for pair in solved(data).blocking] == ["x"]


def test_change_keeps_the_earlier_proposal_among_equals() -> None:
    people, hosts = [applicant("a", ["x", "y"]), applicant("b", ["x", "y"])], [host("x"), host("y")]
    for here, there in (("x", "y"), ("y", "x")):
        reference = [{"applicant": "a", "host": here}, {"applicant": "b", "host": there}]
        data = problem(people, hosts, reference=reference)
        assert places(data) == {"a": here, "b": there}
        assert value(data, "change") == 0


def test_applicants_before_hosts_before_distance() -> None:
    here, there = {"lat": 25.0, "lng": 103.0}, {"lat": 25.2, "lng": 103.0}
    people = [applicant("a", "x", "y", **there), applicant("b", "y", "x", **here)]
    hosts = [host("x", 1, ["b", "a"], **here), host("y", 1, ["a", "b"], **there)]
    data = problem(people, hosts)
    assert places(data) == {"a": "x", "b": "y"}  # first wishes, though each lives next to the other's
    tied = problem([applicant("a", ["x", "y"], **there), applicant("b", ["y", "x"], **here)], hosts)
    assert places(tied) == {"a": "y", "b": "x"}
    ranked: list[Any] = [host("x", 1, "a", "b", **here), host("y", 1, "b", "a", **there)]
    assert places(problem(tied["applicants"], ranked)) == {"a": "x", "b": "y"}


def test_contradicting_locks_are_named_with_the_reason() -> None:
    people = [applicant(name, "x") for name in "abc"]
    locks = [{"applicant": name, "host": "x"} for name in "abc"]
    solution = solve(Problem.from_dict(problem(people, [host("x", 2)], locks=locks)))
    assert solution.status == "infeasible"
    assert len(solution.conflict) == 3
    assert [reason.code for reason in solution.reasons] == ["too_many_locked"]
    single = solve(Problem.from_dict(problem(people, [host("x", 9, min_places=5)], locks=locks[:1])))
    assert [dict(lock) for lock in single.conflict] == locks[:1]
    assert [reason.code for reason in single.reasons] == ["cannot_open"]
    far = problem([applicant("a", "x", subject="art")], [host("x", 1, subjects=["music"])], locks=locks[:1])
    assert [reason.code for reason in solve(Problem.from_dict(far)).reasons] == ["subject"]
