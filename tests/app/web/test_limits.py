"""Tries are counted across processes, and whoever made too many is told when to come back."""

import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_limiter import Limiter, RateLimitExceeded

from app.web.limits import DatabaseStorage

TRY = """
import json, os, sys
from flask import Flask
from app.web.limits import DatabaseStorage
app = Flask("x")
app.config["SQLALCHEMY_DATABASE_URI"] = sys.argv[1]
with app.app_context():
    print(DatabaseStorage("database://").incr("from-elsewhere", 60))
"""


@pytest.fixture
def storage(app):
    storage = DatabaseStorage("database://")
    storage.reset()
    yield storage
    storage.reset()


def test_hits_add_up_within_a_window_and_begin_anew_after_it(storage):
    assert [storage.incr("login", 60) for _ in range(3)] == [1, 2, 3]
    assert storage.get("login") == 3
    assert storage.incr("short", 0.05) == 1
    time.sleep(0.06)
    assert storage.get("short") == 0
    assert storage.incr("short", 60) == 1


def test_the_window_ends_when_it_was_to_end(storage):
    storage.incr("login", 60)
    first = storage.get_expiry("login")
    storage.incr("login", 60)
    assert storage.get_expiry("login") == first
    storage.clear("login")
    assert storage.get("login") == 0


def test_another_process_counts_on(storage, app):
    storage.incr("from-elsewhere", 60)
    command = [sys.executable, "-c", TRY, app.config["SQLALCHEMY_DATABASE_URI"]]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "2"
    assert storage.get("from-elsewhere") == 2


def test_hits_at_the_same_moment_are_all_counted(storage, app):
    def hit():
        with app.app_context():
            for _ in range(20):
                storage.incr("busy", 60)

    threads = [threading.Thread(target=hit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert storage.get("busy") == 80


def test_counting_does_not_wait_for_a_request_that_is_writing(storage, session):
    from tests.factories import CountyFactory

    CountyFactory()  # holds SQLite's write lock from here on
    begun = time.perf_counter()
    storage.incr("login", 60)
    assert time.perf_counter() - begun < 2


def test_the_limiter_works_on_it(app, storage):
    small = Flask("small")
    small.config["SQLALCHEMY_DATABASE_URI"] = app.config["SQLALCHEMY_DATABASE_URI"]
    small.add_url_rule("/", view_func=lambda: "ok", endpoint="index")
    Limiter(lambda: "me", app=small, storage_uri="database://", default_limits=["2/minute"], headers_enabled=True)
    client = small.test_client()
    answers = [client.get("/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_too_many_tries_are_answered_with_a_page_that_says_when_to_come_back(app):
    with app.test_request_context("/login?lang=en"):
        error = RateLimitExceeded(SimpleNamespace(error_message=None, limit="10 per 1 minute"))
        answer = app.make_response(app.handle_user_exception(error))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "<h1" in answer.get_data(as_text=True)
    assert "10 per 1 minute" not in answer.get_data(as_text=True)
