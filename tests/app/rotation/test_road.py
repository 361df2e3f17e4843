"""The whole road: solve, decide, solve again, compare, submit, return, approve, publish, revise, post, end."""

import contextvars
import io
import threading

import docx
import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.extensions import db
from app.jobs.operations import request_cancel
from app.jobs.worker import run_pending_jobs
from app.rotation.models import (
    Decision,
    DecisionKind,
    PlanStatus,
    Posting,
    PostingStatus,
    ProposedMove,
    Publication,
    RotationPlan,
    Scenario,
    ScenarioStatus,
)
from app.rotation.models.publications import FrozenError
from app.rotation.operations import decisions, publications, reviews, scenarios
from app.rotation.settings import DEFAULTS
from app.teachers.models import RotationRecord, Teacher
from app.web.errors import Refused
from tests.app.rotation.county import approved_plan, build_county, lock, make_plan, make_scenario, solved
from tests.app.rotation.test_pages import settings_form
from tests.factories import TeacherFactory, grant, user_with

NOTICE = {
    "title": "青县2026年教师交流轮岗人员名单公示",
    "number": "青教〔2026〕12号",
    "office": "青县教育局",
    "phone": "0873-6620000",
    "notice_from": "2026-08-17",
    "notice_to": "2026-08-21",
    "kind_code": "10",
    "start_on": "2026-09-01",
    "term_years": "1",
}


def moves_of(scenario_id):
    return list(
        db.session.scalars(
            select(ProposedMove).where(ProposedMove.scenario_id == scenario_id).order_by(ProposedMove.teacher_id)
        )
    )


def published(county, officer, leader):
    plan = approved_plan(county, officer, leader)
    typed = {**NOTICE, "term_years": 1}
    return plan, publications.publish(plan=plan, notice=typed, reason="", actor=officer)


def test_the_whole_road_by_the_pages(county, officer, leader, make_client, session):
    at_work, boss = make_client().sign_in(officer), make_client().sign_in(leader)
    answer = at_work.post(
        "/rotation/new", data={"county_id": county.region.id, "school_year": "2026", "name": "2026年方案"}
    )
    plan_url = answer.location
    plan_id = session.scalar(select(RotationPlan.id))
    answer = at_work.post(f"{plan_url}/scenarios/new", data=settings_form() | {"name": "甲案", "then": "solve"})
    first_url = answer.location
    run_pending_jobs()
    first_id = int(first_url.rsplit("/", 1)[1])
    move = moves_of(first_id)[0]

    # ban the first move and solve again: the rest stays as still as it can
    decision = {"kind": "ban", "teacher_id": move.teacher_id, "school_id": move.to_school_id, "from": "moves"}
    assert at_work.post(f"{first_url}/decisions", data=decision).status_code == 303
    assert "1 decision was made" in at_work.get(first_url).text
    again = settings_form() | {"name": "乙案", "is_same_data": "y"}
    second_url = at_work.post(f"{first_url}/again", data=again).location
    run_pending_jobs()
    second_id = int(second_url.rsplit("/", 1)[1])
    second = session.get(Scenario, second_id)
    assert second.status is ScenarioStatus.SOLVED
    assert second.snapshot_id == session.get(Scenario, first_id).snapshot_id
    pairs = {(m.teacher_id, m.to_school_id) for m in moves_of(second_id)}
    assert (decision["teacher_id"], decision["school_id"]) not in pairs
    assert at_work.get(f"{second_url}/changes").status_code == 200

    # submit, return, submit, approve, publish
    assert at_work.post(f"{plan_url}/submit", data={}).status_code == 422
    assert at_work.post(f"{second_url}/choose").status_code == 303
    assert at_work.post(f"{plan_url}/submit", data={"note": "请审批"}).status_code == 303
    assert at_work.post(f"{second_url}/decisions", data=decision).status_code == 409
    assert boss.post(f"{plan_url}/return", data={"reason": ""}).status_code == 422
    assert boss.post(f"{plan_url}/return", data={"reason": "请核实英语教师"}).status_code == 303
    assert "请核实英语教师" in at_work.get(plan_url).text
    assert at_work.post(f"{plan_url}/submit", data={}).status_code == 303
    assert at_work.post(f"{plan_url}/approve", data={}).status_code == 403
    assert boss.post(f"{plan_url}/approve", data={}).status_code == 303
    assert boss.post(f"{plan_url}/publish", data=NOTICE).status_code == 403
    assert at_work.post(f"{plan_url}/publish", data=NOTICE | {"notice_to": "2026-08-18"}).status_code == 422
    list_url = at_work.post(f"{plan_url}/publish", data=NOTICE).location
    page = at_work.get(list_url)
    assert page.status_code == 200
    assert "0873-6620000" in page.text

    # report for duty, end
    posting = session.scalars(select(Posting).order_by(Posting.id)).first()
    number, teacher_id, to_school, from_school = (
        posting.id, posting.teacher_id, posting.to_school_id, posting.from_school_id,
    )  # fmt: skip
    assert at_work.post(f"/rotation/postings/{number}/report", data={"on": "2026-09-01"}).status_code == 303
    teacher = session.get(Teacher, teacher_id)
    assert (teacher.working_school_id, teacher.state_code) == (to_school, "205")
    assert at_work.post(f"/rotation/postings/{number}/end", data={"on": "2026-08-01"}).status_code == 422
    assert at_work.post(f"/rotation/postings/{number}/end", data={"on": "2027-07-31"}).status_code == 303
    session.expire_all()
    teacher = session.get(Teacher, teacher_id)
    assert (teacher.working_school_id, teacher.state_code) == (from_school, "100")
    record = session.scalar(select(RotationRecord).where(RotationRecord.teacher_id == teacher_id))
    assert (str(record.from_on), str(record.to_on), record.to_school_id) == ("2026-09-01", "2027-07-31", to_school)
    assert session.get(RotationPlan, plan_id).status is PlanStatus.PUBLISHED


def test_a_locked_move_is_kept_and_a_kept_teacher_stays(county, officer, session):
    plan = make_plan(county, officer)
    first = solved(make_scenario(plan, officer), officer)
    moves = moves_of(first.id)
    kept, target = moves[0], next(s for s in county.others if s.id != moves[1].to_school_id)
    locked = next(m for m in moves[1:] if m.from_school_id in {s.id for s in county.sending})
    decisions.decide(scenario=first, kind=DecisionKind.KEEP, teacher=session.get(Teacher, kept.teacher_id),
                     school=None, actor=officer)  # fmt: skip
    lock(first, session.get(Teacher, locked.teacher_id), target, officer)
    kept_id, locked_id, target_id = kept.teacher_id, locked.teacher_id, target.id
    second = scenarios.solve_again(scenario=first, name="乙案", settings=DEFAULTS, is_same_data=True, actor=officer)
    second = solved(second, officer)
    found = {m.teacher_id: m.to_school_id for m in moves_of(second.id)}
    assert kept_id not in found
    assert found[locked_id] == target_id


def test_contradicting_locks_are_named(county, officer, client, session):
    plan = make_plan(county, officer)
    scenario = make_scenario(plan, officer)
    staff = [t for t in county.teachers if t.working_school_id == county.sending[0].id]
    for teacher in staff[:5]:  # one school may lose at most max(1, 20 %) of 14 people
        lock(scenario, teacher, county.others[0], officer)
    names = {t.name for t in staff[:5]}
    scenario = solved(scenario, officer)
    assert scenario.status is ScenarioStatus.INFEASIBLE
    page = client.sign_in(officer).get(f"/rotation/scenarios/{scenario.id}").text
    assert "These decisions cannot hold together" in page
    assert sum(f"{name} goes to" in page for name in names) >= 2
    assert moves_of(scenario.id) == []


def test_faults_of_the_data_are_all_told(county, officer, client):
    plan = make_plan(county, officer)
    scenario = make_scenario(plan, officer)
    lock(scenario, county.teachers[0], county.others[0], officer)
    lock(scenario, county.teachers[1], county.others[0], officer)
    for teacher in county.teachers[:2]:
        teacher.left_on = teacher.joined_school_on
    scenario = solved(scenario, officer)
    assert scenario.status is ScenarioStatus.FAILED
    page = client.sign_in(officer).get(f"/rotation/scenarios/{scenario.id}").text
    assert page.count("who is not in post in the county any more") == 2


def test_a_decision_taken_back_no_longer_counts(county, officer, client, session):
    plan = make_plan(county, officer)
    scenario = make_scenario(plan, officer)
    number = lock(scenario, county.teachers[0], county.others[0], officer).id
    client.sign_in(officer)
    assert client.post(f"/rotation/decisions/{number}/undo").status_code == 303
    assert client.post(f"/rotation/decisions/{number}/undo").status_code == 404
    assert session.query(Decision).count() == 0


def test_an_input_that_is_taken_back_stays_on_record(county, officer, session):
    plan = make_plan(county, officer)
    scenario = make_scenario(plan, officer)
    decisions.decide(scenario=scenario, kind=DecisionKind.KEEP, teacher=county.teachers[0], school=None, actor=officer)
    scenario = solved(scenario, officer)
    row = session.scalar(select(Decision))
    decisions.undo(decision=row, actor=officer)
    session.refresh(row)
    assert (row.is_input, row.is_active) == (True, False)


def test_a_new_lock_takes_the_place_of_the_old(county, officer, session):
    scenario = make_scenario(make_plan(county, officer), officer)
    teacher = county.teachers[0]
    lock(scenario, teacher, county.others[0], officer)
    lock(scenario, teacher, county.others[1], officer)
    rows = session.scalars(select(Decision)).all()
    assert [row.school_id for row in rows] == [county.others[1].id]


def test_who_submitted_cannot_approve(county, officer, session):
    grant(officer, Role.BUREAU_LEADER, region=county.region)
    plan = make_plan(county, officer)
    scenario = solved(make_scenario(plan, officer), officer)
    scenarios.choose(scenario=scenario, actor=officer)
    reviews.submit(plan=plan, actor=officer)
    with pytest.raises(Refused, match=r"yourself|本人|自己"):
        reviews.approve(plan=plan, actor=officer)


def test_two_clicks_submit_once(county, officer, make_client):
    plan = make_plan(county, officer)
    scenario = solved(make_scenario(plan, officer), officer)
    scenarios.choose(scenario=scenario, actor=officer)
    one, two = make_client().sign_in(officer), make_client().sign_in(officer)
    number = plan.id
    assert one.post(f"/rotation/plans/{number}/submit", data={}).status_code == 303
    assert two.post(f"/rotation/plans/{number}/submit", data={}).status_code == 422
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "rotation.plan.submit")).all()) == 1


def test_a_stale_settings_form_loses_nothing(county, officer, make_client, session):
    plan = make_plan(county, officer)
    number = plan.id
    one, two = make_client().sign_in(officer), make_client().sign_in(officer)
    old = settings_form() | {"row_version": str(plan.version)}
    assert one.post(f"/rotation/plans/{number}/settings", data=old | {"rate": "12"}).status_code == 303
    answer = two.post(f"/rotation/plans/{number}/settings", data=old | {"rate": "15"})
    assert answer.status_code == 422
    assert 'value="15"' in answer.text
    assert session.get(RotationPlan, number).settings["rate"] == "0.12"


def test_a_published_list_holds_no_identity_number_and_never_changes(county, officer, leader, session, client):
    _plan, row = published(county, officer, leader)
    numbers = [(t.id_number, t.id_number_masked) for t in county.teachers]
    text = str(row.rows)
    assert not any(full in text or masked in text for full, masked in numbers)
    assert publications.is_unaltered(row)
    row.reason = "silently"
    with pytest.raises(FrozenError):
        session.flush()
    session.rollback()


def test_a_list_altered_behind_our_back_shows(county, officer, leader, session, client):
    _plan, row = published(county, officer, leader)
    number = row.id
    session.commit()
    session.execute(Publication.__table__.update().values(sha256="0" * 64))
    page = client.sign_in(officer).get(f"/rotation/publications/{number}").text
    assert "does not match the digest" in page


def test_a_revision_is_a_new_version_with_its_reason(county, officer, leader, session, client):
    plan, first = published(county, officer, leader)
    first_id, digest = first.id, first.sha256
    reviews.reopen(plan=plan, actor=officer, reason="一名教师病假")
    scenario = reviews.chosen_scenario(plan.id)
    gone = moves_of(scenario.id)[0]
    gone_id = gone.teacher_id
    decisions.decide(scenario=scenario, kind=DecisionKind.KEEP, teacher=session.get(Teacher, gone_id), school=None,
                     actor=officer)  # fmt: skip
    again = scenarios.solve_again(scenario=scenario, name="修订", settings=DEFAULTS, is_same_data=True, actor=officer)
    again = solved(again, officer)
    scenarios.choose(scenario=again, actor=officer)
    reviews.submit(plan=plan, actor=officer)
    reviews.approve(plan=plan, actor=leader)
    session.commit()
    with pytest.raises(Refused):
        publications.publish(plan=plan, notice={**NOTICE, "term_years": 1}, reason="", actor=officer)
    session.rollback()
    plan_id = session.scalar(select(RotationPlan.id))
    client.sign_in(officer)
    answer = client.post(f"/rotation/plans/{plan_id}/publish", data=NOTICE | {"reason": "一名教师病假"})
    assert answer.status_code == 303
    second = session.scalar(select(Publication).where(Publication.revision == 2))
    assert gone_id not in {r["teacher_id"] for r in second.rows}
    assert session.get(Publication, first_id).sha256 == digest
    assert "A newer version of this list is in force." in client.get(f"/rotation/publications/{first_id}").text
    dropped = session.scalar(select(Posting).where(Posting.teacher_id == gone_id))
    assert dropped.status is PostingStatus.RECALLED
    open_ones = session.scalars(select(Posting).where(Posting.status == PostingStatus.PLANNED)).all()
    assert {p.teacher_id for p in open_ones} == {r["teacher_id"] for r in second.rows}


def test_the_list_is_read_by_schools_and_teachers_of_the_county_only(county, officer, leader, client, make_client):
    _plan, row = published(county, officer, leader)
    number = row.id
    teacher = county.teachers[0]
    readers = [
        user_with(Role.SCHOOL_ADMINISTRATOR, school=county.others[0]),
        user_with(Role.TEACHER, teacher=teacher),
        leader,
    ]
    for reader in readers:
        browser = make_client().sign_in(reader)
        assert browser.get(f"/rotation/publications/{number}").status_code == 200
        assert "公示" in browser.get("/rotation/publications").text
    other = build_county()
    stranger = user_with(Role.TEACHER, teacher=other.teachers[0])
    browser = make_client().sign_in(stranger)
    assert browser.get(f"/rotation/publications/{number}").status_code == 404
    admin = make_client().sign_in(readers[0])
    assert admin.post(f"/rotation/publications/{number}/roster?format=docx").status_code == 404
    assert admin.post(f"/rotation/publications/{number}/notice?format=docx").status_code == 200


def test_the_documents_are_in_the_offices_layout(county, officer, leader, client):
    _plan, row = published(county, officer, leader)
    number, count = row.id, row.row_count
    client.sign_in(officer)
    word = docx.Document(io.BytesIO(client.post(f"/rotation/publications/{number}/notice?format=docx").data))
    texts = [p.text for p in word.paragraphs]
    assert texts[0] == "青教〔2026〕12号"
    assert texts[1] == NOTICE["title"]
    assert "公示时间：2026年8月17日至2026年8月21日（5个工作日）。" in texts
    assert word.paragraphs[1].runs[0].font.name == "方正小标宋简体"
    assert len(word.tables[0].rows) == count + 1
    assert [c.text for c in word.tables[0].rows[0].cells] == ["序号", "姓名", "性别", "学校", "学科", "派往学校"]
    roster = docx.Document(io.BytesIO(client.post(f"/rotation/publications/{number}/roster?format=docx").data))
    assert "起止时间" in [c.text for c in roster.tables[0].rows[0].cells]
    for kind in ("notice", "roster"):
        book = openpyxl.load_workbook(
            io.BytesIO(client.post(f"/rotation/publications/{number}/{kind}?format=xlsx").data)
        )
        assert book.active.max_row >= count + 2
    assert client.post(f"/rotation/publications/{number}/notice?format=pdf").status_code == 404


def test_people_who_left_since_are_not_sent(county, officer, leader, session):
    plan = approved_plan(county, officer, leader)
    move = moves_of(reviews.chosen_scenario(plan.id).id)[0]
    teacher = session.get(Teacher, move.teacher_id)
    teacher.left_on = teacher.joined_school_on
    session.flush()
    with pytest.raises(Refused, match=teacher.name):
        publications.publish(plan=plan, notice={**NOTICE, "term_years": 1}, reason="", actor=officer)


def test_two_presses_at_the_same_moment_submit_once(app, county, officer, make_client):
    plan = make_plan(county, officer)
    scenario = solved(make_scenario(plan, officer), officer)
    scenarios.choose(scenario=scenario, actor=officer)
    path = f"/rotation/plans/{plan.id}/submit"
    browsers = [make_client().sign_in(officer) for _ in range(2)]
    start, answers = threading.Barrier(2), []

    def press(browser):
        start.wait()
        answer = contextvars.Context().run(FlaskClient.open, browser, path, method="POST", data={})
        answers.append(answer.status_code)

    threads = [threading.Thread(target=press, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 422]
    db.session.commit()  # what the threads wrote is newer than this reading
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "rotation.plan.submit")).all()) == 1


def test_solving_again_keeps_the_rest_still(county, officer, client, session):
    plan = make_plan(county, officer)
    first = solved(make_scenario(plan, officer), officer)
    first_id, before = first.id, {(m.teacher_id, m.to_school_id) for m in moves_of(first.id)}
    gone = sorted(before)[0]
    client.sign_in(officer)
    decision = {"kind": "ban", "teacher_id": gone[0], "school_id": gone[1]}
    client.post(f"/rotation/scenarios/{first_id}/decisions", data=decision)
    page = client.get(f"/rotation/scenarios/{first_id}/again")
    assert "Change as little else as possible" in page.text
    form = settings_form() | {"name": "乙案", "is_same_data": "y", "keeps_still": "y"}
    assert client.post(f"/rotation/scenarios/{first_id}/again", data=form).status_code == 303
    run_pending_jobs()
    session.expire_all()
    second = session.scalar(select(Scenario).where(Scenario.based_on_id == first_id))
    assert second.settings["tiers"][:2] == ["rules", "change"]
    after = {(m.teacher_id, m.to_school_id) for m in moves_of(second.id)}
    assert gone not in after
    assert len(before ^ after) <= 2


def test_the_plan_of_a_cancelled_job_is_not_stuck(county, officer, session):
    plan = make_plan(county, officer)
    scenario = make_scenario(plan, officer)
    job = scenarios.request_solve(scenario=scenario, actor=officer)
    request_cancel(job, officer)  # from the page of jobs, which knows nothing of scenarios
    session.expire_all()
    scenario = session.get(Scenario, scenario.id)
    assert scenario.status is ScenarioStatus.QUEUED
    assert solved(scenario, officer).status is ScenarioStatus.SOLVED


def test_a_decision_that_the_next_solve_would_refuse_is_told_at_once(county, officer, client):
    scenario = solved(make_scenario(make_plan(county, officer), officer), officer)
    new, old = TeacherFactory(school=county.sending[0]), county.teachers[0]
    page = client.sign_in(officer)
    for teacher, is_warned in ((new, True), (old, False)):
        form = {"kind": "keep", "teacher_id": teacher.id}
        told = page.post(f"/rotation/scenarios/{scenario.id}/decisions", data=form, follow_redirects=True).text
        assert (f"{teacher.name} does not meet the conditions for rotation. Unless" in told) is is_warned
