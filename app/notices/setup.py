"""What the application takes from this room."""

from typing import Any

from flask import Flask, url_for
from flask_login import current_user

from app.notices import queries, tasks
from app.notices.routes import bp

__all__ = ["init_app", "tasks"]


def init_app(app: Flask) -> None:
    """Register the room's pages and give every page its bell; the jobs come with `tasks`."""
    app.register_blueprint(bp)
    app.context_processor(_bell)


def _bell() -> dict[str, Any]:
    """The number of unread notices, for the top bar."""
    if not (current_user and current_user.is_authenticated):
        return {"bell": None}
    return {"bell": {"url": url_for("notices.index"), "unread": _Unread()}}


class _Unread:
    """Counted only by a page that has a top bar, and once."""

    def __init__(self) -> None:
        self._number: int | None = None

    @property
    def number(self) -> int:
        """How many are unread, at most a hundred."""
        if self._number is None:
            self._number = queries.unread(current_user)
        return self._number

    @property
    def shown(self) -> str:
        """The number as the bell shows it."""
        return f"{queries.BELL_LIMIT}+" if self.number > queries.BELL_LIMIT else str(self.number)
