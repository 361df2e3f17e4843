"""Splitting on moves inside groups: the parts cover every plan, close the relaxation's gap and change no value."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from optimizer import Problem, network, search, solve, verify
from optimizer.arcs import find_arcs
from optimizer.build import build
from optimizer.county import County
from optimizer.search import Search
from optimizer.solver import INFINITY, Basis, Ending, Floats, Relaxed, Watch
from optimizer.split import Part, Parts, common_bounds
from tests.optimizer.brute import Brute
from tests.optimizer.counties import Data, posts, problem, school, small, teacher, tiny


def exchange(groups: int = 1) -> Data:
    """In each group two full schools of one young art teacher each, and one young teacher in two has to move.

    Nobody may leave a full team that nobody comes to, so who moves changes places: two moves a group. The relaxation
    has half of each teacher move, one move a group.
    """
    schools, people = [], []
    for g in range(groups):
        for at, sending in (("A", True), ("B", False)):
            schools.append(school(f"{at}{g}", group=f"G{g}", sending=sending, needs=posts(art=1)))
            people.append(teacher(f"{at.lower()}{g}", f"{at}{g}", young=True))
    return problem(schools, people, settings={"group_young_rate": 0.5, "directions": []})


def searching(data: Data) -> Search:
    county = County.of(Problem.from_dict(data).canonical())
    arcs = find_arcs(county)
    return Search(build(county, arcs, network.shared(county, arcs)), Watch())


@pytest.fixture
def split_always(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """No plan is found beside the relaxation, and no number of columns is small enough for a MIP at once. What comes
    back says, for every time a part was asked for, whether there was one."""
    handed: list[bool] = []
    following = Parts.next

    def count(self: Parts, below: float, best: float = INFINITY) -> Part | None:
        part = following(self, below, best)
        handed.append(part is not None)
        return part

    monkeypatch.setattr(Parts, "next", count)
    monkeypatch.setattr(search, "SMALL", -1)
    monkeypatch.setattr(Search, "near", lambda *_: None)
    return handed


def test_half_an_exchange_is_made_whole_by_one_split() -> None:
    found = searching(exchange())
    found.forbid_shortfalls()
    root = found.relax(found.cost("moves"))
    assert root.value == pytest.approx(1)
    parts = Parts(found, "moves", root)
    part = parts.next(INFINITY)
    assert part is not None
    assert part.bound == pytest.approx(2)
    assert parts.next(2.5) is None
    parts.leave()
    assert found.relax(found.cost("moves"), hot=True).value == pytest.approx(1)


def test_the_parts_cover_every_choice_of_group_moves_and_share_none() -> None:
    found = searching(exchange(3))
    parts = Parts(found, "moves", found.relax(found.cost("moves")))
    (root,) = parts.parts()
    columns = root.relaxed.columns.copy()
    columns[found.leads] = 0.5
    halved = replace(root.relaxed, columns=columns)
    seen = [root]
    for n in range(len(found.leads)):
        seen = [half for part in seen for half in parts._halves(replace(part, relaxed=halved), n) or ()]
    county, v = found.model.county, found.model.variables
    place = {found.relaxation.column[x.id]: county.schools[county.teams[found.model.arcs.classes[c].team].school]
             for c, x in v.arrivals.items()}  # fmt: skip
    groups = [place[column].group for column in found.leads.tolist()]
    for choice in np.ndindex(*(2,) * len(found.leads)):
        inside = [p for p in seen if np.all(p.lower <= choice) and np.all(choice <= p.upper)]
        assert len(inside) <= 1
        changed = Counter(group for group, n in zip(groups, choice, strict=True) if n)
        assert bool(inside) == (set(changed.values()) <= {2})


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_exchanges_are_proven(groups: int, split_always: list[bool]) -> None:
    data = exchange(groups)
    solution = solve(Problem.from_dict(data))
    assert solution.status == "optimal"
    assert {tier.name: tier.value for tier in solution.tiers} == {
        "rules": 0, "needs": 0, "balance": 0, "change": 0, "moves": 2 * groups, "cost": 0,
    }  # fmt: skip
    assert verify.faults(data, solution.to_dict()) == []
    assert split_always


def test_values_are_those_of_enumeration_when_everything_is_split(split_always: list[bool]) -> None:
    for seed in range(120):
        data = tiny(seed)
        data["settings"]["group_young_rate"] = 0.5
        best = Brute(data).best()
        solution = solve(Problem.from_dict(data))
        if best is None:
            assert solution.status == "infeasible", seed
        else:
            assert tuple(round(tier.value, 9) for tier in solution.tiers) == best, seed
    assert any(split_always)


@pytest.mark.parametrize("seed", range(1, 7))
def test_a_county_has_the_same_values_with_parts_and_without(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = small(24, seed)
    data["settings"] = {"group_young_rate": 0.3, "max_move_rate": 0.12}
    values = [[(t.value, t.bound) for t in solve(Problem.from_dict(data)).tiers]]
    monkeypatch.setattr(search, "SMALL", -1)
    values.append([(t.value, t.bound) for t in solve(Problem.from_dict(data)).tiers])
    np.testing.assert_allclose(values[1], values[0], rtol=1e-6, atol=1e-4)


@pytest.mark.parametrize("solves", [0, 1, 2, 5])
def test_when_time_runs_out_among_the_parts_the_bounds_are_still_ones(
    solves: int, split_always: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    solving = Parts._solve
    left = solves

    def late(self: Parts, part: Part, lower: Floats, upper: Floats) -> Part | None:
        nonlocal left
        left -= 1
        return solving(self, part, lower, upper) if left >= 0 else None

    monkeypatch.setattr(Parts, "_solve", late)
    data = exchange(4)
    solution = solve(Problem.from_dict(data))
    assert solution.status == "feasible"
    best = dict.fromkeys(("rules", "needs", "balance", "change", "cost"), 0) | {"moves": 8}
    assert all(tier.bound <= best[tier.name] + 1e-6 for tier in solution.tiers)
    assert verify.faults(data, solution.to_dict()) == []


def test_bounds_kept_are_those_that_hold_in_every_part() -> None:
    # Column 0 is the group move: 0 in one part, 1 in the other. Column 1 stays at 0 in both, column 2 at 3 in the
    # first and at 2 in the second, column 3 only in the first (0.5 is within the second part's room of 1).
    first = (np.array([0.0, 0.0, 3.0, 4.0]), np.array([0.0, 9.0, 9.0, 9.0]))
    second = (np.array([1.0, 0.0, 2.0, 4.0]), np.array([0.0, 9.0, 9.0, 0.5]))
    leads = np.array([0])
    parts = [
        Part(np.array([at]), np.array([at]), Relaxed(Ending.OPTIMAL, 0, columns, reduced, np.zeros(0)), Basis([], []))
        for at, (columns, reduced) in ((0.0, first), (1.0, second))
    ]
    lower, upper = np.zeros(4), np.full(4, 8.0)
    low, high = common_bounds(parts, leads, [1.0, 1.0], lower, upper, [first[0], second[0]])
    assert low.tolist() == [0, 0, 2, 0]
    assert high.tolist() == [1, 0, 3, 8]
