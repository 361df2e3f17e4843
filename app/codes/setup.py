"""Binding this room to the application."""

from flask import Flask

from app.codes.queries import label


def init_app(app: Flask) -> None:
    """Register the room's pages and commands, and the template filter `code`."""
    app.jinja_env.filters["code"] = lambda value, table_key: label(table_key, value)
