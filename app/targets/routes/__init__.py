"""The room's pages, by theme. Every page names its permission; rows outside a person's counties answer 404."""

from flask import Blueprint

bp = Blueprint("targets", __name__, url_prefix="/targets")

from app.targets.routes import balance, guarantees, map, people, resources, staffing  # noqa: E402, F401  each adds its pages
