"""What the application takes from this room."""

from flask import Flask

from app.ethics import honours, notices, sections
from app.ethics.access import evidence_where
from app.ethics.routes import bp
from app.evidence.access import register_owner
from app.teachers import records

__all__ = ["init_app", "notices"]


def init_app(app: Flask) -> None:
    """Register the room's pages, its notices, its evidence, and its word on honours."""
    app.register_blueprint(bp)
    sections.register()
    register_owner("ethics", evidence_where)
    records.before_honours(honours.refusal)
