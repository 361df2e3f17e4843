"""Which imports a person reaches."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select

from app.access import Grant, Permission
from app.imports.models import ImportBatch
from app.regions.access import regions_where
from app.regions.models import Region


def batches_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on ImportBatch: those of the counties into which the person may import."""
    return ImportBatch.county_id.in_(select(Region.id).where(regions_where(grants, Permission.IMPORT)))
