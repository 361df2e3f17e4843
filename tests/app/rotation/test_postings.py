"""Postings: from the list to the teacher's record, and who sees them."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.access import Role
from app.extensions import db
from app.rotation.models import Posting, PostingStatus
from app.rotation.operations import postings as operations
from app.rotation.working_days import end_of_term, weekdays
from app.teachers.models import RotationRecord, Teacher
from app.web.errors import Refused
from tests.app.rotation.county import build_county
from tests.app.rotation.test_road import published
from tests.factories import user_with


@pytest.fixture
def posting(county, officer, leader):
    """A posting that has not begun."""
    published(county, officer, leader)
    return db.session.scalars(select(Posting).order_by(Posting.id)).first()


def test_each_move_becomes_one_posting_with_its_term(posting):
    rows = db.session.scalars(select(Posting)).all()
    assert len(rows) == 6
    assert {(r.start_on, r.end_on, r.term_years) for r in rows} == {(date(2026, 9, 1), date(2027, 7, 31), 1)}


def test_a_recall_before_the_start_leaves_the_teacher_where_they_are(posting, officer):
    before = posting.teacher_id, posting.from_school_id
    operations.recall_posting(posting=posting, on=date(2026, 8, 25), reason="家庭困难", actor=officer)
    assert posting.status is PostingStatus.RECALLED
    teacher = db.session.get(Teacher, before[0])
    assert (teacher.working_school_id, teacher.state_code) == (before[1], "100")
    assert db.session.scalars(select(RotationRecord)).all() == []


def test_a_recall_from_the_post_brings_the_teacher_back(posting, officer):
    operations.report_for_duty(posting=posting, on=date(2026, 9, 1), actor=officer)
    operations.recall_posting(posting=posting, on=date(2026, 11, 2), reason="原校缺编", actor=officer)
    teacher = db.session.get(Teacher, posting.teacher_id)
    assert teacher.working_school_id == posting.from_school_id
    assert db.session.scalar(select(RotationRecord.to_on)) == date(2026, 11, 2)


def test_with_transfer_the_employment_goes_along(posting, officer):
    posting.kind_code = "40"
    db.session.flush()
    operations.report_for_duty(posting=posting, on=date(2026, 9, 1), actor=officer)
    teacher = db.session.get(Teacher, posting.teacher_id)
    assert (teacher.employing_school_id, teacher.working_school_id) == (posting.to_school_id, posting.to_school_id)
    assert teacher.state_code == "101"
    operations.end_posting(posting=posting, on=date(2027, 7, 31), actor=officer)
    assert (teacher.working_school_id, teacher.state_code) == (posting.to_school_id, "100")


def test_nobody_reports_twice(posting, officer):
    operations.report_for_duty(posting=posting, on=date(2026, 9, 1), actor=officer)
    with pytest.raises(Refused):
        operations.report_for_duty(posting=posting, on=date(2026, 9, 1), actor=officer)


def test_the_database_refuses_two_open_postings_of_one_teacher_in_a_year(posting):
    values = {c.key: getattr(posting, c.key) for c in Posting.__table__.columns if c.key != "id"}
    db.session.add(Posting(**values))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_several_report_on_one_day_from_the_list(posting, officer, client):
    numbers = [row.id for row in db.session.scalars(select(Posting))]
    client.sign_in(officer)
    answer = client.post("/rotation/postings/report", data={"posting": numbers, "on": "2026-09-01"})
    assert answer.status_code == 303
    assert {row.status for row in db.session.scalars(select(Posting))} == {PostingStatus.ACTIVE}
    assert "6 rows" in client.get("/rotation/postings?status=active").text


def test_a_school_sees_only_who_comes_and_goes(posting, client, make_client, county):
    admin = user_with(Role.SCHOOL_ADMINISTRATOR, school=county.schools[0])
    mine = [
        row.id
        for row in db.session.scalars(select(Posting))
        if county.schools[0].id in (row.from_school_id, row.to_school_id)
    ]
    other = next(row.id for row in db.session.scalars(select(Posting)) if row.id not in mine)
    client.sign_in(admin)
    assert f"{len(mine)} row" in client.get("/rotation/postings").text
    assert client.get(f"/rotation/postings/{mine[0]}").status_code == 200
    assert client.get(f"/rotation/postings/{other}").status_code == 404
    assert client.post(f"/rotation/postings/{mine[0]}/end", data={"on": "2027-07-31"}).status_code == 403
    assert client.post("/rotation/postings/export?format=csv").status_code == 200


def test_another_countys_officer_changes_nothing(posting, client):
    number = posting.id
    client.sign_in(build_county().officer())
    assert client.get(f"/rotation/postings/{number}").status_code == 404
    assert client.post(f"/rotation/postings/{number}/report", data={"on": "2026-09-01"}).status_code == 404
    answer = client.post("/rotation/postings/report", data={"posting": [number], "on": "2026-09-01"})
    assert answer.status_code == 404


def test_a_teachers_page_shows_the_postings(posting, client, officer):
    page = client.sign_in(officer).get(f"/teachers/{posting.teacher_id}")
    assert page.status_code == 200
    assert f"/rotation/postings/{posting.id}" in page.text


def test_the_list_of_postings_costs_the_same_for_one_as_for_many(posting, client, officer, queries):
    numbers = [row.id for row in db.session.scalars(select(Posting))]
    operations.report_for_duty(posting=db.session.get(Posting, numbers[0]), on=date(2026, 9, 1), actor=officer)
    client.sign_in(officer)
    client.get("/rotation/postings")
    with queries() as one:
        client.get("/rotation/postings?status=active")
    with queries() as many:
        client.get("/rotation/postings?status=planned")
    assert len(numbers) == 6
    assert len(many) == len(one)


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        (date(2026, 9, 1), 1, date(2027, 7, 31)),
        (date(2026, 9, 1), 3, date(2029, 7, 31)),
        (date(2027, 3, 1), 1, date(2028, 2, 29)),
    ],
)
def test_a_term_ends_with_a_school_year(start, years, end):
    assert end_of_term(start, years) == end


def test_weekdays_count_both_ends():
    assert weekdays(date(2026, 8, 17), date(2026, 8, 21)) == 5
    assert weekdays(date(2026, 8, 21), date(2026, 8, 24)) == 2
    assert weekdays(date(2026, 8, 24), date(2026, 8, 21)) == 0
