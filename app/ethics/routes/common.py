"""What the pages share: finding a record within reach, noting that somebody looked, drawing a record's page."""

from typing import Any

from flask import abort, render_template, url_for
from flask_login import current_user

from app.access import Permission
from app.db.clock import today
from app.ethics import operations, queries
from app.ethics.access import CONFIRM, EDIT, READ, Record, may_confirm
from app.ethics.forms import SayForm
from app.ethics.models import State
from app.extensions import db
from app.teachers import queries as teachers
from app.teachers.models import Teacher
from app.web.transaction import writing

WHICH = "<any(entry, appraisal):part>/<int:ethics_id>"


def record_or_404(part: str, ethics_id: int, permission: Permission = READ) -> Record:
    """An entry or an appraisal within reach, while it is on record."""
    reach = queries.reach_of(part, current_user.grants, permission)
    return queries.find(part, ethics_id, reach, today()) or abort(404)


def looked_at(part: str, ethics_id: int) -> Record:
    """The same for a page that shows it: the look goes on record first."""
    with writing():
        operations.note_look(actor=current_user, teacher=record_or_404(part, ethics_id).teacher)
    return record_or_404(part, ethics_id)


def teacher_or_404(teacher_id: int, permission: Permission) -> Teacher:
    """A teacher within reach."""
    return teachers.one_teacher(teacher_id, current_user.grants, permission) or abort(404)


def decides(county_id: int) -> bool:
    """Whether the person decides for a county."""
    return may_confirm(current_user.grants, county_id)


def may_change(record: Record) -> bool:
    """Whether the person may correct or withdraw a record: what vetoes on record is the county's alone."""
    if record.teacher_id == current_user.teacher_id or not current_user.may(EDIT):
        return False
    is_countys = record.does_veto and record.state is State.IN_FORCE
    return decides(record.county_id) if is_countys else _reaches(record)


def _reaches(record: Record) -> bool:
    part = "entry" if record.__tablename__ == "ethics_entry" else "appraisal"
    reach = queries.reach_of(part, current_user.grants, EDIT)
    return db.session.scalar(queries.only_id(part, record.id, reach)) is not None


def record_page(part: str, record: Record, form: SayForm | None = None, asked: str = "") -> tuple[str, int]:
    """The page of one record; `asked` names the step whose form came back."""
    is_mine = record.teacher_id == current_user.teacher_id
    may_decide = current_user.may(CONFIRM) and decides(record.county_id) and not is_mine
    page = render_template(
        "ethics/record.html",
        part=part,
        record=record,
        thread=queries.thread(record),
        may_decide=may_decide,
        may_change=may_change(record),
        form=form or SayForm(formdata=None),
        asked=asked,
    )
    return page, 422 if form is not None else 200


def to_record(part: str, record: Record) -> str:
    """The address of a record's page."""
    return url_for("ethics.show", part=part, ethics_id=record.id)


def choices() -> dict[str, Any]:
    """The choices of a list's filters, which both lists share."""
    return {"today": today(), "may_export": current_user.may(Permission.EXPORT)}
