"""What the application takes from this room."""

from flask import Flask

from app.evidence import tasks
from app.evidence.routes import bp

__all__ = ["init_app", "tasks"]


def init_app(app: Flask) -> None:
    """Register the room's page; its jobs come with `tasks`."""
    app.register_blueprint(bp)
