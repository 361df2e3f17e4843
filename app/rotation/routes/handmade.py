"""Plans made by hand: uploaded, checked by the rules, completed or improved."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.rotation import presenting_handmade as presenting
from app.rotation.forms.handmade import HandmadeForm
from app.rotation.models import AnswerKind, Scenario, ScenarioAnswer
from app.rotation.move_files import read_moves
from app.rotation.operations import handmade as operations
from app.rotation.queries import answers
from app.rotation.queries.answers import Asked
from app.rotation.routes import bp
from app.rotation.routes.answers import question
from app.rotation.routes.common import scenario_or_404
from app.rotation.routes.proposals import frame, solved_or_back
from app.web.attempts import Page, attempt
from app.web.guards import requires

P = Permission


@bp.get("/scenarios/<int:scenario_id>/handmade")
@requires(P.PLAN_READ)
def handmade(scenario_id: int) -> Page:
    """The hand-made plans that were checked against this proposal, and the form for another."""
    return _page(solved_or_back(scenario_id), HandmadeForm(formdata=None), [])


def _page(row: Scenario, form: HandmadeForm, problems: list[str]) -> str:
    checks = answers.answers_of(row.id, AnswerKind.HANDMADE)
    around = frame(row, "handmade")
    return render_template("rotation/handmade.html", **around, form=form, problems=problems, checks=checks)


@bp.post("/scenarios/<int:scenario_id>/handmade")
@requires(P.PLAN_EDIT)
def upload_handmade(scenario_id: int) -> Page:
    """Take a list of moves and have it checked: all of it, or nothing where a line is not understood."""
    row, form = scenario_or_404(scenario_id, P.PLAN_EDIT), HandmadeForm()
    problems: list[str] = []
    made: list[ScenarioAnswer] = []

    def take() -> None:
        found = read_moves(form.file.data.read(), row.plan.county_id)
        problems.extend(found.problems)
        if not problems:
            name = form.name.data or ""
            made.append(operations.check(scenario=row, name=name, moves=found.moves, actor=current_user))

    if form.validate_on_submit() and attempt(form, take) and made:
        return redirect(url_for(".handmade_check", scenario_id=scenario_id, answer_id=made[0].id), 303)
    return _page(solved_or_back(scenario_id), form, problems), 422


def _check_or_404(scenario: Scenario, answer_id: int) -> Asked:
    found = answers.answer_of(current_user.grants, P.PLAN_READ, answer_id)
    row = found.row if found else None
    if row is None or row.scenario_id != scenario.id or row.kind is not AnswerKind.HANDMADE:
        abort(404)
    return answers.answer_to(scenario.id, AnswerKind.HANDMADE, row.key)


@bp.get("/scenarios/<int:scenario_id>/handmade/<int:answer_id>")
@requires(P.PLAN_READ)
def handmade_check(scenario_id: int, answer_id: int) -> Page:
    """A hand-made plan: what it breaks and misses, and its aims beside the proposal's."""
    row = solved_or_back(scenario_id)
    around = frame(row, "handmade")
    asked = question(_check_or_404(row, answer_id))
    body = asked["answer"]
    check = None
    if body:
        told = answers.told_of(row.plan.county_id, around["names"], body["broken"])
        check = presenting.checked(row, body, told)
    return render_template("rotation/handmade_check.html", **around, **asked, check=check)


@bp.post("/scenarios/<int:scenario_id>/handmade/<int:answer_id>/rework")
@requires(P.PLAN_EDIT)
def rework_handmade(scenario_id: int, answer_id: int) -> Response:
    """Complete or improve a hand-made plan: a new scenario, solved as any other."""
    row = scenario_or_404(scenario_id, P.PLAN_EDIT)
    body = _check_or_404(row, answer_id).body or abort(404)
    how = request.form.get("how", "")
    if how not in (operations.COMPLETE, operations.IMPROVE):
        abort(400)
    made = operations.rework(scenario=row, found=body, how=how, actor=current_user)
    flash(_("“%(name)s” is being solved.", name=made.name), "success")
    return redirect(url_for(".scenario", scenario_id=made.id), 303)
