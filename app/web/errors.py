"""Error pages: what happened, where, and how to mend it."""

import contextlib
from collections.abc import Iterator

from flask import Flask, current_app, render_template, request
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.extensions import db

OUT_OF_RANGE = "22003"  # PostgreSQL's number_value_out_of_range
MOST_DISCARDED = 512 * 1024 * 1024
SHOWN = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


class Refused(Exception):
    """An operation was refused for a reason that the person can mend; the message is ready to be shown."""

    def __init__(self, message: object) -> None:
        super().__init__(str(message))
        self.message = message


@contextlib.contextmanager
def refused_if_taken(sentence: object) -> Iterator[None]:
    """Write what the block adds or changes; where the database says that there is one of its kind already, nothing of
    the block stays and the sentence is the refusal."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        raise Refused(sentence) from error


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
    if error.code == 413:
        _let_finish()
    body, status = page(error.code, error=error)
    response = error.get_response()
    response.data = body
    response.content_type = "text/html; charset=utf-8"
    return response, status


def _let_finish() -> None:
    """Take the rest of what is too large and throw it away, piece by piece: a browser that is cut off while it still
    sends shows that the connection broke, and not the page that says why."""
    length = request.content_length or 0
    # Of a request that is too long as a whole nothing was read yet; of any other, nobody knows how much is left.
    left = min(length, MOST_DISCARDED) if length > current_app.config["MAX_CONTENT_LENGTH"] else 0
    with contextlib.suppress(OSError):
        while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, 1 << 20))):
            left -= len(piece)


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
