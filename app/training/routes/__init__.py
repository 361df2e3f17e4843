"""The room's pages, by theme. Rows outside a person's reach answer 404."""

from flask import Blueprint

bp = Blueprint("training", __name__, url_prefix="/training")

from app.training.routes import (  # noqa: E402, F401  each module adds its pages to the blueprint
    attendance,
    certificates,
    enrolments,
    feedback,
    money,
    own,
    people,
    programmes,
    rosters,
    sessions,
)
