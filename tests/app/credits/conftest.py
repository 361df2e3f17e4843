"""The people of one school and county around a claim."""

from dataclasses import dataclass

import pytest

from app.access import Role
from app.extensions import db
from app.regions.models import Region
from tests.factories import SchoolFactory, TeacherFactory, user_with
from tests.factories.credits import ClaimFactory


@dataclass
class Scene:
    """A school with a teacher, its administrator, and the county's development centre."""

    school: object
    teacher: object
    user: object
    head: object
    centre: object

    def claim(self, **more):
        """A claim of the teacher's."""
        return ClaimFactory(teacher=self.teacher, **more)


@pytest.fixture
def scene(app):
    """One claim's surroundings."""
    school = SchoolFactory()
    teacher = TeacherFactory(school=school)
    county = db.session.get(Region, school.county_id)
    return Scene(
        school,
        teacher,
        user_with(Role.TEACHER, teacher=teacher),
        user_with(Role.SCHOOL_ADMINISTRATOR, school=school),
        user_with(Role.DEVELOPMENT_CENTRE, region=county),
    )
