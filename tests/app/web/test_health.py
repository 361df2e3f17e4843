"""/healthz tells a load balancer whether to send people here, and nobody anything else."""

from datetime import timedelta

from sqlalchemy.exc import OperationalError

from app.db.mixins import utc_now
from app.extensions import db
from app.jobs.models import WorkerBeat
from app.web import health


def beat(seconds_ago):
    seen = utc_now() - timedelta(seconds=seconds_ago)
    db.session.add(WorkerBeat(name="here:1", started_at=seen, seen_at=seen))


def test_all_is_well_when_a_worker_was_seen_just_now(client):
    beat(2)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert {k: answer.json[k] for k in ("status", "database", "queue")} == {
        "status": "ok",
        "database": "ok",
        "queue": "ok",
    }
    assert answer.json["worker"]["seen_seconds_ago"] in (2, 3)


def test_a_silent_worker_is_said_but_the_site_stays(client):
    assert client.get("/healthz").json["worker"] == {"state": "not seen", "seen_seconds_ago": None}
    beat(600)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["status"]) == (200, "degraded")


def test_without_its_database_the_site_is_down_and_does_not_say_why(client, monkeypatch):
    def away():
        raise OperationalError("SELECT 1", {}, Exception("secret-host:5432 refused"))

    monkeypatch.setattr(health, "_ask_database", away)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["status"], answer.json["database"]) == (503, "down", "down")
    assert "secret-host" not in answer.text


def test_without_its_queue_the_site_is_down(client, monkeypatch):
    def away():
        raise OSError

    monkeypatch.setattr(health, "queue", away)
    assert client.get("/healthz").status_code == 503
