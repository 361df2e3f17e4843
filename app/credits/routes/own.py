"""A teacher's own hours: where one stands, what one logs."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.credits.access import claims_where
from app.credits.books import book_of
from app.credits.forms import ClaimForm, DisputeForm
from app.credits.models import CreditClaim
from app.credits.operations import claims as operations
from app.credits.operations.disputes import DISPUTABLE
from app.credits.presenting import presented
from app.credits.queries import claims as queries
from app.credits.queries.duplicates import reused
from app.credits.queries.standing import standing_of
from app.credits.routes import bp
from app.credits.routes.common import own_teacher
from app.db.clock import today
from app.web.attempts import Page, attempt
from app.web.guards import requires

OWN = Permission.OWN_RECORD


@bp.get("/me")
@requires(OWN)
def me() -> Page:
    """Where I stand, and my claims."""
    teacher = own_teacher()
    standing = standing_of(teacher, today())
    return render_template(
        "credits/me.html",
        teacher=teacher,
        **presented(standing),
        claims=queries.own_claims(teacher.id, before=request.args.get("before", type=int)),
        open_claims=queries.open_claims(teacher.id),
        kinds=queries.kinds_of(teacher.county_id),
    )


def claim_or_404(claim_id: int) -> CreditClaim:
    """One of my claims."""
    return queries.claim_where(claims_where(current_user.grants, OWN), claim_id) or abort(404)


@bp.post("/me/claims")
@requires(OWN)
def new_claim() -> Response:
    """An empty draft, to be filled in."""
    claim = operations.start_claim(actor=current_user, teacher=own_teacher())
    return redirect(url_for(".edit_claim", claim_id=claim.id), 303)


@bp.get("/me/claims/<int:claim_id>")
@requires(OWN)
def my_claim(claim_id: int) -> Page:
    """One of my claims, with what was done with it."""
    return claim_page(claim_or_404(claim_id), DisputeForm(formdata=None))


def claim_page(claim: CreditClaim, form: DisputeForm, status: int = 200) -> Page:
    """The page of one of my claims."""
    page = render_template(
        "credits/my_claim.html",
        claim=claim,
        kinds=queries.kinds_of(claim.county_id),
        disputes=queries.dispute_of(claim.id),
        may_dispute=claim.status in DISPUTABLE,
        form=form,
    )
    return page, status


@bp.get("/me/claims/<int:claim_id>/edit")
@requires(OWN)
def edit_claim(claim_id: int) -> Page:
    """The form of a draft, or of what was returned."""
    claim = claim_or_404(claim_id)
    if not claim.status.is_open_to_teacher:
        return redirect(url_for(".my_claim", claim_id=claim.id), 303)
    form = ClaimForm.of(claim, book_of(claim.county_id), is_shown=True)
    return _form_page(claim, form)


def _form_page(claim: CreditClaim, form: ClaimForm, status: int = 200) -> Page:
    found = reused(form.evidence.data, claim.county_id, claim.teacher_id, without=claim.id)
    return render_template("credits/edit_claim.html", claim=claim, form=form, reused=found), status


@bp.post("/me/claims/<int:claim_id>/edit")
@requires(OWN)
def save_claim(claim_id: int) -> Page:
    """Keep what was typed, or hand it in."""
    claim = claim_or_404(claim_id)
    if not claim.status.is_open_to_teacher:
        flash(_("This claim is being reviewed. Take it back before you change it."), "error")
        return redirect(url_for(".my_claim", claim_id=claim.id), 303)
    form = ClaimForm.of(claim, book_of(claim.county_id))
    is_draft = request.form.get("action") == "draft"
    if form.refuse_stale(claim) or not (form.can_be_kept() if is_draft else form.can_be_submitted()):
        return _form_page(claim_or_404(claim_id), form, 422)
    action = operations.save_draft if is_draft else operations.submit
    given: dict[str, Any] = {"typed": form.typed(), "evidence": form.evidence.data}
    facts = form.storable() if is_draft else form.facts()
    if not attempt(form, lambda: action(actor=current_user, claim=claim, facts=facts, **given)):
        return _form_page(claim_or_404(claim_id), form, 422)
    said = _("The draft was saved as you typed it.") if is_draft else _("The claim was handed in to your school.")
    flash(said, "success")
    return redirect(url_for(".edit_claim" if is_draft else ".my_claim", claim_id=claim_id), 303)


@bp.post("/me/claims/<int:claim_id>/take-back")
@requires(OWN)
def take_back_claim(claim_id: int) -> Response:
    """Get a claim back that nobody has decided."""
    claim = claim_or_404(claim_id)
    form = DisputeForm(formdata=None)
    if attempt(form, lambda: operations.take_back(actor=current_user, claim=claim)):
        flash(_("The claim is a draft again."), "success")
        return redirect(url_for(".edit_claim", claim_id=claim_id), 303)
    flash(" ".join(map(str, form.form_errors)), "error")
    return redirect(url_for(".my_claim", claim_id=claim_id), 303)


@bp.post("/me/claims/<int:claim_id>/give-up")
@requires(OWN)
def give_up_claim(claim_id: int) -> Response:
    """Delete a draft, or withdraw what was returned."""
    claim = claim_or_404(claim_id)
    form = DisputeForm(formdata=None)
    if attempt(form, lambda: operations.give_up(actor=current_user, claim=claim)):
        flash(_("The claim was given up."), "success")
        return redirect(url_for(".me"), 303)
    flash(" ".join(map(str, form.form_errors)), "error")
    return redirect(url_for(".my_claim", claim_id=claim_id), 303)
