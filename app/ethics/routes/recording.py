"""Entering and correcting records."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db.clock import today
from app.ethics import operations, queries
from app.ethics.access import EDIT, Record
from app.ethics.clauses import clauses
from app.ethics.forms import AppraisalCorrectionForm, AppraisalForm, EntryCorrectionForm, EntryForm, SchoolYearForm
from app.ethics.models import EthicsAppraisal, EthicsEntry
from app.ethics.routes import bp
from app.ethics.routes.common import WHICH, decides, record_or_404, teacher_or_404, to_record
from app.extensions import db
from app.teachers.models import Teacher
from app.web.attempts import Page
from app.web.errors import Refused
from app.web.guards import requires


@bp.route("/ethics/teachers/<int:teacher_id>/entries/new", methods=["GET", "POST"])
@requires(EDIT)
def add_entry(teacher_id: int) -> Page:
    """Enter something into a teacher's file."""
    teacher = teacher_or_404(teacher_id, EDIT)
    form = EntryForm()
    form.offer(clauses(teacher.county_id))
    form.evidence.belongs_to(teacher.county_id)
    if form.validate_on_submit():
        try:
            entry = operations.record_entry(
                actor=current_user, teacher=teacher, is_decided=decides(teacher.county_id), **form.fields()
            )
        except Refused as refused:
            return _again("ethics/new_entry.html", form, refused, teacher=teacher)
        _say(entry)
        return redirect(to_record("entry", entry), 303)
    return _form_page("ethics/new_entry.html", form, teacher=teacher)


@bp.route("/ethics/teachers/<int:teacher_id>/appraisals/new", methods=["GET", "POST"])
@requires(EDIT)
def add_appraisal(teacher_id: int) -> Page:
    """Enter a teacher's yearly appraisal."""
    teacher = teacher_or_404(teacher_id, EDIT)
    form = AppraisalForm(data={"year": today().year, "appraised_on": today()})
    form.evidence.belongs_to(teacher.county_id)
    if form.validate_on_submit():
        try:
            row = operations.record_appraisal(
                actor=current_user,
                teacher=teacher,
                year=form.year.data,
                is_decided=decides(teacher.county_id),
                **form.fields(),
            )
        except Refused as refused:
            return _again("ethics/new_appraisal.html", form, refused, teacher=teacher)
        _say(row)
        return redirect(to_record("appraisal", row), 303)
    return _form_page("ethics/new_appraisal.html", form, teacher=teacher)


@bp.route(f"/ethics/{WHICH}/correct", methods=["GET", "POST"])
@requires(EDIT)
def correct(part: str, ethics_id: int) -> Page:
    """Correct a record, with a reason."""
    record = record_or_404(part, ethics_id, EDIT)
    form = _correction_form(record)
    form.evidence.belongs_to(record.county_id)
    if form.validate_on_submit() and not form.refuse_stale(record):
        try:
            is_changed = _correct(record, form.fields())
        except Refused as refused:
            return _again("ethics/correct.html", form, refused, record=record, part=part)
        flash(_("The record was corrected.") if is_changed else _("Nothing was different."), "success")
        return redirect(to_record(part, record), 303)
    return _form_page("ethics/correct.html", form, record=record, part=part)


def _correction_form(record: Record) -> Any:
    if isinstance(record, EthicsAppraisal):
        form: Any = AppraisalCorrectionForm(obj=record)
    else:
        form = EntryCorrectionForm(obj=record)
        form.kind = record.kind
    if not form.is_submitted():
        form.row_version.data = str(record.version)
    return form


def _correct(record: Record, fields: dict[str, Any]) -> bool:
    is_decided = decides(record.county_id)
    if isinstance(record, EthicsEntry):
        return operations.correct_entry(actor=current_user, entry=record, is_decided=is_decided, **fields)
    return operations.correct_appraisal(actor=current_user, appraisal=record, is_decided=is_decided, **fields)


@bp.route("/ethics/appraisals/school", methods=["GET", "POST"])
@requires(EDIT)
def appraise_school() -> Page:
    """A whole school's appraisals of a year on one page; a conclusion that vetoes is entered by itself."""
    form = SchoolYearForm(request.values if request.values else None, meta={"csrf": False})  # every POST is checked
    if not request.values:
        form.year.data, form.appraised_on.data = today().year, today()
        return render_template("ethics/school_year.html", form=form, people=[], chosen={}, conclusions=_conclusions())
    people: list[Teacher] = []
    if form.validate():
        people = list(queries.unappraised(form.school.row.id, form.year.data))
        if request.method == "POST":
            return _appraise(form, people)
    return _school_page(form, people, {}, 200 if people or form.validate() else 422)


def _conclusions() -> list[tuple[str, str]]:
    from app.codes import queries as codes
    from app.ethics.clauses import is_failing

    return [(code, label) for code, label in codes.choices("ethics_appraisal") if not is_failing(code)]


def _appraise(form: SchoolYearForm, people: list[Teacher]) -> Page:
    known = dict(_conclusions())
    chosen = {t.id: request.form.get(f"teacher-{t.id}", "") for t in people}
    done = 0
    try:
        for teacher in people:
            if chosen[teacher.id] in known and teacher.id != current_user.teacher_id:
                operations.record_appraisal(
                    actor=current_user,
                    teacher=teacher,
                    year=form.year.data,
                    conclusion_code=chosen[teacher.id],
                    appraised_on=form.appraised_on.data,
                    veto_to=None,
                    facts=None,
                    evidence=[],
                    is_decided=decides(teacher.county_id),
                )
                done += 1
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(str(refused.message))
        return _school_page(form, people, chosen, 422)
    flash(_("%(number)s appraisals were entered.", number=done), "success" if done else "warning")
    return redirect(url_for(".appraisals", year=form.year.data, school=form.school.row.id), 303)


def _school_page(form: SchoolYearForm, people: list[Teacher], chosen: dict[int, str], status: int) -> tuple[str, int]:
    page = render_template(
        "ethics/school_year.html", form=form, people=people, chosen=chosen, conclusions=_conclusions()
    )
    return page, status


def _say(record: Record) -> None:
    if record.state.value == "proposed":
        flash(_("It was proposed; the county decides. The teacher was told."), "success")
    else:
        flash(_("It is on record, and the teacher was told."), "success")


def _form_page(template: str, form: Any, **more: Any) -> tuple[str, int]:
    return render_template(template, form=form, **more), 422 if form.is_submitted() else 200


def _again(template: str, form: Any, refused: Refused, **more: Any) -> Response | tuple[str, int]:
    form.form_errors.append(str(refused.message))
    return render_template(template, form=form, **more), 422
