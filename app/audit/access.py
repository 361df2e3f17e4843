"""Which entries a person may read."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select

from app.access import Grant, Permission
from app.audit.models import AuditEntry
from app.regions.access import regions_where
from app.regions.models import Region


def entries_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on AuditEntry: what happened in a granted region; what belongs to no region, from the top only."""
    held = [g for g in grants if g.allows(Permission.AUDIT_READ) and g.region_path]
    ways = [AuditEntry.region_id.in_(select(Region.id).where(regions_where(held, Permission.AUDIT_READ)))]
    if any(is_top(g.region_path or "") for g in held):
        ways.append(AuditEntry.region_id.is_(None))
    return or_(*ways)


def is_top(path: str) -> bool:
    """Whether a path is that of a root of the region tree."""
    return path.count("/") <= 2
