"""Appraisals of studios: a county's scoring form, reports, reviews and results."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db import Base, EncryptedText, ExactDecimal, Json, Timestamped, UtcDateTime, Versioned, enum_column
from app.studios.models.founding import Studio


class AppraisalStage(StrEnum):
    """When in its cycle a studio is appraised."""

    MIDTERM = "midterm"
    FINAL = "final"

    @property
    def label(self) -> LazyString:
        """The stage in the person's language."""
        return {"midterm": _l("Mid-term appraisal"), "final": _l("Final appraisal")}[self.value]


class AppraisalStatus(StrEnum):
    """Where an appraisal stands."""

    REPORTING = "reporting"
    REVIEWING = "reviewing"
    DECIDED = "decided"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "reporting": _l("Waits for the studio's report"),
            "reviewing": _l("Under review"),
            "decided": _l("Decided"),
        }[self.value]


class AppraisalResult(StrEnum):
    """What an appraisal came to."""

    EXCELLENT = "excellent"
    PASSED = "passed"
    FAILED = "failed"

    @property
    def label(self) -> LazyString:
        """The result in the person's language."""
        return {
            "excellent": _l("Excellent"),
            "passed": _l("Meets the standard"),
            "failed": _l("Below the standard"),
        }[self.value]


class AppraisalForm(Versioned, Timestamped, Base):
    """A county's scoring form: criteria with weights that add up to 100, and the marks for the results.

    `criteria` is a list of {name, weight}; each is scored from 0 to 100.
    """

    __tablename__ = "studio_appraisal_form"
    __table_args__ = (
        UniqueConstraint("county_id"),
        CheckConstraint("pass_mark BETWEEN 1 AND 99 AND excellent_mark BETWEEN 2 AND 100", name="marks_range"),
        CheckConstraint("excellent_mark > pass_mark", name="marks_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    pass_mark: Mapped[int] = mapped_column(default=60)
    excellent_mark: Mapped[int] = mapped_column(default=90)

    @property
    def label(self) -> str:
        """How the log names the form."""
        return "；".join(str(one["name"]) for one in self.criteria)


class StudioAppraisal(Versioned, Timestamped, Base):
    """One appraisal of a studio in a cycle; the criteria are those in force on the day it was opened."""

    __tablename__ = "studio_appraisal"
    __table_args__ = (
        UniqueConstraint("studio_id", "cycle_no", "stage"),
        CheckConstraint("(status = 'decided') = (result IS NOT NULL AND score IS NOT NULL)", name="decided_has_result"),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 10000)", name="score_range"),
        CheckConstraint("status = 'reporting' OR report IS NOT NULL", name="reported_before_review"),
        Index("ix_studio_appraisal_status", "status", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    studio_id: Mapped[int] = mapped_column(ForeignKey("studio.id", ondelete="RESTRICT"))
    cycle_no: Mapped[int]
    stage: Mapped[AppraisalStage] = mapped_column(enum_column(AppraisalStage, "stage"))
    status: Mapped[AppraisalStatus] = mapped_column(
        enum_column(AppraisalStatus, "status"), default=AppraisalStatus.REPORTING
    )
    due_on: Mapped[date]
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    pass_mark: Mapped[int]
    excellent_mark: Mapped[int]
    report: Mapped[str | None]
    figures: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reported_on: Mapped[date | None]
    score: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    result: Mapped[AppraisalResult | None] = mapped_column(enum_column(AppraisalResult, "result"))
    decided_on: Mapped[date | None]
    opinion: Mapped[str | None] = mapped_column(EncryptedText)

    studio: Mapped[Studio] = relationship(lazy="raise_on_sql")
    reviews: Mapped[list["AppraisalReview"]] = relationship(
        back_populates="appraisal",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="AppraisalReview.id",
    )

    @property
    def label(self) -> str:
        """How the log names the appraisal, where the studio is loaded."""
        return f"{self.studio.name} {self.cycle_no}/{self.stage.value}"


class AppraisalReview(Versioned, Timestamped, Base):
    """One reviewer's scores, criterion by criterion."""

    __tablename__ = "studio_appraisal_review"
    __table_args__ = (
        UniqueConstraint("appraisal_id", "reviewer_id"),
        CheckConstraint("(submitted_at IS NULL) = (score IS NULL)", name="submitted_has_score"),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 10000)", name="score_range"),
        Index("ix_studio_appraisal_review_reviewer", "reviewer_id", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("studio_appraisal.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    scores: Mapped[list[int]] = mapped_column(Json, default=list)
    score: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    comment: Mapped[str | None] = mapped_column(EncryptedText)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    appraisal: Mapped[StudioAppraisal] = relationship(back_populates="reviews", lazy="raise_on_sql")
    reviewer: Mapped[User] = relationship(lazy="raise_on_sql")
