"""The landing page."""

from flask import Blueprint, render_template
from flask_login import current_user

from app.db.clock import today
from app.home.figures import figures_for
from app.home.tasks import tasks_for
from app.web.guards import signed_in

bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in
def index() -> str:
    """What needs doing now, by role."""
    day = today()
    return render_template(
        "home/index.html", tasks=tasks_for(current_user, day), figures=figures_for(current_user, day)
    )
