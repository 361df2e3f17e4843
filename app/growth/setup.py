"""What the application takes from this room."""

from flask import Flask

from app.evidence.access import register_owner
from app.growth import (  # noqa: F401  telling registers the kinds of notices
    cli,
    mentor_sections,
    mentor_telling,
    sections,
    telling,
    wording,
)
from app.growth.queries import mentors
from app.growth.queries.ladder import evidence_where
from app.growth.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages and commands."""
    app.register_blueprint(bp)
    cli.init_app(app)
    sections.register()
    wording.register()
    mentor_sections.register()
    register_owner("ladder_application", evidence_where)
    register_owner("mentor_report", mentors.evidence_where)
