"""Uploads, the rows found in them, and what they changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db import Base, Json, SealedBytes, Timestamped, UtcDateTime, enum_column
from app.jobs.models import Job
from app.regions.models import Region
from app.tables.catalogue import CATALOGUE
from app.tables.specification import Sheet


class ImportKind(StrEnum):
    """What a workbook holds."""

    SCHOOLS = "schools"
    POSTS = "posts"
    TEACHERS = "teachers"
    HONOURS = "honours"
    ROTATIONS = "rotations"
    CIRCUMSTANCES = "circumstances"
    QUALIFICATIONS = "qualifications"
    CERTIFICATES = "certificates"
    TITLES = "titles"
    APPRAISALS = "appraisals"
    DEGREES = "degrees"
    RESOURCES = "resources"
    MENTOR_PAIRS = "mentor_pairs"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return KIND_LABELS[self]

    @property
    def sheet(self) -> Sheet:
        """The columns such a workbook may have."""
        return CATALOGUE[self.value]


KIND_LABELS = {
    ImportKind.SCHOOLS: _l("School register"),
    ImportKind.POSTS: _l("Subject posts"),
    ImportKind.TEACHERS: _l("Teacher roster"),
    ImportKind.HONOURS: _l("Backbone honours"),
    ImportKind.ROTATIONS: _l("Earlier rotations"),
    ImportKind.CIRCUMSTANCES: _l("Special circumstances"),
    ImportKind.QUALIFICATIONS: _l("Teaching qualifications"),
    ImportKind.CERTIFICATES: _l("Other certificates"),
    ImportKind.TITLES: _l("Titles employed"),
    ImportKind.APPRAISALS: _l("Yearly appraisals"),
    ImportKind.DEGREES: _l("Studies and degrees"),
    ImportKind.RESOURCES: _l("Resources of schools"),
    ImportKind.MENTOR_PAIRS: _l("Mentor pairs"),
}


class BatchStatus(StrEnum):
    """Where a batch stands."""

    UPLOADED = "uploaded"
    MAPPED = "mapped"
    CHECKED = "checked"
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return STATUS_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Whether the batch still waits for somebody."""
        return self in OPEN


STATUS_LABELS = {
    BatchStatus.UPLOADED: _l("Columns to be matched"),
    BatchStatus.MAPPED: _l("To be checked"),
    BatchStatus.CHECKED: _l("To be applied"),
    BatchStatus.APPLIED: _l("Applied"),
    BatchStatus.UNDONE: _l("Undone"),
    BatchStatus.DISCARDED: _l("Discarded"),
}
OPEN = (BatchStatus.UPLOADED, BatchStatus.MAPPED, BatchStatus.CHECKED)


class Outcome(StrEnum):
    """What the check found about a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"

    @property
    def label(self) -> LazyString:
        """The outcome in the person's language."""
        return {
            "new": _l("New"),
            "changed": _l("Changed"),
            "unchanged": _l("Unchanged"),
            "rejected": _l("Rejected"),
        }[self.value]


class ImportBatch(Timestamped, Base):
    """One uploaded sheet of one county, from upload to applied or discarded.

    `layout` says what stands in the file (sheets, header, masked samples), `mapping` which column is which field,
    `tallies` how often each problem, warning and changed field occurs. Only conditional updates move `status`, so
    that two clicks never apply a batch twice; an open batch of the same file and kind exists once a county.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        Index(
            "uq_import_batch_open_file",
            "county_id",
            "kind",
            "sha256",
            unique=True,
            sqlite_where=text("status IN ('uploaded', 'mapped', 'checked')"),
            postgresql_where=text("status IN ('uploaded', 'mapped', 'checked')"),
        ),
        Index("ix_import_batch_county", "county_id", "id"),
        CheckConstraint("(status IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name="applied_has_moment"),
        CheckConstraint("(status = 'undone') = (undone_at IS NOT NULL)", name="undone_has_moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    kind: Mapped[ImportKind] = mapped_column(enum_column(ImportKind, "kind"))
    status: Mapped[BatchStatus] = mapped_column(enum_column(BatchStatus, "status"), default=BatchStatus.UPLOADED)
    file_name: Mapped[str]
    file_size: Mapped[int]
    sha256: Mapped[str]
    sheet_name: Mapped[str]
    layout: Mapped[dict[str, Any]] = mapped_column(Json)
    mapping: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    does_empty_clear: Mapped[bool] = mapped_column(default=False)
    row_count: Mapped[int] = mapped_column(default=0)
    new_count: Mapped[int] = mapped_column(default=0)
    changed_count: Mapped[int] = mapped_column(default=0)
    unchanged_count: Mapped[int] = mapped_column(default=0)
    rejected_count: Mapped[int] = mapped_column(default=0)
    skipped_count: Mapped[int] = mapped_column(default=0)
    warning_count: Mapped[int] = mapped_column(default=0)
    tallies: Mapped[dict[str, dict[str, int]]] = mapped_column(Json, default=dict)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))

    county: Mapped[Region] = relationship(lazy="raise_on_sql")
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id], lazy="raise_on_sql")
    applied_by: Mapped[User | None] = relationship(foreign_keys=[applied_by_id], lazy="raise_on_sql")
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id], lazy="raise_on_sql")
    job: Mapped[Job | None] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the batch."""
        return f"{self.file_name} ({self.kind.value})"

    @property
    def headers(self) -> list[str]:
        """The texts of the header, column by column."""
        found: list[str] = self.layout["headers"]
        return found

    @property
    def accepted_count(self) -> int:
        """How many rows would be written."""
        return self.new_count + self.changed_count

    def count_of(self, outcome: Outcome) -> int:
        """How many rows came out that way."""
        count: int = getattr(self, f"{outcome.value}_count")
        return count


class ImportFile(Base):
    """The bytes of an upload, encrypted; the annotated copy is made from them. Gone once a batch is discarded."""

    __tablename__ = "import_file"

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(SealedBytes)


class StagedChunk(Base):
    """Some hundred checked rows of one outcome, in the order of the sheet, compressed and encrypted."""

    __tablename__ = "import_staged_chunk"

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome, "outcome"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    first_row: Mapped[int]
    last_row: Mapped[int]
    row_count: Mapped[int]
    content: Mapped[bytes] = mapped_column(SealedBytes)


class ChangeOperation(StrEnum):
    """What was done to the rows of a change chunk."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class ChangeChunk(Base):
    """What an applied batch did to some hundred rows of one table, in the order of their subjects.

    The subject is the teacher or school whose history the change belongs to; the ranges within a batch and table do
    not overlap, so that the history of one record opens one chunk a batch.
    """

    __tablename__ = "import_change_chunk"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        Index("ix_import_change_chunk_subject", "county_id", "subject_type", "last_subject_id", "first_subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    position: Mapped[int]
    table_name: Mapped[str]
    operation: Mapped[ChangeOperation] = mapped_column(enum_column(ChangeOperation, "operation"))
    subject_type: Mapped[str]
    first_subject_id: Mapped[int]
    last_subject_id: Mapped[int]
    row_count: Mapped[int]
    content: Mapped[bytes] = mapped_column(SealedBytes)

    batch: Mapped[ImportBatch] = relationship(lazy="raise_on_sql")


class RememberedMapping(Timestamped, Base):
    """How a county matched the columns of a header it has sent before; `mapping` is header text to field key."""

    __tablename__ = "remembered_mapping"
    __table_args__ = (UniqueConstraint("county_id", "kind", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="CASCADE"))
    kind: Mapped[ImportKind] = mapped_column(enum_column(ImportKind, "kind"))
    signature: Mapped[str]
    mapping: Mapped[dict[str, str]] = mapped_column(Json)
