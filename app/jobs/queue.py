"""The wake-up messages: Huey on SQLite by default, on PostgreSQL where HUEY_URL says so.

A message that is lost only costs time: the sweep sends another for every job that waits.
"""

import logging
import os
import threading
from pathlib import Path

from flask import Flask, current_app
from huey import PostgresHuey, SqliteHuey
from huey.api import Huey
from sqlalchemy import make_url

NAME = "qinglan"
logger = logging.getLogger("qinglan.jobs")
_opening = threading.Lock()


def queue() -> Huey:
    """The queue of this application in this process, opened at first use (a forked child opens its own)."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with _opening:
        kept = app.extensions.setdefault("qinglan_queue", {})
        if os.getpid() not in kept:
            kept[os.getpid()] = open_queue(app)
        huey: Huey = kept[os.getpid()]
        return huey


def open_queue(app: Flask) -> Huey:
    """Open the queue that HUEY_URL names and register the single task on it."""
    url = make_url(app.config["HUEY_URL"])
    if url.get_backend_name() == "postgresql":
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        huey = PostgresHuey(NAME, dsn=plain, results=False)
    else:
        path = Path(url.database or "").with_name("queue.db")
        path.parent.mkdir(parents=True, exist_ok=True)
        huey = SqliteHuey(NAME, filename=str(path), results=False, timeout=15)

    def run(job_id: int) -> None:
        from app.jobs.worker import run_job

        with app.app_context():
            run_job(job_id)

    app.extensions.setdefault("qinglan_tasks", {})[id(huey)] = huey.task(name="run_job")(run)
    return huey


def wake(job_id: int) -> None:
    """Send the message that wakes a worker for a job; a queue that is away must not undo what was committed."""
    try:
        huey = queue()
        current_app.extensions["qinglan_tasks"][id(huey)](job_id)
    except Exception:
        logger.exception("the wake-up message of job %s was not sent; the sweep will send it", job_id)
