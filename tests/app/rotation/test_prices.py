"""Why a move, and what the rules cost: asked for once, worked out by a job, kept, shown in words."""

import re

import pytest
from sqlalchemy import select

from app.jobs.models import Job, JobStatus
from app.rotation.models import AnswerKind, ProposedMove, ScenarioAnswer
from app.rotation.operations import answers
from tests.app.rotation.county import build_county, make_plan, make_scenario, solved


@pytest.fixture
def proposal(county, officer):
    return solved(make_scenario(make_plan(county, officer), officer), officer)


def first_move(session, scenario):
    return session.scalar(select(ProposedMove).where(ProposedMove.scenario_id == scenario.id).order_by(ProposedMove.id))


def test_a_move_is_explained_once_and_shown_from_then_on(proposal, client, officer, leader, session, run_jobs):
    move = first_move(session, proposal)
    number, move_id, teacher = proposal.id, move.id, move.teacher_id
    client.sign_in(leader)
    path = f"/rotation/scenarios/{number}/why/{teacher}"
    assert path in client.get(f"/rotation/scenarios/{number}/moves").text
    page = client.get(path).text
    assert "What it serves" in page
    assert "has not been worked out yet" in page
    asked = client.post(f"/rotation/scenarios/{number}/ask/why", data={"move": move_id})
    assert asked.location == path
    assert "Waiting" in client.get(path).text
    run_jobs()
    answer = answers.kept(number, AnswerKind.WHY, f"T{teacher}")
    assert answer["complete"]
    jobs = len(session.scalars(select(Job)).all())
    page = client.get(path).text
    assert len(session.scalars(select(Job)).all()) == jobs
    assert "Best plan without it" in page
    assert page.count('data-label="Present school"') == len(answer["teachers"]) > 0
    assert len(answer["schools"]) > 0
    assert not re.search(r"\bT\d+\b", page.partition("<main")[2])
    assert client.get(f"{path}?lang=zh_Hans_CN").text.count("不作此项交流的最优方案") >= 1


def test_only_moves_of_the_scenario_are_explained(proposal, client, officer, session, county):
    move = first_move(session, proposal)
    number, move_id, teacher = proposal.id, move.id, move.teacher_id
    moved = set(session.scalars(select(ProposedMove.teacher_id)))
    still = next(t.id for t in county.teachers if t.id not in moved)
    client.sign_in(officer)
    assert client.get(f"/rotation/scenarios/{number}/why/{still}").status_code == 404
    assert client.post(f"/rotation/scenarios/{number}/ask/why", data={"move": move_id + 999}).status_code == 404
    assert client.post(f"/rotation/scenarios/{number}/ask/anything").status_code == 404
    client.sign_in(build_county().officer())
    assert client.get(f"/rotation/scenarios/{number}/why/{teacher}").status_code == 404
    assert client.get(f"/rotation/scenarios/{number}/costs").status_code == 404
    assert client.post(f"/rotation/scenarios/{number}/ask/why", data={"move": move_id}).status_code == 404


def test_the_price_of_each_rule_and_the_frontier_are_shown(proposal, client, officer, session, run_jobs):
    number = proposal.id
    client.sign_in(officer)
    assert "Work it out" in client.get(f"/rotation/scenarios/{number}/costs").text
    client.post(f"/rotation/scenarios/{number}/ask/costs")
    run_jobs()
    assert session.scalar(select(Job.status).where(Job.kind == "rotation.costs")) is JobStatus.DONE
    answer = answers.kept(number, AnswerKind.COSTS)
    page = client.get(f"/rotation/scenarios/{number}/costs").text
    assert page.count('data-label="Change of the rule"') == len(answer["prices"]["rows"]) >= 10
    assert page.count('data-label="Persons short"') == len(answer["frontier"]["rows"]) + 1
    assert "Staffing quota of the schools" in page
    assert "From 20 % to 25 %" in page
    assert "The county as it is" in page
    assert "各项规则的代价" in client.get(f"/rotation/scenarios/{number}/costs?lang=zh_Hans_CN").text


def test_too_many_questions_at_once_are_refused(proposal, client, officer, session, monkeypatch):
    monkeypatch.setattr(answers, "MOST_AT_ONCE", 1)
    move = first_move(session, proposal)
    number, move_id = proposal.id, move.id
    client.sign_in(officer)
    assert client.post(f"/rotation/scenarios/{number}/ask/costs").status_code == 303
    assert client.post(f"/rotation/scenarios/{number}/ask/why", data={"move": move_id}).status_code == 409
    assert len(session.scalars(select(ScenarioAnswer).where(ScenarioAnswer.job_id.is_not(None))).all()) == 1
