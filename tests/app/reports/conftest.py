"""A county with a primary school that passes, one that fails, and few people in it."""

import pytest
import time_machine

from app.access import Role
from app.extensions import db
from app.targets.models import ResourcePart
from app.targets.operations.resources import save_resources
from tests.factories import (
    BackboneHonourFactory,
    CountyFactory,
    SchoolFactory,
    SchoolStageFactory,
    TeacherFactory,
    user_with,
)

FIGURES = {"teaching_area": 900, "indoor_sport_area": 0, "sport_area": 1500, "rented_sport_area": 0,
           "equipment_value": 400000, "multimedia_rooms": 5, "grades": None, "sponsor_code": "7"}  # fmt: skip


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-22T08:00:00+08:00", tick=False):
        yield


@pytest.fixture
def county(app):
    return CountyFactory(name="青蓝县")


@pytest.fixture
def officer(county):
    return user_with(Role.PERSONNEL_OFFICER, region=county)


@pytest.fixture
def leader(county):
    return user_with(Role.BUREAU_LEADER, region=county)


@pytest.fixture
def schools(county, officer):
    """200 pupils each: the first with 9, 2 and 2 of the three kinds of teachers, the second with 9, 1 and none."""
    made = []
    for name, pinyin, backbones, arts in (("城关小学", "a", 2, 2), ("山后小学", "b", 1, 0)):
        school = SchoolFactory(county=county, name=name, name_pinyin=pinyin)
        SchoolStageFactory(school_id=school.id, pupils=200, classes=6)
        people = [TeacherFactory(school=school, highest_degree_code="21") for _ in range(9)]
        for teacher in people[:backbones]:
            BackboneHonourFactory(teacher_id=teacher.id)
        for teacher in people[7 : 7 + arts]:
            teacher.subject_code = "pe"
        save_resources(actor=officer, school=school, school_year=2026, part=ResourcePart.WHOLE, **FIGURES)
        made.append(school)
    db.session.flush()
    return made
