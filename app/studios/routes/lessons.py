"""Lessons on request: a school's and the bureau's list, and the board of the studios' teachers."""

from collections.abc import Callable

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_, select
from werkzeug.wrappers import Response

from app.access import Permission
from app.codes.queries import label
from app.db.clock import today
from app.extensions import db
from app.schools.access import schools_where
from app.schools.models import School
from app.studios.access import requests_where
from app.studios.forms.common import ReasonForm
from app.studios.forms.work import FeedbackForm, GivenForm, NewRequestForm, RequestForm, TakeForm
from app.studios.models import LessonRequest, Membership, RequestStatus
from app.studios.operations import lessons as operations
from app.studios.queries import lessons as queries
from app.studios.routes import bp
from app.studios.routes.common import form_page
from app.web import lists
from app.web.attempts import Page
from app.web.exports import Column, asked_format, send_table
from app.web.forms import Form
from app.web.guards import requires, signed_in

P = Permission
FIELDS = ("kind", "topic", "stage", "subject_code", "wanted_from", "wanted_to", "detail")


@bp.get("/requests")
@requires(P.STUDIO_READ)
def lesson_requests() -> Page:
    """The requests of the schools within reach."""
    listing = queries.REQUESTS.read(request.args)
    statement = queries.requests_listed(listing, requests_where(current_user.grants, P.STUDIO_READ))
    found = lists.fetch(db.session(), statement, listing, key=LessonRequest.id, options=queries.PARTS)
    return render_template(
        "studios/lesson_requests.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.REQUESTS.filters},
        may_ask=current_user.may(P.LESSON_REQUEST),
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/requests/export")
@requires(P.EXPORT)
def export_requests() -> Response:
    """The requests that the list shows now, as a workbook."""
    listing = queries.REQUESTS.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    statement = queries.requests_listed(listing, requests_where(grants, P.STUDIO_READ))
    columns = [
        Column(_("School"), "school.name"),
        Column(_("Kind"), "kind"),
        Column(_("Topic"), "topic"),
        Column(_("Stage"), "stage"),
        Column(_("Subject"), lambda row: label("subject", row.subject_code)),
        Column(_("From"), "wanted_from"),
        Column(_("To"), "wanted_to"),
        Column(_("Status"), "status"),
        Column(_("Who comes"), lambda row: row.giver.teacher.name if row.giver else ""),
        Column(_("Studio"), lambda row: row.giver.studio.name if row.giver else ""),
        Column(_("Given on"), "given_on"),
        Column(_("Hours"), "hours"),
        Column(_("Rating"), "rating"),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.PARTS)),
        _("Requests for lessons"),
        actor=current_user,
        subject="studio_lesson_request",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


@bp.get("/board")
@requires(P.OWN_RECORD)
def lesson_board() -> Page:
    """The open requests for somebody of a studio, those that suit best first; and what one has accepted."""
    number = current_user.teacher_id or 0
    places = queries.my_givings(number)
    return render_template(
        "studios/lesson_board.html",
        places=places,
        board=queries.board(places[0]) if places else [],
        mine=queries.mine(number),
    )


@bp.get("/requests/<int:request_id>")
@signed_in
def lesson_request(request_id: int) -> Page:
    """One request: for the school, the bureau, and the studios' teachers of the county."""
    grants = current_user.grants
    reach = or_(requests_where(grants, P.STUDIO_READ), requests_where(grants, P.OWN_RECORD))
    row = db.session.scalar(
        select(LessonRequest).where(LessonRequest.id == request_id, reach).options(*queries.PARTS)
    ) or abort(404)
    own = queries.request_of(grants, P.LESSON_REQUEST, request_id) is not None
    return render_template(
        "studios/lesson_request.html",
        row=row,
        matches=queries.matching(row)[:15] if current_user.may(P.STUDIO_READ) else [],
        statuses=RequestStatus,
        is_school=own,
        is_giver=row.giver is not None and row.giver.teacher_id == current_user.teacher_id,
        may_take=bool(queries.my_givings(current_user.teacher_id or 0)),
    )


@bp.route("/requests/new", methods=["GET", "POST"])
@requires(P.LESSON_REQUEST)
def ask_for_lesson() -> Page:
    """A school asks for a lesson or a workshop."""
    schools = db.session.scalars(
        select(School).where(schools_where(current_user.grants, P.LESSON_REQUEST)).order_by(School.name_pinyin)
    ).all()
    form = NewRequestForm(wanted_from=today(), school_id=schools[0].id if schools else None)
    form.school_id.offer(lists.named(schools))

    def act() -> None:
        school = next(one for one in schools if one.id == form.school_id.data)
        operations.ask(actor=current_user, school=school, fields=form.values(*FIELDS))

    return form_page(
        form,
        act,
        heading=_("Ask for a lesson"),
        back=url_for(".lesson_requests"),
        trail=[(_("Requests for lessons"), url_for(".lesson_requests"))],
        intro=_("The hosts and members of studios whose subject it is are told; one of them accepts."),
        label=_("Send the request"),
    )


def _step(row: LessonRequest, form: Form, act: Callable[[], None], heading: str, intro: str = "") -> Page:
    back = url_for(".lesson_request", request_id=row.id)
    trail = [(row.topic, back)]
    return form_page(form, act, heading=heading, back=back, trail=trail, about=row.school.name, intro=intro)


def _mine_or_404(request_id: int, permission: Permission) -> LessonRequest:
    return queries.request_of(current_user.grants, permission, request_id) or abort(404)


@bp.route("/requests/<int:request_id>/edit", methods=["GET", "POST"])
@requires(P.LESSON_REQUEST)
def edit_request(request_id: int) -> Page:
    """Change a request that nobody has accepted."""
    row = _mine_or_404(request_id, P.LESSON_REQUEST)
    form = RequestForm(obj=row, row_version=row.version)

    def act() -> None:
        if not form.refuse_stale(row):
            operations.edit(actor=current_user, row=row, fields=form.values(*FIELDS))

    return _step(row, form, act, _("Edit the request"))


@bp.route("/requests/<int:request_id>/cancel", methods=["GET", "POST"])
@requires(P.LESSON_REQUEST)
def cancel_request(request_id: int) -> Page:
    """Take a request back."""
    row, form = _mine_or_404(request_id, P.LESSON_REQUEST), ReasonForm()

    def act() -> None:
        operations.cancel(actor=current_user, row=row, reason=form.reason.data or "")

    return _step(row, form, act, _("Take the request back"))


@bp.route("/requests/<int:request_id>/confirm", methods=["GET", "POST"])
@requires(P.LESSON_REQUEST)
def confirm_request(request_id: int) -> Page:
    """Confirm that the lesson was given, and say how it was."""
    row, form = _mine_or_404(request_id, P.LESSON_REQUEST), FeedbackForm()
    intro = row.report or ""

    def act() -> None:
        operations.confirm(actor=current_user, row=row, rating=int(form.rating.data), feedback=form.feedback.data)

    return _step(row, form, act, _("Confirm the lesson"), intro)


@bp.route("/board/<int:request_id>/accept", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def take_request(request_id: int) -> Page:
    """Accept a request: name the day."""
    row = _mine_or_404(request_id, P.OWN_RECORD)
    places = queries.my_givings(current_user.teacher_id or 0)
    form = TakeForm(on=max(row.wanted_from, today()))
    form.place.offer([(place.id, place.studio.name) for place in places])

    def act() -> None:
        giver: Membership = next(place for place in places if place.id == form.place.data)
        operations.accept(actor=current_user, row=row, giver=giver, on=form.on.data or today())

    return _step(row, form, act, _("Accept the request"))


def _given_or_404(request_id: int) -> LessonRequest:
    row = _mine_or_404(request_id, P.OWN_RECORD)
    if row.giver is None or row.giver.teacher_id != current_user.teacher_id:
        abort(404)
    return row


@bp.route("/board/<int:request_id>/given", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def given(request_id: int) -> Page:
    """Say that the lesson was given."""
    row = _given_or_404(request_id)
    form = GivenForm(on=row.agreed_on)

    def act() -> None:
        operations.give(
            actor=current_user,
            row=row,
            on=form.on.data or today(),
            hours=form.hours.data,
            report=form.report.data or "",
        )

    return _step(row, form, act, _("The lesson was given"), _("The school confirms; then your hours are credited."))


@bp.route("/board/<int:request_id>/give-up", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def give_up(request_id: int) -> Page:
    """Say that one cannot come after all."""
    row, form = _given_or_404(request_id), ReasonForm()

    def act() -> None:
        operations.give_up(actor=current_user, row=row, reason=form.reason.data or "")

    return _step(row, form, act, _("I cannot come"), _("The request is open again for the others."))
