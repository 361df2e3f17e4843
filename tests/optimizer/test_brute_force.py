"""Tiny counties, every plan tried: the solver finds the best values, and every rule and tier bites somewhere."""

from __future__ import annotations

from collections import Counter

import pytest

from optimizer import Problem, solve, verify
from tests.optimizer.brute import Brute
from tests.optimizer.counties import tiny

CHUNK, CHUNKS = 30, 10
bitten: Counter[str] = Counter()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_solver_equals_enumeration(chunk: int) -> None:
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        check(seed)


def check(seed: int) -> None:
    data = tiny(seed)
    brute = Brute(data)
    solution = solve(Problem.from_dict(data))
    best = brute.best()
    if best is None:
        bitten["infeasible"] += 1
        assert solution.status == "infeasible", seed
        assert len(solution.conflict) == brute.smallest_conflict(), seed
        return
    assert solution.status == "optimal", seed
    assert tuple(round(tier.value, 9) for tier in solution.tiers) == best, (seed, solution.tiers)
    assert verify.faults(data, solution.to_dict()) == [], seed
    bitten.update(brute.biting_rules())
    bitten.update(brute.biting_tiers())


@pytest.mark.parametrize("rule", ["R1", "R2", "R3", "R4"])
def test_a_policy_rule_left_out_counts_neither_in_the_model_nor_in_the_measure(rule: str) -> None:
    for seed in range(40):
        data = tiny(seed)
        best = Brute(data).best(without=rule)
        solution = solve(Problem.from_dict(data), without=frozenset({rule}))
        if best is None:
            assert solution.status == "infeasible", seed
        else:
            assert tuple(round(tier.value, 9) for tier in solution.tiers) == best, (rule, seed)
            assert solution.problem_sha256 == solve(Problem.from_dict(data)).problem_sha256


def test_every_rule_and_tier_bites_somewhere() -> None:
    """On what the instances above showed, and on more of them where that was not enough."""
    wanted = {"H2", "H3", "H4", "H5", "H6", "H7", "H8", "R1", "R2", "R3", "R4", "infeasible"}
    wanted |= {"rules", "needs", "balance", "change", "moves", "cost"}
    for seed in range(1000, 1400):
        if wanted <= set(bitten):
            break
        check(seed)
    assert wanted <= set(bitten), bitten
