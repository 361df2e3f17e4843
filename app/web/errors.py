"""Error pages: what happened, where, and how to mend it."""

import contextlib

from flask import Flask, current_app, render_template
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.extensions import db

OUT_OF_RANGE = "22003"  # PostgreSQL's number_value_out_of_range
SHOWN = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


class Refused(Exception):
    """An operation was refused for a reason that the person can mend; the message is ready to be shown."""

    def __init__(self, message: object) -> None:
        super().__init__(str(message))
        self.message = message


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, _conflict)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(OverflowError, _beyond)
    app.register_error_handler(DataError, _beyond)
    app.register_error_handler(500, _broken)


def page(status: int, **context: object) -> tuple[str, int]:
    """The error page of a status."""
    return render_template(f"errors/{status}.html", **context), status


def _http(error: HTTPException):  # type: ignore[no-untyped-def]
    if error.code not in SHOWN:
        return error
    db.session.rollback()
    body, status = page(error.code, error=error)
    response = error.get_response()
    response.data = body
    response.content_type = "text/html; charset=utf-8"
    return response, status


def _conflict(error: Exception) -> tuple[str, int]:
    db.session.rollback()
    return page(409, error=error)


def _refused(error: Refused) -> tuple[str, int]:
    db.session.rollback()
    return page(409, error=error, message=error.message)


def _beyond(error: Exception) -> tuple[str, int]:
    """A number in an address that is larger than any key names no row; the databases refuse to compare it."""
    if "SQLite INTEGER" not in str(error) and getattr(getattr(error, "orig", None), "sqlstate", None) != OUT_OF_RANGE:
        raise error
    db.session.rollback()
    return page(404, error=error)


def _broken(error: Exception) -> tuple[str, int]:
    """The last resort asks for nothing: neither the database nor the person may be reachable."""
    with contextlib.suppress(Exception):
        db.session.rollback()
    return current_app.jinja_env.get_template("errors/500.html").render(), 500
