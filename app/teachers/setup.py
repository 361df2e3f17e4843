"""Binding this room to the application."""

from flask import Flask

from app.schools import staffing
from app.teachers import queries
from app.teachers.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages, and count the staff of schools for the schools' room."""
    app.register_blueprint(bp)
    staffing.provide(queries.staffing)
