"""Binding this room to the application."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's pages, commands and job."""
    from app.rotation import tasks  # noqa: F401  registers the job kind
