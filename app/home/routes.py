"""The landing page."""

from flask import Blueprint, render_template

from app.web.guards import signed_in

bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in
def index() -> str:
    """What needs doing now, by role."""
    return render_template("home/index.html")
