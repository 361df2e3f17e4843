"""The room's tables, by theme."""

from app.targets.models.figures import (
    FILLED_EVIDENCE,
    CurrentFigure,
    FigureSnapshot,
    FilledFigure,
)
from app.targets.models.packs import PackStatus, PolicyPack
from app.targets.models.resources import BalanceRecord, GuaranteeEntry, ResourcePart, SchoolResources

__all__ = [
    "FILLED_EVIDENCE",
    "BalanceRecord",
    "CurrentFigure",
    "FigureSnapshot",
    "FilledFigure",
    "GuaranteeEntry",
    "PackStatus",
    "PolicyPack",
    "ResourcePart",
    "SchoolResources",
]
