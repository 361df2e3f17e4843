"""Postings: the list, one posting, and its steps."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.codes.queries import label
from app.db.clock import today
from app.extensions import db
from app.rotation import presenting
from app.rotation.forms import ClosingForm, RecallForm, ReportForm
from app.rotation.models import Posting, PostingStatus
from app.rotation.operations import postings as operations
from app.rotation.queries import publications as queries
from app.rotation.routes import bp
from app.schools.access import schools_where
from app.schools.models import School
from app.web import history, lists
from app.web.attempts import Page, attempt
from app.web.exports import Column, asked_format, send_table
from app.web.forms import Form
from app.web.guards import requires

P = Permission


@bp.get("/postings")
@requires(P.POSTING_READ)
def postings() -> Page:
    """The list of postings."""
    grants = current_user.grants
    listing = queries.POSTINGS.read(request.args)
    found = lists.fetch(
        db.session(), queries.postings_listed(listing, grants), listing, key=Posting.id, options=queries.POSTING_PARTS
    )
    return render_template(
        "rotation/postings.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.POSTINGS.filters},
        schools=_schools(),
        may_edit=current_user.may(P.POSTING_EDIT),
        may_export=current_user.may(P.EXPORT),
        today=today(),
        planned=PostingStatus.PLANNED,
    )


def _schools() -> list[tuple[int, str]]:
    """Schools to filter by; too many to list means that the person filters from a school's page."""
    reach = schools_where(current_user.grants, P.POSTING_READ)
    query = db.select(School.id, School.name).where(reach).order_by(School.name_pinyin, School.id).limit(400)
    return [(number, name) for number, name in db.session.execute(query).tuples()]


@bp.post("/postings/export")
@requires(P.EXPORT)
def export_postings() -> Response:
    """The postings that the list shows now, as a workbook."""
    listing = queries.POSTINGS.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    statement = queries.postings_listed(listing, grants)
    return send_table(
        _columns(),
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.POSTING_PARTS)),
        _("Postings"),
        actor=current_user,
        subject="posting",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


def _columns() -> list[Column]:
    return [
        Column(_("Name"), "teacher.name"),
        Column(_("Sex"), "teacher.sex"),
        Column(_("From school"), "from_school.name"),
        Column(_("To school"), "to_school.name"),
        Column(_("Stage"), "stage"),
        Column(_("Subject"), lambda row: label("subject", row.subject_code)),
        Column(_("Kind of rotation"), lambda row: label("rotation_kind", row.kind_code)),
        Column(_("Begins on"), "start_on"),
        Column(_("Ends on"), "end_on"),
        Column(_("Status"), "status"),
        Column(_("Reported for duty on"), "reported_on"),
        Column(_("Closed on"), "closed_on"),
        Column(_("Reason"), "reason"),
    ]


@bp.post("/postings/report")
@requires(P.POSTING_EDIT)
def report_selected() -> Response:
    """Report the chosen people for duty, all or none."""
    form = ReportForm()
    numbers = [int(text) for text in request.form.getlist("posting") if text.isdecimal()]
    if not form.validate() or not numbers:
        flash(_("Choose people and write the day on which they reported for duty."), "error")
        return redirect(url_for(".postings"), 303)
    mine = queries.postings_among(current_user.grants, P.POSTING_EDIT, numbers)
    if len(mine) != len(set(numbers)):
        abort(404)
    count = operations.report_many(posting_ids=mine, on=form.on.data or today(), actor=current_user)
    flash(ngettext("%(num)s person reported for duty.", "%(num)s people reported for duty.", count), "success")
    return redirect(url_for(".postings"), 303)


@bp.get("/postings/<int:posting_id>")
@requires(P.POSTING_READ)
def posting(posting_id: int) -> Page:
    """One posting with its history."""
    row = _posting_or_404(posting_id)
    mine = queries.posting_of(current_user.grants, P.POSTING_EDIT, posting_id)
    return render_template(
        "rotation/posting.html",
        row=row,
        can_edit=mine is not None,
        entries=presenting.posting_history(history.read("posting", row.id, request.args).items),
        statuses=PostingStatus,
    )


def _posting_or_404(posting_id: int, permission: Permission = P.POSTING_READ) -> Posting:
    return queries.posting_of(current_user.grants, permission, posting_id) or abort(404)


def _step(posting_id: int, form: Form, heading: str, label: str, act: Callable[[Posting], None]) -> Page:
    row = _posting_or_404(posting_id, P.POSTING_EDIT)
    if form.validate_on_submit() and attempt(form, lambda: act(row)):
        flash(_("Done: %(step)s", step=heading), "success")
        return redirect(url_for(".posting", posting_id=posting_id), 303)
    row = _posting_or_404(posting_id)
    page = render_template("rotation/posting_step.html", form=form, row=row, heading=heading, label=label)
    return page, 422 if form.is_submitted() else 200


@bp.route("/postings/<int:posting_id>/report", methods=["GET", "POST"])
@requires(P.POSTING_EDIT)
def report_for_duty(posting_id: int) -> Page:
    """The teacher has come to the receiving school."""
    form = ReportForm(on=_posting_or_404(posting_id, P.POSTING_EDIT).start_on)

    def act(row: Posting) -> None:
        operations.report_for_duty(posting=row, on=form.on.data or today(), actor=current_user)

    return _step(posting_id, form, _("Report for duty"), _("Report for duty"), act)


@bp.route("/postings/<int:posting_id>/end", methods=["GET", "POST"])
@requires(P.POSTING_EDIT)
def end_posting(posting_id: int) -> Page:
    """The term is over."""
    form = ClosingForm(on=_posting_or_404(posting_id, P.POSTING_EDIT).end_on)

    def act(row: Posting) -> None:
        operations.end_posting(posting=row, on=form.on.data or today(), actor=current_user)

    return _step(posting_id, form, _("End the posting"), _("End the posting"), act)


@bp.route("/postings/<int:posting_id>/recall", methods=["GET", "POST"])
@requires(P.POSTING_EDIT)
def recall_posting(posting_id: int) -> Page:
    """Take a posting back before its end."""
    form = RecallForm(on=today())

    def act(row: Posting) -> None:
        day = form.on.data or today()
        operations.recall_posting(posting=row, on=day, reason=form.reason.data or "", actor=current_user)

    return _step(posting_id, form, _("Recall the posting"), _("Recall"), act)
