"""Which teachers a person reaches, and what of a teacher they may change."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, or_

from app.access import Grant, Permission
from app.schools.access import in_regions
from app.teachers.models import Teacher

# Only the bureau changes who a person is, whose 编制 they hold, and what was awarded above the school.
BUREAU_FIELDS = frozenset(
    {
        "id_type_code",
        "id_number",
        "is_established",
        "employing_school",
        "title_rated_code",
        "title_employed_code",
        "title_employed_on",
        "post_category_code",
        "post_grade_code",
    }
)
# A school that has somebody on loan or on rotation keeps only the facts of the work done there.
WORKPLACE_FIELDS = frozenset({"stage", "subject_code", "is_class_teacher", "school_position_code", "phone", "email"})
SCHOOL_HONOUR_LEVELS = frozenset({"5"})


def teachers_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on Teacher: those of a granted region, those employed by or working at a granted school.

    A person's own record comes with `Permission.OWN_RECORD` and the grant that names the teacher.
    """
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(Teacher.county_id, held, permission)
    schools = {g.school_id for g in held if g.school_id}
    if schools:
        ways += [Teacher.employing_school_id.in_(schools), Teacher.working_school_id.in_(schools)]
    own = {g.teacher_id for g in held if g.teacher_id}
    if own and permission is Permission.OWN_RECORD:
        ways.append(Teacher.id.in_(own))
    return or_(false(), *ways)


def editable_fields(grants: Iterable[Grant], teacher: Teacher, every: Iterable[str]) -> set[str]:
    """The fields of this teacher that the person may change."""
    grants = list(grants)
    if may_decide(grants, teacher):
        return set(every)
    own = {g.school_id for g in grants if g.school_id and g.allows(Permission.TEACHER_EDIT)}
    if teacher.employing_school_id in own:
        return set(every) - BUREAU_FIELDS
    return set(every) & WORKPLACE_FIELDS if teacher.working_school_id in own else set()


def may_decide(grants: Iterable[Grant], teacher: Teacher) -> bool:
    """Whether the person acts for this teacher's bureau: transfers, honours above the school, circumstances that
    exempt. The teacher's employing school is loaded with its county."""
    path = teacher.employing_school.county.path
    return any(g.region_path and path.startswith(g.region_path) for g in grants if g.allows(Permission.TEACHER_EDIT))


def honour_levels(grants: Iterable[Grant], teacher: Teacher, every: Iterable[str]) -> list[str]:
    """The levels of honour that the person may enter for this teacher."""
    is_bureau = may_decide(grants, teacher)
    return [level for level in every if is_bureau or level in SCHOOL_HONOUR_LEVELS]
