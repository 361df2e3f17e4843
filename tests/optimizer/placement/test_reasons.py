"""Reasons, prices and mends are true: each is forced, and the verifier or another solve says the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from optimizer.placement import (
    Lock,
    Pair,
    Problem,
    Solution,
    empty_hosts,
    mend_empty,
    price_of_lock,
    price_of_place,
    solve,
    unplaced,
    verify,
    why_not,
)
from tests.optimizer.placement.markets import Data, applicant, host, problem, tiny

RULE_OF = {
    "subject": "E1", "stage": "E2", "applicant_refuses": "E3", "host_refuses": "E3", "not_wished": "E3",
    "not_chosen": "E3", "too_far": "E4", "banned": "P4", "kept": "P4", "locked": "P4", "no_free_place": "P2",
    "filled_by": "P2", "shut": "P3", "displaces": "P2", "needed_to_open": "P3",
}  # fmt: skip


def forced(data: Data, solution: Solution, name: str, to: str) -> tuple[set[str], dict[str, int]]:
    """The rules that break, and the tiers, once somebody is moved to a host and all else is as it is."""
    places = [{"applicant": p.applicant, "host": p.host} for p in solution.places if p.applicant != name]
    report = verify.report(data, {"places": [*places, {"applicant": name, "host": to}]})
    return {fault["rule"] for fault in report["broken"]}, report["tiers"]


def test_every_reason_why_not_is_true_when_forced() -> None:
    seen: Counter[str] = Counter()
    for seed in range(120):
        data = tiny(seed)
        found = Problem.from_dict(data)
        solution = solve(found)
        if solution.status == "infeasible":
            continue
        at = {place.applicant: place.host for place in solution.places}
        blocking = {(pair.applicant, pair.host) for pair in solution.blocking}
        for a in found.applicants:
            for h in found.hosts:
                if at.get(a.id) == h.id:
                    assert [r.code for r in why_not(found, solution, a.id, h.id).reasons] == ["placed_here"]
                    continue
                answer = why_not(found, solution, a.id, h.id)
                broken, _ = forced(data, solution, a.id, h.id)
                codes = {reason.code for reason in answer.reasons}
                seen.update(codes)
                assert codes
                for code in codes & RULE_OF.keys():
                    assert RULE_OF[code] in broken, (seed, a.id, h.id, code, broken)
                liked = codes & {"better_place", "filled_by", "shut"} or not codes.isdisjoint(_APART)
                assert ((a.id, h.id) in blocking) is not liked, (seed, a.id, h.id, codes)
    assert set(seen) >= {*RULE_OF, "better_place", "free_place"} - {"no_free_place"}, seen


_APART = {
    "subject", "stage", "applicant_refuses", "host_refuses", "not_wished", "not_chosen", "too_far", "banned", "kept",
    "no_free_place",
}  # fmt: skip


def test_who_fills_the_places_is_named_with_their_rank() -> None:
    people = [applicant(name, "x") for name in "abc"]
    found = Problem.from_dict(problem(people, [host("x", 2, "a", "b")]))
    (reason,) = why_not(found, solve(found), "c", "x").reasons
    assert reason.code == "filled_by"
    assert reason.params["by"] == [{"applicant": "a", "rank": 1}, {"applicant": "b", "rank": 2}]
    assert reason.params["rank"] == 3


def test_everybody_without_a_place_has_a_reason_for_every_wish() -> None:
    people = [applicant("a", "x"), applicant("b", "x", "y"), applicant("c")]
    found = Problem.from_dict(problem(people, [host("x", 1, "a"), host("y", 5, min_places=3, subjects=["art"])]))
    answers = dict(unplaced(found, solve(found)))
    assert {name: [why.host for why in whys] for name, whys in answers.items()} == {"b": ["x", "y"], "c": ["x", "y"]}
    assert [[r.code for r in why.reasons] for why in answers["b"]] == [["filled_by"], ["shut"]]


def test_the_price_of_a_lock_is_the_difference_of_two_proven_plans() -> None:
    people, hosts = [applicant("a", "x", "y"), applicant("b", "x", "y")], [host("x", 1, "a"), host("y")]
    found = Problem.from_dict(problem(people, hosts))
    lock = Lock("a", "y")
    price = price_of_lock(found, lock)
    assert price.kind == "exact"
    assert price.first is not None
    assert (price.first.name, price.first.without, price.first.with_it) == ("stability", 0, 1)
    assert set(price.changed) == {Pair("a", "x"), Pair("a", "y"), Pair("b", "x"), Pair("b", "y")}
    assert price == price_of_lock(replace(found, locks=(lock,)), lock)
    assert price_of_lock(found, Lock("a", "x")).first is None
    far = price_of_lock(replace(found, bans=(Pair("a", "y"),)), lock)
    assert (far.kind, [dict(k) for k in far.conflict]) == ("impossible", [lock.to_dict()])


def test_no_lock_and_no_ban_makes_a_proven_plan_better() -> None:
    for seed in range(60):
        found = Problem.from_dict(tiny(seed))
        solution = solve(found)
        if solution.status == "infeasible" or found.locks:
            continue
        for pair in solution.blocking[:1]:
            price = price_of_lock(found, Lock(pair.applicant, pair.host))
            if price.kind == "exact":
                assert [t.with_it for t in price.tiers] >= [t.without for t in price.tiers]
        free = [place for place in solution.places if Pair(place.applicant, place.host) not in found.keeps]
        for place in free[:1]:
            price = price_of_place(found, solution, place.applicant)
            if "policy" in found.settings.tiers and not found.settings.rural_share:
                assert [t.with_it for t in price.tiers][:2] >= [t.without for t in price.tiers][:2]


@pytest.mark.parametrize(
    ("changes", "who", "code", "params"),
    [
        ({"min_places": 3, "max_places": 3}, {}, "lower_minimum", {"min_places": 1}),
        ({"wishes": ["q"], "open": False}, {}, "open_to_others", {}),
        ({"lat": 25.2, "lng": 103.0}, {"lat": 25.0, "lng": 103.0}, "further", {"max_km": 23}),
        ({"subjects": ["music"]}, {"subject": "art"}, "subject_exception", {"pair": ["art", "music"]}),
        ({"stages": ["primary"]}, {"stage": "junior"}, "stage_exception", {"pair": ["junior", "primary"]}),
        ({"refuses": ["a"]}, {}, "ask_host", {"applicants": ["a"]}),
        ({"id": "y"}, {}, "ask_applicants", {"applicants": ["a"]}),
    ],
)
def test_what_mends_an_empty_studio_brings_the_people_named(changes: Data, who: Data, code: str, params: Any) -> None:
    people = [applicant("a", "x", **who), applicant("q", "z", subject="none", stage="none")]
    studio = {**host("x", 1), **changes}
    hosts = [studio, host("z", 1)] + ([host("x", 1, "q", open=False)] if studio["id"] == "y" else [])
    found = Problem.from_dict(problem(people, hosts, settings={"max_km": 10}))
    solution = solve(found)
    assert studio["id"] in empty_hosts(found, solution)
    mends = {mend.code: mend for mend in mend_empty(found, solution, studio["id"])}
    assert dict(mends[code].params) == params
    assert mends[code].comes == ("a",)


def test_nothing_is_named_that_does_not_mend() -> None:
    people = [applicant("a", "x")]
    found = Problem.from_dict(problem(people, [host("x", 1), host("y", 1, min_places=1)]))
    assert mend_empty(found, solve(found), "y") == ()
