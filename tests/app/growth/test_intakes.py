"""Intakes whose number binds: never more people than places, the waiting list in its order, who moves up."""

import contextvars
import threading

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from app.access import Role
from app.audit.operations import SYSTEM
from app.extensions import db
from app.growth.models import PlaceStatus, ProgrammeIntake, ProgrammeKind, ProgrammePlace
from app.growth.operations import programmes as operations
from app.growth.queries.programmes import intakes, one_place
from app.notices.models import Notice
from app.teachers.models import Teacher
from app.web.errors import Refused
from app.web.transaction import transaction
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, user_with

S = PlaceStatus
YEAR = 2026


pytestmark = pytest.mark.usefixtures("november")


def team(county, places=2, **more):
    fields = {
        "name": "未成年人心理辅导员",
        "kind": ProgrammeKind.TEAM,
        "clause": "JM-07",
        "first_year": 2024,
        "last_year": None,
        "every_years": 2,
        "course_years": 2,
        "yearly_intake": places,
        "total": None,
        "requirements": {},
    }
    return operations.add_programme(county=county, actor=SYSTEM, **fields | more)


def proposed(programme, number):
    """So many teachers proposed for the intake of the year."""
    school, rows = SchoolFactory(county=programme.county), []
    for _ in range(number):
        teacher = TeacherFactory(school=school)
        named = select(Teacher).where(Teacher.id == teacher.id).options(selectinload(Teacher.honours))
        row = operations.propose(
            programme=programme,
            teacher=db.session.scalars(named.execution_options(populate_existing=True)).one(),
            year=YEAR,
            statement="持有心理健康教育证书",
            actor=SYSTEM,
        )
        rows.append(row)
    return rows


def loaded(row, actor):
    db.session.flush()
    db.session.expire_all()
    return one_place(row.id, actor.grants, "growth.edit")


def taken_in(row, actor):
    place = loaded(row, actor)
    return operations.take_in(place=place, from_on=place.created_at.date(), host=None, actor=SYSTEM)


def states(rows):
    db.session.flush()
    db.session.expire_all()
    return [(db.session.get(ProgrammePlace, row.id).status, row.waiting_no) for row in rows]


def test_who_finds_no_place_waits_in_order_and_moves_up_when_somebody_leaves(county, centre):
    programme = team(county)
    rows = proposed(programme, 4)
    assert [taken_in(row, centre) for row in rows] == [True, True, False, False]
    assert states(rows) == [(S.ADMITTED, None), (S.ADMITTED, None), (S.WAITING, 1), (S.WAITING, 2)]
    first = loaded(rows[0], centre)
    operations.leave(place=first, to_on=first.from_on, reason="调离", actor=SYSTEM)
    assert states(rows) == [(S.LEFT, None), (S.ADMITTED, None), (S.ADMITTED, None), (S.WAITING, 2)]
    assert intakes([programme])[programme.id][YEAR].waiting == 1


def test_who_may_not_move_up_keeps_the_number(county, centre):
    rows = proposed(team(county, 1), 3)
    for row in rows:
        taken_in(row, centre)
    db.session.execute(update(Teacher).where(Teacher.id == rows[1].teacher_id).values(left_on=rows[0].created_at))
    first = loaded(rows[0], centre)
    operations.leave(place=first, to_on=first.from_on, reason="调离", actor=SYSTEM)
    assert states(rows) == [(S.LEFT, None), (S.WAITING, 1), (S.ADMITTED, None)]


def test_nobody_overtakes_those_who_wait(county, centre):
    """The second waits and was passed over; once nothing stands against it, neither the third nor a click skips it."""
    rows = proposed(team(county, 1), 3)
    taken_in(rows[0], centre)
    taken_in(rows[1], centre)
    db.session.execute(update(Teacher).where(Teacher.id == rows[1].teacher_id).values(left_on=rows[0].created_at))
    first = loaded(rows[0], centre)
    operations.leave(place=first, to_on=first.from_on, reason="调离", actor=SYSTEM)
    assert taken_in(rows[1], centre) is False
    assert states(rows) == [(S.LEFT, None), (S.WAITING, 1), (S.NOMINATED, None)]
    db.session.execute(update(Teacher).where(Teacher.id == rows[1].teacher_id).values(left_on=None))
    assert taken_in(rows[2], centre) is False
    assert states(rows) == [(S.LEFT, None), (S.ADMITTED, None), (S.WAITING, 2)]


def test_who_was_passed_over_is_taken_in_by_hand(county, centre):
    rows = proposed(team(county, 1), 2)
    taken_in(rows[0], centre)
    taken_in(rows[1], centre)
    db.session.execute(update(Teacher).where(Teacher.id == rows[1].teacher_id).values(left_on=rows[0].created_at))
    first = loaded(rows[0], centre)
    operations.leave(place=first, to_on=first.from_on, reason="调离", actor=SYSTEM)
    db.session.execute(update(Teacher).where(Teacher.id == rows[1].teacher_id).values(left_on=None))
    assert taken_in(rows[1], centre) is True
    assert states(rows)[1] == (S.ADMITTED, None)
    assert db.session.scalars(select(ProgrammeIntake.places_taken)).all() == [1]


def test_nobody_moves_up_once_the_course_is_over(county, centre):
    rows = proposed(team(county, 1), 2)
    for row in rows:
        taken_in(row, centre)
    with time_machine.travel("2028-01-10T08:00:00+08:00", tick=False):
        first = loaded(rows[0], centre)
        operations.leave(place=first, to_on=first.from_on, reason="补记", actor=SYSTEM)
    assert states(rows) == [(S.LEFT, None), (S.WAITING, 1)]


def test_the_database_itself_keeps_an_intake_from_one_too_many(county, centre):
    for row in proposed(team(county, 1), 1):
        taken_in(row, centre)
    more = update(ProgrammeIntake).values(places_taken=ProgrammeIntake.places_taken + 1)
    with pytest.raises(IntegrityError, match="places_not_exceeded"), db.session.begin_nested():
        db.session.execute(more)


def test_those_taken_in_before_their_number_was_counted_count(county, centre):
    programme = team(county)
    rows = proposed(programme, 3)
    for row in rows[:2]:
        taken_in(row, centre)
    db.session.execute(db.delete(ProgrammeIntake))
    assert taken_in(rows[2], centre) is False


def test_more_places_go_to_those_who_wait_and_never_fewer_than_are_taken(county, centre):
    programme = team(county)
    rows = proposed(programme, 4)
    for row in rows:
        taken_in(row, centre)
    operations.change_programme(programme=programme, actor=SYSTEM, yearly_intake=3)
    assert [status for status, _number in states(rows)] == [S.ADMITTED, S.ADMITTED, S.ADMITTED, S.WAITING]
    with pytest.raises(Refused, match="3 people are in the intake of 2026; it cannot have 1 places"):
        operations.change_programme(programme=programme, actor=SYSTEM, yearly_intake=1)


def test_whether_the_number_binds_stays_once_somebody_is_proposed(county):
    programme = team(county)
    operations.change_programme(programme=programme, actor=SYSTEM, kind=ProgrammeKind.TALENT)
    operations.change_programme(programme=programme, actor=SYSTEM, kind=ProgrammeKind.TEAM)
    proposed(programme, 1)
    with pytest.raises(Refused, match="set up another programme"):
        operations.change_programme(programme=programme, actor=SYSTEM, kind=ProgrammeKind.TALENT)


def test_elsewhere_the_number_is_an_aim(county, centre):
    rows = proposed(team(county, 1, kind=ProgrammeKind.TALENT), 2)
    assert [taken_in(row, centre) for row in rows] == [True, True]
    assert db.session.scalars(select(ProgrammeIntake)).all() == []


def test_the_page_says_who_waits_at_which_place_and_the_teacher_is_told(client, county, centre):
    programme = team(county, 1)
    rows = proposed(programme, 2)
    user_with(Role.TEACHER, teacher=db.session.get(Teacher, rows[1].teacher_id))
    client.sign_in(centre)
    for row in rows:
        place = loaded(row, centre)
        form = {"on": "2026-11-01", "row_version": str(place.version)}
        answer = client.post(f"/growth/places/{row.id}/take-in", data=form, follow_redirects=True)
    name = db.session.get(Teacher, rows[1].teacher_id).name
    assert f"All 1 places of 2026 are taken. {name} is number 1 on the waiting list" in answer.text
    assert [notice.params["status"] for notice in db.session.scalars(select(Notice))] == ["waiting"]
    page = client.get(f"/growth/programmes/{programme.id}?status=waiting&sort=line").text
    assert name in page
    assert "1, at most" in page
    place = loaded(rows[1], centre)
    form = {"reason": "名额已满", "row_version": str(place.version)}
    assert client.post(f"/growth/places/{place.id}/decline", data=form).status_code == 303
    assert states(rows)[1] == (S.DECLINED, None)


def test_twelve_are_taken_in_at_once_for_three_places(app, backend):
    if backend != "postgresql":
        pytest.skip("concurrent writers need PostgreSQL; the constraint itself is tested on both")
    county = CountyFactory()
    numbers = [row.id for row in proposed(team(county, 3), 12)]
    centre = user_with(Role.DEVELOPMENT_CENTRE, region=county)
    grants, start, failed = list(centre.grants), threading.Barrier(len(numbers)), []
    db.session.commit()

    def take(number):
        try:
            with app.app_context():
                start.wait()
                with transaction():
                    place = one_place(number, grants, "growth.edit")
                    operations.take_in(place=place, from_on=place.created_at.date(), host=None, actor=SYSTEM)
        except Exception as error:  # told by the test, not by the thread
            failed.append(error)

    threads = [threading.Thread(target=contextvars.Context().run, args=(take, number)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    found = db.session.execute(select(ProgrammePlace.status, ProgrammePlace.waiting_no)).tuples().all()
    assert sum(status is S.ADMITTED for status, _number in found) == 3
    assert sorted(number for status, number in found if status is S.WAITING) == list(range(1, 10))
