"""Appraisals: the centre's list and form, the host's report, the reviewers' scores, the decision."""

from collections.abc import Callable

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Permission
from app.accounts.models import User
from app.db.clock import today
from app.extensions import db
from app.notices.operations import users_of_teachers, users_with
from app.studios.access import appraisals_where
from app.studios.forms.common import ReasonForm
from app.studios.forms.work import DecisionForm, OpenAppraisalForm, ReportForm, ScoringForm, review_form
from app.studios.models import (
    AppraisalResult,
    AppraisalReview,
    AppraisalStage,
    AppraisalStatus,
    Studio,
    StudioAppraisal,
)
from app.studios.operations import appraising as operations
from app.studios.queries import figures_of_one
from app.studios.queries.work import newest_first
from app.studios.routes import bp
from app.studios.routes.common import form_page, studio_or_404
from app.studios.routes.studios import county_or_404
from app.web import lists
from app.web.attempts import Page
from app.web.forms import Form
from app.web.guards import requires, signed_in
from app.web.lists import ListSpec, Sort
from app.web.pagination import SortKey

P = Permission
WHOLE = (
    joinedload(StudioAppraisal.studio).joinedload(Studio.host),
    selectinload(StudioAppraisal.reviews).joinedload(AppraisalReview.reviewer),
)
APPRAISALS = ListSpec(
    "studios.appraisals",
    filters=(
        lists.choice("stage", _l("Appraisal"), lambda: [(one.value, one.label) for one in AppraisalStage]),
        lists.choice("status", _l("Status"), lambda: [(one.value, one.label) for one in AppraisalStatus]),
        lists.choice(
            "result", _l("Result of the appraisal"), lambda: [(one.value, one.label) for one in AppraisalResult]
        ),
    ),
    sorts={
        "due": Sort((SortKey(StudioAppraisal.due_on, "due_on"), SortKey(StudioAppraisal.id, "id"))),
    },
)


@bp.get("/appraisals")
@requires(P.STUDIO_READ)
def appraisals() -> Page:
    """The appraisals of the studios within reach."""
    listing = APPRAISALS.read(request.args)
    newest_first(listing)
    conditions = [appraisals_where(current_user.grants, P.STUDIO_READ)]
    for name in ("stage", "status", "result"):
        if name in listing.values:
            conditions.append(getattr(StudioAppraisal, name) == listing.get(name))
    if listing.search:
        named = select(Studio.id).where(Studio.name.contains(listing.search, autoescape=True))
        conditions.append(StudioAppraisal.studio_id.in_(named))
    statement = select(StudioAppraisal).where(*conditions)
    found = lists.fetch(db.session(), statement, listing, key=StudioAppraisal.id, options=WHOLE)
    return render_template(
        "studios/appraisals.html",
        **lists.view(listing, found),
        filters={one.name: one for one in APPRAISALS.filters},
        may_edit=current_user.may(P.STUDIO_EDIT),
        county_id=next((g.region_id for g in current_user.grants if g.allows(P.STUDIO_EDIT)), None),
    )


def _appraisal_or_404(appraisal_id: int, permission: Permission) -> StudioAppraisal:
    return db.session.scalar(
        select(StudioAppraisal)
        .where(StudioAppraisal.id == appraisal_id, appraisals_where(current_user.grants, permission))
        .options(*WHOLE)
    ) or abort(404)


@bp.get("/appraisals/<int:appraisal_id>")
@signed_in
def appraisal(appraisal_id: int) -> Page:
    """One appraisal: report, figures, reviews, result. For whoever reads, hosts or reviews the studio."""
    grants = current_user.grants
    mine = select(AppraisalReview.appraisal_id).where(AppraisalReview.reviewer_id == current_user.id)
    reach = or_(
        appraisals_where(grants, P.STUDIO_READ),
        appraisals_where(grants, P.STUDIO_HOST),
        StudioAppraisal.id.in_(mine),
    )
    row = db.session.scalar(
        select(StudioAppraisal).where(StudioAppraisal.id == appraisal_id, reach).options(*WHOLE)
    ) or abort(404)
    own = current_user.teacher_id in row.studio.host_ids
    return render_template(
        "studios/appraisal.html",
        row=row,
        told=figures_of_one.told(row),
        statuses=AppraisalStatus,
        shows_scores=row.status is AppraisalStatus.DECIDED or not own,
        is_host=own,
        may_edit=current_user.may(P.STUDIO_EDIT) and not own,
        my_review=next((one for one in row.reviews if one.reviewer_id == current_user.id), None),
    )


@bp.route("/appraisals/form/<int:county_id>", methods=["GET", "POST"])
@requires(P.STUDIO_EDIT)
def scoring_form(county_id: int) -> Page:
    """The county's scoring form: criteria and weights."""
    county = county_or_404(county_id)
    kept = operations.form_of(county.id)
    form = ScoringForm(
        criteria="\n".join(f"{one['name']}, {one['weight']}" for one in kept.criteria),
        pass_mark=kept.pass_mark,
        excellent_mark=kept.excellent_mark,
    )

    def act() -> None:
        operations.set_form(
            actor=current_user,
            county=county,
            criteria=form.read(form.criteria.data or ""),
            pass_mark=form.pass_mark.data or 0,
            excellent_mark=form.excellent_mark.data or 0,
        )

    return form_page(
        form,
        act,
        heading=_("Scoring form of studios"),
        back=url_for(".appraisals"),
        trail=[(_("Appraisals of studios"), url_for(".appraisals"))],
        about=county.name,
        intro=_("It holds for appraisals that are opened from now on."),
        label=_("Save"),
    )


@bp.route("/<int:studio_id>/appraise", methods=["GET", "POST"])
@requires(P.STUDIO_EDIT)
def open_appraisal(studio_id: int) -> Page:
    """Open an appraisal of a studio."""
    studio = studio_or_404(studio_id, P.STUDIO_EDIT)
    own = {user for users in users_of_teachers(studio.host_ids).values() for user in users}
    accounts = users_with(P.STUDIO_READ, county_id=studio.county_id)
    people = db.session.scalars(select(User).where(User.id.in_(accounts), User.id.not_in(own)).order_by(User.name))
    form = OpenAppraisalForm()
    form.reviewers.choices = [(str(user.id), user.name) for user in people]

    def act() -> None:
        operations.open_appraisal(
            actor=current_user,
            studio=studio,
            stage=form.stage.data,
            due_on=form.due_on.data or today(),
            reviewer_ids=[int(number) for number in form.reviewers.data or []],
        )

    back = url_for(".show", studio_id=studio_id)
    trail = [(_("Studios"), url_for(".index")), (studio.name, back)]
    return form_page(form, act, heading=_("Open an appraisal"), back=back, trail=trail, about=studio.name)


def _step(row: StudioAppraisal, form: Form, act: Callable[[], None], heading: str, intro: str = "") -> Page:
    back = url_for(".appraisal", appraisal_id=row.id)
    trail = [(row.studio.name, back)]
    return form_page(form, act, heading=heading, back=back, trail=trail, about=row.studio.name, intro=intro)


@bp.route("/appraisals/<int:appraisal_id>/report", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def report(appraisal_id: int) -> Page:
    """The host hands in the studio's report."""
    row = _appraisal_or_404(appraisal_id, P.STUDIO_HOST)
    form = ReportForm(text=row.report)

    def act() -> None:
        operations.report(actor=current_user, row=row, text=form.text.data or "")

    return _step(row, form, act, _("Hand in the report"), _("The reviewers read it with the figures of the cycle."))


@bp.route("/appraisals/<int:appraisal_id>/return", methods=["GET", "POST"])
@requires(P.STUDIO_EDIT)
def return_report(appraisal_id: int) -> Page:
    """Return a report to be completed."""
    row, form = _appraisal_or_404(appraisal_id, P.STUDIO_EDIT), ReasonForm()

    def act() -> None:
        operations.send_back(actor=current_user, row=row, reason=form.reason.data or "")

    return _step(row, form, act, _("Return the report"))


@bp.route("/appraisals/<int:appraisal_id>/decide", methods=["GET", "POST"])
@requires(P.STUDIO_EDIT)
def decide(appraisal_id: int) -> Page:
    """Decide by the reviews."""
    row, form = _appraisal_or_404(appraisal_id, P.STUDIO_EDIT), DecisionForm()

    def act() -> None:
        operations.decide(actor=current_user, row=row, opinion=form.opinion.data or "")

    intro = _(
        "The score is the mean of the reviews. Below the standard, a final appraisal closes the studio and a mid-term"
        " one suspends it."
    )
    return _step(row, form, act, _("Decide"), intro)


@bp.route("/reviews/<int:review_id>", methods=["GET", "POST"])
@signed_in
def review(review_id: int) -> Page:
    """A reviewer's own scores."""
    row = db.session.scalar(
        select(AppraisalReview)
        .where(AppraisalReview.id == review_id, AppraisalReview.reviewer_id == current_user.id)
        .options(joinedload(AppraisalReview.appraisal).joinedload(StudioAppraisal.studio))
    ) or abort(404)
    appraisal_row = row.appraisal
    criteria = appraisal_row.criteria
    kept = {f"score_{number}": score for number, score in enumerate(row.scores)} | {"comment": row.comment}
    form = review_form(criteria)(data=kept)

    def act() -> None:
        scores = [form[f"score_{number}"].data for number in range(len(criteria))]
        operations.review(actor=current_user, row=row, scores=scores, comment=form["comment"].data)

    intro = appraisal_row.report or _("The studio has not handed in its report yet.")
    return _step(appraisal_row, form, act, _("Review the studio"), intro)
