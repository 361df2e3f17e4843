"""What a studio does: the year's plan, activities with attendance, observed lessons, outcomes, money."""

from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, EncryptedText, ExactDecimal, Timestamped, UtcDateTime, Versioned, enum_column
from app.evidence.models import EvidenceFile
from app.studios.models.founding import Studio
from app.studios.models.people import Membership
from app.teachers.models import Teacher


class TargetKind(StrEnum):
    """What a year's plan sets a number for."""

    PUBLIC_LESSON = "public_lesson"
    OBSERVATION = "observation"
    OUTREACH = "outreach"
    RESEARCH = "research"
    PAPER = "paper"
    RESOURCE = "resource"

    @property
    def label(self) -> LazyString:
        """The work in the person's language."""
        return {
            "public_lesson": _l("Public lessons"),
            "observation": _l("Lessons observed and discussed"),
            "outreach": _l("Lessons brought to schools"),
            "research": _l("Research projects"),
            "paper": _l("Papers"),
            "resource": _l("Teaching resources"),
        }[self.value]


class StudioPlan(Versioned, Timestamped, Base):
    """A studio's plan of one school year; it is named by the calendar year that the school year begins in."""

    __tablename__ = "studio_plan"
    __table_args__ = (UniqueConstraint("studio_id", "year"), CheckConstraint("year BETWEEN 2000 AND 2100", name="year"))

    id: Mapped[int] = mapped_column(primary_key=True)
    studio_id: Mapped[int] = mapped_column(ForeignKey("studio.id", ondelete="CASCADE"))
    year: Mapped[int]
    aims: Mapped[str]
    summary: Mapped[str | None]

    studio: Mapped[Studio] = relationship(lazy="raise_on_sql")
    targets: Mapped[list["PlanTarget"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True, order_by="PlanTarget.id"
    )

    @property
    def label(self) -> str:
        """How the log names the plan, where the studio is loaded."""
        return f"{self.studio.name} {self.year}"


class PlanTarget(Base):
    """How much of one kind of work a plan sets for the year."""

    __tablename__ = "studio_plan_target"
    __table_args__ = (UniqueConstraint("plan_id", "kind"), CheckConstraint("number >= 0", name="number_not_negative"))

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("studio_plan.id", ondelete="CASCADE"))
    kind: Mapped[TargetKind] = mapped_column(enum_column(TargetKind, "kind"))
    number: Mapped[int]


class MeetingKind(StrEnum):
    """What an activity is."""

    SEMINAR = "seminar"
    PUBLIC_LESSON = "public_lesson"
    OBSERVATION = "observation"
    LECTURE = "lecture"
    OUTREACH = "outreach"
    RESEARCH = "research"
    STUDY_TRIP = "study_trip"
    SHOWCASE = "showcase"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {
            "seminar": _l("Seminar"),
            "public_lesson": _l("Public lesson"),
            "observation": _l("Lesson observation"),
            "lecture": _l("Lecture"),
            "outreach": _l("Lesson brought to a school"),
            "research": _l("Research work"),
            "study_trip": _l("Study trip"),
            "showcase": _l("Showcase of the studio"),
        }[self.value]


class MeetingStatus(StrEnum):
    """Where an activity stands."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {"planned": _l("Planned"), "held": _l("Held"), "cancelled": _l("Cancelled")}[self.value]


class StudioMeeting(Versioned, Timestamped, Base):
    """One activity 活动 of a studio; a lesson brought to a school on request is one too."""

    __tablename__ = "studio_meeting"
    __table_args__ = (
        CheckConstraint("hours > 0 AND hours <= 10000", name="hours_range"),
        CheckConstraint("(status = 'cancelled') = (cancelled_reason IS NOT NULL)", name="cancelled_has_reason"),
        Index("ix_studio_meeting_studio", "studio_id", "on", "id"),
        Index("ix_studio_meeting_kind", "studio_id", "kind", "status", "on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    studio_id: Mapped[int] = mapped_column(ForeignKey("studio.id", ondelete="RESTRICT"))
    kind: Mapped[MeetingKind] = mapped_column(enum_column(MeetingKind, "kind"))
    status: Mapped[MeetingStatus] = mapped_column(enum_column(MeetingStatus, "status"), default=MeetingStatus.PLANNED)
    on: Mapped[date]
    begins_at: Mapped[time | None]
    title: Mapped[str]
    venue: Mapped[str | None]
    hours: Mapped[Decimal] = mapped_column(ExactDecimal)
    agenda: Mapped[str | None]
    summary: Mapped[str | None]
    cancelled_reason: Mapped[str | None]

    studio: Mapped[Studio] = relationship(lazy="raise_on_sql")
    attendances: Mapped[list["MeetingAttendance"]] = relationship(
        back_populates="meeting", lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def label(self) -> str:
        """How the log names the activity."""
        return f"{self.title} ({self.on})"


class MeetingAttendance(Base):
    """Somebody was there; `credited_hours` is what the credit ledger was told."""

    __tablename__ = "studio_attendance"
    __table_args__ = (
        UniqueConstraint("meeting_id", "membership_id"),
        CheckConstraint("credited_hours IS NULL OR credited_hours > 0", name="hours_positive"),
        Index("ix_studio_attendance_membership", "membership_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("studio_meeting.id", ondelete="CASCADE"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("studio_membership.id", ondelete="RESTRICT"))
    credited_hours: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    meeting: Mapped[StudioMeeting] = relationship(back_populates="attendances", lazy="raise_on_sql")
    membership: Mapped[Membership] = relationship(lazy="raise_on_sql")


class LessonObservation(Versioned, Timestamped, Base):
    """A lesson that somebody of the studio gave and somebody observed, judged by a form 听评课."""

    __tablename__ = "studio_observation"
    __table_args__ = (
        *(CheckConstraint(f"{name} BETWEEN 1 AND 5", name=f"{name}_range")
          for name in ("aims", "content", "method", "effect")),
        CheckConstraint("observer_id <> teacher_id", name="observer_is_another"),
        Index("ix_studio_observation_studio", "studio_id", "on", "id"),
        Index("ix_studio_observation_teacher", "teacher_id", "on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    studio_id: Mapped[int] = mapped_column(ForeignKey("studio.id", ondelete="RESTRICT"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    observer_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    on: Mapped[date]
    topic: Mapped[str]
    class_name: Mapped[str | None]
    aims: Mapped[int]
    content: Mapped[int]
    method: Mapped[int]
    effect: Mapped[int]
    strengths: Mapped[str] = mapped_column(EncryptedText)
    advice: Mapped[str] = mapped_column(EncryptedText)

    studio: Mapped[Studio] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(foreign_keys=[teacher_id], lazy="raise_on_sql")
    observer: Mapped[Teacher] = relationship(foreign_keys=[observer_id], lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the observation."""
        return f"{self.topic} ({self.on})"

    @property
    def mean(self) -> Decimal:
        """The mean of the four marks, to one decimal place."""
        return round(Decimal(self.aims + self.content + self.method + self.effect) / 4, 1)


class OutcomeKind(StrEnum):
    """What a studio or one of its people brought about."""

    PUBLIC_LESSON = "public_lesson"
    RESEARCH = "research"
    PAPER = "paper"
    RESOURCE = "resource"
    AWARD = "award"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {
            "public_lesson": _l("Public lesson"),
            "research": _l("Research project"),
            "paper": _l("Paper"),
            "resource": _l("Teaching resource"),
            "award": _l("Award"),
        }[self.value]


class OutcomeEvidence(Base):
    """The files that prove an outcome."""

    __tablename__ = "studio_outcome_evidence"
    __table_args__ = (Index("ix_studio_outcome_evidence_evidence", "evidence_id"),)

    outcome_id: Mapped[int] = mapped_column(ForeignKey("studio_outcome.id", ondelete="CASCADE"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence_file.id", ondelete="RESTRICT"), primary_key=True)


class StudioOutcome(Versioned, Timestamped, Base):
    """One outcome 成果 with its evidence."""

    __tablename__ = "studio_outcome"
    __table_args__ = (
        Index("ix_studio_outcome_studio", "studio_id", "on", "id"),
        Index("ix_studio_outcome_teacher", "teacher_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    studio_id: Mapped[int] = mapped_column(ForeignKey("studio.id", ondelete="RESTRICT"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    kind: Mapped[OutcomeKind] = mapped_column(enum_column(OutcomeKind, "kind"))
    level_code: Mapped[str]
    title: Mapped[str]
    on: Mapped[date]
    note: Mapped[str | None]

    studio: Mapped[Studio] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    evidence: Mapped[list[EvidenceFile]] = relationship(
        secondary="studio_outcome_evidence", lazy="raise_on_sql", order_by="EvidenceFile.id"
    )

    @property
    def label(self) -> str:
        """How the log names the outcome."""
        return self.title


class SpendingCategory(StrEnum):
    """What a studio's money may be spent on."""

    BOOKS = "books"
    EQUIPMENT = "equipment"
    WEBSITE = "website"
    TRAVEL = "travel"
    RESEARCH = "research"

    @property
    def label(self) -> LazyString:
        """The category in the person's language."""
        return {
            "books": _l("Books and material"),
            "equipment": _l("Equipment"),
            "website": _l("Website"),
            "travel": _l("Study trips and research away"),
            "research": _l("Research and running of the studio"),
        }[self.value]


class StudioGrant(Versioned, Timestamped, Base):
    """Money granted to a studio for a calendar year, in yuan."""

    __tablename__ = "studio_grant"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year_range"),
        UniqueConstraint("studio_id", "year", "source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    studio_id: Mapped[int] = mapped_column(ForeignKey("studio.id", ondelete="RESTRICT"))
    year: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    source: Mapped[str]

    studio: Mapped[Studio] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the grant."""
        return f"{self.source} {self.year}"


class StudioSpending(Versioned, Timestamped, Base):
    """One expense of a studio, in yuan. What goes beyond the grant says why."""

    __tablename__ = "studio_spending"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_studio_spending_studio", "studio_id", "year", "spent_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    studio_id: Mapped[int] = mapped_column(ForeignKey("studio.id", ondelete="RESTRICT"))
    year: Mapped[int]
    spent_on: Mapped[date]
    category: Mapped[SpendingCategory] = mapped_column(enum_column(SpendingCategory, "category"))
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    purpose: Mapped[str]
    beyond_reason: Mapped[str | None]

    studio: Mapped[Studio] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the expense."""
        return f"{self.purpose} ({self.spent_on})"
