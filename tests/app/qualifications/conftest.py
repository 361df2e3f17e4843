"""A county with a school, its people, and a moment that stands still."""

import io

import pytest
import time_machine
from sqlalchemy import select

from app.access import Role
from app.extensions import db
from app.notices.models import Notice
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, officer_of, user_with
from tests.factories.files import png

NOW = "2026-09-01T02:00:00Z"


@pytest.fixture(autouse=True)
def moment():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def county(app):
    return CountyFactory(name="青蓝县")


@pytest.fixture
def school(county):
    return SchoolFactory(county=county, name="城关小学", code="1001")


@pytest.fixture
def teacher(school):
    return TeacherFactory(school=school, name="林青禾", staff_category_code="A1", is_class_teacher=True)


@pytest.fixture
def holder(teacher):
    return user_with(Role.TEACHER, teacher=teacher)


@pytest.fixture
def administrator(school):
    return user_with(Role.SCHOOL_ADMINISTRATOR, school=school)


@pytest.fixture
def officer(county):
    return officer_of(county)


@pytest.fixture
def photo():
    """An upload: `photo()`, or with bytes and a name of one's own."""

    def make(content=None, name="证书.png"):
        return (io.BytesIO(png() if content is None else content), name)

    return make


@pytest.fixture
def notices(app):
    """(kind, user id) of every notice, in order."""

    def read():
        rows = db.session.scalars(select(Notice).order_by(Notice.id))
        return [(row.kind, row.user_id) for row in rows]

    return read
