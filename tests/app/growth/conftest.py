"""Where and when the tests of growth take place."""

import pytest
import time_machine
from flask_babel import force_locale

from app.access import Role
from tests.factories import CountyFactory, SchoolFactory, user_with


@pytest.fixture
def november(app):
    """A day in November 2026, in English; yields the clock."""
    with time_machine.travel("2026-11-19T08:00:00+08:00", tick=False) as clock, force_locale("en"):
        yield clock


@pytest.fixture
def county(app):
    return CountyFactory()


@pytest.fixture
def school(county):
    return SchoolFactory(county=county)


@pytest.fixture
def centre(county):
    return user_with(Role.DEVELOPMENT_CENTRE, region=county)
