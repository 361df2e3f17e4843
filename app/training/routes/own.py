"""A teacher's own pages: sessions, offers, feedback."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.teachers.models import Teacher
from app.training import presenting
from app.training.forms.people import FeedbackForm
from app.training.models import HOLDING, QUESTIONS, Enrolment, TrainingResult, TrainingSession
from app.training.operations import enrolments as operations
from app.training.operations import feedback as feedback_operations
from app.training.queries import certificates as certificate_queries
from app.training.queries import people as queries
from app.training.queries.sessions import SESSION_PARTS
from app.training.routes import bp
from app.web import lists
from app.web.attempts import Page, attempt, tried
from app.web.guards import requires

P = Permission


def oneself() -> Teacher:
    """The teacher that the person is."""
    return queries.teacher_of(current_user.teacher_id) or abort(404)


@bp.get("/mine")
@requires(P.OWN_RECORD)
def mine() -> Page:
    """One's own sessions, with what can be done about each."""
    teacher = oneself()
    rows = queries.own_enrolments(teacher.id)
    return render_template(
        "training/mine.html",
        rows=rows,
        certificates=certificate_queries.of_enrolments([row.id for row in rows]),
        waiting=queries.waiting_places(rows),
        may_leave={row.id for row in rows if _may_leave(row)},
        may_say={row.id for row in rows if feedback_operations.may_give(row, row.session)},
        times=presenting.daily_times,
    )


def _may_leave(row: Enrolment) -> bool:
    return row.status in HOLDING and row.result is TrainingResult.NONE and row.session.begins_on > today()


@bp.get("/offers")
@requires(P.OWN_RECORD)
def offers() -> Page:
    """The sessions that one can ask to take part in now."""
    teacher = oneself()
    listing = queries.OFFERS.read(request.args)
    statement = queries.offers(listing, teacher, today())
    found = lists.fetch(db.session(), statement, listing, key=TrainingSession.id, options=SESSION_PARTS)
    return render_template(
        "training/offers.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.OFFERS.filters},
        organiser_of=presenting.organiser_of,
        times=presenting.daily_times,
    )


@bp.post("/offers/<int:session_id>/apply")
@requires(P.OWN_RECORD)
def apply(session_id: int) -> Response:
    """Ask to take part."""
    teacher = oneself()
    session = queries.one_offer(session_id, teacher) or abort(404)
    made: list[Enrolment] = []
    if tried(lambda: made.append(operations.apply(actor=current_user, session=session, teacher=teacher))):
        flash(_("%(name)s: %(status)s.", name=session.name, status=made[0].status.label), "success")
        return redirect(url_for(".mine"), 303)
    return redirect(url_for(".offers"), 303)


@bp.post("/mine/<int:enrolment_id>/leave")
@requires(P.OWN_RECORD)
def leave(enrolment_id: int) -> Response:
    """Take oneself off the list, before the session begins."""
    row = queries.own_enrolment(enrolment_id, oneself().id) or abort(404)
    name = row.session.name
    if not _may_leave(row):
        flash(_("The session has begun, or your enrolment is over. Speak to the organiser."), "error")
    elif tried(lambda: operations.cancel(actor=current_user, session=row.session, enrolment=row, reason="")):
        flash(_("You are no longer enrolled in %(name)s.", name=name), "success")
    return redirect(url_for(".mine"), 303)


@bp.route("/mine/<int:enrolment_id>/feedback", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def give_feedback(enrolment_id: int) -> Page:
    """Say what one thought of a session, once and without a name."""
    teacher = oneself()
    row = queries.own_enrolment(enrolment_id, teacher.id) or abort(404)
    if not feedback_operations.may_give(row, row.session):
        flash(_("Feedback can be given once, by people who took part, when the session is over."), "info")
        return redirect(url_for(".mine"), 303)
    form = FeedbackForm()
    if form.validate_on_submit() and attempt(
        form,
        lambda: feedback_operations.give(
            enrolment=row,
            session=row.session,
            teacher=teacher,
            answers=form.answers(),
            comment=form.comment.data,
        ),
    ):
        flash(_("Thank you. Your answers were kept without your name."), "success")
        return redirect(url_for(".mine"), 303)
    row = queries.own_enrolment(enrolment_id, oneself().id) or abort(404)
    page = render_template("training/give_feedback.html", form=form, session=row.session, questions=QUESTIONS)
    return page, 422 if form.is_submitted() else 200
