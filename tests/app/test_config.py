"""Configuration: production starts only with its secrets; proxies are believed only when they are ours."""

import pytest

from app import create_app
from app.config import SECRET_NAMES, ConfigurationError, data_keys, new_secrets


@pytest.fixture
def bare(monkeypatch):
    for name in SECRET_NAMES:
        monkeypatch.delenv(f"QINGLAN_{name}", raising=False)


def test_production_names_every_missing_secret_at_once(bare, monkeypatch):
    monkeypatch.setenv("QINGLAN_SECRET_KEY", "given")
    with pytest.raises(ConfigurationError) as refusal:
        create_app("production")
    missing = {name for name in SECRET_NAMES if f"QINGLAN_{name}" in str(refusal.value)}
    assert missing == set(SECRET_NAMES) - {"SECRET_KEY"}


def test_production_has_no_demo_command_and_only_secure_cookies(bare, monkeypatch, tmp_path):
    monkeypatch.setattr("logging.basicConfig", lambda **_settings: None)  # the handlers of all tests after it stay
    for name, value in new_secrets().items():
        monkeypatch.setenv(f"QINGLAN_{name}", value)
    app = create_app("production", SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'p.db'}")
    assert "demo" not in app.cli.commands
    assert app.config["SESSION_COOKIE_SECURE"]
    assert not app.config["DEMO"]


def test_a_key_of_the_wrong_length_is_refused():
    with pytest.raises(ConfigurationError, match="32 bytes"):
        data_keys("1=c2hvcnQ=")


@pytest.mark.parametrize(("trusted", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_a_forwarded_address_is_believed_only_from_our_own_proxy(tmp_path, trusted, seen):
    from flask import request

    app = create_app("testing", SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 't.db'}", TRUSTED_PROXIES=trusted)
    found = []
    app.before_request_funcs[None].insert(0, lambda: found.append(request.remote_addr))
    app.test_client().get("/static/none", headers={"X-Forwarded-For": "203.0.113.9"})
    assert found == [seen]
