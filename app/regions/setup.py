"""Binding this room to the application."""

from flask import Flask

from app.regions.cli import regions
from app.regions.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
    app.register_blueprint(bp)
    app.cli.add_command(regions)
