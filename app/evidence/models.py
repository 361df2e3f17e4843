"""Files that prove something, and their sealed content."""

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, SealedBytes, UtcDateTime, enum_column
from app.db.clock import utc_now


class ScanState(StrEnum):
    """What the virus scanner said of a file."""

    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"

    @property
    def label(self) -> LazyString:
        """The state in the person's language."""
        return {
            "pending": _l("Being checked for viruses"),
            "clean": _l("No virus found"),
            "infected": _l("Virus found"),
            "not_scanned": _l("Not checked for viruses"),
        }[self.value]

    @property
    def may_be_served(self) -> bool:
        """Whether the file may leave: it was found clean, or this installation has no scanner."""
        return self in (ScanState.CLEAN, ScanState.NOT_SCANNED)


class EvidenceFile(Base):
    """One scan or photograph. Other rooms hang it on their records by link tables of their own.

    A draft is what somebody uploaded into a form that was not finished; it is theirs alone, and goes after a week.
    """

    __tablename__ = "evidence_file"
    __table_args__ = (
        CheckConstraint("size > 0", name="not_empty"),
        Index("ix_evidence_file_content", "county_id", "sha256"),
        Index("ix_evidence_file_draft", "is_draft", "created_at"),
        Index("ix_evidence_file_uploader", "uploaded_by_id", "is_draft"),
        Index("ix_evidence_file_scan", "scan_state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    scan_state: Mapped[ScanState] = mapped_column(enum_column(ScanState, "scan_state"), default=ScanState.PENDING)
    scan_note: Mapped[str | None]
    is_draft: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    @property
    def label(self) -> str:
        """How the log names the file."""
        return self.name


class EvidenceContent(Base):
    """The bytes of a file, encrypted."""

    __tablename__ = "evidence_content"

    file_id: Mapped[int] = mapped_column(ForeignKey("evidence_file.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(SealedBytes)
