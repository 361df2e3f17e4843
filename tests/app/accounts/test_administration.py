"""Managing accounts: only within one's own region, passwords shown once, roles over a scope."""

import re

import pytest

from app.access import Role
from app.accounts.models import RoleGrant, User
from app.extensions import db
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, UserFactory, user_with


@pytest.fixture
def county(app):
    return CountyFactory()


@pytest.fixture
def admin(county, client):
    user = user_with(Role.SYSTEM_ADMINISTRATOR, region=county)
    user.region_id = county.id
    client.sign_in(user)
    return user


def an_account(county):
    user = UserFactory(region_id=county.id)
    db.session.flush()
    return user


def test_a_new_account_gets_a_password_that_works_and_must_be_changed(client, make_client, admin, county):
    data = {"username": "wangfang", "name": "王芳", "region_id": county.id}
    answer = client.post("/accounts/new", data=data)
    shown = client.get(answer.headers["Location"]).text
    password = re.search(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", shown).group()
    browser = make_client()
    browser.post("/login", data={"username": "wangfang", "password": password})
    assert browser.get("/").headers["Location"].startswith("/change")


def test_a_taken_user_name_is_refused_and_what_was_typed_stays(client, admin, county):
    an_account(county).username = "lihua"
    data = {"username": "LiHua", "name": "李华", "region_id": county.id}
    answer = client.post("/accounts/new", data=data)
    assert answer.status_code == 422
    assert "is taken" in answer.text
    assert 'value="李华"' in answer.text


def test_a_school_administrator_is_bound_to_a_school_named_by_its_code(client, admin, county):
    school, user = SchoolFactory(county=county), an_account(county)
    form = {"grant-role": "school_administrator", "grant-school": school.code, "grant-region_id": county.id}
    client.post(f"/accounts/{user.id}/roles", data=form)
    assert [g.school_id for g in db.session.get(User, user.id).role_grants] == [school.id]


def test_a_teacher_is_bound_by_the_identity_number(client, admin, county):
    teacher = TeacherFactory(school=SchoolFactory(county=county))
    user = an_account(county)
    form = {"grant-role": "teacher", "grant-id_number": teacher.id_number, "grant-region_id": county.id}
    client.post(f"/accounts/{user.id}/roles", data=form)
    assert db.session.get(User, user.id).teacher_id == teacher.id


def test_a_school_of_another_county_cannot_be_given(client, admin, county, rows):
    user, elsewhere = an_account(county), SchoolFactory()
    form = {"grant-role": "school_administrator", "grant-school": elsewhere.code, "grant-region_id": county.id}
    assert client.post(f"/accounts/{user.id}/roles", data=form).status_code == 422
    assert rows(RoleGrant, RoleGrant.user_id == user.id) == 0


def test_a_region_beyond_reach_cannot_be_given(client, admin, county, rows):
    user, elsewhere = an_account(county), CountyFactory()
    form = {"grant-role": "personnel_officer", "grant-region_id": elsewhere.id}
    assert client.post(f"/accounts/{user.id}/roles", data=form).status_code == 422
    assert rows(RoleGrant, RoleGrant.user_id == user.id) == 0


def test_an_account_of_another_county_is_not_there(client, admin):
    stranger = an_account(CountyFactory())
    assert client.get(f"/accounts/{stranger.id}").status_code == 404
    assert client.post(f"/accounts/{stranger.id}/password").status_code == 404


def test_an_administrator_cannot_take_the_own_role_away(client, admin, rows):
    own = admin.role_grants[0].id
    client.post(f"/accounts/{admin.id}/roles/{own}/take")
    assert rows(RoleGrant, RoleGrant.id == own) == 1


def test_the_list_costs_the_same_number_of_queries_however_long(client, admin, county, queries):
    for _ in range(3):
        an_account(county)
    with queries() as few:
        client.get("/accounts/")
    for _ in range(30):
        an_account(county)
    with queries() as many:
        client.get("/accounts/")
    assert len(many) == len(few)
