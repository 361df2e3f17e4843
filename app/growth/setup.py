"""What the application takes from this room."""

from flask import Flask

from app.growth import cli, sections, telling  # noqa: F401  telling registers the kinds of notices
from app.growth.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
    app.register_blueprint(bp)
    cli.init_app(app)
    sections.register()
