"""Who may go where (section 2), one condition at a time."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer import Problem
from optimizer.arcs import find_arcs
from optimizer.county import County
from optimizer.geometry import distance_km
from tests.optimizer.counties import Data, posts, problem, school, teacher

HERE, NORTH = (24.0, 103.0), (24.3, 103.0)


def arcs(data: Data) -> set[tuple[str, str, str, int]]:
    county = County.of(Problem.from_dict(data).canonical())
    found = find_arcs(county)
    teams = [county.teams[k] for k in found.team.tolist()]
    return {
        (county.teachers[i].id, county.schools[team.school].id, team.subject, cost)
        for i, team, cost in zip(found.teacher.tolist(), teams, found.cost.tolist(), strict=True)
    }


def one(a: Data | None = None, b: Data | None = None, t: Data | None = None, **rest: Any) -> Data:
    schools = [school("A", sending=True, **(a or {})), school("B", **({"needs": posts(art=1)} | (b or {})))]
    return problem(schools, [teacher("t", "A", **(t or {}))], **rest)


def test_an_eligible_teacher_reaches_a_post_of_the_subject() -> None:
    assert arcs(one()) == {("t", "B", "art", 0)}


@pytest.mark.parametrize(
    "data",
    [
        one(t={"eligible": False}),
        one(t={"subject": "music"}),
        one(b={"needs": posts(art=0)}),
        one(b={"stages": ["junior"]}),
        one(t={"stage": "junior"}),
        one(settings={"directions": ["up", "lateral"]}),
        one(bans=[{"teacher": "t", "to": "B"}]),
        one(locks=[{"teacher": "t", "to": None}]),
        one(locks=[{"teacher": "t", "to": "A"}]),
    ],
)
def test_no_arc_where_a_condition_fails(data: Data) -> None:
    assert arcs(data) == set()


def test_a_further_subject_opens_its_posts() -> None:
    found = arcs(one(b={"needs": posts(art=1, music=1)}, t={"also": ["music"]}))
    assert found == {("t", "B", "art", 0), ("t", "B", "music", 0)}


def test_a_common_group_opens_every_direction() -> None:
    group = {"group": "G"}
    assert arcs(one(group, group, settings={"directions": ["up"]})) == {("t", "B", "art", 0)}


def test_the_distance_runs_from_home_or_else_from_the_school() -> None:
    b = {"lat": NORTH[0], "lng": NORTH[1], "needs": posts(art=1)}
    far = {"lat": HERE[0], "lng": HERE[1]}
    near = {"lat": NORTH[0], "lng": NORTH[1]}
    km = distance_km(HERE, NORTH)
    assert arcs(one(far, b, settings={"max_km": 30})) == set()
    assert arcs(one(far, b, near, settings={"max_km": 30})) == {("t", "B", "art", 0)}
    assert arcs(one(far, b, settings={"max_km": km})) == {("t", "B", "art", round(10 * km))}


def test_a_half_known_home_counts_as_unknown() -> None:
    b = {"lat": NORTH[0], "lng": NORTH[1], "needs": posts(art=1)}
    assert arcs(one({"lat": HERE[0], "lng": HERE[1]}, b, {"lat": NORTH[0]}, settings={"max_km": 30})) == set()


@pytest.mark.parametrize(("wishes", "price"), [([], 0), (["B", "A"], 0), (["A", "B"], 50), (["A"], 300)])
def test_a_wish_has_its_price(wishes: list[str], price: int) -> None:
    assert arcs(one(t={"preferences": wishes})) == {("t", "B", "art", price)}
