"""A person with roles in two places decides in each only what the role there allows."""

from datetime import date

import pytest

from app.access import Role
from app.teachers.models import Teacher
from tests.factories import BackboneHonourFactory, CountyFactory, SchoolFactory, TeacherFactory, grant, user_with


@pytest.fixture
def school(app):
    return SchoolFactory(county=CountyFactory(), name="城关小学", code="1001")


@pytest.fixture
def teacher(school):
    return TeacherFactory(school=school, birth_on=date(1988, 3, 12))


@pytest.fixture
def person(client, school):
    """Administers one school, and is an officer in another county."""
    user = user_with(Role.SCHOOL_ADMINISTRATOR, school=school)
    grant(user, Role.PERSONNEL_OFFICER, region=CountyFactory(name="邻县"))
    client.sign_in(user)
    return user


def test_what_the_bureau_decides_is_not_offered_for_the_other_county(client, person, teacher):
    page = client.get(f"/teachers/{teacher.id}/edit").text
    assert 'name="phone"' in page
    assert 'name="id_number"' not in page
    assert 'name="title_rated_code"' not in page
    assert "/transfer" not in client.get(f"/teachers/{teacher.id}").text


@pytest.mark.parametrize("step", ["transfer", "relocate", "leave", "circumstances/new", "rotations/new"])
def test_steps_of_the_bureau_are_closed(client, person, teacher, step):
    assert client.get(f"/teachers/{teacher.id}/{step}").status_code == 403


def test_an_honour_above_the_school_is_closed(client, person, teacher):
    honour = BackboneHonourFactory(teacher_id=teacher.id, level_code="2")
    assert client.get(f"/teachers/{teacher.id}/honours/{honour.id}").status_code == 403
    form = {"type_code": honour.type_code, "level_code": "2", "title": "省级骨干", "valid_from": "2025-01-01"}
    assert client.post(f"/teachers/{teacher.id}/honours/new", data=form).status_code == 422


def test_nobody_is_sent_to_a_school_that_one_may_only_read(client, session):
    home, away = CountyFactory(), CountyFactory()
    teacher = TeacherFactory(school=SchoolFactory(county=home))
    target = SchoolFactory(county=away, code="9009")
    user = user_with(Role.PERSONNEL_OFFICER, region=home)
    grant(user, Role.BUREAU_LEADER, region=away)
    number = teacher.id
    form = {"school": "9009", "on": "2026-09-01"}
    assert client.sign_in(user).post(f"/teachers/{number}/relocate", data=form).status_code == 422
    assert session.get(Teacher, number).working_school_id != target.id
