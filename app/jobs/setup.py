"""Binding this room to the application."""

from flask import Flask

from app.jobs.cli import run_worker
from app.jobs.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
    app.register_blueprint(bp)
    app.cli.add_command(run_worker)
