"""The people of a session: the list, what is decided about those chosen, and who is put on it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.teachers.naming import teachers_suggested, written
from app.training.access import enrolments_where
from app.training.forms.people import AddForm
from app.training.models import Admission, Enrolment, EnrolmentStatus, TrainingResult, TrainingSession
from app.training.operations import enrolments as operations
from app.training.operations import results
from app.training.presenting import people_columns
from app.training.queries import certificates as certificate_queries
from app.training.queries import people as queries
from app.training.routes import bp
from app.training.routes.common import may_run, session_or_404
from app.web import lists
from app.web.attempts import Page, attempt, tried
from app.web.exports import asked_format, send_table
from app.web.guards import requires
from app.web.lists import shown

P = Permission


@bp.get("/sessions/<int:session_id>/people")
@requires(P.TRAINING_READ)
def people(session_id: int) -> Page:
    """Who applied, was nominated, waits or has a place."""
    session = session_or_404(session_id)
    listing = queries.PEOPLE.read(request.args)
    statement = queries.people_listed(listing, session.id, enrolments_where(current_user.grants, P.TRAINING_READ))
    found = lists.fetch(db.session(), statement, listing, key=Enrolment.id, options=queries.PEOPLE_PARTS)
    can_run = may_run(session)
    return render_template(
        "training/people.html",
        session=session,
        **shown(listing, found),
        certificates=certificate_queries.of_enrolments([row.id for row in found.items]),
        add_form=AddForm(formdata=None) if can_run else None,
        may_run=can_run,
        may_nominate=current_user.may(P.TRAINING_NOMINATE),
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/sessions/<int:session_id>/people/export")
@requires(P.EXPORT)
def export_people(session_id: int) -> Response:
    """The people that the list shows now, as a workbook; identity numbers are masked."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    session = session_or_404(session_id)
    listing = queries.PEOPLE.read(request.args)
    statement = queries.people_listed(listing, session_id, enrolments_where(grants, P.TRAINING_READ))
    return send_table(
        people_columns(),
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.PEOPLE_PARTS)).unique(),
        session.name,
        actor=current_user,
        subject="training_enrolment",
        fmt=asked_format(),
        filters=listing.in_words(),
        region_id=session.region_id,
        school_id=session.school_id,
    )


def _ticked(session_id: int) -> list[Enrolment]:
    ids = [int(text) for text in request.form.getlist("enrolment") if text.isdigit()][:5000]
    return queries.chosen(session_id, ids, enrolments_where(current_user.grants, P.TRAINING_EDIT))


def _back(session_id: int) -> Response:
    return redirect(url_for(".people", session_id=session_id), 303)


@bp.post("/sessions/<int:session_id>/people/decide")
@requires(P.TRAINING_EDIT)
def decide(session_id: int) -> Response:
    """Confirm or decline those chosen, or record that they passed."""
    session = session_or_404(session_id, P.TRAINING_EDIT)
    rows = _ticked(session_id)
    if not rows:
        flash(_("Choose at least one person of the list."), "error")
        return _back(session_id)
    ways: dict[str, Callable[[TrainingSession, Sequence[Enrolment]], str]] = {
        "confirm": _confirm,
        "decline": _decline,
        "passed": _passed,
    }
    said: list[str] = []
    way = ways.get(request.form.get("do", ""), _confirm)
    if tried(lambda: said.append(way(session, rows))):
        flash(said[0], "success")
    return _back(session_id)


def _confirm(session: TrainingSession, rows: Sequence[Enrolment]) -> str:
    confirmed, waiting = operations.confirm(actor=current_user, session=session, enrolments=rows)
    sentence = str(ngettext("%(num)d person confirmed.", "%(num)d people confirmed.", confirmed))
    if waiting:
        more = ngettext("%(num)d person found no place and waits.", "%(num)d people found no place and wait.", waiting)
        sentence = f"{sentence} {more}"
    return sentence


def _decline(session: TrainingSession, rows: Sequence[Enrolment]) -> str:
    reason = request.form.get("reason", "")
    number = operations.decline(actor=current_user, session=session, enrolments=rows, reason=reason)
    return str(ngettext("%(num)d person declined.", "%(num)d people declined.", number))


def _passed(session: TrainingSession, rows: Sequence[Enrolment]) -> str:
    people = [row for row in rows if row.status is EnrolmentStatus.CONFIRMED and row.result is TrainingResult.NONE]
    number = results.pass_all(actor=current_user, enrolments=people, session=session, programme=session.programme)
    return str(ngettext("%(num)d person passed.", "%(num)d people passed.", number))


@bp.post("/sessions/<int:session_id>/people/add")
@requires(P.TRAINING_EDIT)
def add(session_id: int) -> Page:
    """Put one person on the list."""
    session = session_or_404(session_id, P.TRAINING_EDIT)
    form = AddForm()
    made: list[Enrolment] = []
    if form.validate_on_submit() and attempt(
        form,
        lambda: made.extend(operations.enrol(actor=current_user, session=session, teachers=[form.teacher.row])),
    ):
        flash(_("%(name)s: %(status)s.", name=form.teacher.data, status=made[0].status.label), "success")
        return _back(session_id)
    page = render_template("training/add_person.html", session=session_or_404(session_id), form=form)
    return page, 422


@bp.get("/suggest")
@requires(P.TRAINING_EDIT)
def suggest() -> Page:
    """Options for the box that names a teacher."""
    typed = request.args.get(request.args.get("field", ""), "")[:60]
    reach = teachers_where(current_user.grants, P.TRAINING_EDIT)
    return render_template("teachers/suggest.html", names=[written(row) for row in teachers_suggested(typed, reach)])


@bp.get("/sessions/<int:session_id>/nominate")
@requires(P.TRAINING_NOMINATE)
def nominate(session_id: int) -> Page:
    """A school's own people: who applied, who is on the list, whom else to name."""
    session = session_or_404(session_id)
    listing = queries.NOMINATION.read(request.args)
    statement = queries.nominable(listing, session, current_user.grants)
    found = lists.fetch(db.session(), statement, listing, key=Teacher.id, options=(joinedload(Teacher.working_school),))
    return render_template(
        "training/nominate.html",
        session=session,
        **shown(listing, found),
        standing=queries.standing(session.id, [row.id for row in found.items]),
        places=_own_places(session),
        gives_place=session.admission is not Admission.CENTRE,
        may_run=may_run(session),
        may_nominate=True,
    )


def _own_places(session: TrainingSession) -> list[Any]:
    """The places set aside for the person's own schools."""
    mine = {grant.school_id for grant in current_user.grants if grant.school_id}
    return [quota for quota in session.quotas if quota.school_id in mine]


@bp.post("/sessions/<int:session_id>/nominate")
@requires(P.TRAINING_NOMINATE)
def nominate_chosen(session_id: int) -> Response:
    """Name those chosen, or decline those who applied."""
    session = session_or_404(session_id)
    ids = [int(text) for text in request.form.getlist("teacher") if text.isdigit()][:500]
    empty = queries.NOMINATION.read(request.args.__class__())
    reach = queries.nominable(empty, session, current_user.grants)
    teachers = list(db.session.scalars(reach.where(Teacher.id.in_(ids)).order_by(Teacher.id)))
    if not teachers:
        flash(_("Choose at least one person of the list."), "error")
    elif request.form.get("do") == "decline":
        rows = [row for row in queries.standing(session.id, ids).values() if row.status is EnrolmentStatus.APPLIED]
        reason = request.form.get("reason", "")
        if tried(lambda: operations.decline(actor=current_user, session=session, enrolments=rows, reason=reason)):
            flash(ngettext("%(num)d person declined.", "%(num)d people declined.", len(rows)), "success")
    elif tried(lambda: operations.nominate(actor=current_user, session=session, teachers=teachers)):
        flash(ngettext("%(num)d person nominated.", "%(num)d people nominated.", len(teachers)), "success")
    return redirect(url_for(".nominate", session_id=session_id), 303)
