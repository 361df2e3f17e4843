"""Binding this room to the application."""

from flask import Flask

from app.imports import tasks  # noqa: F401 registers the job kinds
from app.imports.cli import imports_cli
from app.imports.history import tell
from app.imports.routes import bp
from app.web import history


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
    app.register_blueprint(bp)
    app.cli.add_command(imports_cli)
    history.provide(tell)
