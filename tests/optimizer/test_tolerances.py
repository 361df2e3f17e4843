"""Orders and tolerances of tiers: every plan of tiny counties tried, and smallest cases worked by hand."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from math import floor
from typing import Any

import pytest

from optimizer import Problem, ProblemRefused, canonical_json, solve, verify
from optimizer.checks import check_shape
from optimizer.reasons import check_reason, why_move, why_not
from optimizer.settings import Settings
from tests.optimizer.brute import Brute
from tests.optimizer.counties import TIERS, posts, problem, school, small, teacher, tiny

SHARES = (0.01, 0.25, 0.5, 1, 3)
gave_up: Counter[str] = Counter()


def with_tolerances(seed: int) -> dict[str, Any]:
    """A tiny county with a random order of tiers, some of which may give up a share of their best."""
    r = random.Random(f"tolerances {seed}")
    data = tiny(seed)
    first = TIERS[seed % len(TIERS)]
    rest = r.sample([tier for tier in TIERS if tier != first], r.randint(2, 4))
    data["settings"]["tiers"] = ["rules", first, *rest]
    data["settings"]["tolerances"] = {tier: r.choice(SHARES) for tier in (first, r.choice(rest))}
    data["settings"]["max_move_rate"] = 1
    return data


def worst(data: dict[str, Any], tier: str, best: float) -> float:
    give = Fraction(str(data["settings"]["tolerances"].get(tier, 0)))
    return best * float(1 + give) + 1e-9 if tier == "balance" else floor((1 + give) * round(best))


def best_values(data: dict[str, Any]) -> list[float] | None:
    """Each tier's best among the plans that the tiers before it leave, every one tried."""
    left = [tiers for _, broken, tiers, _ in Brute(data).plans if not broken]
    if not left:
        return None
    found = []
    for tier in data["settings"]["tiers"]:
        found.append(min(values[tier] for values in left))
        left = [values for values in left if values[tier] <= worst(data, tier, found[-1])]
    return found


@pytest.mark.parametrize("chunk", range(8))
def test_solver_equals_enumeration(chunk: int) -> None:
    for seed in range(chunk * 25, (chunk + 1) * 25):
        check(seed)


def check(seed: int) -> None:
    data = with_tolerances(seed)
    best, solution = best_values(data), solve(Problem.from_dict(data))
    if best is None:
        assert solution.status == "infeasible", seed
        return
    assert solution.status == "optimal", seed
    assert verify.faults(data, solution.to_dict()) == [], seed
    assert [tier.best for tier in solution.tiers] == pytest.approx(best, abs=1e-9), (seed, solution.tiers)
    for tier in solution.tiers:
        assert tier.value <= worst(data, tier.name, tier.best), (seed, tier)
        gave_up[tier.name] += tier.value > tier.best + 1e-6
    last = solution.tiers[-1]
    assert last.value == pytest.approx(last.best, abs=1e-9), seed


def test_every_tier_that_may_give_something_up_does_so_somewhere() -> None:
    """On what the instances above showed, and on more of them where that was not enough."""
    wanted = {"needs", "balance", "change", "moves", "cost"}
    for seed in range(1000, 1400):
        if wanted <= {tier for tier, times in gave_up.items() if times}:
            break
        check(seed)
    assert wanted <= {tier for tier, times in gave_up.items() if times}, gave_up


def county(**settings: Any) -> dict[str, Any]:
    """Two vacancies, two who can fill them: each needs a move."""
    schools = [school("A", sending=True), school("B", needs=posts(art=2))]
    return problem(schools, [teacher("t", "A"), teacher("u", "A")], settings=settings)


def test_half_a_gap_given_up_spares_a_move() -> None:
    # Both gaps can be filled: of a best of 0 nothing can be given up. With four gaps the best is 2, and a half is 1.
    strict = solve(Problem.from_dict(county(tiers=["needs", "moves"], tolerances={"needs": 1})))
    assert [(t.value, t.bound) for t in strict.tiers] == [(0, 0), (0, 0), (2, 2)]
    data = county(tiers=["needs", "moves"], tolerances={"needs": 0.5})
    data["schools"][1]["needs"] = posts(art=4)
    eased = solve(Problem.from_dict(data))
    assert eased.status == "optimal"
    assert [(t.value, t.bound) for t in eased.tiers] == [(0, 0), (3, 2), (1, 1)]
    assert verify.faults(data, eased.to_dict()) == []


def test_a_tolerance_is_an_exact_share() -> None:
    # 10 % of 30 is 3, though 1.1 · 30 is 33.000000000000004 in floats and 0.07 · 100 less than 7 in others.
    assert Settings(tolerances=(("needs", 0.1),)).worst("needs", 30) == 33
    assert Settings(tolerances=(("needs", 0.07),)).worst("needs", 100) == 107
    assert Settings(tolerances=(("needs", 0.0699),)).worst("needs", 100) == 106
    assert Settings(tolerances=(("rules", 0.5),)).worst("rules", 4) == 4


def test_the_verifier_refuses_more_than_the_tolerance() -> None:
    data = county(tiers=["needs", "moves"], tolerances={"needs": 0.5})
    data["schools"][1]["needs"] = posts(art=4)
    claimed = solve(Problem.from_dict(data)).to_dict()
    claimed["tiers"][1]["bound"] = 1
    assert any("needs is not proven" in fault for fault in verify.faults(data, claimed))


def test_a_problem_without_tolerances_keeps_its_digest() -> None:
    data = small(6, 1)
    plain = canonical_json(Problem.from_dict(data))
    assert b"tolerances" not in plain
    data["settings"]["tolerances"] = {"needs": 0}
    assert canonical_json(Problem.from_dict(data)) == plain
    data["settings"]["tolerances"] = {"needs": 0.01}
    again = Problem.from_dict(Problem.from_dict(data).to_dict())
    assert again.settings.tolerances == (("needs", 0.01),)


@pytest.mark.parametrize(
    ("tolerances", "code"),
    [({"rules": 0.1}, "unknown_word"), ({"x": 0.1}, "unknown_word"), ({"needs": -1}, "negative_count")],
)
def test_tolerances_that_make_no_sense_are_refused(tolerances: dict[str, float], code: str) -> None:
    with pytest.raises(ProblemRefused) as refusal:
        solve(Problem.from_dict(county(tolerances=tolerances)))
    assert code in {finding.code for finding in refusal.value.findings}


def test_tolerances_of_the_wrong_type_are_refused() -> None:
    for wrong in (["needs"], {"needs": "1"}, 3):
        assert [f.code for f in check_shape(county(tolerances=wrong))] == ["wrong_type"]


@pytest.mark.parametrize("seed", range(3))
def test_giving_up_balance_never_needs_more_moves(seed: int) -> None:
    data = small(10, seed)
    strict = {t.name: t for t in solve(Problem.from_dict(data)).tiers}
    data["settings"]["tolerances"] = {"balance": 0.05}
    solution = solve(Problem.from_dict(data))
    eased = {t.name: t for t in solution.tiers}
    assert solution.status == "optimal"
    assert verify.faults(data, solution.to_dict()) == []
    assert eased["balance"].best == pytest.approx(strict["balance"].best, rel=2e-6)
    assert eased["balance"].value <= strict["balance"].value * 1.05 * (1 + 1e-9)
    assert eased["moves"].value <= strict["moves"].value


@pytest.mark.parametrize("chunk", range(4))
def test_reasons_and_prices_hold_where_something_may_be_given_up(chunk: int) -> None:
    for seed in range(chunk * 20, (chunk + 1) * 20):
        data = with_tolerances(seed)
        made = Problem.from_dict(data)
        solution = solve(made)
        if solution.status != "optimal":
            continue
        found = why_not(made, solution)
        for row in [*found.teachers, *found.posts]:
            for reason in row.reasons:
                assert reason.code != "would_improve", (seed, row.to_dict())
                check = check_reason(made, solution, row, reason, solves=2)
                assert check.holds, (seed, row.to_dict(), check.to_dict())
        locked = {lock.teacher for lock in made.locks}
        for move in [move for move in solution.moves if move.teacher not in locked][:2]:
            price = why_move(made, solution, move.teacher, alternatives=1).loss
            assert price.first is None or price.first[1] > 0, (seed, price.to_dict())
