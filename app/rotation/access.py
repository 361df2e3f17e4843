"""Which plans, lists and postings a person reaches."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from app.access import Grant, Permission
from app.rotation.models import Posting, Publication, RotationPlan
from app.schools.access import in_regions
from app.schools.models import School
from app.teachers.models import Teacher


def plans_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on RotationPlan: plans of the counties granted with the permission."""
    return _in_counties(RotationPlan.county_id, list(grants), permission)


def publications_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on Publication: lists of the person's counties, and of the county of their school or of themselves."""
    permission = Permission.PUBLICATION_READ
    held = [g for g in grants if g.allows(permission)]
    ways = [_in_counties(Publication.county_id, held, permission)]
    if schools := {g.school_id for g in held if g.school_id}:
        ways.append(Publication.county_id.in_(select(School.county_id).where(School.id.in_(schools))))
    if teachers := {g.teacher_id for g in held if g.teacher_id}:
        ways.append(Publication.county_id.in_(select(Teacher.county_id).where(Teacher.id.in_(teachers))))
    return or_(false(), *ways)


def postings_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on Posting: those of a granted county, and those from or to a granted school."""
    held = [g for g in grants if g.allows(permission)]
    ways = [_in_counties(Posting.county_id, held, permission)]
    if schools := {g.school_id for g in held if g.school_id}:
        ways += [Posting.from_school_id.in_(schools), Posting.to_school_id.in_(schools)]
    return or_(false(), *ways)


def _in_counties(column: Any, grants: list[Grant], permission: Permission) -> ColumnElement[bool]:
    return or_(false(), *in_regions(column, grants, permission))
