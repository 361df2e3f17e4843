"""The reviewers' queue: the school checks, the county confirms, one by one or many at once."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.access import Permission
from app.audit.operations import Actor
from app.credits.access import CHECK, CONFIRM, Reviewer
from app.credits.forms import DisputeForm, ReviewForm, RulingForm
from app.credits.judging import Facts
from app.credits.models import ClaimStatus, CreditClaim
from app.credits.operations import reviews as operations
from app.credits.operations.common import acting
from app.credits.queries import claims as queries
from app.credits.queries.duplicates import reused, same_days
from app.credits.routes import bp
from app.credits.routes.common import reviewer
from app.extensions import db
from app.web import lists
from app.web.attempts import Page, attempt
from app.web.guards import signed_in

STAGES = {"school": (CHECK, ClaimStatus.AT_SCHOOL), "county": (CONFIRM, ClaimStatus.AT_COUNTY)}
MOST_AT_ONCE = 200


def stage_of(person: Reviewer) -> str:
    """The stage that the query string names, where the person reviews at it; else one at which they do."""
    asked = request.values.get("stage", "")
    if asked in STAGES and person.may(STAGES[asked][0]):
        return asked
    return "county" if person.may(CONFIRM) else "school"


@bp.get("/queue")
@signed_in
def queue() -> Page:
    """What waits for me, as a reviewer or as somebody's stand-in."""
    person = reviewer()
    stage = stage_of(person)
    permission, status = STAGES[stage]
    listing = queries.QUEUE.read(request.args)
    statement = queries.waiting(person.where(permission), status, listing)
    anchors = (CreditClaim.county_id, CreditClaim.school_id, CreditClaim.status)
    found = lists.fetch(
        db.session(), statement, listing, key=CreditClaim.id, options=queries.ROW_PARTS, anchors=anchors
    )
    return render_template(
        "credits/queue.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.QUEUE.filters},
        stage=stage,
        stages=[name for name, (needed, _status) in STAGES.items() if person.may(needed)],
        kinds={county: queries.kinds_of(county) for county in {claim.county_id for claim in found.items}},
        stands_in_for=[label for label, _grants in person.for_others],
    )


def _reviewed(claim_id: int) -> tuple[CreditClaim, str]:
    """A claim that the person may review at its stage or has reviewed, and for whom they act; else 404."""
    person = reviewer()
    for permission in (CHECK, CONFIRM):
        claim = queries.claim_where(person.where(permission), claim_id)
        if claim is not None and claim.status is not ClaimStatus.DRAFT:
            return claim, person.acting_for(claim, permission) or ""
    return abort(404)


def may_decide(claim: CreditClaim) -> bool:
    """Whether the person may decide a claim at the stage where it stands."""
    needed = {ClaimStatus.AT_SCHOOL: CHECK, ClaimStatus.AT_COUNTY: CONFIRM, ClaimStatus.CONFIRMED: CONFIRM}
    permission = needed.get(claim.status)
    return permission is not None and reviewer().acting_for(claim, permission) is not None


@bp.get("/queue/<int:claim_id>")
@signed_in
def review(claim_id: int) -> Page:
    """One claim, with its evidence and what it resembles."""
    claim, for_label = _reviewed(claim_id)
    return _review_page(claim, ReviewForm(formdata=None, data=_filled(claim)), for_label)


def _filled(claim: CreditClaim) -> dict[str, Any]:
    return {"row_version": str(claim.version), "hours": claim.hours}


def _review_page(claim: CreditClaim, form: ReviewForm, for_label: str, status: int = 200) -> Page:
    facts = Facts(from_on=claim.from_on, done_on=claim.done_on)
    page = render_template(
        "credits/review.html",
        claim=claim,
        form=form,
        for_label=for_label,
        kinds=queries.kinds_of(claim.county_id),
        may_decide=may_decide(claim),
        reused=reused(claim.evidence, claim.county_id, claim.teacher_id, without=claim.id),
        same_days=same_days(claim.teacher_id, facts, without=claim.id),
        disputes=queries.dispute_of(claim.id),
        answer_form=DisputeForm(formdata=None),
        ruling_form=RulingForm(formdata=None),
        may_rule=reviewer().acting_for(claim, CONFIRM) is not None,
    )
    return page, status


@bp.post("/queue/<int:claim_id>")
@signed_in
def decide(claim_id: int) -> Page:
    """Pass on or confirm, return, or change the hours; of two reviewers one wins and the other is told."""
    claim, for_label = _reviewed(claim_id)
    if not may_decide(claim) and claim.status.is_waiting:
        abort(403)
    form = ReviewForm()
    actor = acting(current_user, for_label)
    action = request.form.get("action", "")
    if form.validate() and attempt(form, lambda: _decide(action, claim, form, actor)):
        flash(_DONE[action](), "success")
        return redirect(url_for(".review" if action == "hours" else ".queue", **_back(action, claim_id)), 303)
    claim, for_label = _reviewed(claim_id)
    form.row_version.data = str(claim.version)
    form.row_version.raw_data = None
    return _review_page(claim, form, for_label, 422)


def _back(action: str, claim_id: int) -> dict[str, Any]:
    return {"claim_id": claim_id} if action == "hours" else {"stage": request.args.get("stage")}


_DONE: dict[str, Callable[[], str]] = {
    "accept": lambda: _("Done. The next claim can be looked at."),
    "return": lambda: _("The claim was returned; the teacher reads your reason."),
    "hours": lambda: _("The hours were changed; the teacher reads your reason."),
}


def _decide(action: str, claim: CreditClaim, form: ReviewForm, actor: Actor) -> None:
    operations.refuse_stale(claim, int(form.row_version.data) if str(form.row_version.data).isdecimal() else 0)
    if action == "accept":
        step = operations.check if claim.status is ClaimStatus.AT_SCHOOL else operations.confirm
        step(actor=actor, claim=claim)
    elif action == "return":
        operations.send_back(actor=actor, claim=claim, reason=form.reason.data or "")
    elif action == "hours":
        operations.change_hours(
            actor=actor, claim=claim, hours=form.hours.data or operations.NOTHING, reason=form.reason.data or ""
        )
    else:
        abort(400)


@bp.post("/queue/accept")
@signed_in
def accept_many() -> Response:
    """Pass on or confirm what was chosen: all of it, or nothing where somebody was faster with one."""
    person = reviewer()
    stage = stage_of(person)
    permission, status = STAGES[stage]
    chosen = _chosen()
    rows = list(
        db.session.scalars(
            select(CreditClaim).where(CreditClaim.id.in_(chosen), person.where(permission)).order_by(CreditClaim.id)
        )
    )
    form = DisputeForm(formdata=None)
    if not rows:
        flash(_("Choose at least one claim."), "error")
    elif attempt(form, lambda: _accept_many(person, permission, status, rows, chosen)):
        number = len(rows)
        flash(ngettext("%(num)d claim was passed.", "%(num)d claims were passed.", number), "success")
    else:
        flash(" ".join(map(str, form.form_errors)), "error")
    return redirect(url_for(".queue", stage=stage), 303)


def _chosen() -> dict[int, int]:
    """The boxes that were ticked: claim → the version that was seen."""
    found = {}
    for value in request.form.getlist("claim")[:MOST_AT_ONCE]:
        number, _colon, version = value.partition(":")
        if number.isdecimal() and version.isdecimal() and len(number) < 10:
            found[int(number)] = int(version)
    return found


def _accept_many(
    person: Reviewer, permission: Permission, status: ClaimStatus, rows: list[CreditClaim], seen: dict[int, int]
) -> None:
    groups: dict[str, list[CreditClaim]] = {}
    for claim in rows:
        operations.refuse_stale(claim, seen[claim.id])
        groups.setdefault(person.acting_for(claim, permission) or "", []).append(claim)
    step = operations.check_many if status is ClaimStatus.AT_SCHOOL else operations.confirm_many
    for label, claims in groups.items():
        step(actor=acting(current_user, label), claims=claims)
