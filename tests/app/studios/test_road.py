"""A studio's road: applied for, approved, appraised, renewed or closed; and what people do with it on the pages."""

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.access import Role
from app.accounts.models import RoleGrant
from app.audit.operations import SYSTEM
from app.extensions import db
from app.notices.models import Notice
from app.regions.models import Region
from app.studios.models import (
    AppraisalResult,
    AppraisalReview,
    AppraisalStage,
    Membership,
    MembershipStatus,
    Studio,
    StudioAppraisal,
    StudioStatus,
)
from app.studios.operations import appraising, founding
from app.teachers.models import Teacher
from app.web.errors import Refused
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, user_with
from tests.factories.studios import BEGINS, full_studio, make_studio, make_teacher

S = StudioStatus


def reread(row):
    db.session.expire_all()
    return db.session.get(type(row), row.id)


def centre_of(county):
    return user_with(Role.DEVELOPMENT_CENTRE, region=county)


def county_of(studio):
    return db.session.get(Region, studio.county_id)


def test_a_teacher_applies_and_the_centre_gives_the_licence(app, make_client):
    county = CountyFactory(code="530128")
    teacher = TeacherFactory(school=SchoolFactory(county=county))
    user, centre = user_with(Role.TEACHER, teacher=teacher), centre_of(county)
    applicant, office = make_client().sign_in(user), make_client().sign_in(centre)
    data = {
        "name": "林清禾语文工作室", "kind": "teacher", "level_code": "4", "stage": "primary", "subject_code": "chinese",
        "school_id": teacher.working_school_id, "statement": "十年教研",
    }  # fmt: skip
    assert applicant.post("/studios/found", data=data | {"name": ""}).status_code == 422
    assert applicant.post("/studios/found", data=data).status_code == 303
    studio = db.session.scalar(select(Studio))
    assert (studio.status, studio.member_places, studio.mentee_places) == (S.APPLIED, 5, 3)
    assert applicant.get(f"/studios/{studio.id}/work").status_code == 403
    assert office.post(f"/studios/{studio.id}/return", data={"reason": "补充成果"}).status_code == 303
    assert "补充成果" in applicant.get("/studios/me").text
    sent = applicant.post(f"/studios/found/{studio.id}", data=data | {"statement": "十年教研，三项课题"})
    assert sent.status_code == 303
    assert office.post(f"/studios/{studio.id}/approve", data={"begins_on": "2026-09-01"}).status_code == 303
    studio = reread(studio)
    assert (studio.status, studio.licence_number) == (S.ACTIVE, "530128-MS-2026-001")
    assert studio.ends_on == date(2029, 9, 1)
    assert db.session.scalar(select(RoleGrant.id).where(RoleGrant.role == Role.STUDIO_HOST))
    assert applicant.get(f"/studios/{studio.id}/work").status_code == 200
    again = office.post(f"/studios/{studio.id}/approve", data={"begins_on": "2026-09-01"})
    assert again.status_code == 422


def test_licences_are_numbered_without_gaps(app):
    county = CountyFactory()
    numbers = [make_studio(county=county).licence_number[-3:] for _ in range(3)]
    assert numbers == ["001", "002", "003"]


def test_nobody_approves_a_studio_of_their_own(app):
    studio = make_studio(is_approved=False)
    user = user_with(Role.TEACHER, teacher=db.session.get(Teacher, studio.host_id))
    with pytest.raises(Refused, match="of their own"):
        founding.approve(actor=user, studio=studio, begins_on=BEGINS)


def test_two_decisions_at_once_and_one_is_told(app):
    studio = make_studio(is_approved=False)
    db.session.commit()
    founding.send_back(actor=SYSTEM, studio=studio, reason="补材料")
    with pytest.raises(Refused, match="Returned to be completed"):
        founding.approve(actor=SYSTEM, studio=reread(studio), begins_on=BEGINS)


def test_a_county_sets_its_own_form_and_studios_take_it_over(app, client):
    county = CountyFactory()
    client.sign_in(centre_of(county))
    page = f"/studios/settings/{county.id}"
    data = {
        "cycle_years": 2, "member_places": 6, "mentee_places": 4, "honour_types": ["subject_leader", "backbone"],
        "honour_levels": ["3", "4"], "answer_days": 10, "host_credit": "studio_host",
        "member_credit": "studio_member", "outreach_credit": "outreach",
    }  # fmt: skip
    assert client.post(page, data=data | {"cycle_years": 0}).status_code == 422
    assert client.post(page, data=data).status_code == 303
    studio = make_studio(county=county)
    assert (studio.cycle_years, studio.member_places, studio.honour_levels) == (2, 6, ["3", "4"])


def test_places_cannot_fall_below_those_taken(app):
    studio, _members, _mentees = full_studio(members=2, mentees=0)
    with pytest.raises(Refused, match="2 members have their place"):
        founding.edit(actor=SYSTEM, studio=studio, fields={"member_places": 1})


# --- appraisal ----------------------------------------------------------------------------------------------------


def appraised(studio, score, stage=AppraisalStage.FINAL):
    """An appraisal brought to its decision with one reviewer's score for each criterion."""
    reviewer = centre_of(county_of(studio))
    row = appraising.open_appraisal(
        actor=SYSTEM, studio=studio, stage=stage, due_on=date(2027, 1, 1), reviewer_ids=[reviewer.id]
    )
    appraising.report(actor=SYSTEM, row=appraising.fresh(row.id), text="三年总结")
    review = db.session.scalar(select(AppraisalReview).where(AppraisalReview.appraisal_id == row.id))
    appraising.review(actor=reviewer, row=review, scores=[score] * 5, comment=None)
    return appraising.decide(actor=SYSTEM, row=appraising.fresh(row.id), opinion="同意")


def test_a_passed_final_appraisal_lets_a_studio_be_renewed(app):
    studio = make_studio()
    with pytest.raises(Refused, match="final appraisal"):
        founding.renew(actor=SYSTEM, studio=studio)
    assert appraised(studio, 95) is AppraisalResult.EXCELLENT
    founding.renew(actor=SYSTEM, studio=studio)
    assert (studio.cycle_no, studio.ends_on) == (2, date(2032, 9, 1))
    with pytest.raises(Refused, match="final appraisal"):
        founding.renew(actor=SYSTEM, studio=studio)


def test_a_failed_final_appraisal_closes_the_studio(app, rows):
    studio, _members, _mentees = full_studio(members=1, mentees=1)
    assert appraised(studio, 40) is AppraisalResult.FAILED
    assert reread(studio).status is S.CLOSED
    assert rows(Membership, Membership.status == MembershipStatus.ACTIVE) == 0


def test_a_failed_midterm_appraisal_suspends_it(app):
    studio = make_studio()
    assert appraised(studio, 59, AppraisalStage.MIDTERM) is AppraisalResult.FAILED
    assert reread(studio).status is S.SUSPENDED


def test_it_is_not_decided_before_every_review_is_in(app):
    studio = make_studio()
    people = [centre_of(county_of(studio)).id for _ in range(2)]
    row = appraising.open_appraisal(
        actor=SYSTEM, studio=studio, stage=AppraisalStage.FINAL, due_on=date(2027, 1, 1), reviewer_ids=people
    )
    appraising.report(actor=SYSTEM, row=appraising.fresh(row.id), text="总结")
    with pytest.raises(Refused, match="2 reviews are still missing"):
        appraising.decide(actor=SYSTEM, row=appraising.fresh(row.id), opinion="")
    kept = reread(row).figures
    assert (kept["members"], kept["granted"]) == (0, "0")


@given(st.lists(st.integers(0, 100), min_size=5, max_size=5))
def test_a_weighted_score_lies_between_the_lowest_and_the_highest(scores):
    criteria = [{"name": name, "weight": weight} for name, weight in appraising.DEFAULT_CRITERIA]
    score = appraising.score_of(criteria, scores)
    assert min(scores) <= score <= max(scores)
    assert appraising.score_of(criteria, [scores[0]] * 5) == scores[0]


def test_weights_add_up_to_a_hundred(app, client):
    county = CountyFactory()
    client.sign_in(centre_of(county))
    page = f"/studios/appraisals/form/{county.id}"
    marks = {"pass_mark": 60, "excellent_mark": 85}
    wrong = client.post(page, data=marks | {"criteria": "研修, 50\n成果, 40"})
    assert wrong.status_code == 422
    assert "these add up to 90" in wrong.text
    assert client.post(page, data=marks | {"criteria": "研修计划"}).status_code == 422
    assert client.post(page, data=marks | {"criteria": "研修，60\n成果，40"}).status_code == 303
    assert [one["weight"] for one in appraising.form_of(county.id).criteria] == [60, 40]


def test_an_appraisal_goes_through_the_pages(app, make_client):
    studio = make_studio()
    centre = centre_of(county_of(studio))
    leader = user_with(Role.BUREAU_LEADER, region=county_of(studio))
    host = user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, studio.host_id))
    office, chief, own = (make_client().sign_in(user) for user in (centre, leader, host))
    data = {"stage": "final", "due_on": "2027-06-30", "reviewers": [str(leader.id)]}
    assert office.post(f"/studios/{studio.id}/appraise", data=data).status_code == 303
    number = db.session.scalar(select(StudioAppraisal.id))
    review = db.session.scalar(select(AppraisalReview.id))
    scores = {f"score_{n}": "88" for n in range(5)}
    early = chief.post(f"/studios/reviews/{review}", data=scores)
    assert early.status_code == 422
    assert own.post(f"/studios/appraisals/{number}/report", data={"text": "三年总结"}).status_code == 303
    assert db.session.scalar(select(Notice.kind).where(Notice.user_id == leader.id)) == "studio.review"
    assert chief.post(f"/studios/reviews/{review}", data=scores | {"score_0": "101"}).status_code == 422
    assert chief.post(f"/studios/reviews/{review}", data=scores).status_code == 303
    assert office.get(f"/studios/reviews/{review}").status_code == 404
    assert "88.00" not in own.get(f"/studios/appraisals/{number}").text
    assert office.post(f"/studios/appraisals/{number}/decide", data={"opinion": "同意"}).status_code == 303
    assert "88" in own.get(f"/studios/appraisals/{number}").text
    assert office.post(f"/studios/{studio.id}/renew").status_code == 303
    assert reread(studio).cycle_no == 2


# --- people through the pages -------------------------------------------------------------------------------------


def test_a_mentee_applies_and_is_accepted(app, make_client):
    studio, (member,), _mentees = full_studio(members=1, mentees=0)
    teacher = make_teacher(studio)
    host = user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, studio.host_id))
    phone, desk = make_client().sign_in(user_with(Role.TEACHER, teacher=teacher)), make_client().sign_in(host)
    assert studio.name in phone.get("/studios/open").text
    data = {"role": "mentee", "leader": "", "statement": "想学整本书阅读"}
    assert phone.post(f"/studios/open/{studio.id}/join", data=data).status_code == 303
    again = phone.post(f"/studios/open/{studio.id}/join", data=data)
    assert again.status_code == 422
    assert "想学整本书阅读" in again.text
    row = db.session.scalar(select(Membership).where(Membership.teacher_id == teacher.id))
    assert desk.post(f"/studios/people/{row.id}/accept", data={"leader": member.id}).status_code == 303
    assert (reread(row).status, reread(row).leader_id) == (MembershipStatus.ACTIVE, member.id)
    assert "In the studio" in phone.get("/studios/me").text
    assert phone.get(f"/studios/people/{row.id}").status_code == 403


def test_notes_stay_with_the_host(app, make_client):
    studio, _members, (mentee,) = full_studio(members=1, mentees=1)
    host = user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, studio.host_id))
    other = make_studio()
    stranger = user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, other.host_id))
    desk = make_client().sign_in(host)
    assert desk.post(f"/studios/people/{mentee.id}/notes", data={"body": "课堂语言待提升"}).status_code == 303
    assert "课堂语言待提升" in desk.get(f"/studios/people/{mentee.id}").text
    kept = db.session.connection().exec_driver_sql("SELECT body FROM studio_note").scalar()
    assert "课堂" not in kept
    assert make_client().sign_in(stranger).get(f"/studios/people/{mentee.id}").status_code == 404
    assert "课堂语言" not in make_client().sign_in(centre_of(county_of(studio))).get(f"/studios/{studio.id}").text


def test_the_host_writes_to_those_chosen(app, client):
    studio, _members, mentees = full_studio(members=1, mentees=2)
    users = [user_with(Role.TEACHER, teacher=db.session.get(Teacher, row.teacher_id)) for row in mentees]
    client.sign_in(user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, studio.host_id)))
    data = {"subject": "下周活动", "text": "请带教案", "person": [mentees[0].id]}
    assert client.post(f"/studios/{studio.id}/people/message", data=data).status_code == 303
    told = db.session.scalars(select(Notice.user_id).where(Notice.kind == "studio.message")).all()
    assert told == [users[0].id]


def workbook(rows):
    book = openpyxl.Workbook()
    for row in [("姓名", "身份证号"), *rows]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def test_a_list_is_shown_before_anybody_is_invited(app, client, rows):
    studio = make_studio()
    one, two = make_teacher(studio), make_teacher(studio)
    far = TeacherFactory()
    sheet = workbook([(one.name, one.id_number), ("王错名", two.id_number), (far.name, far.id_number)])
    client.sign_in(user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, studio.host_id)))
    page = f"/studios/{studio.id}/people/import"
    shown = client.post(page, data={"file": (sheet, "名单.xlsx")}, content_type="multipart/form-data")
    assert shown.status_code == 200
    assert one.name in shown.text
    assert "another name" in shown.text
    assert "nobody in this county" in shown.text
    assert one.id_number not in shown.text
    assert rows(Membership, Membership.status == MembershipStatus.INVITED) == 0
    applied = client.post(f"{page}/apply", data={"teacher": [one.id, far.id], "role": "mentee"})
    assert applied.status_code == 303
    invited = db.session.scalars(
        select(Membership.teacher_id).where(Membership.status == MembershipStatus.INVITED)
    ).all()
    assert invited == [one.id]
    broken = client.post(page, data={"file": (io.BytesIO(b"x"), "名单.xlsx")}, content_type="multipart/form-data")
    assert broken.status_code == 422
