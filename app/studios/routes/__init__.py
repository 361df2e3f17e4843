"""The room's pages, by theme. Every page names its permission; rows outside a person's reach answer 404."""

from flask import Blueprint

bp = Blueprint("studios", __name__, url_prefix="/studios")

from app.studios.routes import (  # noqa: E402, F401  each module adds its pages to the blueprint
    applicants,
    appraisals,
    behind,
    lessons,
    money,
    own,
    people,
    placement_hosting,
    studios,
    work,
)
