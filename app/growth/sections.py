"""What this room shows on a teacher's page and on a person's own page: when they were drawn."""

from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.growth.queries.draws import lessons_of_teacher
from app.growth.queries.groups import memberships_of
from app.growth.queries.ladder import applications_of, applications_where
from app.growth.queries.programmes import places_of_teacher
from app.schools.access import schools_where
from app.teachers.models import Teacher
from app.teachers.sections import Section, of_oneself, of_teacher


def register() -> None:
    """Bring the sections along."""
    of_teacher.register("draws", _drawn, permission=Permission.GROWTH_READ, order=85)
    of_oneself.register("draws", _own, permission=Permission.OWN_RECORD, order=85)
    of_teacher.register("programmes", _programmes, permission=Permission.GROWTH_READ, order=84)
    of_oneself.register("programmes", _own_programmes, permission=Permission.OWN_RECORD, order=84)
    of_teacher.register("ladder", _ladder, permission=Permission.GROWTH_READ, order=82)
    of_oneself.register("ladder", _own_ladder, permission=Permission.OWN_RECORD, order=82)
    of_teacher.register("growth_groups", _groups, permission=Permission.GROWTH_READ, order=83)
    of_oneself.register("growth_groups", _own_groups, permission=Permission.OWN_RECORD, order=83)


def _drawn(teacher: Teacher) -> Section | None:
    lessons = lessons_of_teacher(teacher.id)
    context = {"lessons": lessons, "may_open": True}
    return Section(_("Drawn for open lessons"), "growth/_teacher_section.html", context) if lessons else None


def _own(teacher: Teacher) -> Section | None:
    if teacher.id != current_user.teacher_id:
        return None
    lessons = lessons_of_teacher(teacher.id)
    context = {"lessons": lessons, "may_open": False}
    return Section(_("Drawn for open lessons"), "growth/_teacher_section.html", context) if lessons else None


def _programmes(teacher: Teacher) -> Section | None:
    return _places(teacher, may_open=True)


def _own_programmes(teacher: Teacher) -> Section | None:
    return _places(teacher, may_open=False) if teacher.id == current_user.teacher_id else None


def _places(teacher: Teacher, *, may_open: bool) -> Section | None:
    context = {"places": places_of_teacher(teacher.id), "may_open": may_open}
    return Section(_("Growth programmes"), "growth/_places_section.html", context) if context["places"] else None


def _ladder(teacher: Teacher) -> Section | None:
    """The applications within the reader's reach: another school's are its own."""
    reach = applications_where(current_user.grants, Permission.GROWTH_READ)
    found = applications_of(teacher.id, reach)
    context = {"applications": found, "may_open": True}
    return Section(_("Ladder of backbone titles"), "growth/_ladder_section.html", context) if found else None


def _own_ladder(teacher: Teacher) -> Section | None:
    if teacher.id != current_user.teacher_id:
        return None
    context = {"applications": applications_of(teacher.id), "may_open": False}
    return Section(_("Ladder of backbone titles"), "growth/_ladder_section.html", context)


def _groups(teacher: Teacher) -> Section | None:
    return _memberships(teacher, may_open=True)


def _own_groups(teacher: Teacher) -> Section | None:
    return _memberships(teacher, may_open=False) if teacher.id == current_user.teacher_id else None


def _memberships(teacher: Teacher, *, may_open: bool) -> Section | None:
    reach = schools_where(current_user.grants, Permission.GROWTH_READ) if may_open else None
    context = {"members": memberships_of(teacher.id, reach), "may_open": may_open}
    return Section(_("Growth groups"), "growth/_groups_section.html", context) if context["members"] else None
