"""What the application takes from this room."""

from flask import Flask

from app.evidence.access import register_owner
from app.studios import (  # noqa: F401  telling and tasks register their kinds
    placement_tasks,
    placement_telling,
    placement_wording,
    sections,
    telling,
    wording,
)
from app.studios.access import evidence_where
from app.studios.routes import bp


def init_app(app: Flask) -> None:
    """Register the room's pages, sections and words."""
    app.register_blueprint(bp)
    register_owner("studio_outcome", evidence_where)
    sections.register()
    wording.register()
    placement_wording.register()
