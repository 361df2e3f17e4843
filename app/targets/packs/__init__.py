"""Policy packs: the clauses of one document as data, read from TOML and checked line by line."""

from app.targets.packs.pack import Clause, Kind, Operator, Pack, Part, Per, Scope, Threshold, Unit
from app.targets.packs.reading import Finding, PackError, read_pack
from app.targets.packs.shipped import FOLDER, shipped_pack, shipped_packs, shipped_text

__all__ = [
    "FOLDER",
    "Clause",
    "Finding",
    "Kind",
    "Operator",
    "Pack",
    "PackError",
    "Part",
    "Per",
    "Scope",
    "Threshold",
    "Unit",
    "read_pack",
    "shipped_pack",
    "shipped_packs",
    "shipped_text",
]
