"""Audit entries and the head of their chain."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Json, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class AuditEntry(Base):
    """One thing that somebody did. `digest` covers the entry and the digest before it.

    Nothing refers to other tables: an entry outlives what it speaks of.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_type", "subject_id", "position"),
        Index("ix_audit_entry_region", "region_id", "position"),
        Index("ix_audit_entry_actor", "actor_id", "position"),
        Index("ix_audit_entry_action", "action", "position"),
        Index("ix_audit_entry_at", "at", "position"),
    )

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]
    actor_label: Mapped[str]
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[str]
    subject_label: Mapped[str]
    region_id: Mapped[int | None]
    school_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reason: Mapped[str | None]
    address: Mapped[str | None]
    digest: Mapped[str]


class AuditHead(Base):
    """The single row that names the newest entry; locking it puts writers in line."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigId)
    digest: Mapped[str]
    seal: Mapped[str]
