"""Places and the waiting list: never too many, always in order, whoever clicks at once."""

import threading
from datetime import date, time

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.audit.operations import SYSTEM
from app.extensions import db
from app.training.models import (
    Admission,
    Enrolment,
    EnrolmentStatus,
    SessionQuota,
    SessionStatus,
    TrainingSession,
)
from app.training.operations import enrolments, sessions
from app.web.errors import Refused
from app.web.transaction import transaction
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory
from tests.factories.training import EnrolmentFactory, SessionFactory

S = EnrolmentStatus


@pytest.fixture(autouse=True)
def _in_september():
    with time_machine.travel(date(2026, 9, 20), tick=True):
        yield


@pytest.fixture
def county(app):
    return CountyFactory()


def teachers_at(school, number):
    return [TeacherFactory(school=school) for _one in range(number)]


def statuses(session_id):
    db.session.expire_all()
    rows = db.session.scalars(select(Enrolment).where(Enrolment.session_id == session_id).order_by(Enrolment.id))
    return [row.status for row in rows]


def enrol(session, *teachers):
    return [enrolments.enrol(actor=SYSTEM, session=session, teachers=[one])[0] for one in teachers]


def test_who_finds_no_place_waits_and_moves_up_in_order(county, rows):
    session = SessionFactory(region=county, places=1)
    first, second, third = enrol(session, *teachers_at(SchoolFactory(county=county), 3))
    assert [first.status, second.status, third.status] == [S.CONFIRMED, S.WAITING, S.WAITING]

    enrolments.cancel(actor=SYSTEM, session=session, enrolment=first, reason="生病")

    assert [one.status for one in (first, second, third)] == [S.CANCELLED, S.CONFIRMED, S.WAITING]
    assert db.session.get(TrainingSession, session.id).taken == 1


def test_places_set_aside_are_kept_for_their_school(county):
    school, other = SchoolFactory(county=county), SchoolFactory(county=county)
    session = SessionFactory(region=county, places=3)
    sessions.set_quotas(actor=SYSTEM, session=session, wanted={("school", school.id): 2})

    others = enrol(session, *teachers_at(other, 2))
    own = enrol(session, *teachers_at(school, 3))

    assert [one.status for one in others] == [S.CONFIRMED, S.WAITING]
    assert [one.status for one in own] == [S.CONFIRMED, S.CONFIRMED, S.WAITING]


def test_a_freed_place_goes_to_the_first_who_may_use_it(county):
    school, other = SchoolFactory(county=county), SchoolFactory(county=county)
    session = SessionFactory(region=county, places=1)
    sessions.set_quotas(actor=SYSTEM, session=session, wanted={("school", school.id): 1})
    holder = enrol(session, *teachers_at(school, 1))[0]
    stranger = enrol(session, *teachers_at(other, 1))[0]
    colleague = enrol(session, *teachers_at(school, 1))[0]

    enrolments.cancel(actor=SYSTEM, session=session, enrolment=holder, reason="调离")

    assert stranger.status is S.WAITING, "the place is not for that school"
    assert colleague.status is S.CONFIRMED


def test_more_places_move_people_up(county):
    session = SessionFactory(region=county, places=1)
    _first, second = enrol(session, *teachers_at(SchoolFactory(county=county), 2))
    sessions.change_session(actor=SYSTEM, session=session, year=2026, places=2)
    assert second.status is S.CONFIRMED


def test_fewer_places_than_are_taken_are_refused(county):
    session = SessionFactory(region=county, places=2)
    enrol(session, *teachers_at(SchoolFactory(county=county), 2))
    with pytest.raises(Refused, match="2"):
        sessions.change_session(actor=SYSTEM, session=session, year=2026, places=1)


def test_quotas_cannot_exceed_the_places(county):
    session = SessionFactory(region=county, places=2)
    first, second = SchoolFactory(county=county), SchoolFactory(county=county)
    with pytest.raises(Refused, match="3"):
        sessions.set_quotas(actor=SYSTEM, session=session, wanted={("school", first.id): 2, ("school", second.id): 1})


def test_the_database_itself_refuses_one_too_many(county):
    session = SessionFactory(region=county, places=1)
    with pytest.raises(IntegrityError, match="places_not_exceeded"):
        db.session.execute(update(TrainingSession).where(TrainingSession.id == session.id).values(taken=2))
    db.session.rollback()


def test_many_at_once_never_get_more_than_the_places(app, county):
    session = SessionFactory(region=county, places=3, admission=Admission.DIRECT)
    people = [one.id for one in teachers_at(SchoolFactory(county=county), 8)]
    key = session.id
    db.session.commit()
    start, failures = threading.Barrier(len(people)), []

    def click(teacher_id):
        try:
            with app.app_context():
                from app.teachers.models import Teacher

                start.wait()
                with transaction():
                    enrolments.apply(
                        actor=SYSTEM,
                        session=db.session.get(TrainingSession, key),
                        teacher=db.session.get(Teacher, teacher_id),
                    )
                db.session.remove()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=click, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.expire_all()
    assert failures == []
    found = statuses(key)
    assert found.count(S.CONFIRMED) == 3
    assert found.count(S.WAITING) == 5
    numbers = db.session.scalars(select(Enrolment.waiting_no).where(Enrolment.waiting_no.is_not(None))).all()
    assert sorted(numbers) == [1, 2, 3, 4, 5]
    assert db.session.get(TrainingSession, key).taken == 3


@settings(max_examples=12)
@given(data=st.data())
def test_whatever_happens_places_hold_and_the_queue_keeps_its_order(app, data):
    county = CountyFactory()
    schools = [SchoolFactory(county=county) for _one in range(2)]
    session = SessionFactory(region=county, places=data.draw(st.integers(1, 4)))
    reserved = data.draw(st.integers(0, session.places))
    if reserved:
        sessions.set_quotas(actor=SYSTEM, session=session, wanted={("school", schools[0].id): reserved})
    people = [TeacherFactory(school=schools[n % 2]) for n in range(6)]
    for step in data.draw(st.lists(st.tuples(st.sampled_from("ecp"), st.integers(0, 5)), max_size=14)):
        _do(session, people, *step)
        _check(session.id, people)
    db.session.rollback()


def _do(session, people, what, number):
    teacher = people[number]
    row = db.session.scalar(
        select(Enrolment).where(Enrolment.session_id == session.id, Enrolment.teacher_id == teacher.id)
    )
    is_in = row is not None and row.status in (S.CONFIRMED, S.WAITING)
    if what == "e" and not is_in:
        enrolments.enrol(actor=SYSTEM, session=session, teachers=[teacher])
    elif what == "c" and is_in:
        enrolments.cancel(actor=SYSTEM, session=session, enrolment=row, reason="x")
    elif what == "p":
        try:
            sessions.change_session(actor=SYSTEM, session=session, year=2026, places=number + 1)
        except Refused:
            db.session.flush()


def _check(session_id, people):
    db.session.expire_all()
    session = db.session.get(TrainingSession, session_id)
    quotas = db.session.scalars(select(SessionQuota).where(SessionQuota.session_id == session_id)).all()
    rows = db.session.scalars(select(Enrolment).where(Enrolment.session_id == session_id)).all()
    confirmed = [row for row in rows if row.status is S.CONFIRMED]
    assert session.taken == len(confirmed) <= session.places == sum(one.places for one in quotas)
    for quota in quotas:
        assert quota.taken == sum(row.quota_id == quota.id for row in confirmed) <= quota.places
    for row in rows:
        if row.status is S.WAITING:
            usable = [q for q in quotas if q.is_open or q.school_id == row.school_id]
            assert all(q.taken == q.places for q in usable), "somebody waits although a place is free"


def test_no_session_of_another_time_keeps_anybody_away(county):
    teacher = teachers_at(SchoolFactory(county=county), 1)[0]
    enrol(SessionFactory(region=county, daily_from=time(8), daily_to=time(12)), teacher)
    afternoon = SessionFactory(region=county, daily_from=time(14), daily_to=time(17))
    assert enrol(afternoon, teacher)[0].status is S.CONFIRMED
    assert enrol(SessionFactory(region=county, is_on_site=False), teacher)[0].status is S.CONFIRMED


def test_two_sessions_on_one_day_are_refused_by_name(county):
    teacher = teachers_at(SchoolFactory(county=county), 1)[0]
    enrol(SessionFactory(region=county, name="甲班"), teacher)
    with pytest.raises(Refused, match="甲班"):
        enrol(SessionFactory(region=county, begins_on=date(2026, 10, 13), ends_on=date(2026, 10, 14)), teacher)


def test_a_session_cannot_move_onto_another_of_its_people(county):
    teacher = teachers_at(SchoolFactory(county=county), 1)[0]
    enrol(SessionFactory(region=county, name="甲班"), teacher)
    later = SessionFactory(region=county, begins_on=date(2026, 11, 2), ends_on=date(2026, 11, 2))
    enrol(later, teacher)
    with pytest.raises(Refused, match=teacher.name):
        sessions.change_session(
            actor=SYSTEM, session=later, year=2026, begins_on=date(2026, 10, 13), ends_on=date(2026, 10, 13)
        )


def test_a_session_in_1900_is_refused_in_a_sentence(county):
    session = SessionFactory(region=county)
    with pytest.raises(Refused, match="1900"):
        sessions.change_session(
            actor=SYSTEM, session=session, year=2026, begins_on=date(1900, 1, 1), ends_on=date(1900, 1, 2)
        )


def test_confirming_twice_gives_one_place(county):
    session = SessionFactory(region=county, places=5)
    row = EnrolmentFactory(of=session, person=teachers_at(SchoolFactory(county=county), 1)[0], status=S.NOMINATED)
    assert enrolments.confirm(actor=SYSTEM, session=session, enrolments=[row]) == (1, 0)
    assert enrolments.confirm(actor=SYSTEM, session=session, enrolments=[row]) == (0, 0)
    assert db.session.get(TrainingSession, session.id).taken == 1


def test_nobody_of_another_county_or_school_gets_in(county):
    stranger = TeacherFactory(school=SchoolFactory())
    with pytest.raises(Refused, match=stranger.name):
        enrol(SessionFactory(region=county), stranger)
    own = SchoolFactory(county=county)
    with pytest.raises(Refused):
        enrol(SessionFactory(school=own), TeacherFactory(school=SchoolFactory(county=county)))


def test_a_cancelled_session_takes_nobody(county):
    session = SessionFactory(region=county)
    sessions.set_status(actor=SYSTEM, session=session, status=SessionStatus.CANCELLED, reason="台风")
    with pytest.raises(Refused):
        enrol(session, TeacherFactory(school=SchoolFactory(county=county)))


def test_enrolment_ends_on_its_day(county):
    session = SessionFactory(region=county, enrol_until=date(2026, 9, 19), admission=Admission.DIRECT)
    with pytest.raises(Refused, match="2026-09-19"):
        enrolments.apply(actor=SYSTEM, session=session, teacher=TeacherFactory(school=SchoolFactory(county=county)))
