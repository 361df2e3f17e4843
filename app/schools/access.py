"""Which schools a person reaches."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, or_, select

from app.access import Grant, Permission
from app.regions.access import regions_where
from app.regions.models import Region
from app.schools.models import School


def schools_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on School: schools in a granted region, and schools granted by themselves."""
    held = [g for g in grants if g.allows(permission)]
    ways: list[ColumnElement[bool]] = []
    if any(g.region_path for g in held):
        ways.append(School.county_id.in_(select(Region.id).where(regions_where(held, permission))))
    own = {g.school_id for g in held if g.school_id}
    if own:
        ways.append(School.id.in_(own))
    return or_(false(), *ways)
