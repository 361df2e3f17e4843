"""Lessons and workshops that schools ask for 按需点将送教."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, EncryptedText, ExactDecimal, Timestamped, UtcDateTime, Versioned, enum_column
from app.schools.models import School, Stage
from app.studios.models.people import Membership
from app.studios.models.work import StudioMeeting


class RequestKind(StrEnum):
    """What a school asks for."""

    LESSON = "lesson"
    WORKSHOP = "workshop"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {"lesson": _l("Model lesson"), "workshop": _l("Workshop")}[self.value]


class RequestStatus(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "open": _l("Looking for a teacher"),
            "accepted": _l("Accepted by a teacher"),
            "delivered": _l("Given, the school has to confirm"),
            "confirmed": _l("Confirmed by both"),
            "cancelled": _l("Cancelled by the school"),
        }[self.value]


class LessonRequest(Versioned, Timestamped, Base):
    """One request of a school; whoever accepts it is a host or member of a studio."""

    __tablename__ = "studio_lesson_request"
    __table_args__ = (
        UniqueConstraint("meeting_id"),
        CheckConstraint("wanted_to >= wanted_from", name="dates_in_order"),
        CheckConstraint("(status IN ('open', 'cancelled')) = (giver_id IS NULL)", name="accepted_has_giver"),
        CheckConstraint("(giver_id IS NULL) = (agreed_on IS NULL)", name="accepted_has_day"),
        CheckConstraint(
            "(status IN ('delivered', 'confirmed')) = (given_on IS NOT NULL AND hours IS NOT NULL)", name="given"
        ),
        CheckConstraint("(status = 'confirmed') = (rating IS NOT NULL AND meeting_id IS NOT NULL)", name="confirmed"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating_range"),
        CheckConstraint("hours IS NULL OR (hours > 0 AND hours <= 10000)", name="hours_range"),
        Index("ix_studio_lesson_request_county", "county_id", "status", "wanted_to", "id"),
        Index("ix_studio_lesson_request_school", "school_id", "wanted_to", "id"),
        Index("ix_studio_lesson_request_giver", "giver_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    kind: Mapped[RequestKind] = mapped_column(enum_column(RequestKind, "kind"))
    status: Mapped[RequestStatus] = mapped_column(enum_column(RequestStatus, "status"), default=RequestStatus.OPEN)
    subject_code: Mapped[str]
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "stage"))
    topic: Mapped[str]
    detail: Mapped[str | None]
    wanted_from: Mapped[date]
    wanted_to: Mapped[date]
    giver_id: Mapped[int | None] = mapped_column(ForeignKey("studio_membership.id", ondelete="RESTRICT"))
    agreed_on: Mapped[date | None]
    given_on: Mapped[date | None]
    hours: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    report: Mapped[str | None]
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rating: Mapped[int | None]
    feedback: Mapped[str | None] = mapped_column(EncryptedText)
    reason: Mapped[str | None]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("studio_meeting.id", ondelete="RESTRICT"))

    school: Mapped[School] = relationship(lazy="raise_on_sql")
    giver: Mapped[Membership | None] = relationship(lazy="raise_on_sql")
    meeting: Mapped[StudioMeeting | None] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the request."""
        return self.topic
