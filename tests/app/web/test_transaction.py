"""Who waits for whom: on SQLite a single writer works at a time, and pages must not wait for it."""

import io
import logging
import sqlite3
from contextlib import closing
from datetime import timedelta
from logging.handlers import BufferingHandler

import pytest

from app.accounts.models import UserSession
from app.db.mixins import utc_now
from app.extensions import db
from tests.factories import CountyFactory, officer_of


@pytest.fixture
def officer(app):
    return officer_of(CountyFactory())


@pytest.fixture
def connect(app):
    """Another process's connection to the same file."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite has a single writer")
    return lambda: closing(sqlite3.connect(db.engine.url.database, timeout=0, isolation_level=None))


def test_a_page_is_read_while_somebody_writes(client, officer, connect):
    client.sign_in(officer)
    with connect() as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert client.get("/schools").status_code == 200


def test_a_page_holds_nobody_up(client, officer, connect, app):
    client.sign_in(officer)
    free = []

    def look(_sender, **_more):
        with connect() as writer:
            writer.execute("BEGIN IMMEDIATE")
            free.append(True)

    from flask import template_rendered

    with template_rendered.connected_to(look, app):
        client.get("/schools")
    assert free


class _Line(io.BytesIO):
    """What a browser sends; tells before each reading whether others could write."""

    def __init__(self, body, ask):
        super().__init__(body)
        self.ask = ask

    def read(self, *size):
        self.ask()
        return super().read(*size)

    def readinto(self, buffer):
        self.ask()
        return super().readinto(buffer)


def test_a_slow_sender_holds_nobody_up(client, officer, connect):
    client.sign_in(officer)
    asked = []

    def ask():
        with connect() as writer:
            writer.execute("BEGIN IMMEDIATE")
            asked.append(True)

    body = b"language=en"
    answer = client.post(
        "/accounts/language", input_stream=_Line(body, ask), content_length=len(body),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert answer.status_code == 303
    assert asked


def test_reading_a_page_keeps_the_moment_the_browser_was_seen(client, officer, session):
    client.sign_in(officer)
    row = session.query(UserSession).one()
    row.seen_at = utc_now() - timedelta(hours=1)
    assert client.get("/schools").status_code == 200
    session.expire_all()
    assert utc_now() - session.query(UserSession).one().seen_at < timedelta(minutes=1)


@pytest.fixture
def access_log(caplog, monkeypatch):
    """What is logged of requests, whatever another test has left of the handlers of all loggers."""
    access, kept = logging.getLogger("qinglan.access"), BufferingHandler(100)
    monkeypatch.setattr(access, "handlers", [kept])
    monkeypatch.setattr(access, "disabled", False)
    with caplog.at_level("INFO", access.name):
        yield kept.buffer


def test_the_log_of_requests_names_the_person_without_asking_again(client, officer, queries, access_log):
    client.sign_in(officer)
    number = officer.id
    with queries() as seen:
        client.get("/accounts/me")
    assert access_log[-1].fields["user"] == number
    assert len([statement for statement in seen if "FROM user_account" in statement]) == 1
