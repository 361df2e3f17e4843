"""Plans made by hand: read from a workbook, judged by the rules, completed and improved."""

import io

import openpyxl
import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.rotation.models import (
    AnswerKind,
    Decision,
    DecisionKind,
    ProposedMove,
    Scenario,
    ScenarioAnswer,
    ScenarioStatus,
)
from app.rotation.operations import answers
from app.rotation.presenting_handmade import words
from app.rotation.wording import Names
from app.rotation.wording_reasons import Told
from tests.app.rotation.county import build_county, make_plan, make_scenario, solved


@pytest.fixture
def proposal(county, officer):
    return solved(make_scenario(make_plan(county, officer), officer), officer)


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(client, number, *rows, name="手工名单"):
    data = {"name": name, "file": (io.BytesIO(workbook(*rows)), "moves.xlsx")}
    return client.post(f"/rotation/scenarios/{number}/handmade", data=data, content_type="multipart/form-data")


def proposed(session, scenario_id):
    query = select(ProposedMove).where(ProposedMove.scenario_id == scenario_id).order_by(ProposedMove.id)
    return session.scalars(query).all()


def by_id(county):
    return {t.id: t for t in county.teachers}, {s.id: s for s in county.schools}


def test_teachers_are_found_by_document_work_number_or_name(proposal, client, officer, session, county, run_jobs):
    people, places = by_id(county)
    moves = proposed(session, proposal.id)
    number = proposal.id
    first, second, third = (people[m.teacher_id] for m in moves[:3])
    second.staff_number = "GH-0007"
    rows = [
        (first.id_number, "", "", "", places[moves[0].to_school_id].name),
        ("", "GH-0007", "", "", places[moves[1].to_school_id].code),
        ("", "", third.name, places[third.working_school_id].name, places[moves[2].to_school_id].name),
    ]
    expected = {(f"T{m.teacher_id}", places[m.to_school_id].code) for m in moves[:3]}
    secret = first.id_number
    client.sign_in(officer)
    answer = upload(client, number, ("身份证号", "工号", "姓名", "学校", "派往学校"), *rows)
    assert answer.status_code == 303
    run_jobs()
    row = session.scalar(select(ScenarioAnswer).where(ScenarioAnswer.kind == AnswerKind.HANDMADE))
    body = answers.kept(number, AnswerKind.HANDMADE, row.key)
    assert {(m["teacher"], m["to"]) for m in body["moves"]} == expected
    assert secret not in str(body)
    page = client.get(answer.location).text
    assert "Beside this proposal" in page
    assert "手工名单" in client.get(f"/rotation/scenarios/{number}/handmade").text


def test_lines_that_are_not_understood_are_all_named_and_nothing_is_kept(proposal, client, officer, session, county):
    teacher, school = county.teachers[0], county.others[0]
    rows = [("无此人", school.name), (teacher.name, "无此校"), (teacher.name, school.name)]
    client.sign_in(officer)
    answer = upload(client, proposal.id, ("姓名", "派往学校"), *rows)
    assert answer.status_code == 422
    assert "Line 2:" in answer.text
    assert "Line 3: there is no school “无此校”." in answer.text
    assert 'value="手工名单"' in answer.text
    assert session.scalar(select(ScenarioAnswer).where(ScenarioAnswer.kind == AnswerKind.HANDMADE)) is None
    assert upload(client, proposal.id, ("甲", "乙"), ("1", "2")).status_code == 422


def test_what_a_plan_breaks_is_said_with_who_and_where(proposal, client, officer, county, run_jobs):
    staff = [t for t in county.teachers if t.working_school_id == county.sending[0].id]
    origin, target, number = county.sending[0].name, county.others[0].name, proposal.id
    rows = [(t.name, origin, target) for t in staff[:5]]
    names = [t.name for t in staff[:5]]
    client.sign_in(officer)
    answer = upload(client, number, ("姓名", "学校", "派往学校"), *rows)
    assert client.get(answer.location).status_code == 200
    run_jobs()
    page = client.get(answer.location).text
    assert f"5 would leave {origin}, and 2 may." in page
    assert all(name in page for name in names)
    assert f"{origin}将派出 5 人" in client.get(f"{answer.location}?lang=zh_Hans_CN").text


def test_a_plan_is_completed_with_its_moves_locked(proposal, client, officer, session, county, run_jobs):
    people, places = by_id(county)
    move = proposed(session, proposal.id)[0]
    pair, number = (move.teacher_id, move.to_school_id), proposal.id
    row = (people[pair[0]].name, places[people[pair[0]].working_school_id].name, places[pair[1]].name)
    client.sign_in(officer)
    check = upload(client, number, ("姓名", "学校", "派往学校"), row).location
    run_jobs()
    answer = client.post(f"{check}/rework", data={"how": "complete"})
    assert answer.status_code == 303
    run_jobs()
    made = session.scalar(select(Scenario).where(Scenario.based_on_id == number))
    assert made.status is ScenarioStatus.SOLVED
    locks = session.scalars(select(Decision).where(Decision.scenario_id == made.id)).all()
    assert [(d.kind, d.teacher_id, d.school_id, d.is_input) for d in locks] == [(DecisionKind.LOCK, *pair, True)]
    assert pair in {(m.teacher_id, m.to_school_id) for m in proposed(session, made.id)}


def test_a_plan_is_improved_from_where_it_stands(proposal, client, officer, session, county, run_jobs):
    people, places = by_id(county)
    given = [(m.teacher_id, m.to_school_id) for m in proposed(session, proposal.id)[1:]]
    number = proposal.id
    rows = [(people[t].name, places[people[t].working_school_id].name, places[s].name) for t, s in given]
    client.sign_in(officer)
    check = upload(client, number, ("姓名", "学校", "派往学校"), *rows).location
    run_jobs()
    assert client.post(f"{check}/rework", data={"how": "improve"}).status_code == 303
    run_jobs()
    made = session.scalar(select(Scenario).where(Scenario.based_on_id == number))
    assert made.status is ScenarioStatus.SOLVED
    tiers = {row["name"]: row["value"] for row in made.report["tiers"]}
    assert tiers["change"] == 1
    assert session.scalars(select(Decision).where(Decision.scenario_id == made.id)).all() == []


def test_who_may_only_read_cannot_upload_or_rework(proposal, client, officer, leader, county, run_jobs):
    number, teacher = proposal.id, county.teachers[0]
    row = (teacher.name, county.sending[0].name, county.others[0].name)
    client.sign_in(officer)
    check = upload(client, number, ("姓名", "学校", "派往学校"), row).location
    run_jobs()
    client.sign_in(leader)
    assert client.get(check).status_code == 200
    assert "Complete it" not in client.get(check).text
    assert upload(client, number, ("姓名", "派往学校"), row[::2]).status_code == 403
    assert client.post(f"{check}/rework", data={"how": "complete"}).status_code == 403
    client.sign_in(build_county().officer())
    assert client.get(check).status_code == 404
    assert client.post(f"{check}/rework", data={"how": "complete"}).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_every_breach_has_its_words(app, language):
    params = {"to": "1", "times": 2, "school": "1", "subject": "english", "stage": "primary", "way": "lateral"}
    params |= {"km": 50.5, "max_km": 40}
    codes = (*words.GIVEN_WORDS, *words.MOVE_WORDS)
    rows = [{"rule": "H1", "code": code, "teachers": ["T1"], "school": "1", "params": params} for code in codes]
    with app.test_request_context(), force_locale(language):
        lines = [words.broken(row, Told(Names({"1": "城关一小"}, {}), {"T1": "王芳"})) for row in rows]
    assert len(set(lines)) == len(codes)
    assert all("王芳" in line or "城关一小" in line for line in lines)
