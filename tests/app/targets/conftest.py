"""A county with a primary school, a nine-year school and a small village school."""

import pytest

from app.access import Role
from app.schools.models import Stage
from tests.factories import CountyFactory, SchoolFactory, SchoolStageFactory, user_with


@pytest.fixture
def county(app):
    return CountyFactory()


@pytest.fixture
def school(county):
    """A primary school of 200 pupils."""
    school = SchoolFactory(county=county, name="城关小学")
    SchoolStageFactory(school_id=school.id, pupils=200, classes=6)
    return school


@pytest.fixture
def nine_year(county):
    """A nine-year school of 1100 primary and 1000 junior pupils."""
    school = SchoolFactory(county=county, name="九年制学校", kind_code="312")
    SchoolStageFactory(school_id=school.id, pupils=1100, classes=26)
    SchoolStageFactory(school_id=school.id, stage=Stage.JUNIOR, pupils=1000, classes=22)
    return school


@pytest.fixture
def officer(county):
    return user_with(Role.PERSONNEL_OFFICER, region=county)


@pytest.fixture
def administrator(school):
    return user_with(Role.SCHOOL_ADMINISTRATOR, school=school)
