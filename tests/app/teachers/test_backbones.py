"""Who was a backbone teacher on a day."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.teachers.backbones import PREFECTURE_AND_ABOVE, backbone_on, is_backbone
from app.teachers.models import Teacher
from tests.factories import BackboneHonourFactory, TeacherFactory


def names(day, **more):
    return db.session.scalars(select(Teacher.name).where(backbone_on(day, **more))).all()


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2023-12-31", False), ("2024-01-01", True), ("2028-12-31", True), ("2029-01-01", False)],
)
def test_both_dates_of_an_honour_are_included(app, day, holds):
    teacher = TeacherFactory(name="甲")
    BackboneHonourFactory(teacher_id=teacher.id, valid_from=date(2024, 1, 1), valid_to=date(2028, 12, 31))
    assert names(date.fromisoformat(day)) == (["甲"] if holds else [])
    loaded = db.session.scalars(select(Teacher).options(selectinload(Teacher.honours))).one()
    assert is_backbone(loaded, date.fromisoformat(day)) is holds


def test_an_honour_without_an_end_stays_valid(app):
    BackboneHonourFactory(teacher_id=TeacherFactory(name="甲").id, valid_to=None)
    assert names(date(2090, 1, 1)) == ["甲"]


def test_honours_of_the_school_and_empty_ones_do_not_count(app):
    day = date(2026, 9, 1)
    for fields in ({"level_code": "5"}, {"level_code": "8"}, {"type_code": "none"}, {"type_code": "rising_star"}):
        BackboneHonourFactory(**fields)
    assert names(day) == []


def test_higher_levels_can_be_asked_for(app):
    day = date(2026, 9, 1)
    for level in "12345":
        BackboneHonourFactory(teacher_id=TeacherFactory(name=f"级{level}").id, level_code=level)
    assert sorted(names(day)) == ["级1", "级2", "级3", "级4"]
    assert sorted(names(day, levels=PREFECTURE_AND_ABOVE)) == ["级1", "级2", "级3"]


def test_two_honours_make_one_teacher(app):
    teacher = TeacherFactory(name="甲")
    for level in "34":
        BackboneHonourFactory(teacher_id=teacher.id, level_code=level)
    assert names(date(2026, 9, 1)) == ["甲"]
