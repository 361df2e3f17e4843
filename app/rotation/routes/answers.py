"""Asking about a scenario: starting the job, its card, stopping it, and the way from a job to its page."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.rotation import presenting_reasons as presenting
from app.rotation.models import AnswerKind, ScenarioAnswer
from app.rotation.operations import answers as operations
from app.rotation.queries import answers as queries
from app.rotation.queries.answers import Asked
from app.rotation.routes import bp
from app.rotation.routes.common import scenario_or_404
from app.rotation.snapshot import teacher_key, teacher_number
from app.web.guards import requires

P = Permission
PAGES = {
    AnswerKind.WHY_NOT: "rotation.stayed",
    AnswerKind.COSTS: "rotation.costs",
    AnswerKind.MENDS: "rotation.short",
    AnswerKind.FAIRNESS: "rotation.fairness",
    AnswerKind.HANDMADE: "rotation.handmade",
}


def question(asked: Asked) -> dict[str, Any]:
    """What a page shows of a question: its answer, its job's card, or that nobody asked yet."""
    return {"asked": asked, "card": None if asked.is_done else presenting.card(asked), "answer": asked.body}


def page_of(row: ScenarioAnswer) -> str:
    """The page that shows an answer."""
    if row.kind is AnswerKind.WHY:
        return url_for(".why_of", scenario_id=row.scenario_id, teacher_id=teacher_number(row.key))
    if row.kind is AnswerKind.HANDMADE:
        return url_for(".handmade_check", scenario_id=row.scenario_id, answer_id=row.id)
    return url_for(PAGES.get(row.kind, ".scenario"), scenario_id=row.scenario_id)


def _answer_or_404(answer_id: int) -> Asked:
    return queries.answer_of(current_user.grants, P.PLAN_READ, answer_id) or abort(404)


@bp.post("/scenarios/<int:scenario_id>/ask/<kind>")
@requires(P.PLAN_READ)
def ask(scenario_id: int, kind: str) -> Response:
    """Have a question worked out. Whoever may read the proposal may ask: nothing of it changes."""
    row = scenario_or_404(scenario_id)
    if kind not in {*PAGES, AnswerKind.WHY} - {AnswerKind.HANDMADE}:
        abort(404)
    key = ""
    if kind == AnswerKind.WHY:
        move = queries.move_of(row.id, request.form.get("move", 0, type=int)) or abort(404)
        key = teacher_key(move.teacher_id)
    made = operations.ask(scenario=row, kind=AnswerKind(kind), key=key, actor=current_user)
    return redirect(page_of(made), 303)


@bp.get("/answers/<int:answer_id>")
@requires(P.PLAN_READ)
def answer(answer_id: int) -> Response:
    """From a job to the page that shows what it found."""
    row = _answer_or_404(answer_id).row
    return redirect(page_of(row) if row else "/", 303)


@bp.get("/answers/<int:answer_id>/progress")
@requires(P.PLAN_READ)
def answer_progress(answer_id: int) -> Response:
    """The job's card alone: the page asks for it every second, and is loaded anew when the job is over."""
    asked = _answer_or_404(answer_id)
    card = presenting.card(asked)
    page = render_template("rotation/_question.html", asked=asked, card=card) if card else ""
    response = Response(page, mimetype="text/html")
    if not asked.is_open:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.post("/answers/<int:answer_id>/cancel")
@requires(P.PLAN_READ)
def cancel_answer(answer_id: int) -> Response:
    """Stop working a question out."""
    row = _answer_or_404(answer_id).row or abort(404)
    operations.cancel(answer=row, actor=current_user)
    flash(_("The work is being stopped."), "info")
    return redirect(page_of(row), 303)
