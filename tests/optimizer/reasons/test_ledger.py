"""The books against the verifier, which shares no code with them: every single change of random plans."""

from __future__ import annotations

import random

import pytest

from optimizer import Problem, verify
from optimizer.reasons.ledger import Ledger
from optimizer.reasons.reach import Reach
from optimizer.reasons.standing import standing
from optimizer.solution import Move
from tests.optimizer.counties import Data, small, tiny


def random_moves(data: Data, seed: int) -> list[Move]:
    """Arcs at random, at most one a teacher, whether or not the rules of schools hold."""
    r, made = random.Random(seed), Problem.from_dict(data)
    reach = Reach(made)
    moves = []
    for i in reach.county.eligible:
        arcs = reach.arcs(i)
        if arcs and r.random() < 0.4:
            arc = r.choice(arcs)
            teacher = reach.county.teachers[i]
            moves.append(Move(teacher.id, teacher.school, reach.county.schools[arc.school].id, arc.subject))
    return moves


def judged(data: Data, moves: list[Move]) -> tuple[dict[str, float], set[tuple[str, str]]]:
    report = verify.report(data, {"moves": [m.to_dict() for m in moves]})
    places = {(b["rule"], b["subject"]) for b in report["broken"] if b["rule"] not in ("H1", "H8")}
    return report["tiers"], places


@pytest.mark.parametrize("data", [*(tiny(seed) for seed in range(40)), small(6, 1), small(9, 2)])
def test_values_and_breaches_are_the_verifiers(data: Data) -> None:
    moves = random_moves(data, 1)
    tiers, places = judged(data, moves)
    made = Problem.from_dict(data)
    ledger = Ledger(made, moves)
    for name, value in ledger.values().items():
        assert value == pytest.approx(tiers[name], abs=1e-12)
    assert {(b.rule, b.school or "county") for b in standing(made, moves)} == places
    assert ledger.shortfalls() == {
        (row["rule"], row["scope"]): row["missing"]
        for row in verify.report(data, {"moves": [m.to_dict() for m in moves]})["shortfalls"]
    }


@pytest.mark.parametrize("data", [*(tiny(seed) for seed in range(30)), small(6, 1)])
def test_the_effect_of_a_change_is_the_verifiers(data: Data) -> None:
    moves = random_moves(data, 2)
    ledger = Ledger(Problem.from_dict(data), moves)
    tiers, places = judged(data, moves)
    r = random.Random(3)
    for i in r.sample(ledger.county.eligible, min(12, len(ledger.county.eligible))):
        planned = ledger.plan.get(i)
        for arc in ledger.reach.arcs(i)[:4]:
            leave = [] if planned is None else [planned]
            effect = ledger.effect(leave=leave, join=[arc])
            teacher = ledger.county.teachers[i]
            changed = [m for m in moves if m.teacher != teacher.id]
            changed.append(Move(teacher.id, teacher.school, ledger.county.schools[arc.school].id, arc.subject))
            after, broken = judged(data, changed)
            for name, by in effect.change.items():
                assert by == pytest.approx(after[name] - tiers[name], abs=1e-9), name
            new = {(b.rule, b.school or "county") for b in effect.breaches}
            assert broken - places <= new <= broken


def test_undoing_a_move_restores_the_books() -> None:
    data = small(6, 4)
    moves = random_moves(data, 5)
    ledger, whole = Ledger(Problem.from_dict(data), moves[1:]), Ledger(Problem.from_dict(data), moves)
    before = ledger.values()
    arc = whole.plan[ledger.reach.number[moves[0].teacher]]
    ledger.make(arc)
    assert ledger.values() == pytest.approx(whole.values())
    ledger.undo(arc)
    assert ledger.values() == pytest.approx(before)
