"""What the application takes from this room."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
