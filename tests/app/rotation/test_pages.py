"""Each page opens, shows names instead of codes, and stays inside the person's county."""

import pytest

from app.access import Role
from app.rotation.models import ProposedMove, Snapshot
from app.rotation.operations import scenarios
from app.rotation.settings import DEFAULTS
from tests.app.rotation.county import build_county, make_plan, make_scenario, solved
from tests.factories import user_with

TABS = ("", "/moves", "/vacancies", "/balance", "/flows", "/stayed", "/decisions", "/settings")


@pytest.fixture
def proposal(county, officer):
    """A solved scenario of a plan in draft."""
    return solved(make_scenario(make_plan(county, officer), officer), officer)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_a_proposal_opens(proposal, client, officer, tab):
    answer = client.sign_in(officer).get(f"/rotation/scenarios/{proposal.id}{tab}")
    assert answer.status_code == 200
    assert "甲案" in answer.text


def test_the_overview_says_which_rules_are_reached(proposal, client, officer, session):
    page = client.sign_in(officer).get(f"/rotation/scenarios/{proposal.id}").text
    assert "All policy rules are reached." in page
    assert "6 of 6 needed" in page
    assert "Proven best, aim by aim" in page
    assert session.get(Snapshot, proposal.snapshot_id).sha256 in page


def test_each_move_says_why_in_words(proposal, client, officer, session):
    page = client.sign_in(officer).get(f"/rotation/scenarios/{proposal.id}/moves").text
    move = session.query(ProposedMove).filter_by(scenario_id=proposal.id).first()
    assert "lacked" in page or "Keeps" in page
    assert f'name="teacher_id" value="{move.teacher_id}"' in page


def test_moves_are_narrowed_by_school_direction_and_backbone(proposal, client, officer, session, county):
    client.sign_in(officer)
    path = f"/rotation/scenarios/{proposal.id}/moves"
    every = session.query(ProposedMove).filter_by(scenario_id=proposal.id).all()
    origin = every[0].from_school_id
    cases = {
        f"from={origin}": [m for m in every if m.from_school_id == origin],
        "direction=up": [m for m in every if m.direction.value == "up"],
        "backbone=1": [m for m in every if m.is_backbone],
        "sending=1": [m for m in every if m.is_from_sending],
    }
    counted = {case: len(moves) for case, moves in cases.items()}
    for case, number in counted.items():
        page = client.get(f"{path}?{case}").text
        assert f"{number} row{'s' if number != 1 else ''}" in page, case


def test_another_county_sees_nothing(proposal, client):
    other = build_county()
    client.sign_in(other.officer())
    for path in (f"/rotation/plans/{proposal.plan_id}", f"/rotation/scenarios/{proposal.id}/moves"):
        assert client.get(path).status_code == 404
    assert client.post(f"/rotation/scenarios/{proposal.id}/choose").status_code == 404


def test_a_leader_reads_but_cannot_edit(proposal, client, leader):
    client.sign_in(leader)
    page = client.get(f"/rotation/scenarios/{proposal.id}/moves")
    assert page.status_code == 200
    assert "Keep in place" not in page.text
    assert client.post(f"/rotation/scenarios/{proposal.id}/choose").status_code == 403
    assert client.get(f"/rotation/plans/{proposal.plan_id}/settings").status_code == 403


def test_a_school_administrator_may_not_see_plans(proposal, client, county):
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=county.schools[0]))
    assert client.get("/rotation").status_code == 403


def test_the_settings_keep_what_was_typed_and_name_the_field(county, client, officer):
    plan = make_plan(county, officer)
    client.sign_in(officer)
    form = settings_form()
    answer = client.post(f"/rotation/plans/{plan.id}/settings", data=form | {"rate": "120", "share": "viele"})
    assert answer.status_code == 422
    assert 'value="120"' in answer.text
    assert 'value="viele"' in answer.text
    assert "Write a number from 0 to 100." in answer.text


def test_settings_are_kept_as_exact_text(county, client, officer, session):
    plan = make_plan(county, officer)
    answer = client.sign_in(officer).post(
        f"/rotation/plans/{plan.id}/settings",
        data=settings_form() | {"rate": "9.96", "tier_balance": "1", "tier_needs": "2", "tier_change": ""},
    )
    assert answer.status_code == 303
    session.refresh(plan)
    assert plan.settings["rate"] == "0.0996"
    assert plan.settings["tiers"] == ["rules", "balance", "needs", "moves", "cost"]


def test_two_aims_cannot_stand_in_one_place(county, client, officer):
    plan = make_plan(county, officer)
    form = settings_form() | {"tier_balance": "1"}
    answer = client.sign_in(officer).post(f"/rotation/plans/{plan.id}/settings", data=form)
    assert answer.status_code == 422
    assert "Another aim has this place already." in answer.text


def test_a_scenario_is_added_and_solved_in_one_press(county, client, officer, session):
    plan = make_plan(county, officer)
    client.sign_in(officer)
    assert client.get(f"/rotation/plans/{plan.id}/scenarios/new").status_code == 200
    form = settings_form() | {"name": "乙案", "then": "solve"}
    answer = client.post(f"/rotation/plans/{plan.id}/scenarios/new", data=form)
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "Waiting" in page.text
    assert 'hx-get="' in page.text
    assert client.post(answer.location + "/solve").status_code == 409


def test_comparing_shows_what_only_one_proposal_has(county, officer, client):
    plan = make_plan(county, officer)
    first = solved(make_scenario(plan, officer, "甲案"), officer)
    second = solved(make_scenario(plan, officer, "乙案", tiers=["rules", "moves"]), officer)
    page = client.sign_in(officer).get(f"/rotation/plans/{plan.id}/compare?s={first.id}&s={second.id}")
    assert page.status_code == 200
    assert "Only in “甲案”" in page.text
    assert "moves in all of them" in page.text


def test_exports_are_workbooks_and_on_record(proposal, client, officer, session):
    from app.audit.models import AuditEntry

    client.sign_in(officer)
    for path in ("moves", "stayed"):
        answer = client.post(f"/rotation/scenarios/{proposal.id}/{path}/export?format=xlsx")
        assert answer.status_code == 200
        assert answer.data[:2] == b"PK"
    assert session.query(AuditEntry).filter_by(action="export").count() == 2


def test_a_deleted_scenario_is_gone_but_the_chosen_one_stays(proposal, client, officer):
    client.sign_in(officer)
    assert client.post(f"/rotation/scenarios/{proposal.id}/choose").status_code == 303
    assert client.post(f"/rotation/scenarios/{proposal.id}/delete").status_code == 409
    other = make_scenario(proposal.plan, officer, "乙案")
    number = other.id
    assert client.post(f"/rotation/scenarios/{number}/delete").status_code == 303
    assert client.get(f"/rotation/scenarios/{number}").status_code == 404


def test_a_new_plan_starts_with_the_rules_in_force(county, client, officer, session):
    client.sign_in(officer)
    assert client.get("/rotation/new").status_code == 200
    form = {"county_id": county.region.id, "school_year": "2026", "name": "新方案"}
    answer = client.post("/rotation/new", data=form)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Version 1" in page
    assert "新方案" in client.get("/rotation?year=2026").text
    assert client.post("/rotation/new", data=form).status_code == 422


def settings_form():
    """The settings form as the policy's defaults fill it."""
    form = {key: value for key, value in DEFAULTS.items() if isinstance(value, list) and key != "tiers"}
    form |= {"backbone_floor": "1", "max_km": "40", "time_limit_s": "60"}
    form |= {"rate": "10", "share": "20", "up_share": "20", "group_young_rate": "5"}
    form |= {"net_loss_rate": "3", "out_rate": "20", "max_move_rate": "15"}
    places = {"needs": "1", "balance": "2", "change": "3", "moves": "4", "cost": "5"}
    return form | {f"tier_{name}": place for name, place in places.items()}


def test_a_waiting_solve_can_be_cancelled_and_started_again(county, client, officer, session):
    plan = make_plan(county, officer)
    scenario = make_scenario(plan, officer)
    scenarios.request_solve(scenario=scenario, actor=officer)
    client.sign_in(officer)
    assert client.post(f"/rotation/scenarios/{scenario.id}/cancel").status_code == 303
    assert "The solve was cancelled" in client.get(f"/rotation/scenarios/{scenario.id}").text
    assert client.post(f"/rotation/scenarios/{scenario.id}/solve").status_code == 303


def test_the_list_of_moves_costs_the_same_for_one_as_for_many(proposal, client, officer, queries, session):
    client.sign_in(officer)
    move = session.query(ProposedMove).filter_by(scenario_id=proposal.id).first()
    path = f"/rotation/scenarios/{proposal.id}/moves"
    subject = move.subject_code
    client.get(path)
    with queries() as few:
        assert client.get(f"{path}?subject={subject}&from={move.from_school_id}").status_code == 200
    with queries() as many:
        assert client.get(path).status_code == 200
    assert len(many) <= len(few)
