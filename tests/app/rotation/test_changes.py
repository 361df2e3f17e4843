"""What changed between a proposal and the one it is based on, and why each move changed."""

import pytest

from app.rotation.models import DecisionKind
from app.rotation.operations import decisions, scenarios
from app.rotation.queries.scenarios import all_moves, changes_between
from app.rotation.settings import DEFAULTS
from tests.app.rotation.county import make_plan, make_scenario, solved

STILL = (
    DEFAULTS
    | {"rate": "0.1", "backbone_floor": "1"}
    | {"tiers": ["rules", "change", "needs", "balance", "moves", "cost"]}
)


@pytest.fixture
def first(county, officer):
    return solved(make_scenario(make_plan(county, officer), officer), officer)


def again(first, officer, kind, move, school=None):
    decisions.decide(scenario=first, kind=kind, teacher=move.teacher, school=school, actor=officer)
    row = scenarios.solve_again(scenario=first, name="乙案", settings=STILL, is_same_data=True, actor=officer)
    return solved(row, officer)


def page_of(client, officer, scenario):
    return client.sign_in(officer).get(f"/rotation/scenarios/{scenario.id}/changes?lang=en").text


def test_a_banned_move_says_so_and_who_comes_instead(first, officer, client):
    move = all_moves(first.id)[0]
    name, school = move.teacher.name, move.to_school
    second = again(first, officer, DecisionKind.BAN, move, school)
    page = page_of(client, officer, second)
    assert f"You decided: must not go to {school.name}." in page
    found = changes_between(first, second)
    rows = [*found.added, *found.removed, *found.redirected]
    assert rows and page.count('data-label="Why it changed"') == len(rows)
    assert '<td data-label="Why it changed">–' not in page
    others = [row for row in found.added if row.teacher_id != move.teacher_id]
    said = any(text in page for text in ("that " + name + " was to have", "in the place of " + name))
    assert said or not others


def test_a_teacher_kept_in_place_is_explained_by_the_decision(first, officer, client):
    move = all_moves(first.id)[-1]
    second = again(first, officer, DecisionKind.KEEP, move)
    page = page_of(client, officer, second)
    assert "You decided: stays in place." in page
    assert '<td data-label="Why it changed">–' not in page
    assert "→" not in page.partition("<main")[2].partition("Moves kept")[0], "no setting was changed"
    assert "another order" not in page, "stability in front is what keeps the rest still"


def test_other_settings_and_other_aims_are_named(first, officer, client):
    other = STILL | {"max_km": "60", "tiers": ["rules", "balance", "needs", "change", "moves", "cost"]}
    row = scenarios.solve_again(scenario=first, name="乙案", settings=other, is_same_data=True, actor=officer)
    page = page_of(client, officer, solved(row, officer))
    assert "The aims have another order: Policy rules, then Balance" in page
    assert "Furthest way (km): 40 → 60" in page
    assert "Rotation rate" not in page
