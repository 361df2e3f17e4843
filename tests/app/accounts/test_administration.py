"""Managing accounts: only within one's own region, passwords shown once, roles over a scope."""

import re
from datetime import timedelta

import pytest

from app.access import Role
from app.accounts.models import RoleGrant, User
from app.db.clock import utc_now
from app.extensions import db
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, UserFactory, grant, user_with

ONE_TIME = r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}"


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
    password = re.search(ONE_TIME, shown).group()
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


def test_an_account_with_a_role_beyond_reach_is_not_taken_over(client, admin, county, session):
    user = an_account(county)
    inside = grant(user, Role.PERSONNEL_OFFICER, region=county)
    outside = grant(user, Role.BUREAU_LEADER, region=CountyFactory())
    password, number, beyond, within = user.password, user.id, outside.id, inside.id
    for step in ("password", "second-factor", "sessions/end"):
        assert client.post(f"/accounts/{number}/{step}").status_code == 409, step
    assert client.post(f"/accounts/{number}", data={"name": "改名"}).status_code == 422
    assert client.post(f"/accounts/{number}/roles/{beyond}/take").status_code == 404
    assert f"/accounts/{number}/password" not in client.get(f"/accounts/{number}").text
    client.post(f"/accounts/{number}/roles/{within}/take")
    kept = session.get(User, number)
    assert kept.password == password
    assert [row.id for row in kept.role_grants] == [beyond]


def test_the_shown_password_lies_in_no_cookie(client, admin, county):
    user = an_account(county)
    number = user.id
    client.post(f"/accounts/{number}/password")
    with client.session_transaction() as stored:
        kept = repr(dict(stored))
    password = re.search(ONE_TIME, client.get(f"/accounts/{number}").text).group()
    assert password not in kept
    assert password not in client.get(f"/accounts/{number}").text


def test_nobody_closes_the_own_account(client, admin, session):
    answer = client.post(f"/accounts/{admin.id}", data={"name": admin.name})
    assert answer.status_code == 422
    assert session.get(User, admin.id).active


def test_an_address_that_somebody_else_has_is_refused_in_the_form(client, admin, county):
    other, user = an_account(county), an_account(county)
    answer = client.post(f"/accounts/{user.id}", data={"name": "李华", "email": other.email, "active": "y"})
    assert answer.status_code == 422
    assert "Another account has the e-mail address" in answer.text


def test_a_lock_that_is_over_is_not_shown(client, admin, county):
    an_account(county).locked_until = utc_now() - timedelta(minutes=1)
    assert "Locked" not in client.get("/accounts/").text


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
