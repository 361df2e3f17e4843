"""The host's workplace: plan, activities, observed lessons, outcomes, portfolio."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import or_
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.studios.access import studios_where
from app.studios.forms.common import ReasonForm
from app.studios.forms.work import MeetingForm, ObservationForm, OutcomeForm, PlanForm
from app.studios.models import LessonObservation, Studio, StudioMeeting, StudioOutcome, TargetKind
from app.studios.operations import work as operations
from app.studios.queries import people as people_queries
from app.studios.queries import studios as studio_queries
from app.studios.queries import work as queries
from app.studios.routes import bp
from app.studios.routes.common import form_page, studio_or_404
from app.web import lists
from app.web.attempts import Page, press
from app.web.forms import Form
from app.web.guards import requires, signed_in
from app.web.languages import school_year_label
from app.web.lists import shown

P = Permission
MEETING_FIELDS = ("title", "kind", "on", "begins_at", "hours", "venue", "agenda")


def _hosted() -> Any:
    return studios_where(current_user.grants, P.STUDIO_HOST)


def _row_or_404(model: Any, number: int, *options: Any) -> Any:
    return queries.row_of(model, number, _hosted(), *options) or abort(404)


def _form(studio: Studio, form: Form, act: Callable[[], None], heading: str, endpoint: str, **more: Any) -> Page:
    """A form of the workplace; it leads back to its list."""
    titles = {
        "plan": _("Yearly plan"),
        "meetings": _("Activities"),
        "observations": _("Observed lessons"),
        "outcomes": _("Outcomes"),
    }
    back = more.pop("back", None) or url_for(f".{endpoint}", studio_id=studio.id)
    trail = [
        (studio.name, url_for(".workplace", studio_id=studio.id)),
        (titles[endpoint], url_for(f".{endpoint}", studio_id=studio.id)),
    ]
    return form_page(form, act, heading=heading, back=back, trail=trail, about=studio.name, **more)


def _people(studio: Studio) -> list[tuple[int, str]]:
    return [(row.teacher_id, f"{row.teacher.name} ({row.role.label})") for row in people_queries.active(studio.id)]


# --- the plan -----------------------------------------------------------------------------------------------------


@bp.get("/<int:studio_id>/plan")
@requires(P.STUDIO_HOST)
def plan(studio_id: int) -> Page:
    """The plan of a school year with what is done."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    now = queries.school_year_of(today())
    year = request.args.get("year", now, type=int)
    year = year if 2000 <= year <= 2100 else now
    found = queries.plan_of(studio.id, year)
    return render_template(
        "studios/plan.html",
        studio=studio,
        year=year,
        years=range(now + 1, now - 4, -1),
        plan=found,
        progress=queries.progress(studio.id, year, found),
        span=queries.year_span(year),
    )


@bp.route("/<int:studio_id>/plan/<int:year>", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def edit_plan(studio_id: int, year: int) -> Page:
    """Write the plan of a school year."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    if not 2000 <= year <= 2100:
        abort(404)
    found = queries.plan_of(studio.id, year)
    kept: dict[str, Any] = {}
    if found:
        kept = {one.kind.value: one.number for one in found.targets} | {"aims": found.aims, "summary": found.summary}
        kept["row_version"] = str(found.version)
    form = PlanForm(data=kept)

    def act() -> None:
        if found and form.refuse_stale(found):
            return
        targets = {kind: form[kind.value].data for kind in TargetKind if form[kind.value].data is not None}
        operations.save_plan(
            actor=current_user,
            studio=studio,
            year=year,
            plan=found,
            aims=form.aims.data or "",
            summary=form["summary"].data,
            targets=targets,
        )

    heading = _("Plan for %(year)s", year=school_year_label(year))
    back = url_for(".plan", studio_id=studio_id, year=year)
    return _form(studio, form, act, heading, "plan", back=back, label=_("Save"))


# --- activities ---------------------------------------------------------------------------------------------------


@bp.get("/<int:studio_id>/meetings")
@requires(P.STUDIO_HOST)
def meetings(studio_id: int) -> Page:
    """The calendar of activities."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    listing = queries.MEETINGS.read(request.args)
    statement = queries.listed(StudioMeeting, StudioMeeting.on, listing, studio.id, StudioMeeting.title)
    found = lists.fetch(
        db.session(), statement, listing, key=StudioMeeting.id, options=[selectinload(StudioMeeting.attendances)]
    )
    return render_template("studios/meetings.html", studio=studio, **shown(listing, found), today=today())


@bp.route("/<int:studio_id>/meetings/new", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def new_meeting(studio_id: int) -> Page:
    """Put an activity on the calendar."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    form = MeetingForm()

    def act() -> None:
        operations.plan_meeting(actor=current_user, studio=studio, fields=form.values(*MEETING_FIELDS))

    return _form(studio, form, act, _("Plan an activity"), "meetings", label=_("Save"))


@bp.get("/meetings/<int:meeting_id>")
@requires(P.STUDIO_HOST)
def meeting(meeting_id: int) -> Page:
    """One activity: who was there."""
    row = queries.meeting_of(meeting_id, _hosted()) or abort(404)
    return render_template(
        "studios/meeting.html",
        row=row,
        people=queries.were_in(row.studio_id, row.on),
        present={one.membership_id: one for one in row.attendances},
        has_begun=row.on <= today(),
    )


@bp.post("/meetings/<int:meeting_id>/attendance")
@requires(P.STUDIO_HOST)
def attend(meeting_id: int) -> Response:
    """Say who was there; they are credited."""
    row = queries.meeting_of(meeting_id, _hosted()) or abort(404)
    present = [int(text) for text in request.form.getlist("present") if text.isdecimal()]
    shown_ids = [int(text) for text in request.form.getlist("shown") if text.isdecimal()]
    summary = (request.form.get("summary") or "").strip()[:4000]

    def act() -> None:
        operations.set_attendance(
            actor=current_user, row=row, shown=shown_ids, present=present, summary=summary or None
        )

    done = ngettext(
        "%(num)d person is marked as present and credited.",
        "%(num)d people are marked as present and credited.",
        len(set(present) & set(shown_ids)),
    )
    return press(act, done, url_for(".meeting", meeting_id=meeting_id))


@bp.route("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def edit_meeting(meeting_id: int) -> Page:
    """Change an activity."""
    row = queries.meeting_of(meeting_id, _hosted()) or abort(404)
    form = MeetingForm(obj=row, row_version=row.version)

    def act() -> None:
        if not form.refuse_stale(row):
            operations.edit_meeting(actor=current_user, row=row, fields=form.values(*MEETING_FIELDS))

    back = url_for(".meeting", meeting_id=meeting_id)
    return _form(row.studio, form, act, _("Edit the activity"), "meetings", back=back, label=_("Save"))


@bp.route("/meetings/<int:meeting_id>/cancel", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def cancel_meeting(meeting_id: int) -> Page:
    """Cancel an activity."""
    row, form = queries.meeting_of(meeting_id, _hosted()) or abort(404), ReasonForm()

    def act() -> None:
        operations.cancel_meeting(actor=current_user, row=row, reason=form.reason.data or "")

    back = url_for(".meeting", meeting_id=meeting_id)
    return _form(row.studio, form, act, _("Cancel the activity"), "meetings", back=back)


# --- observed lessons ---------------------------------------------------------------------------------------------


@bp.get("/<int:studio_id>/observations")
@requires(P.STUDIO_HOST)
def observations(studio_id: int) -> Page:
    """Lessons that were observed and discussed."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    listing = queries.OBSERVATIONS.read(request.args)
    statement = queries.listed(LessonObservation, LessonObservation.on, listing, studio.id, LessonObservation.topic)
    found = lists.fetch(db.session(), statement, listing, key=LessonObservation.id, options=queries.OBSERVATION_PARTS)
    return render_template("studios/observations.html", studio=studio, **shown(listing, found))


@bp.route("/<int:studio_id>/observations/new", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def new_observation(studio_id: int) -> Page:
    """Enter an observed lesson."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    form = ObservationForm(on=today())
    form.offer(_people(studio))

    def act() -> None:
        operations.save_observation(actor=current_user, studio=studio, fields=form.fields())

    return _form(studio, form, act, _("Enter an observed lesson"), "observations", label=_("Save"))


@bp.route("/observations/<int:observation_id>", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def edit_observation(observation_id: int) -> Page:
    """Read or change an observed lesson."""
    row = _row_or_404(LessonObservation, observation_id, *queries.OBSERVATION_PARTS)
    form = ObservationForm(obj=row, row_version=row.version)
    kept = [(row.teacher_id, row.teacher.name), (row.observer_id, row.observer.name)]
    form.offer(list(dict(kept + _people(row.studio)).items()))

    def act() -> None:
        if not form.refuse_stale(row):
            operations.save_observation(actor=current_user, studio=row.studio, row=row, fields=form.fields())

    return _form(row.studio, form, act, _("Observed lesson"), "observations", label=_("Save"))


@bp.post("/observations/<int:observation_id>/delete")
@requires(P.STUDIO_HOST)
def delete_observation(observation_id: int) -> Response:
    """Delete an observed lesson that was entered by mistake."""
    row = _row_or_404(LessonObservation, observation_id)
    back = url_for(".observations", studio_id=row.studio_id)

    def act() -> None:
        operations.remove(actor=current_user, studio=row.studio, row=row, what="observation")

    return press(act, _("The observed lesson was deleted."), back)


# --- outcomes -----------------------------------------------------------------------------------------------------


@bp.get("/<int:studio_id>/outcomes")
@requires(P.STUDIO_HOST)
def outcomes(studio_id: int) -> Page:
    """What the studio brought about."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    listing = queries.OUTCOMES.read(request.args)
    statement = queries.listed(StudioOutcome, StudioOutcome.on, listing, studio.id, StudioOutcome.title)
    found = lists.fetch(db.session(), statement, listing, key=StudioOutcome.id, options=queries.OUTCOME_PARTS)
    return render_template("studios/outcomes.html", studio=studio, **shown(listing, found))


@bp.route("/<int:studio_id>/outcomes/new", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def new_outcome(studio_id: int) -> Page:
    """Enter an outcome."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    form = OutcomeForm(on=today(), level_code=studio.level_code)
    form.offer(_people(studio), studio.county_id)

    def act() -> None:
        operations.save_outcome(actor=current_user, studio=studio, fields=form.fields(), evidence=form.evidence.data)

    return _form(studio, form, act, _("Enter an outcome"), "outcomes", label=_("Save"))


@bp.route("/outcomes/<int:outcome_id>", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def edit_outcome(outcome_id: int) -> Page:
    """Change an outcome."""
    row = _row_or_404(StudioOutcome, outcome_id, *queries.OUTCOME_PARTS)
    form = OutcomeForm(obj=row, row_version=row.version)
    form.offer(list(dict([(row.teacher_id, row.teacher.name), *_people(row.studio)]).items()), row.studio.county_id)

    def act() -> None:
        if not form.refuse_stale(row):
            operations.save_outcome(
                actor=current_user, studio=row.studio, row=row, fields=form.fields(), evidence=form.evidence.data
            )

    return _form(row.studio, form, act, _("Edit the outcome"), "outcomes", label=_("Save"))


@bp.post("/outcomes/<int:outcome_id>/delete")
@requires(P.STUDIO_HOST)
def delete_outcome(outcome_id: int) -> Response:
    """Delete an outcome that was entered by mistake."""
    row = _row_or_404(StudioOutcome, outcome_id)
    back = url_for(".outcomes", studio_id=row.studio_id)

    def act() -> None:
        operations.remove(actor=current_user, studio=row.studio, row=row, what="outcome")

    return press(act, _("The outcome was deleted."), back)


@bp.get("/<int:studio_id>/portfolio")
@signed_in
def portfolio(studio_id: int) -> Page:
    """A studio's portfolio: its people, its years, its outcomes with their evidence. For whoever reads or hosts it."""
    grants = current_user.grants
    reach = or_(studios_where(grants, P.STUDIO_READ), studios_where(grants, P.STUDIO_HOST))
    studio = db.session.scalar(db.select(Studio).where(Studio.id == studio_id, reach).options(*studio_queries.WHOLE))
    if studio is None:
        abort(404)
    first, last = studio.begins_on or today(), max(today(), studio.begins_on or date.min)
    return render_template(
        "studios/portfolio.html",
        studio=studio,
        people=people_queries.active(studio.id),
        outcomes=queries.outcomes_for_portfolio(studio.id),
        reached=queries.reached(studio.id, first, last),
        first=first,
        last=last,
        work=queries.overview(studio, today()),
        may_read=current_user.may(P.STUDIO_READ),
    )
