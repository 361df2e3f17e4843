"""What mentor pairs show on a teacher's page and on a person's own page, and how the log tells of them."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from app.access import Permission
from app.audit import labels
from app.extensions import db
from app.growth.models import MentorPair, PairSide
from app.growth.queries.mentors import pairs_of, pairs_where, side_of
from app.teachers.models import Teacher
from app.teachers.sections import Section, of_oneself, of_teacher

OBJECTS = {"mentor": _l("Mentor"), "mentor.pair": _l("Mentor pair")}
VERBS = {
    "mentor.settings": _l("rules of the county set"),
    "mentor.pair.make": _l("put together"),
    "mentor.pair.sign": _l("signed"),
    "mentor.pair.withdraw": _l("taken back"),
    "mentor.pair.end": _l("ended early"),
    "mentor.pair.report": _l("report written"),
    "mentor.pair.edit_report": _l("report changed"),
    "mentor.pair.lesson": _l("lesson entered"),
    "mentor.pair.edit_lesson": _l("lesson changed"),
    "mentor.pair.delete_lesson": _l("lesson deleted"),
    "mentor.pair.appraise": _l("appraised"),
}


def register() -> None:
    """Bring the sections and the words along."""
    of_teacher.register("mentoring", _of_teacher, permission=Permission.GROWTH_READ, order=81)
    of_oneself.register("mentoring", _of_oneself, permission=Permission.OWN_RECORD, order=81)
    for name, label in OBJECTS.items():
        labels.OBJECTS.setdefault(name, label)
    for name, label in VERBS.items():
        labels.VERBS.setdefault(name, label)


def _of_teacher(teacher: Teacher) -> Section | None:
    """Somebody's pairs; those within reach are links."""
    rows = pairs_of(teacher.id)
    if not rows:
        return None
    reach = pairs_where(current_user.grants, Permission.GROWTH_READ)
    ids = [row.id for row in rows]
    reached = set(db.session.scalars(select(MentorPair.id).where(MentorPair.id.in_(ids), reach)))
    return _section(teacher, rows, reached, is_own=False)


def _of_oneself(teacher: Teacher) -> Section | None:
    rows = pairs_of(teacher.id) if teacher.id == current_user.teacher_id else []
    return _section(teacher, rows, {row.id for row in rows}, is_own=True) if rows else None


def _section(teacher: Teacher, rows: Sequence[MentorPair], reached: set[int], *, is_own: bool) -> Section:
    sides = {row.id: side_of(row, teacher.id) for row in rows}
    context = {"rows": rows, "sides": sides, "reached": reached, "is_own": is_own, "pair_sides": PairSide}
    return Section(_("Mentor pairs"), "growth/_mentors_section.html", context)
