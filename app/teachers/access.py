"""Which teachers a person reaches."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, or_, select

from app.access import Grant, Permission
from app.regions.access import regions_where
from app.regions.models import Region
from app.teachers.models import Teacher


def teachers_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on Teacher: those of a granted region, those employed by or working at a granted school.

    A person's own record comes with `Permission.OWN_RECORD` and the grant that names the teacher.
    """
    held = [g for g in grants if g.allows(permission)]
    ways: list[ColumnElement[bool]] = []
    if any(g.region_path for g in held):
        ways.append(Teacher.county_id.in_(select(Region.id).where(regions_where(held, permission))))
    schools = {g.school_id for g in held if g.school_id}
    if schools:
        ways += [Teacher.employing_school_id.in_(schools), Teacher.working_school_id.in_(schools)]
    own = {g.teacher_id for g in held if g.teacher_id}
    if own and permission is Permission.OWN_RECORD:
        ways.append(Teacher.id.in_(own))
    return or_(false(), *ways)
