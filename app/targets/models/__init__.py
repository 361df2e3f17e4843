"""The room's tables, by theme."""

from app.targets.models.resources import BalanceRecord, GuaranteeEntry, ResourcePart, SchoolResources

__all__ = ["BalanceRecord", "GuaranteeEntry", "ResourcePart", "SchoolResources"]
