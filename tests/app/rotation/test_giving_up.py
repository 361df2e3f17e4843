"""What of an aim may be given up for the aims after it: typed in percent, solved, shown beside the strict plan."""

import pytest
from sqlalchemy import select

from app.rotation.models import Scenario
from app.rotation.settings import DEFAULTS, for_optimiser
from tests.app.rotation.county import make_plan, make_scenario, solved
from tests.app.rotation.test_pages import settings_form


def test_an_officer_types_it_in_percent_and_it_is_kept_exactly(county, client, officer, session):
    plan = make_plan(county, officer)
    form = settings_form() | {"give_balance": "0.5", "give_needs": "2"}
    answer = client.sign_in(officer).post(f"/rotation/plans/{plan.id}/settings", data=form)
    assert answer.status_code == 303
    session.refresh(plan)
    assert plan.settings["tolerances"] == {"needs": "0.02", "balance": "0.005"}
    assert for_optimiser(plan.settings)["tolerances"] == {"needs": 0.02, "balance": 0.005}
    page = client.get(f"/rotation/plans/{plan.id}/settings").text
    assert 'name="give_balance"' in page and 'value="0.5"' in page


@pytest.mark.parametrize("typed", [{"give_cost": "5"}, {"tier_moves": "", "give_moves": "5"}])
def test_nothing_can_be_given_up_where_no_aim_comes_after(county, client, officer, typed):
    plan = make_plan(county, officer)
    answer = client.sign_in(officer).post(f"/rotation/plans/{plan.id}/settings", data=settings_form() | typed)
    assert answer.status_code == 422
    assert "No aim comes after this one" in answer.text


LOOSE = {"net_loss_rate": "0.4", "out_rate": "0.5", "max_move_rate": "0.5"}
FEW_FIRST = LOOSE | {"tiers": ["rules", "moves", "needs", "balance", "cost"]}


def test_the_proposal_shows_what_was_given_up_and_gained(county, officer, client, session):
    plan = make_plan(county, officer)
    first = solved(make_scenario(plan, officer, **FEW_FIRST), officer)
    assert "strict" not in first.report
    strict = {row["name"]: row["value"] for row in first.report["tiers"]}
    eased = solved(make_scenario(plan, officer, "乙案", **FEW_FIRST, tolerances={"moves": "0.5"}), officer)
    found = {row["name"]: row for row in eased.report["tiers"]}
    assert eased.report["status"] == "optimal"
    assert {row["name"]: row["value"] for row in eased.report["strict"]["tiers"]} == pytest.approx(strict)
    assert strict["moves"] < found["moves"]["value"] <= 1.5 * strict["moves"]
    assert found["moves"]["bound"] == strict["moves"]
    assert found["needs"]["value"] < strict["needs"], "something was gained for it"
    page = client.sign_in(officer).get(f"/rotation/scenarios/{eased.id}?lang=en").text
    assert "What was given up, and what was gained" in page
    assert "at most 50 %" in page
    assert " given up" in page and " gained" in page
    assert "Proven best, aim by aim" in page
    assert "What was given up" not in client.get(f"/rotation/scenarios/{first.id}?lang=en").text
    assert (
        client.get(f"/rotation/scenarios/{eased.id}/settings?lang=en").text.count("May be given up of Number of moves")
        == 1
    )


def test_nothing_is_given_up_for_nothing(county, officer):
    plan = make_plan(county, officer)
    first = solved(make_scenario(plan, officer), officer)
    eased = solved(make_scenario(plan, officer, "乙案", tolerances={"needs": "0.5"}), officer)
    values = [[row["value"] for row in one.report["tiers"]] for one in (first, eased)]
    assert values[0] == pytest.approx(values[1])
    assert eased.report["status"] == "optimal"


def test_scenarios_from_before_there_were_tolerances_still_answer(county, officer, client, session):
    old = {key: value for key, value in DEFAULTS.items() if key != "tolerances"}
    scenario = solved(make_scenario(make_plan(county, officer), officer), officer)
    scenario.settings = old
    session.commit()
    client.sign_in(officer)
    for part in ("", "/settings", "/moves", "/again"):
        assert client.get(f"/rotation/scenarios/{scenario.id}{part}").status_code == 200
    assert session.scalar(select(Scenario)).settings == old
