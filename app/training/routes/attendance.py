"""Attendance: ticked on a list, or by the code that people scan."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.training import attendance_codes
from app.training.access import enrolments_where
from app.training.models import Enrolment, EnrolmentStatus, TrainingSession
from app.training.operations import attendance as operations
from app.training.queries import people as queries
from app.training.routes import bp
from app.training.routes.common import may_run, session_or_404
from app.web import lists
from app.web.attempts import Page, tried
from app.web.errors import Refused
from app.web.guards import requires
from app.web.lists import shown

P = Permission


def _days(session: TrainingSession) -> list[date]:
    return [session.begins_on + timedelta(days=n) for n in range(session.days)]


def _day(session: TrainingSession) -> date:
    """The day that the address names; else today where it is one of the session's, else the nearest."""
    try:
        return date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        return min(max(today(), session.begins_on), session.ends_on)


@bp.get("/sessions/<int:session_id>/attendance")
@requires(P.TRAINING_EDIT)
def attendance(session_id: int) -> Page:
    """Who was there on a day."""
    session = session_or_404(session_id, P.TRAINING_EDIT)
    day = _day(session)
    listing = queries.PEOPLE.read(request.args)
    listing.values["status"] = EnrolmentStatus.CONFIRMED.value
    statement = queries.people_listed(listing, session.id, enrolments_where(current_user.grants, P.TRAINING_EDIT))
    found = lists.fetch(db.session(), statement, listing, key=Enrolment.id, options=queries.PEOPLE_PARTS)
    return render_template(
        "training/attendance.html",
        session=session,
        **shown(listing, found),
        day=day,
        days=_days(session),
        present=queries.present_on(session.id, day),
        today=today(),
        may_run=True,
        may_nominate=current_user.may(P.TRAINING_NOMINATE),
    )


@bp.post("/sessions/<int:session_id>/attendance")
@requires(P.TRAINING_EDIT)
def set_attendance(session_id: int) -> Response:
    """Keep the ticks of a page of the list."""
    session = session_or_404(session_id, P.TRAINING_EDIT)
    day = _day(session)
    shown_ids, present = (
        {int(text) for text in request.form.getlist(name) if text.isdigit()} for name in ("shown", "present")
    )
    said: list[tuple[int, int]] = []
    if tried(
        lambda: said.append(
            operations.set_day(actor=current_user, session=session, day=day, shown=shown_ids, present=present)
        )
    ):
        added, removed = said[0]
        flash(_("%(added)s marked, %(removed)s taken back.", added=added, removed=removed), "success")
    keep: dict[str, Any] = {name: value for name, value in request.args.items() if name in ("q", "after", "before")}
    return redirect(url_for(".attendance", session_id=session_id, day=day.isoformat(), **keep), 303)


@bp.get("/sessions/<int:session_id>/code")
@requires(P.TRAINING_EDIT)
def code(session_id: int) -> Page:
    """The code of a day, large, to be shown to the room; the page renews it by itself."""
    session = session_or_404(session_id, P.TRAINING_EDIT)
    day = _day(session)
    try:
        operations.check_day(session, day)
    except Refused as refusal:
        return render_template("training/code.html", session=session, day=day, problem=refusal.message)
    address = url_for(".sign_in", token=attendance_codes.make(session.id, day), _external=True)
    return render_template(
        "training/code.html",
        session=session,
        day=day,
        address=address,
        image=attendance_codes.image(address),
        minutes=attendance_codes.LASTS_SECONDS // 60,
        renewal=attendance_codes.LASTS_SECONDS // 2,
        marked=queries.marked_on(session.id, day),
        confirmed=session.taken,
        may_run=may_run(session),
    )


@bp.get("/here/<token>")
@requires(P.OWN_RECORD)
def sign_in(token: str) -> Page:
    """What somebody sees who has scanned the code: one button."""
    teacher = queries.teacher_of(current_user.teacher_id)
    try:
        session_id, day = attendance_codes.read(token)
    except Refused as refusal:
        return render_template("training/sign_in.html", problem=refusal.message, session=None)
    session = queries.one_offer(session_id, teacher) if teacher else None
    if session is None:
        return render_template("training/sign_in.html", problem=_not_meant(), session=None)
    return render_template("training/sign_in.html", session=session, day=day, token=token, problem=None)


def _not_meant() -> str:
    return str(_("This session is not meant for your school. Speak to the organiser before you sign in."))


@bp.post("/here/<token>")
@requires(P.OWN_RECORD)
def sign_in_now(token: str) -> Page:
    """Mark the person who scanned the code."""
    teacher = queries.teacher_of(current_user.teacher_id)
    try:
        session_id, day = attendance_codes.read(token)
        session = queries.one_offer(session_id, teacher) if teacher else None
        if session is None or teacher is None:
            raise Refused(_not_meant())
        is_new = operations.scan(actor=current_user, session=session, teacher=teacher, day=day)
    except Refused as refusal:
        db.session.rollback()
        return render_template("training/sign_in.html", problem=refusal.message, session=None), 422
    said = _("You are signed in for %(day)s.", day=day) if is_new else _("You were signed in already.")
    flash(said, "success")
    return redirect(url_for(".mine"), 303)
