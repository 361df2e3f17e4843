"""Places in a studio: never more people than places, the waiting list in its order, nobody in two of one kind."""

import contextvars
import threading
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.access import Role
from app.audit.operations import SYSTEM
from app.extensions import db
from app.notices.models import Notice
from app.studios.models import MemberRole, Membership, MembershipStatus, MentorPlace, Studio, StudioKind
from app.studios.operations import founding, people
from app.teachers.models import BackboneHonour, Teacher
from app.web.errors import Refused
from app.web.transaction import transaction
from tests.factories import BackboneHonourFactory, CountyFactory, TeacherFactory, user_with
from tests.factories.studios import add_person, full_studio, make_studio, make_teacher

S = MembershipStatus
MEMBER, MENTEE = MemberRole.MEMBER, MemberRole.MENTEE


def reread(row):
    db.session.expire_all()
    return db.session.get(type(row), row.id)


def test_a_member_needs_a_title_that_is_valid_on_the_day(app):
    studio = make_studio()
    teacher = make_teacher(studio)
    honour = BackboneHonourFactory(teacher_id=teacher.id, valid_to=date(2025, 12, 31))
    with pytest.raises(Refused, match="holds none that is valid"):
        people.invite(actor=SYSTEM, studio=studio, teacher=teacher, role=MEMBER)
    honour.valid_to = None
    row = people.invite(actor=SYSTEM, studio=studio, teacher=teacher, role=MEMBER)
    db.session.execute(update(BackboneHonour).values(valid_to=date(2025, 12, 31)))
    with pytest.raises(Refused, match="holds none that is valid"):
        people.accept_invitation(actor=SYSTEM, row=row)
    db.session.execute(update(BackboneHonour).values(valid_to=None))
    row = people.accept_invitation(actor=SYSTEM, row=row)
    assert (row.status, row.honour_title, row.mentee_places) == (S.ACTIVE, "县级骨干教师", 3)
    assert reread(studio).members_taken == 1


def test_a_county_says_which_title_counts(app):
    studio = make_studio(honour_types=["subject_leader"], honour_levels=["3"])
    teacher = make_teacher(studio, backbone=True)
    with pytest.raises(Refused, match="Subject leader"):
        people.apply(actor=SYSTEM, studio=studio, teacher=teacher, role=MEMBER, statement="")
    BackboneHonourFactory(teacher_id=teacher.id, type_code="subject_leader", level_code="3")
    assert people.apply(actor=SYSTEM, studio=studio, teacher=teacher, role=MEMBER, statement="").status is S.APPLIED


def test_who_finds_no_place_waits_in_order_and_moves_up(app):
    studio = make_studio(member_places=1, mentee_places=1)
    leader = add_person(studio, MEMBER)
    first = add_person(studio)
    waiting = [add_person(studio) for _ in range(3)]
    assert first.status is S.ACTIVE
    assert first.leader_id == leader.id
    assert [(row.status, row.waiting_no) for row in waiting] == [(S.WAITING, 1), (S.WAITING, 2), (S.WAITING, 3)]
    people.leave(actor=SYSTEM, row=first, reason="调动")
    assert [reread(row).status for row in waiting] == [S.ACTIVE, S.WAITING, S.WAITING]
    assert reread(first).status is S.LEFT
    assert reread(leader).mentees_taken == 1


def test_a_new_member_brings_places_for_those_who_wait(app):
    studio = make_studio(mentee_places=2)
    waiting = [add_person(studio) for _ in range(3)]
    assert {row.status for row in waiting} == {S.WAITING}
    add_person(studio, MEMBER)
    assert [reread(row).status for row in waiting] == [S.ACTIVE, S.ACTIVE, S.WAITING]


def test_nobody_is_in_two_studios_of_one_kind(app):
    county = CountyFactory()
    studio, other = make_studio(county=county), make_studio(county=county)
    leader = add_person(studio, MEMBER)
    with pytest.raises(Refused, match="two studios of one kind"):
        people.invite(actor=SYSTEM, studio=other, teacher=db.session.get(Teacher, leader.teacher_id), role=MEMBER)
    with pytest.raises(Refused, match="two studios of one kind"):
        people.invite(actor=SYSTEM, studio=other, teacher=db.session.get(Teacher, studio.host_id), role=MENTEE)
    psychology = make_studio(county=county, kind=StudioKind.PSYCHOLOGY)
    teacher = db.session.get(Teacher, leader.teacher_id)
    assert add_person(psychology, MEMBER, teacher=teacher).status is S.ACTIVE


def test_the_database_itself_keeps_people_out_of_two_studios_and_counters_in_bounds(app):
    county = CountyFactory()
    studio, other = make_studio(county=county, member_places=1), make_studio(county=county)
    leader = add_person(studio, MEMBER)
    db.session.commit()
    twin = Membership(
        studio_id=other.id, teacher_id=leader.teacher_id, name_pinyin="x", kind=studio.kind, role=MEMBER,
        status=S.ACTIVE, from_on=date(2026, 9, 1),
    )  # fmt: skip
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(twin)
    db.session.rollback()
    with pytest.raises(IntegrityError, match="places_not_exceeded"):
        db.session.execute(update(Studio).where(Studio.id == studio.id).values(members_taken=2))
    db.session.rollback()
    with pytest.raises(IntegrityError, match="places_not_exceeded"):
        db.session.execute(update(Membership).where(Membership.id == leader.id).values(mentees_taken=4))
    db.session.rollback()


def test_a_mentee_moves_to_another_member_with_dates(app):
    _studio, (one, two), (mentee,) = _two_members()
    people.lead_by(actor=SYSTEM, row=mentee, leader=two)
    assert (reread(one).mentees_taken, reread(two).mentees_taken) == (0, 1)
    places = db.session.scalars(select(MentorPlace).where(MentorPlace.membership_id == mentee.id)).all()
    assert [(place.leader_id, place.to_on is None) for place in places] == [(one.id, False), (two.id, True)]
    with pytest.raises(Refused, match="already"):
        people.lead_by(actor=SYSTEM, row=reread(mentee), leader=reread(two))


def _two_members():
    studio = make_studio(mentee_places=1)
    one, two = add_person(studio, MEMBER), add_person(studio, MEMBER)
    return studio, (one, two), (add_person(studio, leader=one),)


def test_a_member_who_leads_others_cannot_leave_before_they_are_moved(app):
    _studio, (one, two), (mentee,) = _two_members()
    with pytest.raises(Refused, match="still leads 1 mentee"):
        people.leave(actor=SYSTEM, row=one, reason="")
    people.lead_by(actor=SYSTEM, row=mentee, leader=two)
    people.leave(actor=SYSTEM, row=reread(one), reason="产假")
    assert reread(one).status is S.LEFT


def test_somebody_asked_to_leave_may_answer_first(app):
    studio, _members, (mentee,) = full_studio(members=1, mentees=1)
    people.ask_to_leave(actor=SYSTEM, row=mentee, reason="三次无故缺席")
    stored = db.session.scalar(select(Membership.__table__.c.asked_reason).where(Membership.id == mentee.id))
    assert stored == "三次无故缺席"
    raw = db.session.connection().exec_driver_sql(
        f"SELECT asked_reason FROM studio_membership WHERE id = {mentee.id}"
    ).scalar()  # fmt: skip
    assert "缺席" not in raw
    with pytest.raises(Refused, match="may answer until"):
        people.dismiss(actor=SYSTEM, row=mentee)
    with pytest.raises(Refused, match="why you wish to stay"):
        people.answer(actor=SYSTEM, row=mentee, agrees=False, text=None)
    people.answer(actor=SYSTEM, row=mentee, agrees=False, text="家中有病人")
    people.dismiss(actor=SYSTEM, row=reread(mentee))
    assert (reread(mentee).status, reread(mentee).answer) == (S.DISMISSED, "家中有病人")
    assert reread(studio).status.is_running


def test_who_agrees_to_leave_is_gone_at_once_and_the_place_is_free(app):
    _studio, (leader,), (mentee,) = full_studio(members=1, mentees=1)
    people.ask_to_leave(actor=SYSTEM, row=mentee, reason="缺席")
    people.answer(actor=SYSTEM, row=reread(mentee), agrees=True, text=None)
    assert (reread(mentee).status, reread(leader).mentees_taken) == (S.DISMISSED, 0)


def test_a_veto_of_ethics_keeps_people_out_in_words(app, monkeypatch):
    from app.studios import gates

    studio = make_studio()
    teacher = make_teacher(studio, backbone=True)
    monkeypatch.setattr(gates, "veto_of", lambda number, _day: object() if number == teacher.id else None)
    with pytest.raises(Refused, match="professional ethics"):
        people.invite(actor=SYSTEM, studio=studio, teacher=teacher, role=MEMBER)
    with pytest.raises(Refused, match="professional ethics"):
        founding.apply_for(actor=SYSTEM, host=teacher, school=teacher.working_school_id, fields={"kind": studio.kind})


def test_closing_ends_everybodys_place(app, rows):
    studio, _leaders, _led = full_studio(members=2, mentees=1)
    waiting = people.invite(actor=SYSTEM, studio=studio, teacher=make_teacher(studio), role=MENTEE)
    founding.close(actor=SYSTEM, studio=studio, reason="主持人退休")
    assert rows(Membership, Membership.status == S.FINISHED) == 5
    assert reread(waiting).status is S.WITHDRAWN
    assert reread(studio).members_taken == 0


def test_merging_invites_everybody_over(app, rows):
    county = CountyFactory()
    studio, _leaders, _led = full_studio(members=1, mentees=1, county=county)
    into = make_studio(county=county)
    assert founding.merge(actor=SYSTEM, studio=studio, into=into, reason="合并") == 3
    assert rows(Membership, Membership.studio_id == into.id, Membership.status == S.INVITED) == 3
    with pytest.raises(Refused):
        founding.merge(actor=SYSTEM, studio=reread(studio), into=into, reason="再合并")


def test_the_person_is_told_at_each_step(app):
    studio = make_studio(member_places=1, mentee_places=1)
    add_person(studio, MEMBER)
    teacher = make_teacher(studio)
    user = user_with(Role.TEACHER, teacher=teacher)
    first = add_person(studio)
    add_person(studio, teacher=teacher)
    people.leave(actor=SYSTEM, row=first, reason="")
    kinds = db.session.scalars(select(Notice.kind).where(Notice.user_id == user.id).order_by(Notice.id)).all()
    assert kinds == ["studio.invited", "studio.waiting", "studio.moved_up"]


def test_fifty_accept_at_once_for_three_places(app, backend):
    studio = make_studio(member_places=1, mentee_places=3)
    leader = add_person(studio, MEMBER)
    rows = [people.invite(actor=SYSTEM, studio=studio, teacher=make_teacher(studio), role=MENTEE).id for _ in range(50)]
    db.session.commit()
    number = 50 if backend == "postgresql" else 8
    at_once(app, rows[:number])
    db.session.expire_all()
    standing = db.session.scalars(select(Membership).where(Membership.id.in_(rows[:number]))).all()
    active = [row for row in standing if row.status is S.ACTIVE]
    waiting = sorted(row.waiting_no for row in standing if row.status is S.WAITING)
    assert len(active) == 3
    assert {row.leader_id for row in active} == {leader.id}
    assert waiting == list(range(1, number - 2))
    assert reread(leader).mentees_taken == 3


def at_once(app, numbers):
    """Each accepts in a thread and a connection of its own."""
    start = threading.Barrier(len(numbers))
    failures = []

    def accept(number):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    people.accept_invitation(actor=SYSTEM, row=db.session.get(Membership, number))
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=contextvars.Context().run, args=(accept, number)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_host_may_not_leave_and_a_stranger_of_another_county_may_not_come(app):
    studio = make_studio()
    host = db.session.scalar(select(Membership).where(Membership.role == MemberRole.HOST))
    with pytest.raises(Refused, match="only with the studio"):
        people.leave(actor=SYSTEM, row=host, reason="")
    with pytest.raises(Refused, match="another county"):
        people.apply(actor=SYSTEM, studio=studio, teacher=TeacherFactory(), role=MENTEE, statement="")
