"""Plans, what was decided about them, and the teachers' wishes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db import Base, Json, Timestamped, UtcDateTime, Versioned, enum_column
from app.eligibility.models import EligibilityRuleSet
from app.regions.models import Region
from app.schools.models import School
from app.teachers.models import Teacher


class PlanStatus(StrEnum):
    """Where a plan stands on its road from draft to publication."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "draft": _l("Draft"),
            "submitted": _l("Awaiting approval"),
            "returned": _l("Returned by the leader"),
            "approved": _l("Approved"),
            "published": _l("Published"),
        }[self.value]

    @property
    def is_open(self) -> bool:
        """Whether the officer may still change the plan."""
        return self in (PlanStatus.DRAFT, PlanStatus.RETURNED)


class ReviewAction(StrEnum):
    """A step of a plan's road."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    APPROVE = "approve"
    PUBLISH = "publish"
    REOPEN = "reopen"

    @property
    def label(self) -> LazyString:
        """The step in the person's language."""
        return {
            "submit": _l("Submitted for approval"),
            "withdraw": _l("Withdrawn by the officer"),
            "return": _l("Returned by the leader"),
            "approve": _l("Approved by the leader"),
            "publish": _l("Published"),
            "reopen": _l("Opened for a revision"),
        }[self.value]


class RotationPlan(Versioned, Timestamped, Base):
    """A county's rotation plan for one school year (its first calendar year).

    `settings` are the defaults of its scenarios, `notice` what the public notice says around the list. Its status
    changes only through `operations.reviews` and `operations.publications`.
    """

    __tablename__ = "rotation_plan"
    __table_args__ = (
        UniqueConstraint("county_id", "school_year", "name"),
        CheckConstraint("school_year BETWEEN 2000 AND 2100", name="school_year_range"),
        Index("ix_rotation_plan_county_year", "county_id", "school_year", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_year: Mapped[int]
    name: Mapped[str]
    rule_set_id: Mapped[int | None] = mapped_column(
        ForeignKey("eligibility_rule_set.id", ondelete="RESTRICT"), index=True
    )
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    notice: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    status: Mapped[PlanStatus] = mapped_column(enum_column(PlanStatus, "status"), default=PlanStatus.DRAFT)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    county: Mapped[Region] = relationship(lazy="raise_on_sql")
    rule_set: Mapped[EligibilityRuleSet | None] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the plan."""
        return f"{self.name} ({self.school_year})"


class PlanReview(Base):
    """One step of a plan's road: who did it, when, and why. Never changed afterwards."""

    __tablename__ = "plan_review"
    __table_args__ = (
        CheckConstraint("action NOT IN ('return', 'reopen') OR reason <> ''", name="reason_when_sent_back"),
        Index("ix_plan_review_plan", "plan_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("rotation_plan.id", ondelete="CASCADE"))
    action: Mapped[ReviewAction] = mapped_column(enum_column(ReviewAction, "action"))
    scenario_id: Mapped[int | None] = mapped_column(ForeignKey("rotation_scenario.id", ondelete="SET NULL"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    actor_label: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    actor: Mapped[User | None] = relationship(lazy="raise_on_sql")


class TeacherWish(Base):
    """A school that a teacher would like to rotate to, in the order of their liking (1 is the first)."""

    __tablename__ = "teacher_wish"
    __table_args__ = (
        UniqueConstraint("plan_id", "teacher_id", "rank"),
        UniqueConstraint("plan_id", "teacher_id", "school_id"),
        CheckConstraint("rank BETWEEN 1 AND 5", name="rank_range"),
        Index("ix_teacher_wish_teacher", "teacher_id"),
        Index("ix_teacher_wish_school", "school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("rotation_plan.id", ondelete="CASCADE"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    rank: Mapped[int]
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))

    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")
