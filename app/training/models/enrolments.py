"""Who takes part in a session, on which days they were there, and with what result."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, ExactDecimal, Timestamped, UtcDateTime, Versioned, enum_column
from app.schools.models import School
from app.teachers.models import Teacher
from app.training.models.sessions import TrainingSession


class EnrolmentStatus(StrEnum):
    """Where somebody's enrolment stands."""

    APPLIED = "applied"
    NOMINATED = "nominated"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "applied": _l("Has applied"),
            "nominated": _l("Nominated"),
            "waiting": _l("On the waiting list"),
            "confirmed": _l("Confirmed"),
            "declined": _l("Declined"),
            "cancelled": _l("Cancelled"),
        }[self.value]


HOLDING = (
    EnrolmentStatus.APPLIED,
    EnrolmentStatus.NOMINATED,
    EnrolmentStatus.WAITING,
    EnrolmentStatus.CONFIRMED,
)


class TrainingResult(StrEnum):
    """The outcome of a session for one person 合格状态."""

    NONE = "none"
    PASSED = "passed"
    FAILED = "failed"

    @property
    def label(self) -> LazyString:
        """The outcome in the person's language."""
        return {"none": _l("No result yet"), "passed": _l("Passed"), "failed": _l("Not passed")}[self.value]


class AttendanceSource(StrEnum):
    """How it came to be known that somebody was there."""

    LIST = "list"
    CODE = "code"

    @property
    def label(self) -> LazyString:
        """The source in the person's language."""
        return {"list": _l("Ticked on the list"), "code": _l("Scanned the code")}[self.value]


class Enrolment(Versioned, Timestamped, Base):
    """One teacher in one session. A confirmed one holds a place of `quota`; a waiting one has its number in the queue.

    `credited_hours` is what the credit ledger was last told, so that nothing is counted twice.
    """

    __tablename__ = "training_enrolment"
    __table_args__ = (
        UniqueConstraint("session_id", "teacher_id"),
        UniqueConstraint("session_id", "waiting_no"),
        CheckConstraint("(status = 'confirmed') = (quota_id IS NOT NULL)", name="confirmed_holds_place"),
        CheckConstraint("(status = 'waiting') = (waiting_no IS NOT NULL)", name="waiting_has_number"),
        CheckConstraint("result = 'none' OR status = 'confirmed'", name="result_of_confirmed"),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 10000)", name="score_range"),
        CheckConstraint("hours IS NULL OR hours >= 0", name="hours_not_negative"),
        CheckConstraint("(result = 'none') = (hours IS NULL)", name="result_has_hours"),
        Index("ix_training_enrolment_teacher", "teacher_id", "session_id"),
        Index("ix_training_enrolment_school", "school_id", "status"),
        Index("ix_training_enrolment_session", "session_id", "status", "teacher_id"),
        Index("ix_training_enrolment_quota", "quota_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id", ondelete="RESTRICT"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    # The school and county of that time.
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    status: Mapped[EnrolmentStatus] = mapped_column(enum_column(EnrolmentStatus, "status"))
    quota_id: Mapped[int | None] = mapped_column(ForeignKey("training_quota.id", ondelete="RESTRICT"))
    waiting_no: Mapped[int | None]
    reason: Mapped[str | None]
    result: Mapped[TrainingResult] = mapped_column(enum_column(TrainingResult, "result"), default=TrainingResult.NONE)
    score: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    hours: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    credited_hours: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    has_given_feedback: Mapped[bool] = mapped_column(default=False)

    session: Mapped[TrainingSession] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")
    marks: Mapped[list["AttendanceMark"]] = relationship(
        back_populates="enrolment",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="AttendanceMark.day",
    )

    @property
    def label(self) -> str:
        """How the log names the enrolment, where teacher and session are loaded."""
        return f"{self.teacher.name}: {self.session.name}"


class AttendanceMark(Base):
    """Somebody was there on a day 签到."""

    __tablename__ = "training_attendance"
    __table_args__ = (UniqueConstraint("enrolment_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("training_enrolment.id", ondelete="CASCADE"))
    day: Mapped[date]
    source: Mapped[AttendanceSource] = mapped_column(enum_column(AttendanceSource, "source"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    enrolment: Mapped[Enrolment] = relationship(back_populates="marks", lazy="raise_on_sql")
