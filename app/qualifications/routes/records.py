"""Degrees, titles and appraisals of a teacher, entered by the school or the county."""

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
from app.db.clock import today
from app.extensions import db
from app.qualifications.forms import AppraisalForm, DegreeForm, TitleForm
from app.qualifications.models import CertificateSource
from app.qualifications.operations import records
from app.qualifications.routes import bp, saved_message, source_for, teacher_or_404
from app.qualifications.routes.certificates import form_page
from app.teachers.models import Teacher
from app.web.attempts import Page
from app.web.forms import Form
from app.web.guards import requires

P = Permission


@dataclass(frozen=True, slots=True)
class Desk:
    """How one kind of record is worked on. `is_for_county`: the bureau alone decides it, as it does titles."""

    kind: records.Kind
    form: type[Form]
    adding: LazyString
    editing: LazyString
    is_for_county: bool = False
    start: Callable[[Teacher], dict[str, Any]] = lambda teacher: {}


DESKS = {
    "degrees": Desk(records.DEGREE, DegreeForm, _l("Add a course of study"), _l("Edit a course of study")),
    "titles": Desk(records.TITLE, TitleForm, _l("Add a title"), _l("Edit a title"), is_for_county=True),
    "appraisals": Desk(
        records.APPRAISAL, AppraisalForm, _l("Add an appraisal"), _l("Edit an appraisal"),
        start=lambda teacher: {"year": today().year - 1, "unit_name": teacher.employing_school.name},
    ),
}  # fmt: skip
_WHICH = "<any(degrees, titles, appraisals):record_kind>"


def _open(teacher_id: int, record_kind: str) -> tuple[Desk, Teacher]:
    desk, teacher = DESKS[record_kind], teacher_or_404(teacher_id)
    if desk.is_for_county and source_for(teacher) is not CertificateSource.COUNTY:
        abort(403)
    return desk, teacher


def _row_or_404(desk: Desk, teacher: Teacher, record_id: int) -> Any:
    row = db.session.get(desk.kind.model, record_id)
    return row if row is not None and row.teacher_id == teacher.id else abort(404)


def _takes(desk: Desk, teacher: Teacher, form: Form, own_id: int | None) -> bool:
    wrong = records.problems(desk.kind, teacher, form.values(), own_id)
    for name, sentence in wrong.items():
        form[name].errors = [*form[name].errors, sentence]
    return not wrong


def _page(form: Form, heading: LazyString, teacher: Teacher) -> Page:
    return form_page(
        form, heading, template="small", note=None, subheading=f"{teacher.name} · {teacher.employing_school.name}",
        back=url_for("teachers.show", teacher_id=teacher.id), trail=teacher,
    )  # fmt: skip


def _to_teacher(teacher: Teacher) -> Response:
    return redirect(url_for("teachers.show", teacher_id=teacher.id), 303)


@bp.route(f"/teachers/<int:teacher_id>/{_WHICH}/new", methods=["GET", "POST"])
@requires(P.QUALIFICATION_EDIT)
def add_record(teacher_id: int, record_kind: str) -> Page:
    """Add a course of study, a title or an appraisal."""
    desk, teacher = _open(teacher_id, record_kind)
    form = desk.form(data=desk.start(teacher))
    if form.validate_on_submit() and _takes(desk, teacher, form, None):
        records.add(actor=current_user, teacher=teacher, what=desk.kind, **form.values())
        flash(_("It was added."), "success")
        return _to_teacher(teacher)
    return _page(form, desk.adding, teacher)


@bp.route(f"/teachers/<int:teacher_id>/{_WHICH}/<int:record_id>", methods=["GET", "POST"])
@requires(P.QUALIFICATION_EDIT)
def edit_record(teacher_id: int, record_kind: str, record_id: int) -> Page:
    """Change a course of study, a title or an appraisal."""
    desk, teacher = _open(teacher_id, record_kind)
    row = _row_or_404(desk, teacher, record_id)
    form = desk.form(obj=row)
    if form.validate_on_submit() and _takes(desk, teacher, form, row.id):
        records.change(actor=current_user, teacher=teacher, row=row, **form.values())
        flash(saved_message(), "success")
        return _to_teacher(teacher)
    return _page(form, desk.editing, teacher)


@bp.post(f"/teachers/<int:teacher_id>/{_WHICH}/<int:record_id>/remove")
@requires(P.QUALIFICATION_EDIT)
def remove_record(teacher_id: int, record_kind: str, record_id: int) -> Response:
    """Remove a record that should not be there."""
    desk, teacher = _open(teacher_id, record_kind)
    records.remove(actor=current_user, teacher=teacher, row=_row_or_404(desk, teacher, record_id))
    flash(_("It was removed; the history keeps what it said."), "success")
    return _to_teacher(teacher)
