"""One transaction a request: committed when the answer is a success, rolled back otherwise.

Operations flush and never commit. What must happen outside the database (mail, waking a worker) is put off with
`after_commit` until the rows it speaks of are really there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import Flask, Response, request
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from app.extensions import db

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_reading: ContextVar[bool] = ContextVar("reading", default=False)
_PENDING = "after_commit"


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` once the present transaction has been committed; forget it on a roll-back."""
    db.session.info.setdefault(_PENDING, []).append(action)


def run_pending() -> None:
    """Run and clear what was put off; called by whoever committed."""
    for action in db.session.info.pop(_PENDING, []):
        action()


def forget_pending() -> None:
    """Drop what was put off: its transaction did not come to be."""
    db.session.info.pop(_PENDING, None)


@contextmanager
def transaction() -> Iterator[Session]:
    """A transaction for commands and jobs: commit at the end, roll back on an error."""
    session: Session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        forget_pending()
        raise
    run_pending()


@contextmanager
def reading() -> Iterator[None]:
    """Commands and jobs that only read: SQLite then takes no write lock, so that nobody waits for a long reading."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def init_app(app: Flask) -> None:
    """Bind the transaction to the request."""
    app.before_request(_mark_reading)
    app.after_request(_finish)


def _mark_reading() -> None:
    _reading.set(request.method in SAFE_METHODS)


def _finish(response: Response) -> Response:
    if response.status_code < 400:
        db.session.commit()
        run_pending()
    else:
        db.session.rollback()
        forget_pending()
    _reading.set(False)
    return response


def prepare_engine(engine: Engine) -> None:
    """Make SQLite keep foreign keys, work in WAL and take its write lock up front.

    A deferred transaction that turns into a writer fails at once when another has written since; BEGIN IMMEDIATE
    waits its turn instead. Safe requests stay deferred, so that reading never waits.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def configure(connection, _record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "foreign_keys=ON",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "busy_timeout=30000",
            "cache_size=-32768",
            "mmap_size=268435456",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
