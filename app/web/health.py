"""`/healthz`: whether this installation can work, for a load balancer and for whoever watches it.

Without the database or the queue the answer is 503. A worker that has not been seen for a while is said (`degraded`)
but answers 200: pages still work, and taking the site away would not bring the worker back.
"""

import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, jsonify
from sqlalchemy import text

from app.db.mixins import utc_now
from app.extensions import db, limiter
from app.jobs import queries
from app.jobs.queue import queue
from app.web.guards import public
from app.web.transaction import reading

bp = Blueprint("health", __name__)
logger = logging.getLogger("qinglan.health")


@bp.get("/healthz")
@public
def show() -> tuple[Response, int]:
    """The state of the parts, without any name, address or version."""
    parts = {"database": _state(_ask_database), "queue": _state(lambda: queue().pending_count())}
    seen = _worker_age() if parts["database"] == "ok" else None
    is_up = all(state == "ok" for state in parts.values())
    is_served = seen is not None and seen <= queries.SILENT_AFTER.total_seconds()
    answer: dict[str, Any] = {
        "status": "down" if not is_up else "ok" if is_served else "degraded",
        **parts,
        "worker": {"state": "ok" if is_served else "not seen", "seen_seconds_ago": seen},
    }
    return jsonify(answer), 200 if is_up else 503


def _state(ask: Callable[[], Any]) -> str:
    try:
        ask()
    except Exception:
        logger.exception("a part of the system does not answer")
        return "down"
    return "ok"


def _ask_database() -> None:
    with reading(), db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def _worker_age() -> int | None:
    seen = queries.last_beat()
    return None if seen is None else max(0, round((utc_now() - seen).total_seconds()))


def init_app(app: Flask) -> None:
    """Register the address."""
    app.register_blueprint(bp)
    limiter.exempt(bp)
