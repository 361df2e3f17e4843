"""The room's pages, by theme. Every page names its permission; rows outside a person's counties answer 404."""

from flask import Blueprint

bp = Blueprint("targets", __name__, url_prefix="/targets")

# Each adds its pages.
from app.targets.routes import (  # noqa: E402, F401
    balance,
    board,
    clauses,
    editing,
    filled,
    guarantees,
    map,
    names,
    packs,
    people,
    resources,
    scenarios,
    staffing,
)
