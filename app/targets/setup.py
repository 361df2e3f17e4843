"""What the application takes from this room."""

from flask import Flask

from app.evidence.access import register_owner
from app.targets import cli, importing, presenting, tasks, tasks_effects  # noqa: F401  tasks register kinds of jobs
from app.targets.access import evidence_where
from app.targets.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
    app.register_blueprint(bp)
    cli.init_app(app)
    register_owner("filled_figure", evidence_where)
    presenting.init_app(app)
    importing.init()
