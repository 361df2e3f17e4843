"""The solve as a caller sees it: determinism, progress, cancel, time limit, conflicts, refusals, reasons."""

from __future__ import annotations

import random
import time
from functools import cache
from typing import Any

import pytest

from optimizer import (
    Cancelled,
    Problem,
    ProblemRefused,
    Progress,
    Solution,
    SolverFailed,
    canonical_json,
    solve,
    solver,
    verify,
)
from optimizer.proof import Outcome
from optimizer.search import Search
from optimizer.solver import Ending, Floats, Watch
from tests.optimizer.counties import Data, posts, problem, school, small, staff, teacher


@cache
def county(schools: int = 20, seed: int = 1) -> tuple[Data, Solution]:
    data = small(schools, seed)
    return data, solve(Problem.from_dict(data))


@pytest.mark.parametrize(("schools", "seed"), [(5, 1), (5, 2), (12, 1), (20, 1), (20, 2)])
def test_a_county_is_proven_and_sound(schools: int, seed: int) -> None:
    data, solution = county(schools, seed)
    assert solution.status == "optimal"
    assert verify.faults(data, solution.to_dict()) == []
    assert [tier.name for tier in solution.tiers] == ["rules", "needs", "balance", "change", "moves", "cost"]


def shuffled(data: Data, seed: int) -> Data:
    r = random.Random(seed)

    def mixed(items: list[Data]) -> list[Data]:
        return r.sample(items, len(items))

    changed = {key: mixed(data[key]) for key in ("schools", "teachers", "locks", "bans", "reference")}
    changed["schools"] = [s | {"needs": mixed(s["needs"])} for s in changed["schools"]]
    return dict(reversed(list((data | changed).items())))


def test_the_order_of_lists_changes_nothing() -> None:
    data, solution = county()
    for seed in range(3):
        other = Problem.from_dict(shuffled(data, seed))
        assert canonical_json(other) == canonical_json(Problem.from_dict(data))
        again = solve(other)
        assert again.moves == solution.moves
        assert [(t.value, t.bound) for t in again.tiers] == [(t.value, t.bound) for t in solution.tiers]


def test_a_solution_is_its_own_reference() -> None:
    data, solution = county()
    kept = data | {"reference": [{"teacher": m.teacher, "to": m.to} for m in solution.moves]}
    again = solve(Problem.from_dict(kept))
    assert {(m.teacher, m.to) for m in again.moves} == {(m.teacher, m.to) for m in solution.moves}
    assert {t.name: t.value for t in again.tiers}["change"] == 0


def test_a_lock_and_a_ban_are_obeyed() -> None:
    data, solution = county()
    first, second = solution.moves[:2]
    decided = data | {
        "locks": [{"teacher": first.teacher, "to": None}],
        "bans": [{"teacher": second.teacher, "to": second.to}],
        "reference": [{"teacher": m.teacher, "to": m.to} for m in solution.moves],
    }
    again = solve(Problem.from_dict(decided))
    assert again.status == "optimal"
    assert verify.faults(decided, again.to_dict()) == []
    assert first.teacher not in {m.teacher for m in again.moves}


def test_progress_names_every_tier_in_order() -> None:
    seen: list[Progress] = []
    data, solution = county()
    assert solve(Problem.from_dict(data), progress=seen.append).moves == solution.moves
    assert {p.tier for p in seen} >= {"needs", "balance", "change", "moves", "cost"}
    assert all(p.tier_count == 6 for p in seen)
    assert [p.seconds for p in seen] == sorted(p.seconds for p in seen)


@pytest.mark.parametrize("looks", [1, 2, 4])
def test_cancel_stops_the_solve(looks: int) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked >= looks

    with pytest.raises(Cancelled):
        solve(Problem.from_dict(small(20, 1)), cancelled=cancelled)


def test_cancel_takes_effect_within_a_second() -> None:
    pressed: list[float] = []

    def cancelled() -> bool:
        if not pressed and time.monotonic() - begun > 0.4:
            pressed.append(time.monotonic())
        return bool(pressed)

    data = small(90, 1)
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        solve(Problem.from_dict(data), cancelled=cancelled)
    assert time.monotonic() - pressed[0] < 1.5


def test_a_failing_listener_stops_the_solve_with_its_own_error() -> None:
    def listen(at: Progress) -> None:
        if at.incumbent is not None or at.seconds > 0.3:
            raise LookupError("the page is gone")

    with pytest.raises(LookupError, match="the page is gone"):
        solve(Problem.from_dict(small(60, 1)), progress=listen)


def test_a_plan_comes_back_when_time_runs_out() -> None:
    data = small(20, 1)
    for limit in (0.0, 0.05, 0.15):
        solution = solve(Problem.from_dict(data), time_limit=limit)
        assert solution.status in ("feasible", "optimal")
        assert verify.faults(data, solution.to_dict()) == []
    assert solve(Problem.from_dict(data), time_limit=0).status == "feasible"


# -- locks that contradict ---------------------------------------------------------------------------------


def contradiction(locks: list[Data], **rest: object) -> list[Data]:
    schools = [school("A", sending=True), school("B", needs=posts(art=3), quota=2)]
    people = [*(teacher(f"t{n}", "A") for n in range(3)), *staff("B", 1)]
    data = problem(schools, people, locks=locks, **rest)
    solution = solve(Problem.from_dict(data))
    assert solution.status == "infeasible"
    assert solution.moves == ()
    assert verify.faults(data, solution.to_dict()) == []
    return [dict(lock) for lock in solution.conflict]


def test_two_locks_on_one_seat_contradict() -> None:
    # B has 2 seats and 1 head: one may come. Three locks send three; any two of them contradict.
    found = contradiction([{"teacher": f"t{n}", "to": "B"} for n in range(3)])
    assert len(found) == 2


def test_a_lock_without_an_arc_contradicts_by_itself() -> None:
    locks = [{"teacher": "t0", "to": "B"}, {"teacher": "t1", "to": "A"}, {"teacher": "t2", "to": None}]
    assert contradiction(locks) == [{"teacher": "t1", "to": "A"}]
    banned = [{"teacher": "t0", "to": "B"}]
    assert contradiction([{"teacher": "t0", "to": "B"}], bans=banned) == [{"teacher": "t0", "to": "B"}]


def test_staying_can_contradict_coming() -> None:
    # B is full: someone must leave B for t0 to come, but v is locked to stay.
    schools = [school("A", sending=True, needs=posts(music=1)), school("B", needs=posts(art=1), quota=1)]
    people = [teacher("t0", "A"), teacher("v", "B", subject="music")]
    locks = [{"teacher": "t0", "to": "B"}, {"teacher": "v", "to": None}]
    solution = solve(Problem.from_dict(problem(schools, people, locks=locks)))
    assert solution.status == "infeasible"
    assert sorted(lock["teacher"] for lock in solution.conflict) == ["t0", "v"]
    alone = solve(Problem.from_dict(problem(schools, people, locks=locks[:1])))
    assert {(m.teacher, m.to) for m in alone.moves} == {("t0", "B"), ("v", "A")}


# -- edges -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        problem([], []),
        problem([school("A")], []),
        problem([school("A"), school("B")], [teacher("t", "A")]),
        problem([school("A", needs=posts(art=2))], staff("A", 2)),
    ],
)
def test_nothing_to_move_is_a_proven_plan(data: Data) -> None:
    solution = solve(Problem.from_dict(data))
    assert solution.status == "optimal"
    assert solution.moves == ()
    assert verify.faults(data, solution.to_dict()) == []


def test_a_refused_problem_names_everything_at_once() -> None:
    schools = [school("A", quota=-1), school("A")]
    with pytest.raises(ProblemRefused) as refused:
        solve(Problem.from_dict(problem(schools, [teacher("t", "Z")])))
    assert {f.code for f in refused.value.findings} == {"duplicate_id", "negative_count", "unknown_school"}


def test_solutions_and_problems_survive_json() -> None:
    data, solution = county()
    assert Solution.from_dict(solution.to_dict()) == solution
    once = Problem.from_dict(data)
    assert Problem.from_dict(once.to_dict()) == once


def test_every_move_says_why() -> None:
    data, solution = county()
    names = {s["id"]: s["name"] for s in data["schools"]}
    for move in solution.moves:
        codes = {reason.code for reason in move.why}
        assert codes & {"fills_gap", "replaces", "joins"}
        assert codes & {"direction_down", "direction_up", "direction_lateral"}
        assert any(names[move.to] in reason.message for reason in move.why)
    filled = [r for move in solution.moves for r in move.why if r.code == "fills_gap"]
    assert all(r.params["open_before"] > r.params["open_after"] for r in filled)


@pytest.mark.parametrize("late", ["needs", "balance", "moves"])
def test_a_tier_out_of_time_is_held_and_the_others_are_minimised_under_it(
    late: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tier gets no time of its own; those after it keep theirs, and their bounds are those of plans no worse."""
    data, best = county()
    minimise = Search.minimise
    order = [tier.name for tier in best.tiers]

    def without_time(self: Search, tier: str, incumbent: Floats | None) -> Outcome:
        if tier == late and incumbent is not None:
            self.watch.until = time.monotonic()
        return minimise(self, tier, incumbent)

    monkeypatch.setattr(Search, "minimise", without_time)
    solution = solve(Problem.from_dict(data | {"settings": {"rate": 1}}))
    found = {tier.name: tier for tier in solution.tiers}
    assert solution.status == "feasible"
    assert found[late].bound < found[late].value
    proven = [found[name] for name in order if name != late]
    assert all(tier.value - tier.bound < (1e-6 if tier.name == "balance" else 1) for tier in proven)
    assert verify.faults(data | {"settings": {"rate": 1}}, solution.to_dict()) == []


def test_work_gets_a_part_of_the_time_left() -> None:
    watch = Watch(deadline=time.monotonic() + 100)
    watch.stopped = True
    watch.share(0.5)
    assert not watch.stopped
    assert 49 < watch.left() <= 50
    watch.share(1.0)
    assert 99 < watch.left() <= 100


def test_an_interior_point_that_gives_up_is_followed_by_simplex(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does on some infeasible models: here it always fails."""
    data, solution = county(12, 1)
    run = solver._run

    def failing(h: Any, watch: Watch) -> Ending:
        if h.getOptionValue("solver")[1] == "ipm":
            raise SolverFailed("the interior point failed")
        return run(h, watch)

    monkeypatch.setattr(solver, "_run", failing)
    again = solve(Problem.from_dict(data))
    assert [tier.value for tier in again.tiers] == [tier.value for tier in solution.tiers]
