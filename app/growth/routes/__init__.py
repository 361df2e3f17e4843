"""The room's pages, by theme. Every page names its permission; rows outside a person's counties answer 404."""

from flask import Blueprint

bp = Blueprint("growth", __name__, url_prefix="/growth")

from app.growth.routes import (  # noqa: E402, F401  each module adds its pages to the blueprint
    draws,
    groups,
    ladder,
    ladder_own,
    ladder_people,
    mentors,
    mentors_own,
    places,
    programmes,
    stationings,
)
