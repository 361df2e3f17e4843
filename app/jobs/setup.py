"""Binding this room to the application."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
    from app.jobs.cli import run_worker

    app.cli.add_command(run_worker)
