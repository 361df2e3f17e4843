"""Which regions and counties a person reaches."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, or_, true

from app.access import Grant, Permission
from app.regions.models import Region


def regions_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on Region: the nodes at or below a region granted with the permission."""
    paths = [g.region_path for g in grants if g.region_path and g.allows(permission)]
    return or_(false(), *(Region.path.startswith(path, autoescape=True) if path != "/" else true() for path in paths))
