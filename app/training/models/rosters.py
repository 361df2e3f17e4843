"""Uploaded lists of results."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Json, SealedBytes, Timestamped, UtcDateTime, enum_column
from app.training.models.sessions import TrainingSession


class RosterStatus(StrEnum):
    """Where an uploaded list stands."""

    CHECKED = "checked"
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "checked": _l("To be applied"),
            "applied": _l("Applied"),
            "undone": _l("Undone"),
            "discarded": _l("Discarded"),
        }[self.value]


class RosterImport(Timestamped, Base):
    """A list of results 成绩名单 uploaded for a session: what stands in it, what was applied, what it was before.

    `rows` holds per line the enrolment and its result before and after, without identity numbers; `problems` what is
    wrong, as the workbook with the errors needs it. The workbook itself is kept sealed.
    """

    __tablename__ = "training_roster"
    __table_args__ = (
        CheckConstraint("(status IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name="applied_has_moment"),
        CheckConstraint("(status = 'undone') = (undone_at IS NOT NULL)", name="undone_has_moment"),
        Index("ix_training_roster_session", "session_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id", ondelete="CASCADE"))
    status: Mapped[RosterStatus] = mapped_column(enum_column(RosterStatus, "status"), default=RosterStatus.CHECKED)
    file_name: Mapped[str]
    sheet_name: Mapped[str]
    header_row: Mapped[int]
    content: Mapped[bytes] = mapped_column(SealedBytes, deferred=True)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    session: Mapped[TrainingSession] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the list."""
        return self.file_name
