"""Decisions: lock, ban, keep, undo."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.rotation import wording
from app.rotation.models import DecisionKind
from app.rotation.operations import decisions as operations
from app.rotation.queries import plans as plan_queries
from app.rotation.queries import scenarios as queries
from app.rotation.queries import wishes as wish_queries
from app.rotation.routes import bp
from app.rotation.routes.common import scenario_or_404
from app.rotation.routes.proposals import frame
from app.schools.models import School
from app.web.attempts import Page
from app.web.guards import requires

P = Permission


@bp.get("/scenarios/<int:scenario_id>/decisions")
@requires(P.PLAN_READ)
def decisions(scenario_id: int) -> Page:
    """The decisions a scenario was solved with, and those for the next solve."""
    row = scenario_or_404(scenario_id)
    typed = request.args.get("who", "").strip()[:60]
    return render_template(
        "rotation/decisions.html",
        **frame(row, "decisions"),
        typed=typed,
        people=wish_queries.teachers_like(row.plan.county_id, typed) if typed else [],
        schools=plan_queries.school_choices(row.plan.county_id),
        kinds=DecisionKind,
    )


@bp.post("/scenarios/<int:scenario_id>/decisions")
@requires(P.PLAN_EDIT)
def decide(scenario_id: int) -> Response:
    """Record a decision about one teacher."""
    row = scenario_or_404(scenario_id, P.PLAN_EDIT)
    kind = request.form.get("kind", "")
    teacher_id = request.form.get("teacher_id", type=int)
    school_id = request.form.get("school_id", type=int)
    if kind not in set(DecisionKind) or teacher_id is None:
        abort(400)
    teacher = wish_queries.teacher_of(current_user.grants, P.TEACHER_READ, teacher_id) or abort(404)
    school = db.session.get(School, school_id) if school_id else None
    operations.decide(
        scenario=row, kind=DecisionKind(kind), teacher=teacher, school=school, actor=current_user,
        note=request.form.get("note", "").strip()[:300],
    )  # fmt: skip
    flash(_("Decided for %(name)s. Solve again for it to take effect.", name=teacher.name), "success")
    if kind != DecisionKind.BAN and not queries.is_eligible(row, teacher.id):
        flash(wording.decided_without_conditions(teacher.name), "warning")
    return redirect(_back(scenario_id), 303)


@bp.post("/decisions/<int:decision_id>/undo")
@requires(P.PLAN_EDIT)
def undo(decision_id: int) -> Response:
    """Take a decision back."""
    row = queries.decision_of(current_user.grants, P.PLAN_EDIT, decision_id) or abort(404)
    scenario_id = row.scenario_id
    operations.undo(decision=row, actor=current_user)
    flash(_("The decision was taken back. Solve again for it to take effect."), "success")
    return redirect(_back(scenario_id), 303)


def _back(scenario_id: int) -> str:
    """The list the person came from: only lists of this scenario are named, never an address that was sent in."""
    places = {"moves": ".moves", "stayed": ".stayed"}
    endpoint = places.get(request.form.get("from", ""), ".decisions")
    return url_for(endpoint, scenario_id=scenario_id)
