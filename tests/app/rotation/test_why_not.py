"""Why teachers stay and posts stay open: worked out with the solve, kept, shown in words, filtered, exported."""

import io
import re

import openpyxl
import pytest
from flask_babel import force_locale
from sqlalchemy import delete, select

from app.access import Role
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.rotation import reasons
from app.rotation.models import AnswerKind, ProposedMove, ScenarioAnswer
from app.rotation.operations import answers
from app.rotation.wording import Names
from app.rotation.wording_reasons import POST_CODES, TEACHER_CODES, Told, post_reasons, teacher_reasons
from app.schools.models import School
from optimizer import Problem, solve
from tests.app.rotation.county import build_county, make_plan, make_scenario, solved
from tests.factories import user_with
from tests.optimizer.counties import tiny


@pytest.fixture
def proposal(county, officer):
    return solved(make_scenario(make_plan(county, officer), officer), officer)


def kept(scenario):
    return answers.kept(scenario.id, AnswerKind.WHY_NOT)


def test_the_solve_keeps_a_reason_for_everyone_who_stays_and_every_open_post(proposal, session):
    answer = kept(proposal)
    moved = set(session.scalars(select(ProposedMove.teacher_id).where(ProposedMove.scenario_id == proposal.id)))
    staying = {int(row["teacher"][1:]) for row in answer["teachers"]}
    assert len(staying) == proposal.report["counts"]["eligible"] - len(moved)
    assert not staying & moved
    assert sum(row["open"] for row in answer["posts"]) == proposal.report["counts"]["vacant_after"]
    assert {row["reasons"][0]["code"] for row in answer["teachers"]} <= TEACHER_CODES.keys()
    assert {row["reasons"][0]["code"] for row in answer["posts"]} <= POST_CODES.keys()


def test_each_teacher_who_stays_has_the_reason_in_words_with_names(proposal, client, officer, session):
    answer = kept(proposal)
    page = client.sign_in(officer).get(f"/rotation/scenarios/{proposal.id}/stayed").text
    assert page.count('data-label="Why not"') == min(len(answer["teachers"]), 50)
    assert not re.search(r"\bT\d+\b", page)
    held = next(row for row in answer["teachers"] if row["reasons"][0]["code"] == "out_rate_reached")
    school = session.scalar(select(School.name).where(School.code == held["school"]))
    limit = held["reasons"][0]["params"]["limit"]
    assert f"{limit} may leave {school}, and {limit} do already." in page


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_every_reason_of_many_counties_has_its_words(app, language):
    """Counties small enough to solve at once, among them open, full, remote, locked and short ones."""
    seen = set()
    with app.test_request_context(), force_locale(language):
        for seed in range(60):
            problem = Problem.from_dict(tiny(seed)).canonical()
            solution = solve(problem)
            if solution.status == "infeasible":
                continue
            watch = reasons.Watch(lambda *_step: None, lambda: False)
            answer = reasons.why_not(reasons.case_of(problem, solution.to_dict()), watch)
            told = Told(Names({}, {}), {})
            for rows, words in ((answer["teachers"], teacher_reasons), (answer["posts"], post_reasons)):
                for row in rows:
                    lines = words(row["reasons"], told)
                    assert all(line and "%(" not in line and "None" not in line for line in lines), lines
                    seen |= {reason["code"] for reason in row["reasons"]}
    assert len(seen) >= 10, seen


def test_the_list_is_narrowed_by_the_main_reason(proposal, client, officer):
    answer = kept(proposal)
    client.sign_in(officer)
    for code, number in answer["teacher_codes"].items():
        page = client.get(f"/rotation/scenarios/{proposal.id}/stayed?reason={code}").text
        assert f"{number} row{'s' if number != 1 else ''}" in page, code
    absent = next(code for code in TEACHER_CODES if code not in answer["teacher_codes"])
    assert "0 rows" in client.get(f"/rotation/scenarios/{proposal.id}/stayed?reason={absent}").text


def test_each_post_left_open_has_its_reason(proposal, client, officer):
    answer = kept(proposal)
    client.sign_in(officer)
    page = client.get(f"/rotation/scenarios/{proposal.id}/vacancies").text
    assert page.count('data-label="Why not"') == len(answer["posts"])
    assert not re.search(r"\bT\d+\b", page)
    code, number = next(iter(answer["post_codes"].items()))
    page = client.get(f"/rotation/scenarios/{proposal.id}/vacancies?reason={code}").text
    assert page.count('data-label="Why not"') == number


def test_reasons_are_exported(proposal, client, officer):
    client.sign_in(officer)
    for path, count in (("stayed", len(kept(proposal)["teachers"])), ("vacancies", len(kept(proposal)["posts"]))):
        answer = client.post(f"/rotation/scenarios/{proposal.id}/{path}/export?format=xlsx")
        rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
        assert rows[1][-2:] == ("Main reason", "Why not")
        assert len(rows) == count + 2
        assert all(row[-1] for row in rows[2:])


def test_an_old_scenario_gets_its_reasons_by_a_job(proposal, client, officer, session, run_jobs):
    before = kept(proposal)
    session.execute(delete(ScenarioAnswer))
    number = proposal.id
    client.sign_in(officer)
    page = client.get(f"/rotation/scenarios/{number}/stayed").text
    assert "Work the reasons out" in page
    assert 'data-label="Why not"' not in page
    path = f"/rotation/scenarios/{number}/ask/why_not"
    assert client.post(path).location.endswith("/stayed")
    assert client.post(path).status_code == 303
    assert len(session.scalars(select(Job).where(Job.kind == "rotation.why_not")).all()) == 1
    row = session.scalar(select(ScenarioAnswer))
    card = client.get(f"/rotation/answers/{row.id}/progress")
    assert "Waiting" in card.text
    assert "HX-Refresh" not in card.headers
    run_jobs()
    assert client.get(f"/rotation/answers/{row.id}/progress").headers["HX-Refresh"] == "true"
    assert client.get(f"/rotation/answers/{row.id}").location.endswith(f"/scenarios/{number}/stayed")
    assert answers.kept(number, AnswerKind.WHY_NOT) == before


def test_a_waiting_question_can_be_stopped_and_asked_again(proposal, client, officer, session):
    session.execute(delete(ScenarioAnswer))
    client.sign_in(officer)
    path = f"/rotation/scenarios/{proposal.id}/ask/why_not"
    client.post(path)
    row = session.scalar(select(ScenarioAnswer))
    assert client.post(f"/rotation/answers/{row.id}/cancel").status_code == 303
    assert session.scalar(select(Job.status).where(Job.id == row.job_id)) is JobStatus.CANCELLED
    assert client.post(path).status_code == 303
    session.expire_all()
    assert session.scalar(select(Job.status).where(Job.id == row.job_id)) is JobStatus.QUEUED


def test_questions_stay_inside_the_county_and_with_those_who_read_plans(proposal, client, county, session):
    row_id, school = session.scalar(select(ScenarioAnswer.id)), county.schools[0]
    number = proposal.id
    client.sign_in(build_county().officer())
    answer = f"/rotation/answers/{row_id}"
    paths = (answer, f"{answer}/progress", f"/rotation/scenarios/{number}/stayed")
    assert [client.get(path).status_code for path in paths] == [404] * 3
    assert client.post(f"/rotation/scenarios/{number}/ask/why_not").status_code == 404
    assert client.post(f"/rotation/answers/{row_id}/cancel").status_code == 404
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=school))
    assert client.get(paths[0]).status_code == 403


def test_the_reasons_are_said_in_chinese_too(proposal, client, officer):
    page = client.sign_in(officer).get(f"/rotation/scenarios/{proposal.id}/stayed?lang=zh_Hans_CN").text
    assert "未交流原因" in page
    assert "最多可派出" in page


def test_the_list_costs_the_same_for_one_as_for_many(proposal, client, officer, queries):
    client.sign_in(officer)
    path = f"/rotation/scenarios/{proposal.id}/stayed"
    client.get(path)
    with queries() as few:
        client.get(f"{path}?reason={next(iter(kept(proposal)['teacher_codes']))}&subject=english")
    with queries() as many:
        client.get(path)
    assert len(many) <= len(few) + 1


def test_a_failure_of_the_reasons_never_costs_the_proposal(county, officer, monkeypatch):
    def fail(*_arguments):
        raise ArithmeticError

    monkeypatch.setattr(reasons, "why_not", fail)
    scenario = solved(make_scenario(make_plan(county, officer), officer), officer)
    assert scenario.status.value == "solved"
    assert db.session.scalar(select(ScenarioAnswer).where(ScenarioAnswer.kind != AnswerKind.REFERENCE)) is None
