"""Tiny markets, every plan tried: the solver finds the best values, and every rule and tier bites somewhere."""

from __future__ import annotations

from collections import Counter

import pytest

from optimizer.placement import Problem, solve, verify
from tests.optimizer.placement.brute import Brute
from tests.optimizer.placement.markets import tiny

CHUNK, CHUNKS = 30, 10
WANTED = {"E1", "E2", "E3", "E4", "P2", "P3", "P4", "infeasible"}
WANTED |= {"policy", "unplaced", "stability", "change", "applicants", "hosts", "distance"}
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
        assert solution.reasons, seed
        return
    assert solution.status == "optimal", seed
    assert tuple(tier.value for tier in solution.tiers) == best, seed
    assert all(tier.bound == tier.value for tier in solution.tiers), seed
    assert verify.faults(data, solution.to_dict()) == [], seed
    bitten.update(brute.biting())


def test_every_rule_and_tier_bites_somewhere() -> None:
    """On what the instances above showed, and on more of them where that was not enough."""
    for seed in range(1000, 1400):
        if set(bitten) >= WANTED:
            break
        check(seed)
    assert set(bitten) >= WANTED, bitten
