"""Programmes, their sessions, and the places of a session."""

from datetime import date, time
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, ExactDecimal, OrderedText, Timestamped, Versioned, enum_column
from app.regions.models import Region
from app.schools.models import School


class SessionStatus(StrEnum):
    """Where a session stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    FINISHED = "finished"
    CANCELLED = "cancelled"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "draft": _l("In preparation"),
            "open": _l("Open for enrolment"),
            "closed": _l("Enrolment closed"),
            "finished": _l("Finished"),
            "cancelled": _l("Cancelled"),
        }[self.value]


class Admission(StrEnum):
    """Whose word gives a place."""

    CENTRE = "centre"
    SCHOOL = "school"
    DIRECT = "direct"

    @property
    def label(self) -> LazyString:
        """The way in, in the person's language."""
        return {
            "centre": _l("The school nominates, the organiser confirms"),
            "school": _l("The school's nomination gives the place"),
            "direct": _l("First come, first served"),
        }[self.value]


class TrainingProgramme(Versioned, Timestamped, Base):
    """A training programme 培训项目 of one year, organised by a region's centre, or by a school for its own people."""

    __tablename__ = "training_programme"
    __table_args__ = (
        CheckConstraint("pass_mark BETWEEN 60 AND 100", name="pass_mark_range"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year_range"),
        UniqueConstraint("school_id", "year", "name"),
        Index(
            "uq_training_programme_name",
            "region_id",
            "year",
            "name",
            unique=True,
            sqlite_where=text("school_id IS NULL"),
            postgresql_where=text("school_id IS NULL"),
        ),
        Index("ix_training_programme_region", "region_id", "name", "id"),
        Index("ix_training_programme_school", "school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    year: Mapped[int]
    name: Mapped[str] = mapped_column(OrderedText)
    level_code: Mapped[str]
    kind_code: Mapped[str]
    organiser: Mapped[str]
    pass_mark: Mapped[int] = mapped_column(default=80)
    description: Mapped[str | None]

    region: Mapped[Region] = relationship(lazy="raise_on_sql")
    school: Mapped[School | None] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the programme."""
        return f"{self.name} ({self.year})"


class TrainingSession(Versioned, Timestamped, Base):
    """One session 班次 of a programme. `taken` counts the places held; only conditional updates move it."""

    __tablename__ = "training_session"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= places", name="places_not_exceeded"),
        CheckConstraint("ends_on >= begins_on", name="days_in_order"),
        CheckConstraint("hours > 0", name="hours_positive"),
        CheckConstraint(
            "(daily_from IS NULL) = (daily_to IS NULL) AND (daily_from IS NULL OR daily_to > daily_from)",
            name="times_in_order",
        ),
        CheckConstraint("waiting_last >= 0", name="waiting_not_negative"),
        Index("ix_training_session_region", "region_id", "begins_on", "id"),
        Index("ix_training_session_begins", "begins_on", "id"),
        Index("ix_training_session_programme", "programme_id"),
        Index("ix_training_session_school", "school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("training_programme.id", ondelete="RESTRICT"))
    # As the programme's, so that a list needs no join to know whose it is.
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(OrderedText)
    mode_code: Mapped[str]
    status: Mapped[SessionStatus] = mapped_column(enum_column(SessionStatus, "status"), default=SessionStatus.DRAFT)
    admission: Mapped[Admission] = mapped_column(enum_column(Admission, "admission"), default=Admission.CENTRE)
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    daily_from: Mapped[time | None]
    daily_to: Mapped[time | None]
    is_on_site: Mapped[bool] = mapped_column(default=True)
    venue: Mapped[str | None]
    lecturers: Mapped[str | None]
    hours: Mapped[Decimal] = mapped_column(ExactDecimal)
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    waiting_last: Mapped[int] = mapped_column(default=0)
    enrol_until: Mapped[date | None]
    note: Mapped[str | None]

    programme: Mapped[TrainingProgramme] = relationship(lazy="raise_on_sql")
    region: Mapped[Region] = relationship(lazy="raise_on_sql")
    school: Mapped[School | None] = relationship(lazy="raise_on_sql")
    quotas: Mapped[list["SessionQuota"]] = relationship(
        back_populates="session",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="SessionQuota.id",
    )

    @property
    def label(self) -> str:
        """How the log names the session."""
        return f"{self.name} ({self.begins_on})"

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.ends_on - self.begins_on).days + 1


class SessionQuota(Base):
    """Places 名额 of a session set aside for a school or a county; the row without either holds those open to all."""

    __tablename__ = "training_quota"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= places", name="quota_not_exceeded"),
        CheckConstraint("school_id IS NULL OR county_id IS NULL", name="one_holder"),
        UniqueConstraint("session_id", "school_id"),
        UniqueConstraint("session_id", "county_id"),
        Index(
            "uq_training_quota_open",
            "session_id",
            unique=True,
            sqlite_where=text("school_id IS NULL AND county_id IS NULL"),
            postgresql_where=text("school_id IS NULL AND county_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id", ondelete="CASCADE"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    county_id: Mapped[int | None] = mapped_column(ForeignKey("region.id", ondelete="CASCADE"))
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)

    session: Mapped[TrainingSession] = relationship(back_populates="quotas", lazy="raise_on_sql")
    school: Mapped[School | None] = relationship(lazy="raise_on_sql")
    county: Mapped[Region | None] = relationship(lazy="raise_on_sql")

    @property
    def is_open(self) -> bool:
        """Whether these places are for anybody."""
        return self.school_id is None and self.county_id is None
