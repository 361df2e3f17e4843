"""Error pages: what happened and how to mend it, even when nothing else works."""

import pytest

from app.extensions import db


def test_an_unknown_page_says_so_in_the_frame(client):
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "Qinglan" in answer.text


def test_the_last_resort_needs_no_database(app, client, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the database is gone")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.view_functions, "security.login", broken)
    monkeypatch.setattr(db.session, "rollback", broken)
    answer = client.get("/login")
    monkeypatch.undo()
    assert answer.status_code == 500
    assert "请" in answer.text


@pytest.mark.parametrize("path", ["/login", "/no-such-page"])
def test_every_answer_carries_the_strict_policy(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
