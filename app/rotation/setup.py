"""Binding this room to the application."""

from flask import Flask

from app.rotation import cli, sections, tasks  # noqa: F401  tasks registers the job kind
from app.rotation.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
    app.register_blueprint(bp)
    cli.init_app(app)
    sections.register()
