"""Binding this room to the application."""

from flask import Flask

from app.rotation import cli, sections, tasks, tasks_reasons  # noqa: F401  the tasks register their job kinds
from app.rotation.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
    app.register_blueprint(bp)
    cli.init_app(app)
    sections.register()
