"""Objections: the teacher opens one, reviewers answer, the county rules."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.credits.access import CHECK, CONFIRM
from app.credits.forms import DisputeForm, RulingForm
from app.credits.models import CreditClaim, CreditDispute
from app.credits.operations import disputes as operations
from app.credits.operations.common import acting
from app.credits.queries import claims as queries
from app.credits.routes import bp
from app.credits.routes.common import P, reviewer
from app.credits.routes.own import claim_or_404, claim_page
from app.web.attempts import Page, attempt
from app.web.forms import Form
from app.web.guards import requires, signed_in


def _open_dispute(claim: CreditClaim) -> CreditDispute:
    return operations.open_dispute_of(claim.id) or abort(404)


@bp.post("/me/claims/<int:claim_id>/dispute")
@requires(P.OWN_RECORD)
def dispute(claim_id: int) -> Page:
    """Object to a decision, or add to my objection."""
    claim = claim_or_404(claim_id)
    form = DisputeForm()
    known = operations.open_dispute_of(claim.id)

    def act() -> None:
        body = form.body.data or ""
        if known is None:
            operations.open_dispute(actor=current_user, claim=claim, body=body)
        else:
            operations.answer(actor=current_user, claim=claim, dispute=known, body=body, is_teacher=True)

    if form.validate() and attempt(form, act):
        flash(_("Your objection is on record; you are told when it is answered."), "success")
        return redirect(url_for(".my_claim", claim_id=claim_id) + "#disputes", 303)
    return claim_page(claim_or_404(claim_id), form, 422)


def _told(form: Form) -> None:
    problems = [text for _id, text in form.problems()]
    flash(" ".join(dict.fromkeys(problems)) or _("Write what you have to say."), "error")


@bp.post("/queue/<int:claim_id>/answer")
@signed_in
def answer_dispute(claim_id: int) -> Response:
    """Answer as a reviewer."""
    person = reviewer()
    claim = next(
        (found for need in (CONFIRM, CHECK) if (found := queries.claim_where(person.where(need), claim_id))), None
    ) or abort(404)
    label = person.acting_for(claim, CONFIRM)
    actor = acting(current_user, label if label is not None else person.acting_for(claim, CHECK) or "")
    known, form = _open_dispute(claim), DisputeForm()
    body = form.body.data or ""
    if form.validate() and attempt(
        form, lambda: operations.answer(actor=actor, claim=claim, dispute=known, body=body, is_teacher=False)
    ):
        flash(_("The teacher was told."), "success")
    else:
        _told(form)
    return redirect(url_for(".review", claim_id=claim_id) + "#disputes", 303)


@bp.post("/queue/<int:claim_id>/rule")
@signed_in
def rule_dispute(claim_id: int) -> Response:
    """End an objection."""
    person = reviewer()
    claim = queries.claim_where(person.where(CONFIRM), claim_id) or abort(404)
    actor = acting(current_user, person.acting_for(claim, CONFIRM) or "")
    known, form = _open_dispute(claim), RulingForm()

    def act() -> None:
        operations.rule(
            actor=actor,
            claim=claim,
            dispute=known,
            is_upheld=form.ruling.data == "upheld",
            body=form.body.data or "",
            hours=form.hours.data,
        )

    if form.validate() and attempt(form, act):
        flash(_("The objection is ruled; the teacher was told."), "success")
    else:
        _told(form)
    return redirect(url_for(".review", claim_id=claim_id) + "#disputes", 303)
