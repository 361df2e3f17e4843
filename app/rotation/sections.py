"""What this room shows on a teacher's page and on a person's own page: postings, and where wishes are stated."""

from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import true

from app.access import Permission
from app.rotation.access import postings_where
from app.rotation.queries.publications import postings_of_teacher
from app.rotation.queries.wishes import open_plans_of, wishes_of
from app.teachers.models import Teacher
from app.teachers.sections import Section, of_oneself, of_teacher


def register() -> None:
    """Bring the sections along."""
    of_teacher.register("postings", _postings, permission=Permission.POSTING_READ, order=70)
    of_oneself.register("postings", _own, permission=Permission.OWN_RECORD, order=70)


def _postings(teacher: Teacher) -> Section | None:
    """The postings within reach: who reads the record need not see where its teacher is sent."""
    rows = postings_of_teacher(teacher.id, postings_where(current_user.grants, Permission.POSTING_READ))
    context = {"postings": rows, "may_open": True, "plans": [], "wishes": {}}
    return Section(_("Postings"), "rotation/_teacher_section.html", context) if rows else None


def _own(teacher: Teacher) -> Section | None:
    """One's own postings, and one's wishes for the plans that still take them."""
    if teacher.id != current_user.teacher_id:
        return None
    plans = open_plans_of(teacher)
    wishes = {plan.id: wishes_of(plan.id, [teacher.id]).get(teacher.id, []) for plan in plans}
    context = {"postings": postings_of_teacher(teacher.id, true()), "may_open": False, "plans": plans, "wishes": wishes}
    if not plans and not context["postings"]:
        return None
    return Section(_("Rotation and wishes"), "rotation/_teacher_section.html", context)
