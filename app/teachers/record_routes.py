"""Pages of what is recorded about a teacher beside the columns: honours, rotations, circumstances."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.codes import queries as codes
from app.teachers import records
from app.teachers.access import honour_levels, may_decide
from app.teachers.change_routes import editable_or_404, form_page, to_teacher
from app.teachers.forms import CircumstanceForm, HonourForm, RotationForm
from app.teachers.models import BackboneHonour, Teacher
from app.teachers.routes import bp
from app.web.attempts import Page
from app.web.forms import Form, VersionedForm
from app.web.guards import requires


@dataclass(frozen=True, slots=True)
class Desk:
    """How one kind of record is worked on: its form, its rows, the words of its pages."""

    kind: records.Kind
    form: type[VersionedForm]
    rows: Callable[[Teacher], list[Any]]
    adding: LazyString
    editing: LazyString


DESKS = {
    "honours": Desk(
        records.HONOUR, HonourForm, lambda t: t.honours, _l("Add a backbone honour"), _l("Edit a backbone honour")
    ),
    "rotations": Desk(
        records.ROTATION, RotationForm, lambda t: t.rotations, _l("Add a rotation"), _l("Edit a rotation")
    ),
    "circumstances": Desk(
        records.CIRCUMSTANCE,
        CircumstanceForm,
        lambda t: t.circumstances,
        _l("Add a circumstance"),
        _l("Edit a circumstance"),
    ),
}
_WHICH = "<any(honours, rotations, circumstances):which>"


@bp.route(f"/teachers/<int:teacher_id>/{_WHICH}/new", methods=["GET", "POST"])
@requires(Permission.TEACHER_EDIT)
def add_record(teacher_id: int, which: str) -> Page:
    """Add an honour, a rotation or a circumstance."""
    desk, teacher = DESKS[which], editable_or_404(teacher_id)
    form = _form(desk, teacher, None)
    if form.validate_on_submit() and _holds(desk, teacher, form, None):
        records.add(actor=current_user, teacher=teacher, kind=desk.kind, **form.values())
        flash(_("It was added."), "success")
        return to_teacher(teacher)
    return form_page("small", form, teacher=teacher, heading=desk.adding, note=None)


@bp.route(f"/teachers/<int:teacher_id>/{_WHICH}/<int:row_id>", methods=["GET", "POST"])
@requires(Permission.TEACHER_EDIT)
def edit_record(teacher_id: int, which: str, row_id: int) -> Page:
    """Change an honour, a rotation or a circumstance."""
    desk, teacher = DESKS[which], editable_or_404(teacher_id)
    row = _row_or_404(desk, teacher, row_id)
    form = _form(desk, teacher, row)
    if form.validate_on_submit() and not form.refuse_stale(row) and _holds(desk, teacher, form, row.id):
        records.change(actor=current_user, teacher=teacher, row=row, **form.values())
        flash(_("It was saved."), "success")
        return to_teacher(teacher)
    return form_page("small", form, teacher=teacher, heading=desk.editing, note=None)


@bp.post(f"/teachers/<int:teacher_id>/{_WHICH}/<int:row_id>/remove")
@requires(Permission.TEACHER_EDIT)
def remove_record(teacher_id: int, which: str, row_id: int) -> Response:
    """Remove an honour, a rotation or a circumstance that should not be there."""
    desk, teacher = DESKS[which], editable_or_404(teacher_id)
    row = _row_or_404(desk, teacher, row_id)
    _form(desk, teacher, row)
    records.remove(actor=current_user, teacher=teacher, row=row)
    flash(_("It was removed; the history keeps what it said."), "success")
    return redirect(url_for(".show", teacher_id=teacher.id), 303)


def _row_or_404(desk: Desk, teacher: Teacher, row_id: int) -> Any:
    row = next((row for row in desk.rows(teacher) if row.id == row_id), None)
    if row is None:
        abort(404)
    return row


def _form(desk: Desk, teacher: Teacher, row: Any) -> VersionedForm:
    """The form, with what this person may enter; 403 for what only the bureau decides."""
    form = desk.form(obj=row, row_version=row.version if row else "")
    if desk.kind is records.ROTATION and row is None and not form.is_submitted():
        form.from_school_name.data = teacher.employing_school.name
    if isinstance(form, HonourForm):
        levels = honour_levels(current_user.grants, teacher, codes.tables().get("honour_level", {}))
        if isinstance(row, BackboneHonour) and row.level_code not in levels:
            abort(403)
        form.limit(levels)
    elif not may_decide(current_user.grants, teacher):
        abort(403)
    return form


def _holds(desk: Desk, teacher: Teacher, form: Form, own_id: int | None) -> bool:
    wrong = records.problems(desk.kind, teacher, form.values(), own_id)
    for name, sentence in wrong.items():
        form[name].errors = [*form[name].errors, sentence]
    return not wrong
