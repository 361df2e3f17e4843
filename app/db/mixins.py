"""Columns that many tables share."""

import hashlib
from datetime import datetime

from sqlalchemy import inspect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.db.clock import utc_now
from app.db.types import UtcDateTime


class Timestamped:
    """Rows that know when they came to be and when they last changed."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now)


class Versioned:
    """Rows that refuse a write based on an older reading (StaleDataError, shown as 409)."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, object]:
        return {"version_id_col": cls.version}


class Fingerprinted:
    """Rows without a counter of their own whose `version` is what they say, so that a form over an older reading is
    refused. For small facts that are written one by one and by imports alike."""

    @property
    def version(self) -> str:
        """A short digest of the row's columns."""
        said = [f"{name}={getattr(self, name)!r}" for name in inspect(type(self)).columns.keys()]  # noqa: SIM118
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
