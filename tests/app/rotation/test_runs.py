"""Runs over several counties: what is sent, what is left out, progress, stopping, the counties side by side."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.access import Role
from app.audit.operations import SYSTEM
from app.jobs.models import Job
from app.rotation.models import LeftOut, PlanStatus, ProposalRun, RotationPlan, RunCounty, Scenario, ScenarioStatus
from app.rotation.operations import runs
from app.rotation.operations.plans import create_plan
from app.rotation.queries.runs import Stands, lines_of, sums_of
from app.web.errors import Refused
from tests.app.rotation.county import YEAR, build_county
from tests.factories import CountyFactory, PrefectureFactory, SchoolFactory, TeacherFactory, user_with


@pytest.fixture
def prefecture(app):
    """A prefecture of its own."""
    return PrefectureFactory(name="红河州")


@pytest.fixture
def several(prefecture):
    """Two counties with rules in force below the prefecture."""
    return [build_county(parent_id=prefecture.id) for _n in range(2)]


def start(prefecture, actor=SYSTEM, **more):
    return runs.start_run(region=prefecture, school_year=YEAR, actor=actor, **more)


def test_every_county_gets_a_plan_a_scenario_and_a_job(prefecture, several, session, rows, run_jobs):
    run = start(prefecture, time_limit=60)
    assert rows(RotationPlan) == rows(Scenario) == rows(Job) == 2
    assert {s.settings["time_limit_s"] for s in session.scalars(select(Scenario))} == {"60"}
    assert [line.stands for line in lines_of(run)] == [Stands.QUEUED] * 2
    assert run_jobs() == 2
    lines = lines_of(run)
    assert [line.stands for line in lines] == [Stands.DONE] * 2
    sums = sums_of(lines)
    assert (sums.counties, sums.solved, sums.figures["moves"]) == (2, 2, 12)
    assert (sums.figures["vacant_before"], sums.figures["vacant_after"]) == (24, 20)


def test_a_county_that_cannot_be_solved_is_in_the_run_with_its_reason(prefecture, several, session):
    empty = CountyFactory(parent_id=prefecture.id, name="空县")
    no_posts = CountyFactory(parent_id=prefecture.id, name="无岗县")
    TeacherFactory(school=SchoolFactory(county=no_posts))
    closed = several[1]
    plan = create_plan(
        county=closed.region, school_year=YEAR, name="已报", rule_set_id=closed.rule_set.id, actor=SYSTEM
    )
    plan.status = PlanStatus.SUBMITTED
    session.flush()
    found = {line.county.id: line.left_out for line in lines_of(start(prefecture))}
    assert found == {
        several[0].region.id: None,
        closed.region.id: LeftOut.CLOSED,
        empty.id: LeftOut.NO_TEACHERS,
        no_posts.id: LeftOut.NO_POSTS,
    }


def test_without_rules_in_force_a_county_is_left_out(prefecture, several):
    run = runs.start_run(region=prefecture, school_year=2031, actor=SYSTEM)
    assert {line.left_out for line in lines_of(run)} == {LeftOut.NO_RULES}


def test_a_plan_in_draft_is_used_with_its_own_settings(prefecture, several, session):
    from app.rotation.settings import DEFAULTS

    settings = DEFAULTS | {"max_km": "25"}
    county = several[0]
    plan = create_plan(
        county=county.region, school_year=YEAR, name="本县方案", rule_set_id=None, settings=settings, actor=SYSTEM
    )
    run = start(prefecture)
    line = next(line for line in lines_of(run) if line.county.id == county.region.id)
    assert line.plan.id == plan.id
    assert plan.rule_set_id == county.rule_set.id
    assert line.scenario.settings["max_km"] == "25"


def test_a_second_run_waits_for_the_first(prefecture, several, run_jobs):
    start(prefecture)
    with pytest.raises(Refused):
        start(prefecture)
    run_jobs()
    again = start(prefecture)
    assert [line.stands for line in lines_of(again)] == [Stands.QUEUED] * 2


def test_a_county_is_in_a_run_once(prefecture, several, session):
    run = start(prefecture)
    session.commit()
    session.add(RunCounty(run_id=run.id, county_id=several[0].region.id))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_a_region_without_counties_is_refused(prefecture):
    with pytest.raises(Refused):
        start(prefecture)


def test_stopping_a_run_keeps_what_is_solved(prefecture, several, session, run_jobs):
    run = start(prefecture)
    session.commit()
    runs.cancel_run(run=run, actor=SYSTEM)
    assert run_jobs() == 0
    assert [line.stands for line in lines_of(run)] == [Stands.CANCELLED] * 2
    with pytest.raises(Refused):
        runs.cancel_run(run=run, actor=SYSTEM)


# --- pages --------------------------------------------------------------------------------------------------------


def test_an_officer_of_the_prefecture_starts_a_run_and_sees_it_end(prefecture, several, client, run_jobs, session):
    client.sign_in(user_with(Role.PERSONNEL_OFFICER, region=prefecture))
    answer = client.post("/rotation/runs/new", data={"region_id": prefecture.id, "school_year": YEAR})
    assert answer.status_code == 303
    run = session.scalar(select(ProposalRun))
    page = client.get(answer.location).text
    assert f"/rotation/runs/{run.id}/progress" in page
    assert page.count("等待中") or page.count("Waiting")
    run_jobs()
    assert client.get(f"/rotation/runs/{run.id}/progress").headers["HX-Refresh"] == "true"
    page = client.get(answer.location).text
    assert f"/rotation/runs/{run.id}/progress" not in page
    for scenario in session.scalars(select(Scenario)):
        assert f"/rotation/scenarios/{scenario.id}/moves" in page
    assert str(run.id) in client.get("/rotation/runs").text


def test_the_form_refuses_a_year_that_is_none_and_keeps_what_was_typed(prefecture, several, client):
    client.sign_in(user_with(Role.PERSONNEL_OFFICER, region=prefecture))
    answer = client.post("/rotation/runs/new", data={"region_id": prefecture.id, "school_year": "x"})
    assert answer.status_code == 422


def test_the_leader_of_the_prefecture_sees_sums_and_counties_and_may_not_start(prefecture, several, client, run_jobs):
    run = start(prefecture)
    run_jobs()
    elsewhere = build_county()
    client.sign_in(user_with(Role.BUREAU_LEADER, region=prefecture))
    page = client.get(f"/rotation/counties?year={YEAR}&lang=en").text
    for county in several:
        assert county.region.name in page
    assert elsewhere.region.name not in page
    assert ">12<" in page.replace("\n", "")
    assert "county-chart" in page
    assert client.get("/rotation/runs/new").status_code == 403
    assert client.post(f"/rotation/runs/{run.id}/cancel").status_code == 403
    assert client.get(f"/rotation/runs/{run.id}").status_code == 200
    sent = client.post(f"/rotation/counties/export?year={YEAR}")
    assert sent.status_code == 200 and len(sent.data) > 1000


def test_a_county_of_another_prefecture_does_not_see_the_run(prefecture, several, client):
    run = start(prefecture)
    client.sign_in(several[0].officer())
    assert client.get(f"/rotation/runs/{run.id}").status_code == 404
    assert client.get(f"/rotation/counties?region={prefecture.id}").status_code == 404
    assert several[1].region.name not in client.get("/rotation/counties").text


def test_the_counties_cost_the_same_queries_however_many_they_are(prefecture, several, client, queries, run_jobs):
    start(prefecture)
    run_jobs()
    client.sign_in(user_with(Role.BUREAU_LEADER, region=prefecture))
    address = f"/rotation/counties?year={YEAR}"
    client.get(address)
    with queries() as few:
        client.get(address)
    for _n in range(3):
        CountyFactory(parent_id=prefecture.id)
    with queries() as many:
        client.get(address)
    assert len(many) == len(few)


# --- the shell ----------------------------------------------------------------------------------------------------


def test_the_shell_sends_every_county_and_names_those_left_out(prefecture, several, runner, session):
    CountyFactory(parent_id=prefecture.id, name="空县")
    arguments = ["propose", "--year", str(YEAR), "--all-counties", "--region", prefecture.code, "--language", "en"]
    result = runner.invoke(args=arguments)
    assert result.exit_code == 0, result.output
    assert "2 counties sent to be solved, 1 left out" in result.output
    assert "空县" in result.output and "no teachers" in result.output
    assert [s.status for s in session.scalars(select(Scenario))] == [ScenarioStatus.QUEUED] * 2


def test_the_shell_wants_either_one_county_or_all(app, runner):
    assert runner.invoke(args=["propose", "--year", "2026"]).exit_code == 2
    both = ["propose", "--year", "2026", "--all-counties", "--county", "532523"]
    assert runner.invoke(args=both).exit_code == 2


def test_the_shell_names_a_region_that_is_not_there(app, runner):
    arguments = ["propose", "--year", "2026", "--all-counties", "--region", "999999", "--language", "en"]
    result = runner.invoke(args=arguments)
    assert result.exit_code == 1
    assert "no region with the code 999999" in result.output
