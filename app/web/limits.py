"""Rate limits that all processes count together, without another service.

Flask-Limiter counts in memory or in Redis; `database://` below counts in the database. On SQLite the counters lie in a
file of their own beside the database (`limits.db`), because a request may hold the database's single write lock
while it is being counted.
"""

import math
import os
import threading
import time
from itertools import count
from pathlib import Path

from flask import Flask, current_app
from flask_babel import ngettext
from flask_limiter import RateLimitExceeded
from limits.storage import Storage
from sqlalchemy import Engine, case, create_engine, delete, event, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.extensions import limiter
from app.web import errors

SWEEP_EVERY = 500


class RateLimit(Base):
    """How often something was done in a window of time; `key` says who and what, `expires_at` is in epoch seconds."""

    __tablename__ = "rate_limit"

    key: Mapped[str] = mapped_column(primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[float] = mapped_column(index=True)


class DatabaseStorage(Storage):
    """Fixed windows in one table; each hit is one statement, so that processes never lose one another's counts."""

    STORAGE_SCHEME = ["database"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._engines: dict[tuple[str, int], Engine] = {}
        self._opening = threading.Lock()
        self._calls = count(1)

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What the database may raise."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count a hit; a window that is over begins anew. Returns the hits of the window."""
        engine, now = self._engine(), time.time()
        insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        new = insert(RateLimit).values(key=key, hits=amount, expires_at=now + expiry)
        is_over = RateLimit.expires_at <= now
        hit = new.on_conflict_do_update(
            index_elements=[RateLimit.key],
            set_={
                "hits": case((is_over, amount), else_=RateLimit.hits + amount),
                "expires_at": case((is_over, now + expiry), else_=RateLimit.expires_at),
            },
        ).returning(RateLimit.hits)
        with engine.begin() as connection:
            hits = connection.execute(hit).scalar_one()
            if next(self._calls) % SWEEP_EVERY == 0:
                connection.execute(delete(RateLimit).where(RateLimit.expires_at <= now))
        return hits

    def get(self, key: str) -> int:
        """The hits of the present window."""
        query = select(RateLimit.hits).where(RateLimit.key == key, RateLimit.expires_at > time.time())
        with self._engine().begin() as connection:
            return connection.scalar(query) or 0

    def get_expiry(self, key: str) -> float:
        """When the present window ends; now, where there is none."""
        with self._engine().begin() as connection:
            return connection.scalar(select(RateLimit.expires_at).where(RateLimit.key == key)) or time.time()

    def check(self) -> bool:
        """Whether counting works."""
        try:
            self.get("")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        with self._engine().begin() as connection:
            return connection.execute(delete(RateLimit)).rowcount

    def clear(self, key: str) -> None:
        """Forget the count of one key."""
        with self._engine().begin() as connection:
            connection.execute(delete(RateLimit).where(RateLimit.key == key))

    def _engine(self) -> Engine:
        name = (str(current_app.config["SQLALCHEMY_DATABASE_URI"]), os.getpid())
        with self._opening:
            if name not in self._engines:
                self._engines[name] = _open(name[0])
            return self._engines[name]


def _open(uri: str) -> Engine:
    url = make_url(uri)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=2, max_overflow=8, pool_pre_ping=True)
    path = Path(url.database or "").with_name("limits.db")
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 15})

    @event.listens_for(engine, "connect")
    def configure(connection, _record):  # type: ignore[no-untyped-def]
        # Counters may be lost with the power; they must not cost a disk flush each.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")

    RateLimit.__table__.create(engine, checkfirst=True)  # type: ignore[attr-defined]
    return engine


def init_app(app: Flask) -> None:
    """Answer too many tries with a page that says when to try again."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", "database://")
    app.config.setdefault("RATELIMIT_STRATEGY", "fixed-window")
    limiter.init_app(app)
    app.register_error_handler(RateLimitExceeded, _too_many)


def _too_many(error: RateLimitExceeded) -> tuple[str, int, dict[str, str]]:
    reached = limiter.current_limit
    seconds = max(1, math.ceil(reached.reset_at - time.time())) if reached else 60
    minutes = math.ceil(seconds / 60)
    message = ngettext("Try again in %(num)d minute.", "Try again in %(num)d minutes.", minutes)
    body, status = errors.page(429, error=error, message=message)
    return body, status, {"Retry-After": str(seconds)}
