"""One person in one session: attendance, result, certificate, history; and taking somebody off the list."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.schools.access import schools_where
from app.schools.models import School
from app.training import presenting
from app.training.forms.people import ResultForm
from app.training.forms.sessions import ReasonForm
from app.training.models import HOLDING, Enrolment, TrainingResult
from app.training.operations import enrolments as operations
from app.training.operations import results
from app.training.queries import certificates as certificate_queries
from app.training.queries import people as queries
from app.training.routes import bp
from app.training.routes.common import enrolment_or_404, may_run
from app.web import history
from app.web.attempts import Page, attempt, tried
from app.web.guards import requires

P = Permission


@bp.get("/enrolments/<int:enrolment_id>")
@requires(P.TRAINING_READ)
def enrolment(enrolment_id: int) -> Page:
    """Where somebody stands in a session."""
    row = enrolment_or_404(enrolment_id)
    page = history.read("training_enrolment", row.id, request.args)
    return render_template(
        "training/enrolment.html",
        enrolment=row,
        session=row.session,
        certificate=certificate_queries.of_enrolments([row.id]).get(row.id),
        entries=presenting.ENROLMENT_HISTORY.tell(page.items),
        page=page,
        waiting=queries.waiting_places([row]).get(row.id),
        may_run=may_run(row.session),
        may_take_off=row.status in HOLDING and row.result is TrainingResult.NONE and _may_take_off(row),
        reason_form=ReasonForm(formdata=None),
    )


def _may_take_off(row: Enrolment) -> bool:
    """The organiser may, and the person's own school."""
    if may_run(row.session):
        return True
    here = schools_where(current_user.grants, P.TRAINING_NOMINATE)
    return db.session.scalar(db.select(School.id).where(School.id == row.school_id, here)) is not None


@bp.route("/enrolments/<int:enrolment_id>/result", methods=["GET", "POST"])
@requires(P.TRAINING_EDIT)
def result(enrolment_id: int) -> Page:
    """Record, change or withdraw one result."""
    row = enrolment_or_404(enrolment_id, P.TRAINING_EDIT)
    form = ResultForm(obj=row, row_version=str(row.version), reason=None)
    if form.validate_on_submit() and not form.refuse_stale(row) and _is_right(form, row):
        name = row.teacher.name
        if attempt(
            form,
            lambda: results.set_result(
                actor=current_user,
                enrolment=row,
                session=row.session,
                programme=row.session.programme,
                outcome=form.outcome(),
                reason=form.reason.data,
            ),
        ):
            flash(_("The result of %(name)s was saved.", name=name), "success")
            return redirect(url_for(".enrolment", enrolment_id=enrolment_id), 303)
    row = enrolment_or_404(enrolment_id, P.TRAINING_EDIT)
    page = render_template("training/result.html", form=form, enrolment=row, session=row.session)
    return page, 422 if form.is_submitted() else 200


def _is_right(form: ResultForm, row: Enrolment) -> bool:
    wrong = results.problem(form.outcome(), row.session, row.session.programme.pass_mark)
    if wrong:
        form[wrong[0]].errors = [*form[wrong[0]].errors, wrong[1]]
    return not wrong


@bp.post("/enrolments/<int:enrolment_id>/cancel")
@requires(P.TRAINING_NOMINATE)
def take_off_own(enrolment_id: int) -> Response:
    """A school takes one of its own people off the list."""
    return _take_off(enrolment_or_404(enrolment_id, P.TRAINING_NOMINATE))


@bp.post("/enrolments/<int:enrolment_id>/remove")
@requires(P.TRAINING_EDIT)
def take_off(enrolment_id: int) -> Response:
    """The organiser takes somebody off the list."""
    return _take_off(enrolment_or_404(enrolment_id, P.TRAINING_EDIT))


def _take_off(row: Enrolment) -> Response:
    form, key, name = ReasonForm(), row.id, row.teacher.name
    if not form.validate_on_submit():
        flash(_("Say why; the teacher reads it."), "error")
    elif tried(
        lambda: operations.cancel(actor=current_user, session=row.session, enrolment=row, reason=form.reason.data or "")
    ):
        flash(_("%(name)s was taken off the list.", name=name), "success")
    return redirect(url_for(".enrolment", enrolment_id=key), 303)
