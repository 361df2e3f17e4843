"""Binding this room to the application."""

from flask import Flask

from app.audit.cli import audit
from app.audit.labels import actor_name
from app.audit.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
    app.register_blueprint(bp)
    app.jinja_env.filters["actor_name"] = actor_name
    app.cli.add_command(audit)
