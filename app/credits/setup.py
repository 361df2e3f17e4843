"""What the application takes from this room."""

from flask import Flask

from app.credits import cli, notices, tasks, teacher_sections  # noqa: F401  notices and tasks register their kinds
from app.credits.access import evidence_where
from app.credits.routes import bp
from app.evidence.access import register_owner


def init_app(app: Flask) -> None:
    """Register the room's pages, commands, sections, and who may open its evidence."""
    app.register_blueprint(bp)
    cli.init_app(app)
    teacher_sections.register()
    register_owner("credits", evidence_where)
