"""Binding this room to the application."""

from flask import Flask

from app.schools.routes import bp
from app.web import lists


def init_app(app: Flask) -> None:
    """Register the room's pages, and those of saved filters that all lists share."""
    app.register_blueprint(bp)
    lists.init_app(app)
