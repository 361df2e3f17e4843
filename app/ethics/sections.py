"""What this room shows on a teacher's page and on one's own."""

from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.db.clock import today
from app.ethics import queries
from app.ethics.access import READ
from app.teachers.models import Teacher
from app.teachers.queries import one_teacher
from app.teachers.sections import Section, of_oneself, of_teacher


def register() -> None:
    """Bring the sections along."""
    of_teacher.register("ethics", _of_teacher, permission=READ, order=80)
    of_oneself.register("ethics", _of_oneself, permission=Permission.OWN_RECORD, order=80)


def _of_teacher(teacher: Teacher) -> Section | None:
    """Only whether the ethics record vetoes, and the way to the file: what stands there is looked at there."""
    if one_teacher(teacher.id, current_user.grants, READ) is None:
        return None
    context = {"teacher": teacher, "veto": queries.veto_of(teacher.id, today())}
    return Section(_("Ethics"), "ethics/_section.html", context)


def _of_oneself(teacher: Teacher) -> Section | None:
    if teacher.id != current_user.teacher_id:
        return None
    return Section(_("Ethics"), "ethics/_own_section.html", queries.file_of(teacher.id, today(), with_returned=False))
