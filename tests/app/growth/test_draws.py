"""The weekly draw as people use it."""

import hashlib

import pytest
import time_machine
from sqlalchemy import select, update

from app.access import Role
from app.audit.models import AuditEntry
from app.extensions import db
from app.growth.models import DrawnLesson, FrozenDrawError, LessonStatus, WeeklyDraw
from app.growth.operations.draws import draw_week, excuse, open_chain, record_lesson
from app.growth.queries.draws import one_lesson, proof_of
from app.notices.models import Notice
from app.schools.models import School
from app.teachers.models import Teacher
from app.web.errors import Refused
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, user_with

WEEK = "2026-W47"


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel("2026-11-19T08:00:00+08:00", tick=False):
        yield


@pytest.fixture
def county(app):
    """A county with six schools of three teachers each."""
    county = CountyFactory()
    for _ in range(6):
        school = SchoolFactory(county=county)
        for _ in range(3):
            TeacherFactory(school=school)
    return county


@pytest.fixture
def chain(county, centre):
    return open_chain(county=county, school_year=2026, actor=centre)


def lessons(drawn):
    query = select(DrawnLesson).where(DrawnLesson.draw_id == drawn.id)
    return db.session.scalars(query.order_by(DrawnLesson.position, DrawnLesson.place)).all()


def again(drawn):
    """A draw as later requests read it."""
    db.session.flush()
    db.session.expire_all()
    return db.session.get(WeeklyDraw, drawn.id)


def test_the_centre_opens_the_year_and_draws_a_week(client, county, centre):
    client.sign_in(centre)
    assert client.post(f"/growth/draws/open/{county.id}/2026").status_code == 303
    answer = client.post("/growth/draws", data={"county": county.id, "week": WEEK, "wanted": "4"})
    assert answer.status_code == 303
    drawn = db.session.scalars(select(WeeklyDraw)).one()
    page = client.get(answer.location).text
    names = [lesson.teacher_id for lesson in lessons(drawn)]
    assert len(names) == len(set(names)) == 4
    assert page.count("Lesson to come") == 4
    assert drawn.chain.commitment in client.get("/growth/draws").text


def test_a_draw_asks_for_an_open_year_and_a_week_there_is(client, county, centre):
    client.sign_in(centre)
    form = {"county": county.id, "week": WEEK, "wanted": "4"}
    early = client.post("/growth/draws", data=form)
    assert (early.status_code, "Open the draws of the school year 2026 first." in early.text) == (422, True)
    wrong = client.post("/growth/draws", data=form | {"week": "2026-W60"})
    assert (wrong.status_code, "Write the week as 2026-W47." in wrong.text) == (422, True)
    assert "2026-W60" in wrong.text


def test_a_week_is_drawn_once_and_the_year_opened_once(county, centre, chain):
    draw_week(county=county, week=WEEK, actor=centre)
    with pytest.raises(Refused, match="已经"):
        draw_week(county=county, week=WEEK, actor=centre)
    with pytest.raises(Refused, match="已经"):
        open_chain(county=county, school_year=2026, actor=centre)


def test_nobody_is_drawn_twice_in_a_year_while_others_wait(county, centre, chain):
    seen = []
    for number in range(3):
        drawn = draw_week(county=county, week=f"2026-W{47 + number}", wanted=6, actor=centre)
        seen += [lesson.teacher_id for lesson in lessons(drawn)]
    assert len(seen) == len(set(seen)) == 18
    fourth = draw_week(county=county, week="2026-W50", wanted=6, actor=centre)
    assert {lesson.teacher_id for lesson in lessons(fourth)} <= set(seen)


def test_only_those_in_post_are_drawn(county, centre, chain):
    keep = db.session.scalars(select(Teacher.id).where(Teacher.county_id == county.id).order_by(Teacher.id)).first()
    db.session.execute(update(Teacher).where(Teacher.id != keep).values(state_code="203"))
    drawn = draw_week(county=county, week=WEEK, actor=centre)
    assert [lesson.teacher_id for lesson in lessons(drawn)] == [keep]


def test_an_excused_teacher_is_followed_by_the_next_of_the_school_until_nobody_is_left(county, centre, chain):
    drawn = draw_week(county=county, week=WEEK, wanted=1, actor=centre)
    people = []
    for _turn in range(3):
        lesson = one_lesson(lessons(again(drawn))[-1].id, centre.grants)
        people.append(lesson.teacher_id)
        stand_in = excuse(lesson=lesson, reason="病假", actor=centre)
    assert stand_in is None
    assert len(set(people)) == 3
    assert [one.status for one in lessons(drawn)] == [LessonStatus.EXCUSED] * 3
    assert all(check.is_right for check in proof_of(again(drawn)))


def test_a_lesson_lies_in_its_week_or_later_and_not_in_the_future(client, county, centre, chain):
    drawn = draw_week(county=county, week=WEEK, wanted=1, actor=centre)
    lesson = lessons(drawn)[0]
    client.sign_in(centre)
    page = f"/growth/lessons/{lesson.id}/record"
    early = client.post(page, data={"on": "2026-11-13", "remarks": "好课"})
    assert (early.status_code, "好课" in early.text) == (422, True)
    assert client.post(page, data={"on": "2026-11-18", "remarks": "好课"}).status_code == 303
    db.session.expire_all()
    assert db.session.get(DrawnLesson, lesson.id).status is LessonStatus.TAUGHT
    with pytest.raises(Refused, match="尚未上课"):
        excuse(lesson=db.session.get(DrawnLesson, lesson.id), reason="病假", actor=centre)


def test_an_excused_teacher_gives_no_lesson(county, centre, chain):
    drawn = draw_week(county=county, week=WEEK, wanted=1, actor=centre)
    lesson = one_lesson(lessons(drawn)[0].id, centre.grants)
    excuse(lesson=lesson, reason="病假", actor=centre)
    with pytest.raises(Refused, match="替补"):
        record_lesson(lesson=lesson, on=lesson.draw.drawn_at.date(), remarks="", actor=centre)


def test_the_drawn_are_told_once(county, centre, chain, rows):
    for teacher in db.session.scalars(select(Teacher).where(Teacher.county_id == county.id)).all():
        user_with(Role.TEACHER, teacher=teacher)
    draw_week(county=county, week=WEEK, wanted=4, actor=centre)
    assert rows(Notice, Notice.kind == "growth.drawn") == 4


def test_chain_and_draw_are_never_changed(county, centre, chain):
    drawn = draw_week(county=county, week=WEEK, actor=centre)
    drawn.link = "00" * 32
    with pytest.raises(FrozenDrawError):
        db.session.flush()
    db.session.rollback()


def test_the_proof_agrees_and_finds_what_was_tampered_with(client, runner, county, centre, chain):
    drawn = draw_week(county=county, week=WEEK, wanted=4, actor=centre)
    draw_week(county=county, week="2026-W48", wanted=4, actor=centre)
    client.sign_in(centre)
    page = f"/growth/draws/{drawn.id}/proof"
    assert "agrees in every step" in client.get(page).text
    good = runner.invoke(args=["draw", "verify", "--language", "en"])
    assert (good.exit_code, "2 draws checked, 0 differ." in good.output) == (0, True)
    chosen = lessons(drawn)[0]
    other = next(t for t in drawn.pool[str(chosen.school_id)] if t != chosen.teacher_id)
    db.session.execute(update(DrawnLesson).where(DrawnLesson.id == chosen.id).values(teacher_id=other))
    assert "does not agree" in client.get(page).text
    bad = runner.invoke(args=["draw", "verify", "--week", WEEK, "--county", county.code, "--language", "en"])
    assert (bad.exit_code, "The same teachers are drawn again" in bad.output) == (1, True)


def test_a_link_that_was_not_committed_to_is_found(county, centre, chain):
    drawn = draw_week(county=county, week=WEEK, wanted=4, actor=centre)
    db.session.execute(update(WeeklyDraw).where(WeeklyDraw.id == drawn.id).values(link="00" * 32))
    assert not proof_of(again(drawn))[0].is_right


def test_the_published_list_has_the_published_digest(client, county, centre, chain):
    drawn = draw_week(county=county, week=WEEK, wanted=4, actor=centre)
    text = client.sign_in(centre).get(f"/growth/draws/{drawn.id}/pool.txt")
    assert hashlib.sha256(text.data).hexdigest() == drawn.pool_digest


def test_the_secret_stands_nowhere_on_the_pages_and_the_commitment_in_the_log(client, county, centre, chain):
    drawn = draw_week(county=county, week=WEEK, wanted=4, actor=centre)
    client.sign_in(centre)
    for page in ("/growth/draws", f"/growth/draws/{drawn.id}", f"/growth/draws/{drawn.id}/proof"):
        assert chain.secret not in client.get(page).text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "draw.open")).one()
    assert entry.after["commitment"] == chain.commitment
    assert chain.secret not in str(entry.after)


def test_a_school_sees_the_weeks_that_met_it_and_only_its_own_teacher(client, county, centre, chain):
    drawn = draw_week(county=county, week=WEEK, wanted=4, actor=centre)
    own, other, *_rest = lessons(drawn)
    school = db.session.get(School, own.school_id)
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=school))
    page = client.get(f"/growth/draws/{drawn.id}").text
    assert f'href="/teachers/{own.teacher_id}"' in page
    assert f'href="/teachers/{other.teacher_id}"' not in page
    assert "Lesson taught" not in page


def test_an_export_of_a_draw_is_on_record(client, county, centre, chain):
    drawn = draw_week(county=county, week=WEEK, wanted=4, actor=centre)
    answer = client.sign_in(centre).post(f"/growth/draws/{drawn.id}/export?format=csv")
    assert len(answer.data.decode("utf-8-sig").splitlines()) == 5
    assert db.session.scalars(select(AuditEntry.subject_type).where(AuditEntry.action == "export")).all() == [
        "weekly_draw"
    ]


def test_the_queries_of_a_week_do_not_grow_with_its_teachers(client, county, centre, chain, queries):
    few = draw_week(county=county, week=WEEK, wanted=1, actor=centre)
    many = draw_week(county=county, week="2026-W48", wanted=6, actor=centre)
    client.sign_in(centre)
    client.get(f"/growth/draws/{few.id}")
    with queries() as first:
        client.get(f"/growth/draws/{few.id}")
    with queries() as second:
        client.get(f"/growth/draws/{many.id}")
    assert len(first) == len(second)
