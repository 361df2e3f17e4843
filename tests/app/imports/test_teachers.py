"""Teacher rosters: what becomes new, changed, unchanged or rejected, and what is written."""

from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.teachers.models import Teacher, TeacherSubject
from tests.app.imports.conftest import counts
from tests.app.imports.workbooks import teacher_row, workbook
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory
from tests.factories.people import identity_number


def only_teacher():
    return db.session.scalars(select(Teacher)).one()


def test_a_roster_becomes_teachers(put, school, other_school, county):
    row = teacher_row(
        1,
        school,
        name="单 小红",
        working_school=other_school.code,
        phone=13800000001.0,
        further_subjects="科学；劳动",
        state="205-暂未在本单位任职-交流轮岗",
        political_status="01-中共党员",
        is_class_teacher="√",
    )
    batch = put("teachers", workbook("teachers", [row]))
    assert counts(batch) == (1, 0, 0, 0)
    teacher = only_teacher()
    assert (teacher.name, teacher.name_pinyin, teacher.name_initials) == ("单小红", "shanxiaohong", "sxh")
    assert teacher.id_number == identity_number(1)
    assert teacher.phone == "13800000001"
    assert (teacher.employing_school_id, teacher.working_school_id) == (school.id, other_school.id)
    assert teacher.county_id == county.id
    assert teacher.birth_on == date(1985, 6, 1)
    assert teacher.joined_school_on == date(2017, 9, 1)
    assert (teacher.state_code, teacher.political_status_code, teacher.is_class_teacher) == ("205", "01", True)
    assert (teacher.version, teacher.updated_at) == (1, batch.applied_at)
    subjects = set(db.session.scalars(select(TeacherSubject.subject_code)))
    assert len(subjects) == 2


def test_the_same_file_twice_changes_nothing(put, school, bring):
    rows = [teacher_row(n, school, phone="13800000001", further_subjects="科学", sex="男") for n in range(5)]
    put("teachers", workbook("teachers", rows))
    assert counts(bring("teachers", workbook("teachers", rows))) == (0, 0, 5, 0)


def test_only_what_the_file_says_changes(put, school, other_school):
    teacher = TeacherFactory(school=school, serial=1, name="张三", phone="13900000009", email="a@example.org")
    before = teacher.version
    row = {"name": "张三", "id_number": identity_number(1, date(1950, 6, 1)), "phone": "", "email": "b@example.org",
           "employing_school": other_school.name, "joined_school_on": "2020-09"}  # fmt: skip
    batch = put("teachers", workbook("teachers", [row]))
    assert counts(batch) == (0, 1, 0, 0)
    db.session.expire_all()
    assert (teacher.email, teacher.phone) == ("b@example.org", "13900000009")
    assert teacher.employing_school_id == other_school.id
    assert teacher.subject_code == "chinese"
    assert teacher.version > before


def test_an_empty_cell_clears_when_asked(put, school):
    teacher = TeacherFactory(school=school, serial=1, name="张三", phone="13900000009", email="a@example.org")
    row = {"name": "张三", "id_number": identity_number(1, date(1950, 6, 1)), "phone": None, "email": "a@example.org",
           "employing_school": school.name, "joined_school_on": "2012-09"}  # fmt: skip
    put("teachers", workbook("teachers", [row]), does_empty_clear=True)
    db.session.expire_all()
    assert teacher.phone is None
    assert teacher.email == "a@example.org"


def test_schools_of_other_counties_are_refused_with_a_reason(bring, school):
    foreign = SchoolFactory(county=CountyFactory(), name="邻县小学")
    rows = [teacher_row(1, foreign), teacher_row(2, school, employing_school="没有的小学"), teacher_row(3, school)]
    batch = bring("teachers", workbook("teachers", rows))
    assert counts(batch) == (1, 0, 0, 2)
    assert batch.tallies["problems"] == {"school_elsewhere": 1, "unknown_school": 1}


def test_a_teacher_of_another_county_is_not_taken_over(bring, school):
    TeacherFactory(serial=7, number=identity_number(7))
    batch = bring("teachers", workbook("teachers", [teacher_row(7, school)]))
    assert counts(batch) == (0, 0, 0, 1)
    assert batch.tallies["problems"] == {"teacher_elsewhere": 1}


def test_a_new_teacher_needs_stage_and_subject_but_a_known_one_does_not(bring, school):
    TeacherFactory(school=school, serial=1, number=identity_number(1), name="张二甲", joined_school_on=date(2017, 9, 1))
    rows = [teacher_row(1, school, name="张二甲"), teacher_row(2, school)]
    for row in rows:
        del row["subject"]
    batch = bring("teachers", workbook("teachers", rows))
    assert counts(batch) == (0, 0, 1, 1)
    assert batch.tallies["problems"] == {"required": 1}


def test_nobody_joins_before_being_born(bring, school):
    batch = bring("teachers", workbook("teachers", [teacher_row(1, school, joined_school_on="1980-09")]))
    assert batch.tallies["problems"] == {"before_birth": 1}
