"""What this room shows on a teacher's page and on a person's own page: the cycle, this year, what is missing."""

from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.access import Permission
from app.credits.access import READ
from app.credits.presenting import presented
from app.credits.queries.standing import standing_of
from app.db.clock import today
from app.extensions import db
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.teachers.sections import Section, of_oneself, of_teacher

TEMPLATE = "credits/_section.html"


def register() -> None:
    """Bring the sections along."""
    of_teacher.register("credits", _of_teacher, permission=READ, order=40)
    of_oneself.register("credits", _of_oneself, permission=Permission.OWN_RECORD, order=40)


def _of_teacher(teacher: Teacher) -> Section | None:
    reach = select(Teacher.id).where(Teacher.id == teacher.id, teachers_where(current_user.grants, READ))
    return _section(teacher, is_own=False) if db.session.scalar(reach) is not None else None


def _of_oneself(teacher: Teacher) -> Section | None:
    return _section(teacher, is_own=True) if teacher.id == current_user.teacher_id else None


def _section(teacher: Teacher, *, is_own: bool) -> Section:
    context = {"teacher": teacher, "is_own": is_own, **presented(standing_of(teacher, today()))}
    return Section(_("Training hours"), TEMPLATE, context)
