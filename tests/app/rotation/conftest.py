"""Fixtures of the rotation room."""

import pytest

from tests.app.rotation.county import build_county


@pytest.fixture
def county(app):
    """A small county with rules in force."""
    return build_county()


@pytest.fixture
def officer(county):
    return county.officer()


@pytest.fixture
def leader(county):
    return county.leader()
