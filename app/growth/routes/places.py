"""Pages of one person in a programme: the decision, the end, and the reports."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.growth.forms.programmes import DeclineForm, EndForm, ReportForm, TakeInForm
from app.growth.models import PlaceStatus, ProgrammePlace
from app.growth.operations import programmes as operations
from app.growth.queries import programmes as queries
from app.growth.queries.groups import stays_in
from app.growth.routes import bp
from app.web.attempts import Page, attempt
from app.web.forms import Form
from app.web.guards import requires

P = Permission


def place_or_404(place_id: int, permission: Permission = P.GROWTH_READ) -> ProgrammePlace:
    """A person in a programme, within reach."""
    return queries.one_place(place_id, current_user.grants, permission) or abort(404)


def _done(place_id: int, sentence: str) -> Response:
    flash(sentence, "success")
    return redirect(url_for(".place", place_id=place_id), 303)


def _form_page(form: Form, place_id: int, heading: str) -> Page:
    page = render_template("growth/place_form.html", form=form, place=place_or_404(place_id), heading=heading)
    return page, 422 if form.is_submitted() else 200


@bp.get("/places/<int:place_id>")
@requires(P.GROWTH_READ)
def place(place_id: int) -> Page:
    """One person in a programme, with the reports."""
    row = place_or_404(place_id)
    may_edit = queries.one_place(place_id, current_user.grants, P.GROWTH_EDIT) is not None
    return render_template(
        "growth/place.html",
        place=row,
        stays=stays_in(place_id),
        line=queries.place_in_line(row),
        may_edit=may_edit,
        is_own=False,
    )


@bp.route("/places/<int:place_id>/take-in", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def take_in(place_id: int) -> Page:
    """Take a proposed teacher in."""
    row = place_or_404(place_id, P.GROWTH_EDIT)
    form = TakeInForm(data={"on": today()}, row_version=str(row.version))

    def act() -> None:
        operations.take_in(
            place=row, from_on=form.on.data, host=form.host.row, host_name=form.host_name.data, actor=current_user
        )

    if form.validate_on_submit() and not form.refuse_stale(row) and attempt(form, act):
        if row.status is PlaceStatus.WAITING:
            return _is_waiting(row)
        return _done(place_id, _("The teacher was taken in."))
    return _form_page(form, place_id, _("Take in"))


def _is_waiting(row: ProgrammePlace) -> Response:
    """No place for the teacher: where they stand, and what can be done."""
    intake = queries.limited_intake(row)
    where = {"name": row.teacher.name, "number": queries.place_in_line(row)}
    if intake.places_taken < intake.places:
        sentence = _(
            "%(name)s keeps number %(number)s on the waiting list: a failed ethics appraisal stands against it, the"
            " teacher has left, or the course is over.",
            **where,
        )
    else:
        sentence = _(
            "All %(places)s places of %(year)s are taken. %(name)s is number %(number)s on the waiting list and moves"
            " up by itself when somebody leaves.",
            places=intake.places,
            year=row.year,
            **where,
        )
    flash(sentence, "warning")
    return redirect(url_for(".place", place_id=row.id), 303)


@bp.route("/places/<int:place_id>/decline", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def decline(place_id: int) -> Page:
    """Do not take a proposed teacher in."""
    row = place_or_404(place_id, P.GROWTH_EDIT)
    form = DeclineForm(row_version=str(row.version))
    if (
        form.validate_on_submit()
        and not form.refuse_stale(row)
        and attempt(form, lambda: operations.decline(place=row, reason=form.reason.data, actor=current_user))
    ):
        return _done(place_id, _("The teacher was not taken in, and is told why."))
    return _form_page(form, place_id, _("Do not take in"))


@bp.route("/places/<int:place_id>/end", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def end_place(place_id: int) -> Page:
    """The course is completed, or left."""
    row = place_or_404(place_id, P.GROWTH_EDIT)
    form = EndForm(data={"on": today(), "is_completed": True}, row_version=str(row.version))

    def act() -> None:
        if form.is_completed.data:
            operations.complete(place=row, to_on=form.on.data, actor=current_user)
        else:
            operations.leave(place=row, to_on=form.on.data, reason=form.reason.data, actor=current_user)

    if form.validate_on_submit() and not form.refuse_stale(row) and attempt(form, act):
        return _done(place_id, _("The end of the course is on record."))
    return _form_page(form, place_id, _("End of the course"))


@bp.route("/places/<int:place_id>/report", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def report(place_id: int) -> Page:
    """Add a report for somebody."""
    row = place_or_404(place_id, P.GROWTH_EDIT)
    form = ReportForm(data={"on": today()})
    if form.validate_on_submit() and _reported(form, row):
        return _done(place_id, _("The report was added."))
    return _form_page(form, place_id, _("Add a report"))


@bp.route("/my-places/<int:own_place_id>", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def my_place(own_place_id: int) -> Page:
    """One's own place in a programme: the reports, and one more."""
    row = place_or_404(own_place_id, P.OWN_RECORD)
    if row.teacher_id != current_user.teacher_id:
        abort(404)
    form = ReportForm(data={"on": today()})
    if form.validate_on_submit() and _reported(form, row):
        flash(_("The report was added."), "success")
        return redirect(url_for(".my_place", own_place_id=own_place_id), 303)
    page = render_template(
        "growth/place.html",
        place=place_or_404(own_place_id, P.OWN_RECORD),
        stays=stays_in(own_place_id),
        line=queries.place_in_line(row),
        may_edit=False,
        is_own=True,
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


def _reported(form: ReportForm, row: ProgrammePlace) -> bool:
    return attempt(
        form,
        lambda: operations.report(place=row, on=form.on.data, text=form.text.data or "", actor=current_user),
    )
