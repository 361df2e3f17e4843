"""Schools, posts, honours, earlier rotations and circumstances: matched, compared, written, undone."""

from datetime import date

import pytest
from sqlalchemy import select

from app.extensions import db
from app.imports import operations
from app.schools.models import EducationGroup, PostSource, School, SchoolStage, Stage, SubjectPost
from app.teachers.models import BackboneHonour, Circumstance, RotationRecord
from tests.app.imports.conftest import counts, everything
from tests.app.imports.workbooks import workbook
from tests.factories import CircumstanceFactory, CountyFactory, SchoolFactory, SubjectPostFactory, TeacherFactory
from tests.factories.people import identity_number


def school_row(**more):
    return {
        "code": "2199000009",
        "name": "青蓝县第九学校",
        "kind": "312-九年一贯制学校",
        "locality": "220-村庄",
        "quota": 40,
    } | more


@pytest.fixture
def teacher(school):
    return TeacherFactory(school=school, serial=1, number=identity_number(1), name="张三")


def person(**more):
    return {"name": "张三", "id_number": identity_number(1)} | more


def test_a_school_comes_with_its_stages_and_group(put, county, officer):
    before = everything()
    row = school_row(group="青蓝教育集团", pupils_primary=300, boarders_primary=20, classes_primary=8, pupils_junior=90)
    batch = put("schools", workbook("schools", [row]))
    assert counts(batch) == (1, 0, 0, 0)
    school = db.session.scalars(select(School)).one()
    stages = {s.stage: s for s in db.session.scalars(select(SchoolStage).where(SchoolStage.school_id == school.id))}
    assert set(stages) == {Stage.PRIMARY, Stage.JUNIOR}
    assert (stages[Stage.PRIMARY].pupils, stages[Stage.PRIMARY].boarders) == (300, 20)
    assert db.session.scalars(select(EducationGroup.name)).one() == "青蓝教育集团"
    assert school.name_pinyin.startswith("qinglan")
    operations.undo(actor=officer, batch=batch)
    assert everything() == before


def test_a_school_is_known_by_its_code_and_else_by_its_name(put, bring, county, school, officer):
    before = everything()
    renamed = {"code": school.code, "name": "城关第一小学", "kind": "211", "locality": "220", "quota": 50,
               "pupils_primary": 320, "pupils_junior": 30}  # fmt: skip
    batch = put("schools", workbook("schools", [renamed]))
    assert counts(batch) == (0, 1, 0, 0)
    db.session.expire_all()
    assert school.name == "城关第一小学"
    stages = {s.stage: s.pupils for s in db.session.scalars(select(SchoolStage))}
    assert stages == {Stage.PRIMARY: 320, Stage.JUNIOR: 30}
    assert counts(bring("schools", workbook("schools", [renamed], title="再次"))) == (0, 0, 1, 0)
    operations.undo(actor=officer, batch=batch)
    assert everything() == before
    recoded = renamed | {"code": "2199999999", "name": "城关小学", "pupils_junior": None, "pupils_primary": 300}
    recoded_batch = bring("schools", workbook("schools", [recoded]))
    assert counts(recoded_batch) == (0, 1, 0, 0)
    assert recoded_batch.tallies["fields"] == {"code": 1}


def test_a_dropped_stage_comes_back_with_its_figures(put, officer, school):
    before = everything()
    row = {"code": school.code, "name": school.name, "kind": "311", "locality": "220", "quota": 50, "stages": "初中"}
    batch = put("schools", workbook("schools", [row]))
    assert [s.stage for s in db.session.scalars(select(SchoolStage))] == [Stage.JUNIOR]
    operations.undo(actor=officer, batch=batch)
    db.session.expire_all()
    assert everything() == before


def test_contradictory_schools_are_refused(bring, school, other_school):
    rows = [
        school_row(code=school.code, name=other_school.name),
        school_row(pupils_primary=10, boarders_primary=11),
    ]
    batch = bring("schools", workbook("schools", rows))
    assert batch.tallies["problems"] == {"school_name_taken": 1, "boarders_exceed_pupils": 1}


def test_posts_are_set_and_say_where_they_come_from(put, officer, school):
    post = SubjectPostFactory(school_id=school.id, posts=4)
    before = everything()
    rows = [
        {"school": school.name, "stage": "小学", "subject": "语文", "posts": 6},
        {"school": school.code, "stage": "小学", "subject": "数学", "posts": 5},
    ]
    batch = put("posts", workbook("posts", rows))
    assert counts(batch) == (1, 1, 0, 0)
    db.session.expire_all()
    assert (post.posts, post.source) == (6, PostSource.IMPORT)
    assert sorted(db.session.scalars(select(SubjectPost.posts))) == [5, 6]
    operations.undo(actor=officer, batch=batch)
    db.session.expire_all()
    assert everything() == before


def test_a_post_needs_a_stage_that_the_school_teaches(bring, school):
    rows = [{"school": school.name, "stage": "高中", "subject": "物理", "posts": 6}]
    assert bring("posts", workbook("posts", rows)).tallies["problems"] == {"unknown_subject_post": 1}


def test_honours_belong_to_the_teacher_of_the_number(put, bring, teacher, officer):
    before = everything()
    rows = [
        person(type="骨干教师", level="4-县级", valid_from="2023-09-01", valid_to="2028-08"),
        person(type="学科带头人", level="市级", title="市学科带头人", valid_from="2020年9月"),
        person(type="非骨干教师", level="0-无", valid_from="2020-01-01"),
    ]
    batch = put("honours", workbook("honours", rows))
    assert counts(batch) == (2, 0, 0, 0)
    assert batch.skipped_count == 1
    honours = db.session.scalars(select(BackboneHonour).order_by(BackboneHonour.valid_from)).all()
    assert [(h.title, h.valid_from, h.valid_to) for h in honours] == [
        ("市学科带头人", date(2020, 9, 1), None),
        ("县级骨干教师", date(2023, 9, 1), date(2028, 8, 31)),
    ]
    longer = [rows[0] | {"valid_to": "2030-08-31"}, rows[1]]
    later = put("honours", workbook("honours", longer))
    assert counts(later) == (0, 1, 1, 0)
    operations.undo(actor=officer, batch=later)
    operations.undo(actor=officer, batch=batch)
    db.session.expire_all()
    assert everything() == before


def test_an_honour_from_a_day_with_a_failed_ethics_appraisal_is_refused_and_an_earlier_one_is_not(bring, teacher):
    CircumstanceFactory(
        teacher_id=teacher.id,
        kind_code="ethics_failed",
        evidence="考核表",
        from_on=date(2024, 9, 1),
        to_on=date(2026, 8, 31),
    )
    during = person(type="骨干教师", level="4-县级", valid_from="2025-09-01", valid_to="2028-08")
    before = person(type="学科带头人", level="4-县级", valid_from="2023-09-01", valid_to="2028-08")
    batch = bring("honours", workbook("honours", [during, before]))
    assert batch.tallies["problems"] == {"honour_vetoed": 1}
    assert batch.new_count == 1


def test_facts_about_strangers_are_refused(bring, teacher):
    foreign = TeacherFactory(
        school=SchoolFactory(county=CountyFactory()), serial=5, number=identity_number(5), name="李四"
    )
    rows = [
        person(type="骨干教师", level="4", valid_from="2023-09-01", name="王五"),
        {
            "name": foreign.name,
            "id_number": identity_number(5),
            "type": "骨干教师",
            "level": "4",
            "valid_from": "2023-09-01",
        },
    ]
    batch = bring("honours", workbook("honours", rows))
    assert batch.tallies["problems"] == {"name_differs": 1, "unknown_teacher": 1}


def test_rotations_link_schools_of_the_county_and_keep_other_names(put, bring, teacher, school, other_school, officer):
    before = everything()
    rows = [
        person(kind="10-定期交流", is_transfer="否", from_on="2021-09", to_on="2022-07", from_school=school.code,
               to_school=other_school.name),
        person(kind="50", is_transfer="否", from_on="2018.09", to_on="至今", from_school=school.name,
               to_school="援疆学校"),
    ]  # fmt: skip
    batch = put("rotations", workbook("rotations", rows))
    assert counts(batch) == (2, 0, 0, 0)
    found = {r.to_school_name: r for r in db.session.scalars(select(RotationRecord))}
    assert found[other_school.name].to_school_id == other_school.id
    assert found[other_school.name].from_school_name == school.name
    assert found[other_school.name].to_on == date(2022, 7, 31)
    assert (found["援疆学校"].to_school_id, found["援疆学校"].to_on) == (None, None)
    assert counts(bring("rotations", workbook("rotations", rows, title="再次"))) == (0, 0, 2, 0)
    operations.undo(actor=officer, batch=batch)
    assert everything() == before


def test_a_rotation_to_the_same_school_is_refused(bring, teacher, school):
    row = person(kind="10", from_on="2021-09", from_school=school.code, to_school=school.name)
    assert bring("rotations", workbook("rotations", [row])).tallies["problems"] == {"same_school": 1}


def test_circumstances_need_evidence_and_order(put, bring, teacher, officer):
    before = everything()
    row = person(kind="怀孕", evidence="县医院证明", from_on="2026-03-01", to_on="2027-02-28")
    batch = put("circumstances", workbook("circumstances", [row]))
    assert db.session.scalars(select(Circumstance.kind_code)).one() == "pregnancy"
    bad = bring("circumstances", workbook("circumstances", [row | {"evidence": None}, row | {"to_on": "2025-01-01"}]))
    assert bad.rejected_count == 2
    operations.undo(actor=officer, batch=batch)
    assert everything() == before
