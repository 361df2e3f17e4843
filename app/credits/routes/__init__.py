"""The pages of this room."""

from flask import Blueprint

bp = Blueprint("credits", __name__, url_prefix="/credits")

from app.credits.routes import disputes, lists, own, review, rules, stand_ins  # noqa: E402, F401  they add their pages
