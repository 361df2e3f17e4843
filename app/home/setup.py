"""Binding this room to the application."""

from flask import Flask

from app.home.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages."""
    app.register_blueprint(bp)
