"""The road of a plan: submit, withdraw, approve, return, open a revision."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.rotation.forms import ReasonForm, SubmitForm
from app.rotation.models import RotationPlan
from app.rotation.operations import reviews as operations
from app.rotation.queries import plans as queries
from app.rotation.routes import bp
from app.rotation.routes.common import plan_or_404
from app.web.attempts import Page, attempt
from app.web.forms import Form
from app.web.guards import requires

P = Permission


def _step(
    plan_id: int, permission: Permission, form: Form, heading: str, label: str, act: Callable[[RotationPlan], None]
) -> Page:
    """One step with its form on a page of its own; a refusal is shown there."""
    plan = plan_or_404(plan_id, permission)
    if form.validate_on_submit() and attempt(form, lambda: act(plan)):
        flash(_("Done: %(step)s", step=heading), "success")
        return redirect(url_for(".plan", plan_id=plan_id), 303)
    plan = plan_or_404(plan_id)
    page = render_template(
        "rotation/step.html", form=form, plan=plan, page=queries.plan_page(plan), heading=heading, label=label
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/plans/<int:plan_id>/submit", methods=["GET", "POST"])
@requires(P.PLAN_EDIT)
def submit(plan_id: int) -> Page:
    """Send the chosen scenario to the leader."""
    form = SubmitForm()

    def act(plan: RotationPlan) -> None:
        operations.submit(plan=plan, actor=current_user, note=form.note.data or "")

    return _step(plan_id, P.PLAN_EDIT, form, _("Submit for approval"), _("Submit"), act)


@bp.post("/plans/<int:plan_id>/withdraw")
@requires(P.PLAN_EDIT)
def withdraw(plan_id: int) -> Response:
    """Take a submitted plan back."""
    operations.withdraw(plan=plan_or_404(plan_id, P.PLAN_EDIT), actor=current_user)
    flash(_("The plan was withdrawn and can be changed again."), "success")
    return redirect(url_for(".plan", plan_id=plan_id), 303)


@bp.route("/plans/<int:plan_id>/approve", methods=["GET", "POST"])
@requires(P.PLAN_APPROVE)
def approve(plan_id: int) -> Page:
    """Approve a submitted plan."""
    form = SubmitForm()

    def act(plan: RotationPlan) -> None:
        operations.approve(plan=plan, actor=current_user, note=form.note.data or "")

    return _step(plan_id, P.PLAN_APPROVE, form, _("Approve the plan"), _("Approve"), act)


@bp.route("/plans/<int:plan_id>/return", methods=["GET", "POST"])
@requires(P.PLAN_APPROVE)
def send_back(plan_id: int) -> Page:
    """Return a submitted plan with a reason."""
    form = ReasonForm()

    def act(plan: RotationPlan) -> None:
        operations.send_back(plan=plan, actor=current_user, reason=form.reason.data or "")

    return _step(plan_id, P.PLAN_APPROVE, form, _("Return the plan"), _("Return"), act)


@bp.route("/plans/<int:plan_id>/reopen", methods=["GET", "POST"])
@requires(P.PLAN_EDIT)
def reopen(plan_id: int) -> Page:
    """Open an approved or published plan for a revision."""
    form = ReasonForm()

    def act(plan: RotationPlan) -> None:
        operations.reopen(plan=plan, actor=current_user, reason=form.reason.data or "")

    return _step(plan_id, P.PLAN_EDIT, form, _("Open a revision"), _("Open a revision"), act)
