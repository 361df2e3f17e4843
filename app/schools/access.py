"""Which schools a person reaches."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.access import Grant, Permission
from app.extensions import db
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.schools.models import School


def in_regions(
    column: InstrumentedAttribute[int], held: Iterable[Grant], permission: Permission
) -> list[ColumnElement[bool]]:
    """Conditions on a county column, one for each way the grants reach a county.

    A county is compared directly and a wider region by looking each row's county up: so a county's list runs along
    the county's own index, and a province's along the index of its order. Where nothing lies outside the wider
    region, as in a province's own installation, no row needs to be asked.
    """
    held = list(held)
    counties = {g.region_id for g in held if g.region_level == RegionLevel.COUNTY and g.allows(permission)}
    wider = [g for g in held if g.region_path and g.region_level != RegionLevel.COUNTY and g.allows(permission)]
    ways: list[ColumnElement[bool]] = []
    if len(counties) == 1:
        ways.append(column == next(iter(counties)))
    elif counties:
        ways.append(column.in_(counties))
    if wider:
        inside = regions_where(wider, permission)
        outside = select(Region.id).where(Region.level == RegionLevel.COUNTY, ~inside).limit(1)
        if db.session.scalar(outside) is None:
            return [true()]
        here = select(Region.id).where(Region.id == column, inside)
        ways.append(here.correlate(column.class_).exists())
    return ways


def schools_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on School: schools in a granted region, and schools granted by themselves."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(School.county_id, held, permission)
    own = {g.school_id for g in held if g.school_id}
    if own:
        ways.append(School.id.in_(own))
    return or_(false(), *ways)


def one_county(grants: Iterable[Grant], permission: Permission) -> bool:
    """Whether everything the person reaches with the permission lies in one county."""
    held = [g for g in grants if g.allows(permission) and (g.region_path or g.school_id)]
    if any(g.region_path and g.region_level != RegionLevel.COUNTY for g in held):
        return False
    return len({g.region_id for g in held if g.region_path}) + (1 if any(g.school_id for g in held) else 0) <= 1
