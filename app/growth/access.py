"""Which draws and drawn teachers a person reaches."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, or_, select

from app.access import Grant, Permission
from app.growth.models import DrawnLesson, WeeklyDraw
from app.schools.access import in_regions, schools_where
from app.schools.models import School


def draws_where(grants: Iterable[Grant], permission: Permission = Permission.GROWTH_READ) -> ColumnElement[bool]:
    """Condition on WeeklyDraw: the draws of a granted county, and those that met a granted school."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(WeeklyDraw.county_id, held, permission)
    if schools := {g.school_id for g in held if g.school_id}:
        met = select(DrawnLesson.id).where(DrawnLesson.draw_id == WeeklyDraw.id, DrawnLesson.school_id.in_(schools))
        ways.append(met.exists())
    return or_(false(), *ways)


def lessons_where(grants: Iterable[Grant], permission: Permission = Permission.GROWTH_READ) -> ColumnElement[bool]:
    """Condition on DrawnLesson: those at a school within reach."""
    return DrawnLesson.school_id.in_(select(School.id).where(schools_where(grants, permission)))
