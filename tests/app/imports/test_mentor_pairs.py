"""Mentor pairs from the lists that bureaus keep: found, refused with the reason, applied, undone."""

from datetime import date

import pytest
import time_machine
from flask_babel import force_locale
from sqlalchemy import select

from app.access import Role
from app.audit.operations import SYSTEM
from app.db.clock import today
from app.extensions import db
from app.growth.models import Mentor, MentorPair, PairSide, PairStatus
from app.growth.operations import mentors as operations
from app.imports import operations as imports
from app.notices.models import Notice
from app.teachers.models import Teacher
from app.web.errors import Refused
from tests.app.imports.conftest import counts, everything
from tests.app.imports.workbooks import workbook
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, user_with
from tests.factories.ethics import EthicsEntryFactory
from tests.factories.people import identity_number

KIND = "mentor_pairs"
BEGINS = "2026-09-01"
S = PairStatus


@pytest.fixture(autouse=True)
def november(app):
    with time_machine.travel("2026-11-19T08:00:00+08:00", tick=False), force_locale("en"):
        yield


@pytest.fixture
def person(school):
    """`person(serial)`: an experienced teacher; `person(serial, is_new=True)`: one who began this year."""

    def make(serial, *, is_new=False, at=None, **more):
        fields = {"name": f"教师{serial}", "number": identity_number(serial), "serial": serial}
        began = date(2026, 8, 1) if is_new else date(2005, 8, 1)
        return TeacherFactory(school=at or school, started_work_on=began, **fields | more)

    return make


def line(newcomer, mentor, **cells):
    """A row of the list, in which the mentor is named only."""
    return {
        "name": newcomer.name,
        "id_number": newcomer.id_number,
        "mentor_name": mentor.name,
        "from_on": BEGINS,
    } | cells


def book(*lines):
    return workbook(KIND, list(lines), title="青蓝工程师徒结对名单")


def pairs():
    db.session.expire_all()
    return db.session.scalars(select(MentorPair).order_by(MentorPair.id)).all()


def test_a_list_becomes_pairs_and_the_mentors_they_need(put, person, school):
    newcomers, mentor = [person(n, is_new=True) for n in (1, 2)], person(3)
    user = user_with(Role.TEACHER, teacher=newcomers[1])
    signed = line(newcomers[0], mentor, to_on="2028-08-31", signed_on="2026-09-10", goals="站稳讲台")
    assert counts(put(KIND, book(signed, line(newcomers[1], mentor)))) == (2, 0, 0, 0)
    first, second = pairs()
    assert (first.status, first.from_on, first.to_on) == (S.ACTIVE, date(2026, 9, 1), date(2028, 8, 31))
    assert (first.goals, first.school_id, first.school_signed_label) == ("站稳讲台", school.id, "纸质协议")
    assert first.signed_at(PairSide.MENTOR).date() == first.signed_at(PairSide.NEWCOMER).date() == date(2026, 9, 10)
    assert (second.status, second.to_on, second.mentor_signed_at) == (S.DRAFT, date(2029, 8, 31), None)
    row = db.session.scalars(select(Mentor)).one()
    assert (row.teacher_id, row.places, row.pairs_taken, row.is_active) == (mentor.id, 2, 2, True)
    told = db.session.execute(select(Notice.user_id, Notice.kind)).tuples().all()
    assert told == [(user.id, "mentor.sign")]


def test_the_same_list_again_changes_nothing_and_another_day_changes_what_is_not_in_force(put, person):
    newcomers, mentor = [person(n, is_new=True) for n in (1, 2)], person(3)
    lines = [line(newcomers[0], mentor, signed_on="2026-09-10"), line(newcomers[1], mentor)]
    put(KIND, book(*lines))
    again = put(KIND, workbook(KIND, lines, title="再来一次"))
    assert counts(again) == (0, 0, 2, 0)
    moved = [line(one, mentor, from_on="2026-10-01") for one in newcomers]
    batch = put(KIND, book(*moved), accept=True)
    assert counts(batch) == (0, 1, 0, 1)
    assert set(batch.tallies["problems"]) == {"pair_in_force"}
    assert [pair.from_on for pair in pairs()] == [date(2026, 9, 1), date(2026, 10, 1)]
    last = put(KIND, book(line(newcomers[1], mentor, from_on="2026-10-01", signed_on="2026-10-08")))
    assert counts(last) == (0, 1, 0, 0)
    assert pairs()[1].status is S.ACTIVE


def test_a_mentor_is_found_by_number_by_name_or_by_name_and_school(put, person, other_school):
    newcomers = [person(n, is_new=True) for n in range(1, 5)]
    here, there, alone = person(11, name="周明远"), person(12, name="周明远", at=other_school), person(13)
    batch = put(
        KIND,
        book(
            line(newcomers[0], here, mentor_id_number=here.id_number),
            line(newcomers[1], there, mentor_school="山后小学"),
            line(newcomers[2], alone),
            line(newcomers[3], here),
        ),
        accept=True,
    )
    assert counts(batch) == (3, 0, 0, 1)
    assert set(batch.tallies["problems"]) == {"ambiguous_mentor"}
    of_pairs = [db.session.get(Mentor, pair.mentor_id).teacher_id for pair in pairs()]
    assert of_pairs == [here.id, there.id, alone.id]


def refused_by(bring, *lines):
    batch = bring(KIND, book(*lines))
    assert batch.new_count == 0
    return set(batch.tallies["problems"])


def test_a_mentor_at_a_school_that_is_not_ours_is_not_a_namesake_of_ours(bring, person):
    newcomer, mentor = person(1, is_new=True), person(2, name="王芳")
    assert refused_by(bring, line(newcomer, mentor, mentor_school="外县第一中学")) == {"unknown_school"}
    foreign = SchoolFactory(county=CountyFactory(), name="邻县第二中学")
    assert refused_by(bring, line(newcomer, mentor, mentor_school=foreign.name)) == {"school_elsewhere"}


def test_who_signed_what_a_list_changes_is_asked_again(put, person):
    newcomer, mentor = person(1, is_new=True), person(2)
    user = user_with(Role.TEACHER, teacher=mentor)
    put(KIND, book(line(newcomer, mentor)))
    operations.sign(pair=pairs()[0], side=PairSide.MENTOR, actor=user)
    db.session.commit()
    put(KIND, book(line(newcomer, mentor, from_on="2026-10-01")))
    assert pairs()[0].mentor_signed_at is None
    told = db.session.scalars(select(Notice.kind).where(Notice.user_id == user.id)).all()
    assert told == ["mentor.sign", "mentor.sign"]


def test_what_keeps_a_newcomer_from_a_mentor_keeps_a_list_from_it_too(bring, person, county, other_school):
    newcomer, mentor = person(1, is_new=True), person(2)
    assert refused_by(bring, line(mentor, newcomer)) == {"not_newcomer", "mentor_is_newcomer"}
    assert refused_by(bring, line(newcomer, newcomer)) == {"same_person"}
    assert refused_by(bring, line(newcomer, mentor, from_on="2026-09-01", to_on="2026-09-01")) == {"dates_reversed"}
    assert refused_by(bring, line(newcomer, mentor, signed_on="2027-01-01")) == {"date_out_of_range"}
    assert refused_by(bring, line(newcomer, mentor, mentor_name="查无此人")) == {"unknown_mentor"}
    differs = line(newcomer, mentor, mentor_name="别的名字", mentor_id_number=mentor.id_number)
    assert refused_by(bring, differs) == {"name_differs"}
    elsewhere = TeacherFactory(school=SchoolFactory(), name="外县教师")
    assert refused_by(bring, line(newcomer, elsewhere)) == {"unknown_mentor"}
    gone = person(5, is_new=True, left_on=date(2026, 10, 1))
    assert refused_by(bring, line(gone, mentor)) == {"teacher_left"}
    EthicsEntryFactory(teacher_id=mentor.id)
    assert refused_by(bring, line(newcomer, mentor)) == {"mentor_vetoed"}


def test_a_mentor_takes_no_more_newcomers_than_there_are_places(put, person):
    newcomers, mentor = [person(n, is_new=True) for n in range(1, 5)], person(9)
    row = operations.add_mentor(teacher=mentor, places=3, actor=SYSTEM)
    operations.make_pair(
        mentor=row, newcomer=newcomers[0], from_on=today(), to_on=date(2028, 8, 31), goals="", actor=SYSTEM
    )
    batch = put(KIND, book(*(line(one, mentor) for one in newcomers[1:])), accept=True)
    assert counts(batch) == (2, 0, 0, 1)
    assert set(batch.tallies["problems"]) == {"mentor_full"}
    db.session.refresh(row)
    assert row.pairs_taken == 3


def test_who_has_another_mentor_or_a_mentor_who_takes_nobody_is_refused(bring, put, person):
    newcomers, mentor, other = [person(n, is_new=True) for n in (1, 2)], person(3), person(4)
    put(KIND, book(line(newcomers[0], mentor)))
    assert refused_by(bring, line(newcomers[0], other)) == {"mentored_already"}
    row = db.session.scalars(select(Mentor)).one()
    operations.change_mentor(mentor=_loaded(row), places=2, is_active=False, actor=SYSTEM)
    assert refused_by(bring, line(newcomers[1], mentor)) == {"mentor_inactive"}


def _loaded(row):
    query = select(Mentor).where(Mentor.id == row.id).options(db.joinedload(Mentor.teacher))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def test_an_undo_puts_everything_back_and_is_refused_once_somebody_signed(put, person, officer):
    newcomers, mentor, known = [person(n, is_new=True) for n in (1, 2, 3)], person(8), person(9)
    operations.add_mentor(teacher=known, places=2, actor=SYSTEM)
    before = everything()
    lines = [line(newcomers[0], mentor), line(newcomers[1], known)]
    imports.undo(actor=officer, batch=put(KIND, book(*lines)))
    assert everything() == before
    batch = put(KIND, workbook(KIND, lines, title="第二次"))
    operations.sign(pair=pairs()[0], side=PairSide.MENTOR, actor=SYSTEM)
    with pytest.raises(Refused, match=newcomers[0].name):
        imports.undo(actor=officer, batch=batch)


def test_an_undo_is_refused_while_another_pair_rests_on_the_mentor(put, person, officer):
    first, second, mentor = person(1, is_new=True), person(2, is_new=True), person(9)
    batch = put(KIND, book(line(first, mentor)))
    row = _loaded(db.session.scalars(select(Mentor)).one())
    later = db.session.get(Teacher, second.id)
    operations.make_pair(mentor=row, newcomer=later, from_on=today(), to_on=date(2028, 8, 31), goals="", actor=SYSTEM)
    with pytest.raises(Refused, match="1 mentor pairs rest on mentors"):
        imports.undo(actor=officer, batch=batch)


def test_a_newcomer_who_got_a_mentor_meanwhile_stops_the_whole_list(bring, person, officer):
    newcomer, mentor = person(1, is_new=True), person(9)
    batch = bring(KIND, book(line(newcomer, mentor)))
    row = operations.add_mentor(teacher=mentor, places=2, actor=SYSTEM)
    operations.make_pair(mentor=row, newcomer=newcomer, from_on=today(), to_on=date(2028, 8, 31), goals="",
                         actor=SYSTEM)  # fmt: skip
    with pytest.raises(Refused):
        imports.apply(actor=officer, batch=batch, prepared=imports.prepare(batch), does_accept_rejected=True)
    assert len(pairs()) == 1


def test_the_pages_show_the_pairs_and_why_a_row_was_refused(client, bring, person, officer):
    newcomers, mentor = [person(n, is_new=True) for n in (1, 2, 3)], person(9, name="周明远")
    batch = bring(KIND, book(*(line(one, mentor) for one in newcomers)))
    client.sign_in(officer)
    page = client.get(f"/imports/{batch.id}").text
    assert "周明远" in page
    assert "周明远 has 2 places for newcomers" in client.get(f"/imports/{batch.id}?outcome=rejected").text
    template = client.get("/imports/templates/mentor_pairs.xlsx")
    assert (template.status_code, template.data[:2]) == (200, b"PK")
    assert client.post(f"/imports/{batch.id}/apply", data={"does_accept_rejected": "y"}).status_code == 303
    assert "周明远" in client.get("/growth/mentoring").text
