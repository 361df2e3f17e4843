"""What two scenarios would do to every clause, before the plan is approved."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from app.access import Role
from app.audit.operations import SYSTEM
from app.jobs.models import Job
from app.jobs.worker import run_pending_jobs
from app.rotation.models import ProposedMove
from app.targets import tasks_effects
from app.targets.operations.packs import adopt_pack, copy_pack
from tests.app.rotation.county import build_county, make_plan, make_scenario, solved
from tests.app.targets.pack_text import TEXT
from tests.factories import CountyFactory, user_with


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-22T08:00:00+08:00", tick=False):
        yield


@pytest.fixture
def small(app):
    county = build_county()
    row = copy_pack(county=county.region, text=TEXT, actor=SYSTEM)
    adopt_pack(row=row, from_on=date(2026, 1, 1), actor=SYSTEM)
    county.desk = county.officer()
    county.desk.language = "en"
    county.plan = make_plan(county, county.desk)
    county.scenarios = [
        solved(make_scenario(county.plan, county.desk, name, rate=rate), county.desk)
        for name, rate in (("Ten", "0.1"), ("Twenty", "0.2"))
    ]
    return county


def text_of(client, where):
    answer = client.get(where)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def movers(session, scenario):
    rows = session.scalars(select(ProposedMove).where(ProposedMove.scenario_id == scenario.id))
    return sum(row.is_from_sending for row in rows)


def test_each_clause_stands_beside_what_each_scenario_makes_of_it(client, session, small):
    client.sign_in(small.desk)
    where = f"/targets/plans/{small.plan.id}/effect"
    assert "Compute the effect" in text_of(client, where)
    chosen = [scenario.id for scenario in small.scenarios]
    answer = client.post(where, data={"s": chosen})
    assert answer.status_code == 303
    assert "Computing every clause for each scenario" in text_of(client, answer.location)
    session.commit()
    run_pending_jobs()
    page = text_of(client, answer.location)
    for scenario in small.scenarios:
        number = movers(session, scenario)
        assert number >= 3
        assert f"{number} / 28" in page
    assert "0 / 28" in page
    assert "better" in page
    assert "3 clauses that these moves do not touch" in page
    # The result is kept: the page without a choice shows it again.
    assert "0 / 28" in text_of(client, where)


def test_the_figures_agree_with_what_would_be_measured(session, small):
    first, second = small.scenarios
    found = [len(list(tasks_effects.moves_of(scenario.id, date(2026, 11, 22)))) for scenario in (first, second)]
    rows = select(ProposedMove.id)
    assert found == [
        len(session.scalars(rows.where(ProposedMove.scenario_id == scenario.id)).all()) for scenario in (first, second)
    ]


def test_the_same_question_is_asked_once(client, session, small):
    client.sign_in(small.desk)
    where = f"/targets/plans/{small.plan.id}/effect"
    for _time in range(2):
        client.post(where, data={"s": [small.scenarios[0].id]})
    assert len(session.scalars(select(Job).where(Job.kind == tasks_effects.SCENARIOS)).all()) == 1


def test_the_plan_and_the_comparison_lead_there(client, small):
    client.sign_in(small.desk)
    for where in (f"/rotation/plans/{small.plan.id}", f"/rotation/plans/{small.plan.id}/compare"):
        assert f"/targets/plans/{small.plan.id}/effect" in text_of(client, where)


def test_a_plan_of_another_county_is_not_found(client, small):
    client.sign_in(user_with(Role.PERSONNEL_OFFICER, region=CountyFactory()))
    assert client.get(f"/targets/plans/{small.plan.id}/effect").status_code == 404
    assert client.post(f"/targets/plans/{small.plan.id}/effect").status_code == 404


def test_a_plan_without_a_solved_scenario_says_so(client, small):
    plan = make_plan(small, small.desk, name="空方案")
    client.sign_in(small.desk)
    where = f"/targets/plans/{plan.id}/effect"
    assert "No scenario is solved yet" in text_of(client, where)
    assert client.post(where).location.endswith(f"/rotation/plans/{plan.id}")
