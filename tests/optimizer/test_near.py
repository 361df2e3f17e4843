"""Plans one move from the reference: found where they are best, and never where another is."""

from __future__ import annotations

import importlib
import random
from dataclasses import replace

import pytest

from optimizer import Ban, Problem, ReferenceMove, solve, verify
from optimizer.arcs import find_arcs
from optimizer.county import County
from optimizer.near import best_near
from tests.optimizer.counties import Data, posts, problem, school, small, staff, teacher
from tests.optimizer.test_start import decided, fresh, values

LATER = ("moves", "cost")


def county_of(data: Data) -> County:
    return County.of(Problem.from_dict(data).canonical())


def near(data: Data, **held: float) -> tuple[list[tuple[str, str]], dict[str, float]] | None:
    """The moves and values of the plan next to the reference, if it tells."""
    county = county_of(data)
    arcs = find_arcs(county)
    found = best_near(county, arcs, held, LATER)
    if found is None:
        return None
    moves = [
        (county.teachers[int(arcs.teacher[n])].id, county.schools[county.teams[int(arcs.team[n])].school].id)
        for n in found.plan
    ]
    return moves, found.values


def two_gaps(**more: object) -> Data:
    """A town with three art teachers to spare, two villages with a post each, the second further away."""
    schools = [
        school("A", lat=24.0, lng=103.0),
        school("B", needs=posts(art=1), lat=24.0, lng=103.05),
        school("C", needs=posts(art=1), lat=24.0, lng=103.1),
    ]
    people = [teacher(name, "A", lat=24.0, lng=103.0 + n / 100) for n, name in enumerate(("t1", "t2", "t3"))]
    return problem(schools, people + staff("A", 9), **more)


REFERENCE = [{"teacher": "t1", "to": "B"}, {"teacher": "t2", "to": "C"}]


def test_a_reference_that_still_holds_is_the_plan_itself() -> None:
    found = near(two_gaps(reference=REFERENCE), needs=0)
    assert found is not None
    assert found[0] == [("t1", "B"), ("t2", "C")]
    assert found[1]["change"] == 0


def test_who_is_held_back_is_replaced_by_the_cheapest_of_those_who_close_the_gap() -> None:
    """t1 stays: only t3 is left for B. One reference move lost and one gained make a change of two."""
    held = two_gaps(reference=REFERENCE, locks=[{"teacher": "t1", "to": None}])
    found = near(held, needs=0)
    assert found is not None
    assert found[0] == [("t2", "C"), ("t3", "B")]
    assert (found[1]["change"], found[1]["moves"]) == (2, 2)


def test_who_is_sent_pushes_out_whoever_need_not_go_any_more() -> None:
    """t3 is sent to C: t2, whom the plan needs no longer, stays, for fewer moves come before cost."""
    sent = two_gaps(reference=REFERENCE, locks=[{"teacher": "t3", "to": "C"}])
    sent["settings"] |= {"max_move_rate": 1}
    sent["schools"][2]["quota"] = 1
    found = near(sent, needs=0)
    assert found is not None
    assert found[0] == [("t1", "B"), ("t3", "C")]
    assert found[1]["change"] == 2


def test_it_does_not_tell_where_two_more_moves_are_needed() -> None:
    gone = two_gaps(reference=[{"teacher": "t9", "to": "B"}])
    gone["teachers"].append(teacher("t9", "A", eligible=False))
    assert near(gone, needs=0) is None  # both gaps are open, and one move closes one
    assert near(gone, needs=1) is not None


def test_a_teacher_of_two_subjects_takes_up_the_one_that_leaves_less_undone() -> None:
    """t1 of the reference may teach art or music at B; when t2, who taught art there, stays, t1 takes art up and
    t3 comes for music."""
    schools = [school("A"), school("B", needs=posts(art=1, music=1))]
    people = [
        teacher("t1", "A", also=["music"]),
        teacher("t2", "A"),
        teacher("t3", "A", subject="music"),
    ]
    data = problem(
        schools, people + staff("A", 9),
        reference=[{"teacher": "t1", "to": "B"}, {"teacher": "t2", "to": "B"}],
        locks=[{"teacher": "t2", "to": None}],
    )  # fmt: skip
    found = near(data, needs=0)
    assert found is not None
    assert found[0] == [("t1", "B"), ("t3", "B")]


@pytest.mark.parametrize("seed", range(12))
def test_the_values_are_those_of_the_model_without_it(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """On counties too large to enumerate: one random decision, with and without looking next to the reference."""
    module = importlib.import_module("optimizer.solve")
    start = fresh(small(18, seed))
    first = solve(start)
    for n in range(3):
        after = decided(start, first, random.Random(f"near {seed} {n}"))
        looked = solve(after, start=first.start)
        with monkeypatch.context() as patch:
            patch.setattr(module, "best_near", lambda *_: None)
            modelled = solve(after, start=first.start)
        assert looked.status == modelled.status
        assert values(looked) == values(modelled)
        if looked.status == "optimal":
            assert verify.faults(after.to_dict(), looked.to_dict()) == []


def test_it_is_what_answers_most_decisions(monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("optimizer.solve")
    told: list[bool] = []

    def watched(*given: object) -> object:
        found = best_near(*given)  # type: ignore[arg-type]
        told.append(found is not None)
        return found

    monkeypatch.setattr(module, "best_near", watched)
    problem = fresh(small(18, 1))
    first = solve(problem)
    reference = tuple(ReferenceMove(move.teacher, move.to) for move in first.moves)
    for move in first.moves:
        held = replace(problem, reference=reference, bans=(*problem.bans, Ban(move.teacher, move.to)))
        solve(held, start=first.start)
    assert sum(told) > len(told) / 3
