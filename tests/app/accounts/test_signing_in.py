"""Signing in, being locked out, second factors and sessions."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from flask_security import hash_password
from passlib.totp import TOTP

from app.access import Role
from app.accounts.models import User, UserSession
from app.audit.models import AuditEntry
from app.db.mixins import utc_now
from app.extensions import db
from tests.factories import CountyFactory, UserFactory, user_with

PASSWORD = "correct-horse-battery"


def somebody(**fields):
    county = CountyFactory()
    user = user_with(Role.PERSONNEL_OFFICER, region=county)
    user.password = hash_password(PASSWORD)
    for key, value in fields.items():
        setattr(user, key, value)
    db.session.flush()
    return user


def log_in(client, user, password=PASSWORD):
    return client.post("/login", data={"username": user.username, "password": password})


def test_the_right_password_opens_the_site_and_is_written_down(client, rows):
    user = somebody()
    assert log_in(client, user).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert rows(AuditEntry, AuditEntry.action == "account.login", AuditEntry.actor_id == user.id) == 1


def test_a_wrong_password_and_an_unknown_name_look_the_same(client):
    user = somebody()
    wrong = log_in(client, user, "not-the-password")
    unknown = client.post("/login", data={"username": "nobody", "password": "not-the-password"})
    message = "Authentication failed"
    client.post("/accounts/language", data={"language": "en"})
    wrong, unknown = (
        log_in(client, user, "not-the-password"),
        client.post("/login", data={"username": "nobody", "password": "not-the-password"}),
    )
    assert message in wrong.text
    assert message in unknown.text


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(client, rows):
    user = somebody()
    for _ in range(5):
        log_in(client, user, "not-the-password")
    assert log_in(client, user).status_code == 200  # the form again
    assert db.session.get(User, user.id).locked_until is not None
    assert rows(AuditEntry, AuditEntry.action == "account.lock") == 1


def test_a_locked_account_opens_again_after_a_quarter_of_an_hour(client):
    user = somebody(locked_until=utc_now() + timedelta(minutes=15))
    assert log_in(client, user).status_code == 200
    with time_machine.travel(utc_now() + timedelta(minutes=16)):
        assert log_in(client, user).status_code == 302


def test_a_demo_account_opens_nothing_outside_demo_mode(app, client, monkeypatch):
    user = somebody(is_demo=True)
    log_in(client, user)
    assert client.get("/").status_code == 200
    monkeypatch.setitem(app.config, "DEMO", False)
    assert client.get("/").headers["Location"].startswith("/login"), "even a session that was open"
    log_in(client, user)
    assert client.get("/").status_code == 302


def test_ending_other_sessions_signs_the_other_browser_out_but_not_this_one(make_client):
    user = somebody()
    here, there = make_client(), make_client()
    log_in(here, user)
    log_in(there, user)
    here.post("/accounts/me/sessions/end")
    assert here.get("/").status_code == 200
    assert there.get("/").headers["Location"].startswith("/login")


def test_nobody_can_end_the_session_of_somebody_else(make_client, rows):
    user, other = somebody(), somebody()
    mine, theirs = make_client(), make_client()
    log_in(mine, user)
    log_in(theirs, other)
    target = db.session.query(UserSession).filter_by(user_id=other.id).one()
    mine.post("/accounts/me/sessions/end", data={"session_id": target.id})
    assert theirs.get("/").status_code == 200


def test_a_closed_account_is_signed_out(make_client):
    user = somebody()
    county = user.role_grants[0].region
    admin = user_with(Role.SYSTEM_ADMINISTRATOR, region=county)
    user.region_id = admin.region_id = county.id
    browser = make_client()
    log_in(browser, user)
    make_client().sign_in(admin).post(f"/accounts/{user.id}", data={"name": user.name})
    assert browser.get("/").headers["Location"].startswith("/login")


def test_a_password_set_by_an_administrator_must_be_changed_first(client):
    user = somebody(must_change_password=True)
    log_in(client, user)
    assert client.get("/").headers["Location"].startswith("/change")
    client.post(
        "/change",
        data={"password": PASSWORD, "new_password": "a-quite-new-one-8", "new_password_confirm": "a-quite-new-one-8"},
    )
    assert db.session.get(User, user.id).must_change_password is False


def test_a_one_time_code_works_once(app, make_client):
    factory = TOTP.using(issuer="Qinglan", secrets=app.config["SECURITY_TOTP_SECRETS"])
    secret = factory.new()
    user = somebody(tf_primary_method="authenticator", tf_totp_secret=secret.to_json(encrypt=True))
    code = secret.generate().token
    first, second = make_client(), make_client()
    log_in(first, user)
    assert first.get("/").status_code == 302, "the password alone opens nothing"
    first.post("/tf-validate", data={"code": code})
    assert first.get("/").status_code == 200
    log_in(second, user)
    second.post("/tf-validate", data={"code": code})
    assert second.get("/").status_code == 302, "the same code again opens nothing"


def test_recovery_codes_are_stored_encrypted(app, client):
    factory = TOTP.using(issuer="Qinglan", secrets=app.config["SECURITY_TOTP_SECRETS"])
    user = somebody(tf_primary_method="authenticator", tf_totp_secret=factory.new().to_json(encrypt=True))
    client.sign_in(user)
    shown = client.post("/mf-recovery-codes", data={"generate_new_codes": "1"}).text
    codes = re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", shown)
    assert codes
    stored = json.dumps(db.session.get(User, user.id).mf_recovery_codes)
    assert not any(code in stored for code in codes)


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/x", "//elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere.example"]
)
def test_the_next_address_never_leaves_the_site(client, address):
    client.sign_in(UserFactory())
    answer = client.post("/accounts/language", data={"language": "en", "next": address})
    assert answer.headers["Location"] == "/"


def test_a_locked_account_takes_as_long_and_says_the_same(client, monkeypatch):
    checked = []
    verify = User.verify_and_update_password
    monkeypatch.setattr(User, "verify_and_update_password", lambda self, text: checked.append(1) or verify(self, text))
    locked, open_one = somebody(locked_until=utc_now() + timedelta(minutes=15)), somebody()
    client.get("/login?lang=en")

    def said(user, *password):
        page = log_in(client, user, *password).text.replace(user.username, "…")
        return re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", page)

    answers = [said(locked, "not-the-password"), said(open_one, "not-the-password"), said(locked)]
    assert answers[0] == answers[1] == answers[2]
    assert len(checked) == 3


def test_staying_signed_in_outlives_the_browser_but_not_the_list_of_sessions(client, make_client):
    user = somebody()
    answer = client.post("/login", data={"username": user.username, "password": PASSWORD, "remember": "y"})
    cookies = answer.headers.getlist("Set-Cookie")
    assert [c.partition("=")[0] for c in cookies] == ["qinglan"]
    assert "Expires" in cookies[0]
    other = make_client()
    assert "Expires" not in log_in(other, user).headers["Set-Cookie"]
    other.post("/accounts/me/sessions/end")
    assert client.get("/").headers["Location"].startswith("/login")
