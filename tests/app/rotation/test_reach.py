"""A person who works for two counties has in each only what the role there allows."""

from datetime import date

import pytest
from sqlalchemy import select

from app import access
from app.access import Permission, Role
from app.rotation.models import DecisionKind, Posting
from app.rotation.operations import decisions
from app.web.errors import Refused
from tests.app.rotation.county import make_plan, make_scenario, solved
from tests.app.rotation.test_road import published
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, grant, user_with


@pytest.fixture
def reader(county, monkeypatch):
    """Reads the plans of the county without taking files away, and is an officer elsewhere."""
    plain = access.MATRIX[Role.BUREAU_LEADER] - {Permission.EXPORT}
    monkeypatch.setitem(access.MATRIX, Role.BUREAU_LEADER, plain)
    person = user_with(Role.BUREAU_LEADER, region=county.region)
    grant(person, Role.PERSONNEL_OFFICER, region=CountyFactory())
    return person


@pytest.mark.parametrize("which", ["moves", "stayed"])
def test_a_proposal_is_exported_only_by_who_may_export_in_its_county(county, officer, reader, client, which):
    scenario = solved(make_scenario(make_plan(county, officer), officer), officer)
    path = f"/rotation/scenarios/{scenario.id}/{which}"
    page = client.sign_in(reader).get(path)
    assert page.status_code == 200
    assert f"{path}/export" not in page.text
    assert client.post(f"{path}/export").status_code == 404
    assert client.sign_in(officer).post(f"{path}/export").status_code == 200


def test_a_roster_is_taken_only_by_who_may_export_in_its_county(county, officer, leader, reader, client):
    _plan, publication = published(county, officer, leader)
    path = f"/rotation/publications/{publication.id}"
    assert f"{path}/roster" not in client.sign_in(reader).get(path).text
    assert client.post(f"{path}/roster").status_code == 404


def test_a_decision_is_never_about_a_teacher_of_another_county(county, officer):
    stranger = TeacherFactory(school=SchoolFactory(county=CountyFactory()))
    scenario = make_scenario(make_plan(county, officer), officer)
    with pytest.raises(Refused):
        decisions.decide(scenario=scenario, kind=DecisionKind.KEEP, teacher=stranger, school=None, actor=officer)


def test_a_record_shows_only_the_postings_within_reach(county, officer, leader, client, session):
    published(county, officer, leader)
    posting = session.scalars(select(Posting).order_by(Posting.id)).first()
    path, mark = f"/teachers/{posting.teacher_id}", f"/rotation/postings/{posting.id}"
    assert mark in client.sign_in(officer).get(path).text
    reader = user_with(Role.DEVELOPMENT_CENTRE, region=county.region)
    grant(reader, Role.PERSONNEL_OFFICER, region=CountyFactory())
    page = client.sign_in(reader).get(path)
    assert page.status_code == 200
    assert mark not in page.text


def test_a_number_that_is_no_number_names_no_posting(county, officer, client):
    data = {"posting": "²", "on": date(2026, 9, 1).isoformat()}
    assert client.sign_in(officer).post("/rotation/postings/report", data=data).status_code == 303
