"""The database layer: declarative base, column types, mixins. Knows no feature."""

from app.db.base import Base, session_of
from app.db.changes import count_down, count_up, next_number, rows_changed
from app.db.enums import enum_column
from app.db.mixins import Fingerprinted, Timestamped, Versioned
from app.db.types import EncryptedText, ExactDecimal, Json, OrderedText, SealedBytes, UtcDateTime

__all__ = [
    "Base",
    "EncryptedText",
    "ExactDecimal",
    "Fingerprinted",
    "Json",
    "OrderedText",
    "SealedBytes",
    "Timestamped",
    "UtcDateTime",
    "Versioned",
    "count_down",
    "count_up",
    "enum_column",
    "next_number",
    "rows_changed",
    "session_of",
]
