"""Structured logs: one JSON object a line on standard error, with the request's id."""

import json
import logging
import re
import sys
import time
import uuid
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import inspect

DETAIL = re.compile(r"DETAIL:.*?(?=\n\[SQL|\n\n|\Z)", re.S)


class JsonLines(logging.Formatter):
    """Format a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line["request"] = g.get("request_id")
        line |= getattr(record, "fields", {})
        if record.exc_info:
            # PostgreSQL adds the values of the row, which may be a person's.
            line["traceback"] = DETAIL.sub("", self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def _user_id() -> int | None:
    """Who asked, where somebody was looked up; the transaction is over, so the row is not read again."""
    state = inspect(g.get("_login_user"), raiseerr=False)
    return state.identity[0] if state is not None and state.identity else None


def init_app(app: Flask) -> None:
    """Log every request once, with its time and outcome; never its form or query values."""
    if not app.config["TESTING"]:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    access = logging.getLogger("qinglan.access")

    @app.before_request
    def start() -> None:
        g.request_id = uuid.uuid4().hex[:12]
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if request.endpoint != "static":
            access.info(
                "request",
                extra={
                    "fields": {
                        "method": request.method,
                        "path": request.path,
                        "endpoint": request.endpoint,
                        "status": response.status_code,
                        "ms": round(1000 * (time.perf_counter() - g.get("started", 0)), 1),
                        "user": _user_id(),
                    }
                },
            )
        return response
