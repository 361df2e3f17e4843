"""From rows to a stored proposal."""

from sqlalchemy import select

from app.extensions import db
from app.jobs.models import Job
from app.rotation import tasks
from app.rotation.models import DecisionKind, ProposedMove, ScenarioStatus
from app.rotation.operations import decisions, scenarios
from app.teachers.models import Teacher
from optimizer import solve
from tests.app.rotation.county import make_plan, make_scenario, solved


def moves_of(scenario):
    rows = db.session.execute(
        select(ProposedMove.teacher_id, ProposedMove.to_school_id, ProposedMove.subject_code)
        .where(ProposedMove.scenario_id == scenario.id)
        .order_by(ProposedMove.teacher_id)
    )
    return [tuple(row) for row in rows]


def test_the_page_of_the_job_says_in_words_what_the_solver_is_at(county, officer, client):
    scenario = make_scenario(make_plan(county, officer), officer)
    job = scenarios.request_solve(scenario=scenario, actor=officer)
    job.stage = "arcs"
    page = client.sign_in(officer).get(f"/jobs/{job.id}").text
    assert "Finding who may go where" in page


def test_a_scenario_is_solved_verified_and_stored(county, officer):
    plan = make_plan(county, officer)
    scenario = solved(make_scenario(plan, officer), officer)
    job = db.session.get(Job, scenario.job_id)
    assert job.error is None
    assert scenario.status is ScenarioStatus.SOLVED
    assert scenario.report["status"] == "optimal"
    assert len(moves_of(scenario)) == scenario.report["counts"]["moves"] > 0
    assert all(rule["missing"] == 0 for rule in scenario.report["rules"] if rule["rule"] in {"R1", "R2"})


def test_the_same_data_give_the_same_snapshot_and_the_same_proposal(county, officer):
    plan = make_plan(county, officer)
    first = solved(make_scenario(plan, officer, "甲案"), officer)
    second = solved(make_scenario(plan, officer, "乙案"), officer)
    assert first.snapshot_id == second.snapshot_id
    assert first.problem_sha256 == second.problem_sha256
    assert moves_of(first) == moves_of(second)


def test_solving_again_begins_with_what_the_first_solve_has_proven(county, officer, monkeypatch):
    first = solved(make_scenario(make_plan(county, officer), officer), officer)
    given = []
    monkeypatch.setattr(tasks, "solve", lambda problem, **kept: given.append(kept["start"]) or solve(problem, **kept))
    staying = db.session.get(Teacher, moves_of(first)[0][0])
    decisions.decide(scenario=first, kind=DecisionKind.KEEP, teacher=staying, school=None, actor=officer)
    made = scenarios.solve_again(scenario=first, name="乙案", settings=first.settings, is_same_data=True, actor=officer)
    assert solved(made, officer).report["status"] == "optimal"
    assert [start is not None for start in given] == [True]
    assert staying.id not in {teacher for teacher, _, _ in moves_of(made)}
