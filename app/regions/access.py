"""Which regions and counties a person reaches."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, true

from app.access import Grant, Permission
from app.regions.models import Region, RegionLevel


def regions_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on Region: the nodes at or below a region granted with the permission."""
    paths = [g.region_path for g in grants if g.region_path and g.allows(permission)]
    return or_(false(), *(Region.path.startswith(path, autoescape=True) if path != "/" else true() for path in paths))


def reaches_everything(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition: no county lies outside the regions granted with the permission.

    What belongs to no county, such as the code tables, is for those who answer for all of them.
    """
    held = [g for g in grants if g.region_path and g.allows(permission)]
    outside = exists().where(Region.level == RegionLevel.COUNTY, not_(regions_where(held, permission)))
    return and_(true() if held else false(), not_(outside))
