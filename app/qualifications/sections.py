"""What this room shows on a teacher's page and on a person's own page."""

from typing import Any

from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.qualifications import queries
from app.qualifications.access import acts_for_county
from app.qualifications.judging import standing_of
from app.qualifications.kinds import types_of
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.teachers.sections import Section, of_oneself, of_teacher

P = Permission


def register() -> None:
    """Bring the sections along."""
    of_teacher.register("qualifications", _of_teacher, permission=P.QUALIFICATION_READ, order=30)
    of_teacher.register("records", _records_of_teacher, permission=P.QUALIFICATION_READ, order=32)
    of_oneself.register("qualifications", _of_oneself, permission=P.OWN_RECORD, order=30)


def _reaches(teacher: Teacher, permission: Permission) -> bool:
    reach = teachers_where(current_user.grants, permission)
    return db.session.scalar(select(Teacher.id).where(Teacher.id == teacher.id, reach)) is not None


def _of_teacher(teacher: Teacher) -> Section | None:
    if not _reaches(teacher, P.QUALIFICATION_READ):
        return None
    context = _context(teacher, with_drafts=False)
    context["may_edit"] = _reaches(teacher, P.QUALIFICATION_EDIT)
    return Section(_("Qualifications and certificates"), "qualifications/_section.html", context)


def _records_of_teacher(teacher: Teacher) -> Section | None:
    if not _reaches(teacher, P.QUALIFICATION_READ):
        return None
    may_edit = _reaches(teacher, P.QUALIFICATION_EDIT)
    is_county = acts_for_county(current_user.grants, teacher.employing_school.county.path)
    context: dict[str, Any] = {
        "teacher": teacher,
        "records": queries.records_of(teacher.id),
        "may_edit": may_edit,
        "may_edit_titles": may_edit and is_county,
    }
    return Section(_("Studies, titles and appraisals"), "qualifications/_records.html", context)


def _of_oneself(teacher: Teacher) -> Section | None:
    if teacher.id != current_user.teacher_id:
        return None
    return Section(_("Qualifications and certificates"), "qualifications/_own_section.html",
                   _context(teacher, with_drafts=True))  # fmt: skip


def _context(teacher: Teacher, *, with_drafts: bool) -> dict[str, Any]:
    return {
        "teacher": teacher,
        "rows": queries.certificates_of(teacher.id, with_drafts=with_drafts),
        "types": types_of(teacher.county_id),
        "standing": standing_of(teacher.id, today()),
        "today": today(),
    }
