"""Which entries a person may read."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, or_, select

from app.access import Grant, Permission
from app.audit.models import AuditEntry
from app.regions.access import reaches_everything, regions_where
from app.regions.models import Region


def entries_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on AuditEntry: what happened in a granted region.

    What belongs to no region is read by those who reach every county.
    """
    held = [g for g in grants if g.allows(Permission.AUDIT_READ) and g.region_path]
    here = select(Region.id).where(regions_where(held, Permission.AUDIT_READ))
    nowhere = and_(AuditEntry.region_id.is_(None), reaches_everything(held, Permission.AUDIT_READ))
    return or_(AuditEntry.region_id.in_(here), nowhere)
