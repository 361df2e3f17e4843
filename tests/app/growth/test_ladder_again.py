"""Who took an application for a rung back applies again in the same round."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.db.clock import today
from app.extensions import db
from app.growth.models import LadderApplication, LadderStatus
from app.growth.operations import ladder, ladder_people
from app.notices.models import Notice
from app.schools.models import School
from app.teachers.models import Teacher
from app.web.errors import Refused
from tests.factories import SchoolFactory, TeacherFactory, user_with
from tests.factories.ladder import apply_for, make_round, make_rung

S = LadderStatus


pytestmark = pytest.mark.usefixtures("november")


@pytest.fixture
def row(county):
    return make_round(make_rung(county), [user_with(Role.DEVELOPMENT_CENTRE, region=county)])


@pytest.fixture
def teacher(county):
    return TeacherFactory(school=SchoolFactory(county=county))


@pytest.fixture
def taken_back(row, teacher):
    """An application that the school had recommended when the teacher took it back."""
    one = apply_for(row, teacher)
    ladder_people.withdraw(one=one, actor=SYSTEM)
    return one


def test_the_teacher_sends_what_was_taken_back_again(client, row, teacher, taken_back):
    head = user_with(Role.SCHOOL_ADMINISTRATOR, school=db.session.get_one(School, teacher.working_school_id))
    client.sign_in(user_with(Role.TEACHER, teacher=teacher))
    assert "Apply for this rung" in client.get("/growth/my-ladder").text
    assert "Open for applications until" in client.get("/").text
    form = client.get(f"/growth/my-ladder/rounds/{row.id}/apply").text
    assert "公开课三节，课题一项。" in form
    assert "You took this application back." in form
    sent = client.post(f"/growth/my-ladder/rounds/{row.id}/apply", data={"statement": "公开课六节，课题一项。"})
    assert sent.status_code == 303
    db.session.expire_all()
    one = db.session.scalars(select(LadderApplication)).one()
    assert (one.status, one.statement) == (S.APPLIED, "公开课六节，课题一项。")
    assert (one.opinion, one.opinion_by_label, one.opinion_on) == (None, None, None)
    log = select(AuditEntry.action).where(AuditEntry.subject_type == "ladder_application")
    actions = db.session.scalars(log.order_by(AuditEntry.position)).all()
    assert actions == ["ladder.apply", "ladder.support", "ladder.withdraw", "ladder.apply"]
    assert head.id in db.session.scalars(select(Notice.user_id).where(Notice.kind == "growth.ladder_opinion")).all()
    assert "Apply for this rung" not in client.get("/growth/my-ladder").text


def test_it_goes_the_whole_way_from_the_school_of_now(county, row, teacher, taken_back):
    moved = SchoolFactory(county=county)
    teacher.working_school_id = moved.id
    db.session.flush()
    one = apply_for(row, teacher)
    assert (one.id, one.status, one.school_id) == (taken_back.id, S.SUPPORTED, moved.id)
    held = ladder.locked(row.id)
    users = [one.user_id for one in held.reviewers]
    ladder.change_round(row=held, reviewer_ids=users, closes_on=today() - timedelta(days=1), actor=SYSTEM)
    assert ladder.begin_review(row=row, actor=SYSTEM) == 1


def test_what_keeps_anybody_from_applying_keeps_the_second_time_too(row, teacher, taken_back, november):
    teacher.left_on = today()
    db.session.flush()
    with pytest.raises(Refused, match="roster of the county"):
        apply_for(row, teacher)
    teacher.left_on = None
    november.move_to("2026-11-30T08:00:00+08:00")
    with pytest.raises(Refused, match="2026-11-29"):
        apply_for(row, teacher)


def test_who_was_not_recommended_does_not_apply_again(row, teacher):
    one = apply_for(row, teacher, is_supported=False)
    ladder_people.refuse(one=one, reason="材料不实", actor=SYSTEM)
    with pytest.raises(Refused, match="already"):
        apply_for(row, teacher)


def test_of_two_clicks_one_sends_it(row, teacher, taken_back):
    apply_for(row, teacher)
    with pytest.raises(Refused, match="already"):
        apply_for(row, db.session.get(Teacher, teacher.id))
