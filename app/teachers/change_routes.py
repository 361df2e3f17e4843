"""Pages that change a teacher: the form, leaving, moving, further subjects; and the look at an identity number."""

import time
from collections.abc import Callable

from flask import abort, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission, Role
from app.db.clock import today
from app.extensions import db
from app.schools.fields import written
from app.schools.models import School
from app.teachers import operations
from app.teachers.access import editable_fields, may_decide
from app.teachers.facts import FACTS
from app.teachers.forms import LeaveForm, RelocateForm, RevealForm, SubjectsForm, TeacherForm, TransferForm
from app.teachers.models import Teacher
from app.teachers.routes import bp, teacher_or_404
from app.web.attempts import Page
from app.web.errors import Refused
from app.web.forms import Form
from app.web.guards import requires

EVERY_FIELD = frozenset({*FACTS, "employing_school", "working_school"}) - {"left_on"}
FRESH_SECONDS = 600


def editable_or_404(teacher_id: int) -> Teacher:
    """A teacher whom the person may change in some way."""
    teacher = teacher_or_404(teacher_id, Permission.TEACHER_EDIT)
    if not editable_fields(current_user.grants, teacher, EVERY_FIELD):
        abort(404)
    return teacher


def decided_or_404(teacher_id: int) -> Teacher:
    """A teacher about whom the person decides for the bureau."""
    teacher = teacher_or_404(teacher_id, Permission.TEACHER_EDIT)
    if not may_decide(current_user.grants, teacher):
        abort(403)
    return teacher


def to_teacher(teacher: Teacher) -> Response:
    """Back to the teacher's page."""
    return redirect(url_for(".show", teacher_id=teacher.id), 303)


def form_page(template: str, form: Form, **context: object) -> Page:
    """A form, with 422 where it was sent and could not be taken."""
    return render_template(f"teachers/{template}.html", form=form, **context), 422 if form.is_submitted() else 200


@bp.route("/teachers/new", methods=["GET", "POST"])
@requires(Permission.TEACHER_EDIT)
def new() -> Page:
    """Add a teacher."""
    form = TeacherForm()
    if not form.is_submitted():
        form.state_code.data, form.id_type_code.data, form.staff_category_code.data = "100", "1", "A1"
        _prefill_school(form)
    form.allow(set(EVERY_FIELD), None)
    if form.validate_on_submit():
        teacher = operations.add_teacher(
            actor=current_user,
            employing_school=form.employing_school.row,
            working_school=form.working_school.row,
            **form.columns(),
        )
        flash(_("%(name)s was added.", name=teacher.name), "success")
        return to_teacher(teacher)
    return form_page("edit", form, teacher=None)


def _prefill_school(form: TeacherForm) -> None:
    """A school's own administrator adds teachers to that school."""
    own = [g.school_id for g in current_user.grants if g.role is Role.SCHOOL_ADMINISTRATOR]
    school = db.session.get(School, own[0]) if len(own) == 1 else None
    if school is not None:
        form.employing_school.data = written(school)


@bp.route("/teachers/<int:teacher_id>/edit", methods=["GET", "POST"])
@requires(Permission.TEACHER_EDIT)
def edit(teacher_id: int) -> Page:
    """Change a teacher's columns."""
    teacher = editable_or_404(teacher_id)
    form = TeacherForm(obj=teacher, row_version=str(teacher.version))
    form.allow(editable_fields(current_user.grants, teacher, EVERY_FIELD), teacher)
    if form.validate_on_submit() and not form.refuse_stale(teacher):
        operations.change_teacher(actor=current_user, teacher=teacher, **form.columns())
        flash(_("%(name)s was saved.", name=teacher.name), "success")
        return to_teacher(teacher)
    return form_page("edit", form, teacher=teacher)


@bp.route("/teachers/<int:teacher_id>/subjects", methods=["GET", "POST"])
@requires(Permission.TEACHER_EDIT)
def subjects(teacher_id: int) -> Page:
    """Which further subjects a teacher may teach."""
    teacher = editable_or_404(teacher_id)
    form = SubjectsForm(data={"subjects": [one.subject_code for one in teacher.further_subjects]})
    form.offer(teacher.subject_code)
    if form.validate_on_submit():
        operations.set_further_subjects(actor=current_user, teacher=teacher, subjects=form.subjects.data)
        flash(_("%(name)s was saved.", name=teacher.name), "success")
        return to_teacher(teacher)
    return form_page("small", form, teacher=teacher, heading=_("Further subjects"), note=None)


@bp.route("/teachers/<int:teacher_id>/leave", methods=["GET", "POST"])
@requires(Permission.TEACHER_EDIT)
def leave(teacher_id: int) -> Page:
    """Take a teacher off the roster."""
    teacher = decided_or_404(teacher_id)
    form = LeaveForm(data={"on": today()})
    form.offer()
    if form.validate_on_submit():
        try:
            operations.leave(actor=current_user, teacher=teacher, state_code=form.state_code.data, on=form.on.data)
        except Refused as refusal:
            form.form_errors.append(str(refusal.message))
        else:
            flash(_("%(name)s is off the roster; the record stays.", name=teacher.name), "success")
            return to_teacher(teacher)
    note = _("The teacher no longer counts as staff and takes no part in rotation. The record and its history stay.")
    return form_page("small", form, teacher=teacher, heading=_("Take off the roster"), note=note)


@bp.post("/teachers/<int:teacher_id>/return")
@requires(Permission.TEACHER_EDIT)
def come_back(teacher_id: int) -> Response:
    """Put a teacher back on the roster."""
    teacher = decided_or_404(teacher_id)
    operations.return_to_roster(actor=current_user, teacher=teacher)
    flash(_("%(name)s is back on the roster.", name=teacher.name), "success")
    return to_teacher(teacher)


@bp.route("/teachers/<int:teacher_id>/transfer", methods=["GET", "POST"])
@requires(Permission.TEACHER_EDIT)
def transfer(teacher_id: int) -> Page:
    """Move a teacher's employment to another school."""
    teacher = decided_or_404(teacher_id)
    form = TransferForm()
    note = _(
        "The quota post moves from %(school)s. Years at the school begin anew.", school=teacher.employing_school.name
    )

    def move() -> None:
        operations.transfer(
            actor=current_user,
            teacher=teacher,
            school=form.school.row,
            on=form.on.data,
            works_there_too=form.works_there_too.data,
        )

    return _moving(teacher, form, move, heading=_("Change the employing school"), note=note)


@bp.route("/teachers/<int:teacher_id>/relocate", methods=["GET", "POST"])
@requires(Permission.TEACHER_EDIT)
def relocate(teacher_id: int) -> Page:
    """Let a teacher work at another school."""
    teacher = decided_or_404(teacher_id)
    form = RelocateForm()
    note = _(
        "Works at %(working)s now; the quota post stays at %(employing)s.",
        working=teacher.working_school.name,
        employing=teacher.employing_school.name,
    )

    def move() -> None:
        operations.relocate(
            actor=current_user,
            teacher=teacher,
            school=form.school.row,
            on=form.on.data,
            state_code=form.state_code.data,
        )

    return _moving(teacher, form, move, heading=_("Change the working school"), note=note)


def _moving(
    teacher: Teacher, form: TransferForm | RelocateForm, move: Callable[[], None], *, heading: str, note: str
) -> Page:
    """The form of a move: made, or shown again with what speaks against it."""
    if form.validate_on_submit():
        try:
            move()
        except Refused as refusal:
            form.school.errors = [str(refusal.message)]
        else:
            flash(_("%(name)s was saved.", name=teacher.name), "success")
            return to_teacher(teacher)
    return form_page("small", form, teacher=teacher, heading=heading, note=note)


@bp.route("/teachers/<int:teacher_id>/identity", methods=["GET", "POST"])
@requires(Permission.IDENTITY_REVEAL)
def identity(teacher_id: int) -> Page:
    """Show an identity number once, for a reason, to somebody who has just signed in."""
    teacher = teacher_or_404(teacher_id, Permission.IDENTITY_REVEAL)
    if time.time() - float(session.get("fs_paa") or 0) > FRESH_SECONDS:
        flash(_("Enter your password again: identity numbers are shown only shortly after that."), "info")
        return redirect(url_for("security.verify", next=url_for(".identity", teacher_id=teacher.id)), 303)
    form = RevealForm()
    number = None
    if form.validate_on_submit():
        number = operations.reveal(actor=current_user, teacher=teacher, reason=form.reason.data)
    status = 422 if form.is_submitted() and number is None else 200
    return render_template("teachers/identity.html", form=form, teacher=teacher, number=number), status
