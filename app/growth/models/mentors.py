"""青蓝工程: mentors, their newcomers, and what a pair agrees on, reports and comes to."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, EncryptedText, ExactDecimal, OrderedText, Timestamped, UtcDateTime, Versioned, enum_column
from app.evidence.models import EvidenceFile
from app.regions.models import Region
from app.schools.models import School
from app.studios.models import AppraisalResult
from app.teachers.models import Teacher


class PairStatus(StrEnum):
    """Where a pair stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    COMPLETED = "completed"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "draft": _l("Agreement to be signed"),
            "active": _l("Works together"),
            "completed": _l("Appraised and completed"),
            "ended": _l("Ended early"),
            "withdrawn": _l("Not signed, taken back"),
        }[self.value]


class PairSide(StrEnum):
    """One of the two people of a pair."""

    MENTOR = "mentor"
    NEWCOMER = "newcomer"

    @property
    def label(self) -> LazyString:
        """The side in the person's language."""
        return {"mentor": _l("Mentor"), "newcomer": _l("Newcomer")}[self.value]


OPEN_PAIRS = (PairStatus.DRAFT, PairStatus.ACTIVE)
_OPEN = text("status IN ('draft', 'active')")


class MentorSettings(Versioned, Timestamped, Base):
    """What a county lays down for its pairs. `newcomer_years`: how long somebody who began to work is a newcomer."""

    __tablename__ = "mentor_settings"
    __table_args__ = (
        UniqueConstraint("county_id"),
        CheckConstraint("newcomer_years BETWEEN 1 AND 10", name="newcomer_years_range"),
        CheckConstraint("mentor_places BETWEEN 1 AND 10", name="places_range"),
        CheckConstraint("agreement_years BETWEEN 1 AND 5", name="agreement_range"),
        CheckConstraint("lessons_a_term BETWEEN 0 AND 200", name="lessons_range"),
        CheckConstraint("excellent_hours >= 0 AND passed_hours >= 0", name="hours_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    newcomer_years: Mapped[int] = mapped_column(default=3)
    mentor_places: Mapped[int] = mapped_column(default=2)
    agreement_years: Mapped[int] = mapped_column(default=3)
    # Lessons that each side gives or observes in a term.
    lessons_a_term: Mapped[int] = mapped_column(default=10)
    credit_kind: Mapped[str] = mapped_column(default="school_based")
    excellent_hours: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(30))
    passed_hours: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(20))

    county: Mapped[Region] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the settings, where the county is loaded."""
        return self.county.name


class Mentor(Versioned, Timestamped, Base):
    """A teacher who takes newcomers. `pairs_taken` counts the open pairs; only conditional updates move it, so that the
    database itself keeps a mentor from more newcomers than there are places."""

    __tablename__ = "growth_mentor"
    __table_args__ = (
        UniqueConstraint("teacher_id"),
        CheckConstraint("places BETWEEN 0 AND 10", name="places_range"),
        CheckConstraint("pairs_taken >= 0 AND pairs_taken <= places", name="places_not_exceeded"),
        Index("ix_growth_mentor_county_name", "county_id", "name_pinyin", "id"),
        Index("ix_growth_mentor_name", "name_pinyin", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    name_pinyin: Mapped[str] = mapped_column(OrderedText)
    places: Mapped[int]
    pairs_taken: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)

    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the mentor, where the teacher is loaded."""
        return self.teacher.name


class MentorPair(Versioned, Timestamped, Base):
    """A mentor and a newcomer with their agreement: goals, days, and the signatures of both and of the school."""

    __tablename__ = "mentor_pair"
    __table_args__ = (
        Index("uq_mentor_pair_newcomer", "newcomer_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("to_on > from_on", name="dates_in_order"),
        CheckConstraint(
            "status <> 'active' OR (mentor_signed_at IS NOT NULL AND newcomer_signed_at IS NOT NULL"
            " AND school_signed_at IS NOT NULL)",
            name="active_is_signed",
        ),
        CheckConstraint("(status = 'completed') = (result IS NOT NULL)", name="completed_has_result"),
        CheckConstraint("(status IN ('completed', 'ended')) = (ended_on IS NOT NULL)", name="over_has_day"),
        CheckConstraint("status NOT IN ('ended', 'withdrawn') OR reason IS NOT NULL", name="early_end_has_reason"),
        CheckConstraint("credited_hours IS NULL OR credited_hours > 0", name="hours_positive"),
        Index("ix_mentor_pair_county", "county_id", "status", "name_pinyin", "id"),
        Index("ix_mentor_pair_name", "name_pinyin", "id"),
        Index("ix_mentor_pair_school", "school_id", "status"),
        Index("ix_mentor_pair_mentor", "mentor_id", "status"),
        Index("ix_mentor_pair_person", "newcomer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("growth_mentor.id", ondelete="RESTRICT"))
    newcomer_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    name_pinyin: Mapped[str] = mapped_column(OrderedText)
    status: Mapped[PairStatus] = mapped_column(enum_column(PairStatus, "status"), default=PairStatus.DRAFT)
    goals: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date]
    mentor_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    newcomer_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    school_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    school_signed_label: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    result: Mapped[AppraisalResult | None] = mapped_column(enum_column(AppraisalResult, "result"))
    opinion: Mapped[str | None] = mapped_column(EncryptedText)
    appraised_by_label: Mapped[str] = mapped_column(default="")
    credited_hours: Mapped[Decimal | None] = mapped_column(ExactDecimal)

    school: Mapped[School] = relationship(lazy="raise_on_sql")
    mentor: Mapped[Mentor] = relationship(lazy="raise_on_sql")
    newcomer: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    reports: Mapped[list["PairReport"]] = relationship(
        back_populates="pair", lazy="raise_on_sql", order_by="(PairReport.year, PairReport.term, PairReport.id)"
    )
    lessons: Mapped[list["PairLesson"]] = relationship(
        back_populates="pair", lazy="raise_on_sql", order_by="(PairLesson.on.desc(), PairLesson.id.desc())"
    )

    @property
    def label(self) -> str:
        """How the log names the pair, where both are loaded."""
        return f"{self.mentor.teacher.name} – {self.newcomer.name}"

    def signed_at(self, side: PairSide) -> datetime | None:
        """When one of the two signed."""
        return self.mentor_signed_at if side is PairSide.MENTOR else self.newcomer_signed_at


class PairReportEvidence(Base):
    """The files that show what a report tells of."""

    __tablename__ = "mentor_report_evidence"
    __table_args__ = (Index("ix_mentor_report_evidence_evidence", "evidence_id"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("mentor_report.id", ondelete="CASCADE"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence_file.id", ondelete="RESTRICT"), primary_key=True)


class PairReport(Versioned, Timestamped, Base):
    """What one of the two reports of a term; `year` names the school year by its first calendar year."""

    __tablename__ = "mentor_report"
    __table_args__ = (
        UniqueConstraint("pair_id", "side", "year", "term"),
        CheckConstraint("term IN (1, 2)", name="term_known"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("mentor_pair.id", ondelete="CASCADE"))
    side: Mapped[PairSide] = mapped_column(enum_column(PairSide, "side"))
    year: Mapped[int]
    term: Mapped[int]
    done: Mapped[str] = mapped_column(EncryptedText)
    next: Mapped[str] = mapped_column(EncryptedText, default="")

    pair: Mapped[MentorPair] = relationship(back_populates="reports", lazy="raise_on_sql")
    evidence: Mapped[list[EvidenceFile]] = relationship(
        secondary="mentor_report_evidence", lazy="raise_on_sql", order_by="EvidenceFile.id"
    )

    @property
    def label(self) -> str:
        """How the log names the report."""
        return f"{self.side.value} {self.year}/{self.term}"


class PairLesson(Versioned, Timestamped, Base):
    """A lesson that one of the two gave and the other observed 听课."""

    __tablename__ = "mentor_lesson"
    __table_args__ = (Index("ix_mentor_lesson_pair", "pair_id", "on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("mentor_pair.id", ondelete="CASCADE"))
    on: Mapped[date]
    given_by: Mapped[PairSide] = mapped_column(enum_column(PairSide, "given_by"))
    topic: Mapped[str]
    remarks: Mapped[str] = mapped_column(EncryptedText, default="")
    entered_by_label: Mapped[str]

    pair: Mapped[MentorPair] = relationship(back_populates="lessons", lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the lesson."""
        return f"{self.topic} ({self.on})"
