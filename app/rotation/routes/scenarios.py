"""Scenarios: adding, editing, solving, choosing, comparing."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.rotation import presenting
from app.rotation.forms import ScenarioForm, SolveAgainForm
from app.rotation.models import Scenario, ScenarioStatus
from app.rotation.operations import scenarios as operations
from app.rotation.plan_links import links_of
from app.rotation.queries import plans as plan_queries
from app.rotation.queries import scenarios as queries
from app.rotation.routes import bp
from app.rotation.routes.common import may_edit, plan_or_404, scenario_or_404
from app.web.attempts import Page, attempt
from app.web.guards import requires

P = Permission


@bp.route("/plans/<int:plan_id>/scenarios/new", methods=["GET", "POST"])
@requires(P.PLAN_EDIT)
def new_scenario(plan_id: int) -> Page:
    """Add a scenario, by default with the plan's settings."""
    plan = plan_or_404(plan_id, P.PLAN_EDIT)
    form = ScenarioForm()
    if not form.is_submitted():
        form.load(plan.settings)
        form.name.data = operations.free_name(plan.id, _("Scenario"))
    made: list[Scenario] = []

    def create() -> None:
        name = form.name.data or ""
        made.append(operations.create_scenario(plan=plan, name=name, settings=form.settings(), actor=current_user))
        if request.form.get("then") == "solve":
            operations.request_solve(scenario=made[0], actor=current_user)

    if form.validate_on_submit() and attempt(form, create):
        return redirect(url_for(".scenario", scenario_id=made[0].id), 303)
    page = render_template("rotation/settings.html", form=form, plan=plan_or_404(plan_id), scenario=None, is_new=True)
    return page, 422 if form.is_submitted() else 200


@bp.route("/scenarios/<int:scenario_id>/edit", methods=["GET", "POST"])
@requires(P.PLAN_EDIT)
def edit_scenario(scenario_id: int) -> Page:
    """Change a scenario that has not been solved, or the name of one that has."""
    row = scenario_or_404(scenario_id, P.PLAN_EDIT)
    form = ScenarioForm(row_version=str(row.version))
    if not form.is_submitted():
        form.load(row.settings)
        form.name.data = row.name
    if form.validate_on_submit():
        values: dict[str, Any] = {"name": form.name.data or "", "settings": form.settings()}
        if form.is_stale(row):
            form.form_errors.append(str(form.STALE))
        elif attempt(form, lambda: operations.edit_scenario(scenario=row, actor=current_user, **values)):
            flash(_("The scenario was saved."), "success")
            return redirect(url_for(".scenario", scenario_id=scenario_id), 303)
    row = scenario_or_404(scenario_id)
    page = render_template("rotation/settings.html", form=form, plan=row.plan, scenario=row)
    return page, 422 if form.is_submitted() else 200


@bp.route("/scenarios/<int:scenario_id>/again", methods=["GET", "POST"])
@requires(P.PLAN_EDIT)
def solve_again(scenario_id: int) -> Page:
    """A new scenario from this proposal, with the decisions made since."""
    base = scenario_or_404(scenario_id, P.PLAN_EDIT)
    form = SolveAgainForm()
    if not form.is_submitted():
        form.load(base.settings)
        form.name.data = operations.free_name(base.plan_id, base.name)
        form.is_same_data.data = form.keeps_still.data = True
    made: list[Scenario] = []

    def create() -> None:
        values: dict[str, Any] = {"name": form.name.data or "", "settings": form.settings()}
        values["is_same_data"] = bool(form.is_same_data.data)
        made.append(operations.solve_again(scenario=base, actor=current_user, **values))
        operations.request_solve(scenario=made[0], actor=current_user)

    if form.validate_on_submit() and attempt(form, create):
        return redirect(url_for(".scenario", scenario_id=made[0].id), 303)
    base = scenario_or_404(scenario_id)
    rows = queries.decisions_of(base.id)
    page = render_template("rotation/again.html", form=form, plan=base.plan, base=base, decisions=rows)
    return page, 422 if form.is_submitted() else 200


@bp.post("/scenarios/<int:scenario_id>/solve")
@requires(P.PLAN_EDIT)
def solve(scenario_id: int) -> Response:
    """Send a scenario to be solved."""
    operations.request_solve(scenario=scenario_or_404(scenario_id, P.PLAN_EDIT), actor=current_user)
    return redirect(url_for(".scenario", scenario_id=scenario_id), 303)


@bp.post("/scenarios/<int:scenario_id>/cancel")
@requires(P.PLAN_EDIT)
def cancel(scenario_id: int) -> Response:
    """Stop the solve."""
    operations.cancel_solve(scenario=scenario_or_404(scenario_id, P.PLAN_EDIT), actor=current_user)
    flash(_("The solve is being cancelled."), "info")
    return redirect(url_for(".scenario", scenario_id=scenario_id), 303)


@bp.post("/scenarios/<int:scenario_id>/choose")
@requires(P.PLAN_EDIT)
def choose(scenario_id: int) -> Response:
    """Make it the scenario the plan stands for."""
    row = scenario_or_404(scenario_id, P.PLAN_EDIT)
    operations.choose(scenario=row, actor=current_user)
    flash(_("“%(name)s” is now the plan's choice. Submit the plan next.", name=row.name), "success")
    return redirect(url_for(".plan", plan_id=row.plan_id), 303)


@bp.post("/scenarios/<int:scenario_id>/delete")
@requires(P.PLAN_EDIT)
def delete_scenario(scenario_id: int) -> Response:
    """Remove a scenario."""
    row = scenario_or_404(scenario_id, P.PLAN_EDIT)
    plan_id, name = row.plan_id, row.name
    operations.delete_scenario(scenario=row, actor=current_user)
    flash(_("The scenario “%(name)s” was deleted.", name=name), "success")
    return redirect(url_for(".plan", plan_id=plan_id), 303)


@bp.get("/scenarios/<int:scenario_id>/progress")
@requires(P.PLAN_READ)
def progress(scenario_id: int) -> Page:
    """The job's card alone: the page asks for it every second."""
    row = scenario_or_404(scenario_id)
    job = queries.job_of(row)
    status = queries.real_status(row, job)
    can_cancel = may_edit(row.plan) and row.plan.status.is_open
    card = presenting.job_view(row, job, status)
    page = render_template("rotation/_progress.html", scenario=row, card=card, may_cancel=can_cancel)
    response = Response(page, mimetype="text/html")
    if not status.is_under_way:
        response.headers["HX-Redirect"] = url_for(".scenario", scenario_id=scenario_id)
    return response


@bp.get("/plans/<int:plan_id>/compare")
@requires(P.PLAN_READ)
def compare(plan_id: int) -> Page:
    """Several proposals side by side."""
    plan = plan_or_404(plan_id)
    solved = [line.scenario for line in plan_queries.plan_page(plan).lines if line.status is ScenarioStatus.SOLVED]
    numbers = request.args.getlist("s", type=int) or [row.id for row in solved[:2]]
    rows = queries.solved_of(plan.id, numbers)
    if len(numbers) > 1 and not rows:
        abort(404)
    names = plan_queries.names_in(plan.county_id)
    return render_template(
        "rotation/compare.html",
        links=links_of(plan_id),
        plan=plan,
        solved=solved,
        chosen={row.id for row in rows},
        comparison=queries.compare(rows) if len(rows) > 1 else None,
        **(presenting.comparison(rows, names) if len(rows) > 1 else {}),
    )
