"""Binding this room to the application."""

from flask import Flask

from app.codes.cli import codes
from app.codes.queries import label
from app.codes.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages and commands, and the template filter `code`."""
    app.jinja_env.filters["code"] = lambda value, table_key: label(table_key, value)
    app.register_blueprint(bp)
    app.cli.add_command(codes)
