"""Reports that were made, and those that are made again every month, quarter or year."""

from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from app.db import Base, Json, SealedBytes, Timestamped, Versioned, enum_column
from app.jobs.models import Job
from app.regions.models import Region


class ReportKind(StrEnum):
    """What a report holds."""

    OFFICIAL_TABLES = "official_tables"
    EVIDENCE = "evidence"
    RETURN_FORM = "return_form"
    WORK_REPORT = "work_report"
    EVERYTHING = "everything"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {
            "official_tables": _l("Official tables (Ⅱ-2, Ⅲ, Ⅳ)"),
            "evidence": _l("Evidence by school"),
            "return_form": _l("Return form and self-appraisal"),
            "work_report": _l("Yearly work report"),
            "everything": _l("All figures"),
        }[self.value]

    @property
    def formats(self) -> tuple["ReportFormat", ...]:
        """What it can be written as, the usual one first."""
        return {
            "official_tables": (ReportFormat.XLSX, ReportFormat.DOCX, ReportFormat.PDF),
            "evidence": (ReportFormat.XLSX,),
            "return_form": (ReportFormat.XLSX,),
            "work_report": (ReportFormat.DOCX, ReportFormat.PDF),
            "everything": (ReportFormat.XLSX,),
        }[self.value]


class ReportFormat(StrEnum):
    """What kind of file a report is."""

    XLSX = "xlsx"
    DOCX = "docx"
    PDF = "pdf"

    @property
    def label(self) -> str:
        """The format's name, the same in every language."""
        return {"xlsx": "Excel", "docx": "Word", "pdf": "PDF"}[self.value]


class Rhythm(StrEnum):
    """How often a report is made again."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"

    @property
    def label(self) -> LazyString:
        """The rhythm in the person's language."""
        return {"monthly": _l("Every month"), "quarterly": _l("Every quarter"), "yearly": _l("Every year")}[self.value]

    @property
    def months(self) -> int:
        """After how many months the next one is due."""
        return {"monthly": 1, "quarterly": 3, "yearly": 12}[self.value]


class Report(Timestamped, Base):
    """One report of a county. Its content is there once the job that makes it is done; it is kept sealed."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("school_year BETWEEN 2000 AND 2100", name="school_year_range"),
        CheckConstraint("(content IS NULL) = (sha256 = '')", name="content_has_digest"),
        Index("ix_report_county", "county_id", "id"),
        Index("ix_report_kind", "kind", "id"),
        Index("ix_report_job", "job_id"),
        Index("ix_report_schedule", "schedule_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    kind: Mapped[ReportKind] = mapped_column(enum_column(ReportKind, "kind"))
    format: Mapped[ReportFormat] = mapped_column(enum_column(ReportFormat, "format"))
    school_year: Mapped[int]
    cut_off_on: Mapped[date]
    leaves_county: Mapped[bool]
    asked_by_label: Mapped[str]
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("report_schedule.id", ondelete="SET NULL"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    file_name: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(default="")
    summary: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    content: Mapped[bytes | None] = deferred(mapped_column(SealedBytes))

    county: Mapped[Region] = relationship(lazy="raise_on_sql")
    job: Mapped[Job | None] = relationship(lazy="raise_on_sql")

    @property
    def is_ready(self) -> bool:
        """Whether there is a file to download."""
        return bool(self.sha256)

    @property
    def label(self) -> str:
        """How the log names the report."""
        return f"{self.kind.value}.{self.format.value} {self.cut_off_on}"


class ReportSchedule(Versioned, Timestamped, Base):
    """A report that a county has made again and again; `next_on` is the day the next one is due."""

    __tablename__ = "report_schedule"
    __table_args__ = (
        UniqueConstraint("county_id", "kind", "format", "rhythm"),
        Index("ix_report_schedule_due", "is_active", "next_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="CASCADE"))
    kind: Mapped[ReportKind] = mapped_column(enum_column(ReportKind, "kind"))
    format: Mapped[ReportFormat] = mapped_column(enum_column(ReportFormat, "format"))
    rhythm: Mapped[Rhythm] = mapped_column(enum_column(Rhythm, "rhythm"))
    leaves_county: Mapped[bool] = mapped_column(default=False)
    next_on: Mapped[date]
    is_active: Mapped[bool] = mapped_column(default=True)

    county: Mapped[Region] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the schedule."""
        return f"{self.kind.value}.{self.format.value} {self.rhythm.value}"
