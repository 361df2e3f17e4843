"""Error pages: what happened and how to mend it, even when nothing else works."""

import logging
import sys

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.extensions import db
from app.web.logs import JsonLines
from tests.factories import CountyFactory, EducationGroupFactory, SchoolFactory, officer_of


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


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/teachers/{n}", 404),
        ("/schools/{n}", 404),
        ("/rotation/plans/{n}", 404),
        ("/eligibility/compare?old={n}&new=1", 404),
        ("/teachers?school={n}", 200),
        ("/teachers?county={n}", 200),
        ("/schools?group={n}", 200),
        ("/rotation/postings?from={n}", 200),
    ],
)
@pytest.mark.parametrize("number", [2**31, 10**30])
def test_a_number_beyond_all_keys_names_nothing(client, path, status, number):
    client.sign_in(officer_of(CountyFactory()))
    assert client.get(path.format(n=number)).status_code == status


def test_a_filter_names_only_what_is_within_reach(client):
    county, other = CountyFactory(), CountyFactory(name="邻县")
    school = SchoolFactory(county=other, name="邻县一小")
    group = EducationGroupFactory(county_id=other.id, name="邻县集团")
    client.sign_in(officer_of(county))
    for path in (
        f"/teachers?school={school.id}",
        f"/schools?county={other.id}",
        f"/schools?group={group.id}",
        f"/rotation/postings?from={school.id}",
    ):
        assert "邻县" not in client.get(path).text


@pytest.mark.parametrize("path", ["/login", "/no-such-page"])
def test_every_answer_carries_the_strict_policy(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_an_error_of_the_database_tells_the_log_nothing_about_people(session):
    username, name = "".join(("zhang", "san")), chr(0x5F20) + chr(0x4E09)  # the source's own lines stand in the log
    try:
        session.execute(insert(User).values(id=1, username=username, name=name))
    except IntegrityError:
        record = logging.LogRecord("qinglan", logging.ERROR, "", 0, "broken", None, sys.exc_info())
    line = JsonLines().format(record)
    assert username not in line
    assert name not in line
    assert "INSERT INTO user_account" in line
