"""The solve as a whole: equal problems, the clock, the cancel button, and what must hold of any market."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.placement import Cancelled, Problem, ProblemRefused, Progress, canonical_json, solve, verify
from optimizer.placement.build import split
from optimizer.placement.deferred import deferred_acceptance
from optimizer.placement.make import Shape, make
from optimizer.placement.market import Market
from tests.optimizer.placement.markets import applicant, host, problem, shuffled, tiny

SMALL = Shape(hosts=8, applicants=60)


def test_shuffled_input_gives_the_same_places() -> None:
    data = make(SMALL, 5)
    first = solve(Problem.from_dict(data))
    for seed in range(2):
        other = Problem.from_dict(shuffled(data, seed))
        again = solve(other)
        assert canonical_json(other) == canonical_json(Problem.from_dict(data))
        assert (again.places, again.problem_sha256) == (first.places, first.problem_sha256)


def test_a_problem_survives_its_json() -> None:
    for seed in range(20):
        found = Problem.from_dict(tiny(seed))
        assert Problem.from_dict(found.to_dict()) == found


def test_a_made_market_is_solved_and_sound() -> None:
    for kind in ("studio", "mentor"):
        data = make(replace(SMALL, kind=kind), 2)
        solution = solve(Problem.from_dict(data))
        assert solution.status == "optimal"
        assert verify.faults(data, solution.to_dict()) == []


def test_a_market_is_the_same_for_the_same_seed() -> None:
    assert make(SMALL, 3) == make(SMALL, 3)
    assert make(SMALL, 3) != make(SMALL, 4)


def test_without_time_a_sound_plan_comes_back_unproven() -> None:
    data = make(SMALL, 1)
    solution = solve(Problem.from_dict(data), time_limit=0)
    assert solution.status == "feasible"
    assert solution.places
    assert verify.faults(data, solution.to_dict()) == []
    assert any(tier.bound < tier.value for tier in solution.tiers)


def test_a_cancelled_solve_stops() -> None:
    with pytest.raises(Cancelled):
        solve(Problem.from_dict(make(SMALL, 1)), cancelled=lambda: True)


def test_progress_names_every_tier() -> None:
    seen: list[Progress] = []
    solve(Problem.from_dict(problem([applicant("a", "x")], [host("x")])), progress=seen.append)
    assert {at.tier for at in seen} >= {"policy", "unplaced", "stability", "applicants", "hosts", "distance"}


def test_a_problem_with_faults_is_refused_with_all_of_them() -> None:
    data = problem(
        [applicant("a", "x", "x", refuses=["x"]), applicant("a")],
        [host("x", -1), host("y", 1, min_places=3)],
        locks=[{"applicant": "q", "host": "z"}],
        settings={"rural_share": 2, "tiers": ["nothing"]},
    )
    with pytest.raises(ProblemRefused) as refused:
        solve(Problem.from_dict(data))
    codes = {finding.code for finding in refused.value.findings}
    assert codes >= {
        "duplicate_id", "wished_twice", "wished_and_refused", "negative_count", "min_above_max", "unknown_applicant",
        "unknown_host", "not_a_share", "unknown_word",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([], "wrong_type"),
        ({"format": "other/1", "applicants": [], "hosts": []}, "wrong_format"),
        ({"applicants": [{}], "hosts": []}, "missing_key"),
        ({"applicants": [{"id": "a", "wishes": [1]}], "hosts": []}, "wrong_type"),
        ({"applicants": [{"id": "a", "wishes": [[]]}], "hosts": []}, "wrong_type"),
        ({"applicants": [], "hosts": [{"id": "x", "max_places": True}]}, "wrong_type"),
        ({"applicants": [], "hosts": [], "settings": {"subject_exceptions": [["a"]]}}, "wrong_type"),
        ({"applicants": [], "hosts": [], "settings": {"max_km": float("nan")}}, "wrong_type"),
    ],
)
def test_a_document_of_the_wrong_shape_is_refused(data: object, code: str) -> None:
    with pytest.raises(ProblemRefused) as refused:
        Problem.from_dict(data)  # type: ignore[arg-type]
    assert code in {finding.code for finding in refused.value.findings}


def test_no_market_at_all_is_solved() -> None:
    assert solve(Problem((), ())).status == "optimal"
    alone = solve(Problem.from_dict(problem([applicant("a", "x")], [host("x", 0)])))
    assert [tier.value for tier in alone.tiers if tier.name == "unplaced"] == [1]
    assert alone.status == "optimal"


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_where_ranks_are_strict_and_stability_comes_first_nothing_blocks_and_nobody_fares_worse(seed: int) -> None:
    """Gale and Shapley: a stable plan exists, all of them place the same number, and theirs is best for applicants."""
    shape = Shape(hosts=4, applicants=14, ranked_share=1.0, rural_share=0.0)
    data = make(shape, seed)
    for place in data["hosts"]:
        place["min_places"] = 0
    data["settings"]["tiers"] = ["policy", "stability", "applicants", "unplaced", "change", "hosts", "distance"]
    found = Problem.from_dict(data)
    solution = solve(found)
    market = Market.of(found.canonical())
    peer = market.values(deferred_acceptance(market))
    values = {tier.name: tier.value for tier in solution.tiers}
    assert solution.status == "optimal"
    assert peer["stability"] == values["stability"] == 0
    assert peer["unplaced"] == values["unplaced"]
    assert peer["applicants"] == values["applicants"]


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_the_market_counts_as_the_verifier_does(seed: int) -> None:
    data = tiny(seed)
    found = Problem.from_dict(data)
    market = Market.of(found.canonical())
    plan = deferred_acceptance(market)
    pairs = market.placed(plan).items()
    places = [{"applicant": market.applicants[i].id, "host": market.hosts[j].id} for i, j in pairs]
    report = verify.report(data, {"places": places})
    assert report["tiers"] == market.values(plan)
    assert sorted(n for block in split(market) for n in block.edges) == list(range(len(market.edges)))


@pytest.mark.parametrize("seconds", [0.3, 1.0])
def test_whenever_the_clock_runs_out_the_plan_is_sound_and_the_bounds_hold(seconds: float) -> None:
    """The same market without a limit of time proves what the bounds may not pass."""
    data = make(Shape(hosts=12, applicants=150), 4)
    cut = solve(Problem.from_dict(data), time_limit=seconds)
    assert verify.faults(data, cut.to_dict()) == []
    full = solve(Problem.from_dict(data))
    for early, late in zip(cut.tiers, full.tiers, strict=True):
        assert early.bound <= late.value, early.name
        if early.value > early.bound:
            break
        assert early.value == late.value, early.name
