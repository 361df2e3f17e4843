"""The ladder of backbone titles: a county's rungs, a year's round of one rung, applications, reviews, recognition."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db import Base, EncryptedText, ExactDecimal, Json, Timestamped, UtcDateTime, Versioned, enum_column
from app.evidence.models import EvidenceFile
from app.regions.models import Region
from app.schools.models import School
from app.teachers.models import BackboneHonour, Teacher


class RoundStatus(StrEnum):
    """Where a year's round of a rung stands."""

    OPEN = "open"
    REVIEWING = "reviewing"
    NOTICE = "notice"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "open": _l("Open for applications"),
            "reviewing": _l("Under review"),
            "notice": _l("Public notice"),
            "done": _l("Round completed"),
            "cancelled": _l("Round called off"),
        }[self.value]


class LadderStatus(StrEnum):
    """Where an application for a rung stands."""

    APPLIED = "applied"
    RETURNED = "returned"
    SUPPORTED = "supported"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    PROPOSED = "proposed"
    NOT_CHOSEN = "not_chosen"
    RECOGNISED = "recognised"
    REVOKED = "revoked"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "applied": _l("Waits for the school's opinion"),
            "returned": _l("Returned to be completed"),
            "supported": _l("Recommended by the school"),
            "refused": _l("Not recommended"),
            "withdrawn": _l("Taken back"),
            "proposed": _l("To be recognised"),
            "not_chosen": _l("Not chosen"),
            "recognised": _l("Recognised"),
            "revoked": _l("Recognition withdrawn"),
        }[self.value]


LIVE = (LadderStatus.APPLIED, LadderStatus.RETURNED, LadderStatus.SUPPORTED)
OWN = (LadderStatus.APPLIED, LadderStatus.RETURNED)
RANKED = (LadderStatus.PROPOSED, LadderStatus.RECOGNISED)


class LadderRung(Versioned, Timestamped, Base):
    """One rung of a county's ladder; `position` counts from the lowest. Recognition gives the honour it names.

    `requirements` is that of `app/growth/requirements.py`; `criteria` is a list of {name, weight} whose weights add up
    to 100, each scored from 0 to 100. `yearly_target` is what the county sets itself (LP-08).
    """

    __tablename__ = "ladder_rung"
    __table_args__ = (
        UniqueConstraint("county_id", "name"),
        UniqueConstraint("county_id", "position", name="uq_ladder_rung_position"),
        CheckConstraint("position BETWEEN 1 AND 20", name="position_range"),
        CheckConstraint("valid_years IS NULL OR valid_years BETWEEN 1 AND 10", name="valid_years_range"),
        CheckConstraint("yearly_target IS NULL OR yearly_target BETWEEN 1 AND 100000", name="target_range"),
        CheckConstraint("pass_mark BETWEEN 1 AND 100", name="pass_mark_range"),
        CheckConstraint("notice_days BETWEEN 1 AND 60", name="notice_days_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    position: Mapped[int]
    name: Mapped[str]
    type_code: Mapped[str]
    level_code: Mapped[str] = mapped_column(default="4")
    valid_years: Mapped[int | None]
    yearly_target: Mapped[int | None]
    requirements: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    pass_mark: Mapped[int] = mapped_column(default=60)
    notice_days: Mapped[int] = mapped_column(default=5)
    is_open: Mapped[bool] = mapped_column(default=True)

    county: Mapped[Region] = relationship(lazy="joined")

    @property
    def label(self) -> str:
        """How the log names the rung."""
        return self.name


class LadderRound(Versioned, Timestamped, Base):
    """One year's selection for a rung; what is asked for and how it is scored is that of the day it was opened.

    `places_taken` counts those recognised; only conditional updates move it.
    """

    __tablename__ = "ladder_round"
    __table_args__ = (
        Index(
            "uq_ladder_round_one_a_year",
            "rung_id",
            "year",
            unique=True,
            sqlite_where=text("status <> 'cancelled'"),
            postgresql_where=text("status <> 'cancelled'"),
        ),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year_range"),
        CheckConstraint("places BETWEEN 1 AND 100000", name="places_range"),
        CheckConstraint("places_taken >= 0 AND places_taken <= places", name="places_not_exceeded"),
        CheckConstraint("closes_on >= opens_on", name="dates_in_order"),
        CheckConstraint("notice_to IS NULL OR notice_to >= notice_from", name="notice_in_order"),
        CheckConstraint("status NOT IN ('notice', 'done') OR notice_to IS NOT NULL", name="notice_has_days"),
        CheckConstraint("status <> 'cancelled' OR reason <> ''", name="cancelled_has_reason"),
        Index("ix_ladder_round_county", "county_id", "year", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    rung_id: Mapped[int] = mapped_column(ForeignKey("ladder_rung.id", ondelete="RESTRICT"))
    year: Mapped[int]
    status: Mapped[RoundStatus] = mapped_column(
        enum_column(RoundStatus, "ladder_round_status"), default=RoundStatus.OPEN
    )
    places: Mapped[int]
    places_taken: Mapped[int] = mapped_column(default=0)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    notice_from: Mapped[date | None]
    notice_to: Mapped[date | None]
    requirements: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    pass_mark: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")

    rung: Mapped[LadderRung] = relationship(lazy="joined")
    reviewers: Mapped[list["LadderReviewer"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True, order_by="LadderReviewer.id"
    )

    @property
    def label(self) -> str:
        """How the log and the pages name the round."""
        return f"{self.rung.name} {self.year}"


class LadderReviewer(Base):
    """Somebody who scores the applications of a round."""

    __tablename__ = "ladder_reviewer"
    __table_args__ = (UniqueConstraint("round_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("ladder_round.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"), index=True)

    user: Mapped[User] = relationship(lazy="raise_on_sql")


class LadderEvidence(Base):
    """The files that prove what an application says."""

    __tablename__ = "ladder_evidence"
    __table_args__ = (Index("ix_ladder_evidence_evidence", "evidence_id"),)

    application_id: Mapped[int] = mapped_column(
        ForeignKey("ladder_application.id", ondelete="CASCADE"), primary_key=True
    )
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence_file.id", ondelete="RESTRICT"), primary_key=True)


class LadderApplication(Versioned, Timestamped, Base):
    """One teacher's application in a round, from the first sentence to the recognition and, if need be, its end.

    `score` is the mean of the reviews as it is shown; the rank goes by the exact mean.
    """

    __tablename__ = "ladder_application"
    __table_args__ = (
        UniqueConstraint("round_id", "teacher_id"),
        UniqueConstraint("round_id", "rank", name="uq_ladder_application_rank"),
        UniqueConstraint("honour_id", name="uq_ladder_application_honour"),
        CheckConstraint("status NOT IN ('refused', 'returned', 'revoked') OR reason <> ''", name="refusal_has_reason"),
        CheckConstraint("status NOT IN ('proposed', 'recognised', 'revoked') OR score IS NOT NULL AND rank IS NOT NULL",
                        name="chosen_has_score"),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 10000)", name="score_range"),
        CheckConstraint("rank IS NULL OR rank >= 1", name="rank_from_one"),
        CheckConstraint("(status IN ('recognised', 'revoked')) = (recognised_on IS NOT NULL)",
                        name="recognised_has_day"),
        CheckConstraint("(status = 'revoked') = (revoked_on IS NOT NULL)", name="revoked_has_day"),
        CheckConstraint("revoked_on IS NULL OR revoked_on >= recognised_on", name="revoked_after"),
        Index("ix_ladder_application_round", "round_id", "status", "rank"),
        Index("ix_ladder_application_teacher", "teacher_id"),
        Index("ix_ladder_application_school", "school_id", "status"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("ladder_round.id", ondelete="RESTRICT"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    status: Mapped[LadderStatus] = mapped_column(
        enum_column(LadderStatus, "ladder_application_status"), default=LadderStatus.APPLIED
    )
    statement: Mapped[str] = mapped_column(EncryptedText)
    opinion: Mapped[str | None] = mapped_column(EncryptedText)
    opinion_by_label: Mapped[str | None]
    opinion_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    score: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    rank: Mapped[int | None]
    recognised_on: Mapped[date | None]
    revoked_on: Mapped[date | None]
    honour_id: Mapped[int | None] = mapped_column(ForeignKey("backbone_honour.id", ondelete="SET NULL"))

    round: Mapped[LadderRound] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")
    honour: Mapped[BackboneHonour | None] = relationship(lazy="raise_on_sql")
    evidence: Mapped[list[EvidenceFile]] = relationship(
        secondary="ladder_evidence", lazy="raise_on_sql", order_by="EvidenceFile.id"
    )
    reviews: Mapped[list["LadderReview"]] = relationship(
        back_populates="application",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="LadderReview.id",
    )

    @property
    def label(self) -> str:
        """How the log names the application, where the round and the teacher are loaded."""
        return f"{self.teacher.name}: {self.round.label}"


class LadderReview(Versioned, Timestamped, Base):
    """One reviewer's scores of one application, criterion by criterion."""

    __tablename__ = "ladder_review"
    __table_args__ = (
        UniqueConstraint("application_id", "reviewer_id"),
        CheckConstraint("(submitted_at IS NULL) = (score IS NULL)", name="submitted_has_score"),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 10000)", name="score_range"),
        Index("ix_ladder_review_reviewer", "reviewer_id", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("ladder_application.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    scores: Mapped[list[int]] = mapped_column(Json, default=list)
    score: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    comment: Mapped[str | None] = mapped_column(EncryptedText)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    application: Mapped[LadderApplication] = relationship(back_populates="reviews", lazy="raise_on_sql")
    reviewer: Mapped[User] = relationship(lazy="raise_on_sql")
