"""Solving again after one more decision: the same answer with and without what the earlier solve left."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from optimizer import Ban, Lock, Problem, ReferenceMove, Solution, Start, solve, verify
from tests.optimizer.brute import Brute, single_moves
from tests.optimizer.counties import small, tiny

Data = dict[str, Any]


def fresh(data: Data) -> Problem:
    """A problem with the tiers in their usual order and nothing decided yet."""
    problem = Problem.from_dict(data | {"locks": [], "bans": [], "reference": []})
    tiers = ("rules", "needs", "balance", "change", "moves", "cost")
    return replace(problem, settings=replace(problem.settings, tiers=tiers))


def decided(problem: Problem, solution: Solution, r: random.Random) -> Problem:
    """The problem after one random decision on the plan, which it now refers to."""
    reference = tuple(ReferenceMove(move.teacher, move.to) for move in solution.moves)
    after = replace(problem, reference=reference)
    data = after.to_dict()
    if solution.moves and r.random() < 0.3:
        move = r.choice(solution.moves)
        return replace(after, bans=(Ban(move.teacher, move.to),))
    teacher = r.choice([t for t in data["teachers"] if t["eligible"]])
    places = {move["to"] for move in single_moves(data, teacher)}
    return replace(after, locks=(Lock(teacher["id"], r.choice([None, *sorted(places)])),))


def values(solution: Solution) -> dict[str, float]:
    return {tier.name: tier.value for tier in solution.tiers}


def both_ways(problem: Problem, start: Start | None) -> tuple[Solution, Solution]:
    assert start is not None
    kept = Start.from_dict(json.loads(json.dumps(start.to_dict())))
    assert kept == start
    return solve(problem), solve(problem, start=kept)


@pytest.mark.parametrize("chunk", range(6))
def test_the_answer_is_that_of_enumeration_and_the_same_as_from_cold(chunk: int) -> None:
    for seed in range(chunk * 20, (chunk + 1) * 20):
        problem = fresh(tiny(seed))
        if not any(teacher.eligible for teacher in problem.teachers):
            continue
        first = solve(problem)
        after = decided(problem, first, random.Random(f"decide {seed}"))
        cold, warm = both_ways(after, first.start)
        best = Brute(after.to_dict()).best()
        if best is None:
            assert cold.status == warm.status == "infeasible", seed
            continue
        assert tuple(round(tier.value, 9) for tier in warm.tiers) == best, seed
        assert values(warm) == values(cold), seed
        assert warm.status == "optimal"
        assert verify.faults(after.to_dict(), warm.to_dict()) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_chain_of_decisions_ends_where_one_solve_ends(seed: int) -> None:
    """Each answer hands on what it was given or what it has proven anew; persons are the same too."""
    r = random.Random(f"chain {seed}")
    problem = fresh(small(16, seed))
    solution = solve(problem)
    start = solution.start
    for _ in range(4):
        step = decided(problem, solution, r)
        locked = {lock.teacher for lock in problem.locks}
        if any(lock.teacher in locked for lock in step.locks):
            continue
        problem = replace(step, locks=(*problem.locks, *step.locks), bans=(*problem.bans, *step.bans))
        cold, warm = both_ways(problem, start)
        assert warm.status == cold.status
        if warm.status == "infeasible":
            break
        assert values(warm) == values(cold)
        assert warm.moves == cold.moves
        solution, start = warm, warm.start


def test_what_does_not_fit_is_passed_over() -> None:
    problem = fresh(small(16, 1))
    first = solve(problem)
    assert first.start is not None
    reference = tuple(ReferenceMove(move.teacher, move.to) for move in first.moves)
    locked = replace(problem, reference=reference, locks=(Lock(first.moves[0].teacher, None),))
    other = replace(locked, settings=replace(locked.settings, max_km=12))
    assert not first.start.holds_for(other.canonical(), "another base")
    assert values(solve(other, start=first.start)) == values(solve(other))
    second = solve(locked, start=first.start)
    released = replace(locked, locks=())
    assert second.start is not None
    again = solve(released, start=replace(second.start, locks=locked.locks))
    assert values(again) == values(solve(released))


def test_nothing_is_left_where_a_leading_tier_may_be_given_up() -> None:
    problem = fresh(small(16, 2))
    generous = replace(problem, settings=replace(problem.settings, tolerances=(("balance", 0.1),)))
    assert solve(problem).start is not None
    assert solve(generous).start is None


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="rotation-start/1"):
        Start.from_dict({"format": "rotation-start/0"})
