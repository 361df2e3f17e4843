"""A vetoed teacher is granted no honour: the teachers' room asks before it writes one."""

from datetime import date

from flask_babel import gettext as _

from app.ethics.vetoes import veto_of
from app.teachers.models import Teacher


def refusal(teacher: Teacher, on: date) -> str | None:
    """Why an honour that begins on a day cannot be granted; None where nothing speaks against it."""
    veto = veto_of(teacher.id, on)
    if veto is None:
        return None
    return str(_("No honour can be granted: %(reason)s", reason=veto.sentence))
