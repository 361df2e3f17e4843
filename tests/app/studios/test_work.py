"""What a studio does counts: attendance becomes hours, once; money is exact; requests are answered by one."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from app.access import Role
from app.audit.operations import SYSTEM
from app.credits.models import ClaimStatus, CreditClaim, CreditTotal
from app.db.clock import today
from app.evidence.models import EvidenceFile
from app.extensions import db
from app.notices.models import Notice
from app.schools.models import School
from app.studios.models import (
    LessonRequest,
    MeetingKind,
    MeetingStatus,
    MemberRole,
    Membership,
    RequestStatus,
    SpendingCategory,
    Studio,
    StudioMeeting,
    StudioOutcome,
    StudioSpending,
    TargetKind,
)
from app.studios.operations import lessons, money, people, work
from app.studios.queries import lessons as lesson_queries
from app.studios.queries import work as queries
from app.teachers.models import Teacher
from app.web.errors import Refused
from tests.factories import BackboneHonourFactory, SchoolFactory, TeacherFactory, studio_rows, user_with
from tests.factories.files import part
from tests.factories.studios import add_person, full_studio, make_studio

HELD_ON = date(2026, 11, 20)


def plan_meeting(studio, **fields):
    fields = {
        "title": "主题研讨",
        "kind": MeetingKind.SEMINAR,
        "on": HELD_ON,
        "begins_at": None,
        "hours": Decimal("2.5"),
        "venue": "录播教室",
        "agenda": None,
    } | fields
    return work.plan_meeting(actor=SYSTEM, studio=studio, fields=fields)


def host_row(studio):
    query = select(Membership).where(Membership.studio_id == studio.id, Membership.role == MemberRole.HOST)
    return db.session.scalar(query)


def hours_of(teacher_id):
    return db.session.scalar(select(func.sum(CreditTotal.hours)).where(CreditTotal.teacher_id == teacher_id)) or 0


@pytest.fixture
def joined(app, monkeypatch):
    """A studio whose people joined before its activity."""
    studio, members, mentees = full_studio(members=1, mentees=2)
    db.session.execute(Membership.__table__.update().values(from_on=date(2026, 9, 1)))
    db.session.expire_all()
    return studio, members[0], mentees


def test_attendance_becomes_hours_and_being_taken_off_takes_them_back(joined):
    studio, member, (first, second) = joined
    row = plan_meeting(studio)
    everybody = [host_row(studio).id, member.id, first.id, second.id]
    assert work.set_attendance(actor=SYSTEM, row=row, shown=everybody, present=everybody[:3]) == (3, 0)
    assert row.status is MeetingStatus.HELD
    assert [hours_of(m.teacher_id) for m in (member, first, second)] == [Decimal("2.5"), Decimal("2.5"), 0]
    kinds = dict(db.session.execute(select(CreditClaim.teacher_id, CreditClaim.kind_code)).tuples().all())
    assert kinds[studio.host_id] == "studio_host"
    assert kinds[first.teacher_id] == "studio_member"
    assert work.set_attendance(actor=SYSTEM, row=row, shown=everybody, present=everybody[:3]) == (0, 0)
    assert hours_of(first.teacher_id) == Decimal("2.5")
    corrected = [host_row(studio).id, second.id]
    assert work.set_attendance(actor=SYSTEM, row=row, shown=everybody, present=corrected) == (1, 2)
    assert [hours_of(m.teacher_id) for m in (member, first, second)] == [0, 0, Decimal("2.5")]


def test_corrected_hours_reach_everybody_who_was_there(joined):
    studio, member, mentees = joined
    row = plan_meeting(studio)
    shown = [member.id, mentees[0].id]
    work.set_attendance(actor=SYSTEM, row=row, shown=shown, present=shown)
    fields = {
        name: getattr(row, name) for name in ("title", "kind", "on", "begins_at", "venue", "agenda")
    } | {"hours": Decimal("3.25")}  # fmt: skip
    work.edit_meeting(actor=SYSTEM, row=work.locked_meeting(row.id), fields=fields)
    assert hours_of(member.teacher_id) == hours_of(mentees[0].teacher_id) == Decimal("3.25")


def test_who_was_not_in_the_studio_on_the_day_is_not_credited(joined, rows):
    studio, member, (first, _second) = joined
    row = plan_meeting(studio)
    people.leave(actor=SYSTEM, row=first, reason="调动")
    db.session.execute(
        Membership.__table__.update().where(Membership.id == first.id).values(to_on=date(2026, 10, 1))
    )  # fmt: skip
    db.session.expire_all()
    stranger = add_person(make_studio())
    shown = [member.id, first.id, stranger.id]
    assert work.set_attendance(actor=SYSTEM, row=row, shown=shown, present=shown) == (1, 0)
    assert rows(CreditClaim, CreditClaim.status == ClaimStatus.CONFIRMED) == 1


def test_attendance_of_what_has_not_come_is_refused(joined):
    studio, member, _mentees = joined
    row = plan_meeting(studio, on=date(2099, 1, 1))
    with pytest.raises(Refused, match="entered after that"):
        work.set_attendance(actor=SYSTEM, row=row, shown=[member.id], present=[member.id])


def test_the_host_ticks_who_was_there(joined, client):
    studio, member, mentees = joined
    row = plan_meeting(studio)
    client.sign_in(user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, studio.host_id)))
    page = f"/studios/meetings/{row.id}"
    assert client.get(page).status_code == 200
    data = {"shown": [member.id, mentees[0].id], "present": [mentees[0].id], "summary": "研讨充分"}
    assert client.post(f"{page}/attendance", data=data).status_code == 303
    assert hours_of(mentees[0].teacher_id) == Decimal("2.5")
    assert db.session.get(StudioMeeting, row.id).summary == "研讨充分"


def test_a_plan_counts_what_is_done(joined):
    studio, _member, _mentees = joined
    work.save_plan(
        actor=SYSTEM, studio=studio, year=2026, plan=None, aims="提升", summary=None,
        targets={TargetKind.PAPER: 1, TargetKind.OUTREACH: 2},
    )  # fmt: skip
    db.session.add(studio_rows.outcome(studio))
    db.session.flush()
    plan = queries.plan_of(studio.id, 2026)
    found = {one.kind: one for one in queries.progress(studio.id, 2026, plan)}
    assert (found[TargetKind.PAPER].done, found[TargetKind.PAPER].is_met) == (1, True)
    assert (found[TargetKind.OUTREACH].done, found[TargetKind.OUTREACH].is_met) == (0, False)


def test_an_outcome_carries_its_evidence(joined, client, rows):
    studio, member, _mentees = joined
    client.sign_in(user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, studio.host_id)))
    data = {
        "teacher_id": member.teacher_id, "kind": "paper", "title": "读写共生", "level_code": "4",
        "on": "2026-11-02", "evidence": part(),
    }  # fmt: skip
    page = f"/studios/{studio.id}/outcomes/new"
    without = client.post(page, data={k: v for k, v in data.items() if k != "evidence"})
    assert without.status_code == 422
    assert "读写共生" in without.text
    assert client.post(page, data=data, content_type="multipart/form-data").status_code == 303
    assert rows(StudioOutcome) == 1
    file = db.session.scalar(select(EvidenceFile))
    assert not file.is_draft
    assert client.get(f"/evidence/{file.id}").status_code in (200, 404)
    assert "读写共生" in client.get(f"/studios/{studio.id}/portfolio").text


# --- money --------------------------------------------------------------------------------------------------------


def spend(studio, amount, **fields):
    fields = {
        "spent_on": HELD_ON,
        "category": SpendingCategory.BOOKS,
        "purpose": "图书",
        "beyond_reason": None,
    } | fields
    return money.save_spending(actor=SYSTEM, studio=studio, amount=Decimal(amount), **fields)


def test_more_than_the_grant_is_spent_only_with_a_reason(app):
    studio = make_studio()
    money.save_grant(actor=SYSTEM, studio=studio, year=2026, amount=Decimal("1000.10"), source="县教体局")
    spend(studio, "1000.09")
    with pytest.raises(Refused, match=r"0\.01 yuan are left"):
        spend(studio, "0.02")
    row = spend(studio, "0.02", beyond_reason="由学校承担")
    assert row.beyond_reason == "由学校承担"
    granted, spent = queries.money_of(studio.id)
    assert granted - spent == Decimal("-0.01")
    assert spend(studio, "0.01", row=row).beyond_reason is None


@settings(max_examples=15)
@given(st.lists(st.decimals("0.01", "99999.99", places=2), min_size=1, max_size=6))
def test_money_is_exact(app, amounts):
    studio = make_studio()
    for amount in amounts:
        spend(studio, amount, beyond_reason="试算")
    assert queries.money_of(studio.id)[1] == sum(amounts)
    assert sum(total for _category, total in queries.by_category(studio.id)) == sum(amounts)


def test_an_amount_below_a_fen_is_refused(app, rows):
    studio = make_studio()
    with pytest.raises(Refused, match="two decimal places"):
        spend(studio, "1.005", beyond_reason="x")
    assert rows(StudioSpending) == 0


# --- lessons on request -------------------------------------------------------------------------------------------


@pytest.fixture
def asked(app):
    """A far school that asks for a lesson of Chinese, and a studio with a member."""
    studio, members, _mentees = full_studio(members=1, mentees=0)
    school = SchoolFactory(county_id=studio.county_id, lat=24.6)
    row = lessons.ask(
        actor=user_with(Role.SCHOOL_ADMINISTRATOR, school=school),
        school=school,
        fields={
            "kind": "lesson", "topic": "习作指导", "stage": "primary", "subject_code": "chinese",
            "wanted_from": today(), "wanted_to": date(2027, 1, 15), "detail": None,
        },
    )  # fmt: skip
    return studio, members[0], row


def fresh(row):
    db.session.expire_all()
    return db.session.scalar(select(LessonRequest).where(LessonRequest.id == row.id).options(*lesson_queries.PARTS))


def giver(studio, number):
    return next(one for one in lesson_queries.givers(studio.county_id) if one.id == number)


def test_a_request_finds_those_of_its_subject_the_nearest_first(asked):
    studio, member, row = asked
    near = TeacherFactory(school=SchoolFactory(county_id=studio.county_id, lat=24.59))
    BackboneHonourFactory(teacher_id=near.id)
    nearest = add_person(studio, MemberRole.MEMBER, teacher=near)
    maths = add_person(make_studio(host=TeacherFactory(school=db.session.get(School, studio.school_id)),
                                   subject_code="maths", name="数学工作室"))  # fmt: skip
    found = [match.row.id for match in lesson_queries.matching(fresh(row))]
    assert found[0] == nearest.id
    assert member.id in found
    assert maths.id not in found
    assert round(lesson_queries.matching(fresh(row))[0].km, 1) == 1.1


def test_two_accept_and_one_is_told(asked):
    studio, member, row = asked
    lessons.accept(actor=SYSTEM, row=fresh(row), giver=giver(studio, member.id), on=today())
    with pytest.raises(Refused, match="Accepted by a teacher"):
        lessons.accept(actor=SYSTEM, row=fresh(row), giver=giver(studio, host_row(studio).id), on=today())


def test_given_and_confirmed_the_hours_are_credited(asked):
    studio, member, row = asked
    lessons.accept(actor=SYSTEM, row=fresh(row), giver=giver(studio, member.id), on=today())
    with pytest.raises(Refused, match="Accepted by a teacher"):
        lessons.confirm(actor=SYSTEM, row=_as_given(fresh(row)), rating=5, feedback=None)
    lessons.give(actor=SYSTEM, row=fresh(row), on=today(), hours=Decimal(4), report="上示范课并评课")
    meeting = lessons.confirm(actor=SYSTEM, row=fresh(row), rating=5, feedback="很有帮助")
    assert (meeting.kind, meeting.status) == (MeetingKind.OUTREACH, MeetingStatus.HELD)
    assert hours_of(member.teacher_id) == 4
    claim = db.session.scalar(select(CreditClaim).where(CreditClaim.teacher_id == member.teacher_id))
    assert claim.kind_code == "outreach"
    assert fresh(row).status is RequestStatus.CONFIRMED
    assert queries.reached(studio.id, date(2026, 8, 1), date(2027, 7, 31))[TargetKind.OUTREACH] == 1


def _as_given(row):
    """What a stale page still shows."""
    set_committed_value(row, "given_on", today())
    set_committed_value(row, "hours", Decimal(1))
    return row


def test_a_mentee_and_ones_own_school_may_not_go(asked):
    studio, _member, row = asked
    db.session.execute(Studio.__table__.update().values(status="suspended"))
    db.session.expire_all()
    assert lesson_queries.givers(studio.county_id) == []
    db.session.execute(Studio.__table__.update().values(status="active"))
    db.session.execute(Teacher.__table__.update().values(working_school_id=row.school_id))
    db.session.expire_all()
    with pytest.raises(Refused, match="You work at this school"):
        lessons.accept(actor=SYSTEM, row=fresh(row), giver=giver(studio, host_row(studio).id), on=today())


def test_a_school_asks_and_a_host_answers_through_the_pages(app, make_client):
    studio = make_studio()
    school = SchoolFactory(county_id=studio.county_id)
    head = user_with(Role.SCHOOL_ADMINISTRATOR, school=school)
    host = user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, studio.host_id))
    place = host_row(studio).id
    at_school = make_client().sign_in(head)
    data = {
        "kind": "lesson", "topic": "整本书阅读", "stage": "primary", "subject_code": "chinese",
        "wanted_from": today().isoformat(), "wanted_to": "2027-01-20", "school_id": school.id,
    }  # fmt: skip
    assert at_school.post("/studios/requests/new", data=data).status_code == 303
    number = db.session.scalar(select(LessonRequest.id))
    assert db.session.scalar(select(Notice.kind).where(Notice.user_id == host.id)) == "studio.lesson_asked"
    at_studio = make_client().sign_in(host)
    assert "整本书阅读" in at_studio.get("/studios/board").text
    taken = at_studio.post(f"/studios/board/{number}/accept", data={"place": place, "on": today().isoformat()})
    assert taken.status_code == 303
    given_data = {"on": today().isoformat(), "hours": "3", "report": "示范课一节"}
    assert at_studio.post(f"/studios/board/{number}/given", data=given_data).status_code == 303
    confirmed = at_school.post(f"/studios/requests/{number}/confirm", data={"rating": "5", "feedback": "好"})
    assert confirmed.status_code == 303
    assert hours_of(studio.host_id) == 3
    assert at_studio.post(f"/studios/requests/{number}/confirm", data={"rating": "5"}).status_code == 403
