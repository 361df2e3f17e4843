"""The room's pages, by theme. Every page names its permission; rows outside a person's counties answer 404."""

from flask import Blueprint

bp = Blueprint("rotation", __name__, url_prefix="/rotation")

from app.rotation.routes import (  # noqa: E402, F401  each module adds its pages to the blueprint
    absences,
    answers,
    decisions,
    explanation,
    handmade,
    plans,
    postings,
    proposals,
    publications,
    reasons,
    reviews,
    runs,
    scenarios,
    wishes,
)
