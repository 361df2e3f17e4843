"""What this room shows on a teacher's page and on a person's own page."""

from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.teachers.models import Teacher
from app.teachers.sections import Section, of_oneself, of_teacher
from app.training.access import enrolments_where
from app.training.queries import certificates, people

SHOWN = 10


def register() -> None:
    """Bring the sections along."""
    of_teacher.register("training", _training, permission=Permission.TRAINING_READ, order=60)
    of_oneself.register("training", _own, permission=Permission.OWN_RECORD, order=60)


def _training(teacher: Teacher) -> Section | None:
    """The sessions of a teacher, as far as they are within reach."""
    reach = enrolments_where(current_user.grants, Permission.TRAINING_READ)
    rows = people.enrolments_of(teacher.id, reach)
    if not rows:
        return None
    context = {"rows": rows, "certificates": certificates.of_enrolments([row.id for row in rows]), "is_own": False}
    return Section(_("Training"), "training/_section.html", context)


def _own(teacher: Teacher) -> Section | None:
    """One's own sessions, and where to ask for others."""
    if teacher.id != current_user.teacher_id:
        return None
    rows = list(people.own_enrolments(teacher.id))[:SHOWN]
    context = {"rows": rows, "certificates": certificates.of_enrolments([row.id for row in rows]), "is_own": True}
    return Section(_("Training"), "training/_section.html", context)
