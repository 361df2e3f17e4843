"""One transaction a request: committed when the answer is a success, rolled back otherwise.

Operations flush and never commit. What must happen outside the database (mail, waking a worker) is put off with
`after_commit` until the rows it speaks of are really there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import Flask, Response, g, request, request_started
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


@contextmanager
def writing() -> Iterator[None]:
    """A short transaction of its own within a page that only reads, such as for the entry that somebody looked.

    It comes before the page's rows are loaded: what was read earlier is read anew afterwards.
    """
    session = db.session()
    session.commit()
    token = _reading.set(False)
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        forget_pending()
        raise
    finally:
        _reading.reset(token)
    run_pending()


def init_app(app: Flask) -> None:
    """Bind the transaction to the request."""
    # By signal, so that it comes before whatever looks somebody up to see whether they may come in.
    request_started.connect(_mark_reading, app)
    app.after_request(_finish)
    app.teardown_request(_forget_reading)


def _mark_reading(_app: Flask, **_more: Any) -> None:
    is_safe = request.method in SAFE_METHODS
    g.before_reading = _reading.set(is_safe)
    if not is_safe:
        # What is sent comes in before any row is locked: a slow line would hold up everybody who writes.
        _ = request.form


def _forget_reading(_error: BaseException | None) -> None:
    if before := g.pop("before_reading", None):
        _reading.reset(before)


def _finish(response: Response) -> Response:
    if response.status_code < 400:
        db.session.commit()
        run_pending()
    else:
        db.session.rollback()
        forget_pending()
    return response


def prepare_engine(engine: Engine) -> None:
    """Make SQLite keep foreign keys, work in WAL and take its write lock up front.

    A deferred transaction that turns into a writer fails at once when another has written since; BEGIN IMMEDIATE
    waits its turn instead. Safe requests stay deferred, so that reading never waits.
    """
    if engine.dialect.name != "sqlite":
        _prepare_postgresql(engine)
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


def _prepare_postgresql(engine: Engine) -> None:
    """Plan for pages: each reads a few rows, and starting parallel workers or a compiler costs more than that.

    An index walked to its first fifty hits is guessed to be dear when the hits are rare, and dear plans are made
    parallel and compiled.
    """

    @event.listens_for(engine, "connect")
    def configure(connection, _record):  # type: ignore[no-untyped-def]
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
            cursor.execute("SET max_parallel_workers_per_gather = 0")
        connection.autocommit = False
