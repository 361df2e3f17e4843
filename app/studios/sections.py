"""What this room shows on a teacher's page and on a person's own page: places in studios."""

from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.extensions import db
from app.studios.access import studios_where
from app.studios.models import MembershipStatus, Studio
from app.studios.queries.people import places_of
from app.teachers.models import Teacher
from app.teachers.sections import Section, of_oneself, of_teacher

JOINED = (MembershipStatus.ACTIVE, MembershipStatus.LEFT, MembershipStatus.DISMISSED, MembershipStatus.FINISHED)


def register() -> None:
    """Bring the sections along."""
    of_teacher.register("studios", _of_teacher, permission=Permission.STUDIO_READ, order=66)
    of_oneself.register("studios", _of_oneself, permission=Permission.OWN_RECORD, order=66)


def _of_teacher(teacher: Teacher) -> Section | None:
    """The studios that somebody belongs or belonged to; those within reach are links."""
    rows = [row for row in places_of(teacher.id) if row.status in JOINED]
    if not rows:
        return None
    reach = studios_where(current_user.grants, Permission.STUDIO_READ)
    ids = [row.studio_id for row in rows]
    reached = set(db.session.scalars(db.select(Studio.id).where(Studio.id.in_(ids), reach)))
    return Section(_("Studios"), "studios/_section.html", {"rows": rows, "reached": reached, "is_own": False})


def _of_oneself(teacher: Teacher) -> Section | None:
    """One's own places, and the way to the studios of the county."""
    if teacher.id != current_user.teacher_id:
        return None
    context = {"rows": places_of(teacher.id), "reached": set(), "is_own": True}
    return Section(_("Studios I belong to"), "studios/_section.html", context)
