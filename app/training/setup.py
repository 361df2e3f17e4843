"""What the application takes from this room."""

from flask import Flask

from app.training import presenting, sections, telling  # noqa: F401  telling registers the kinds of notices
from app.training.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages and what it shows on others."""
    app.register_blueprint(bp)
    presenting.init_app(app)
    sections.register()
