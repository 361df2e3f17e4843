"""Rule sets and verdicts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Json, Timestamped, UtcDateTime, enum_column
from app.teachers.models import Teacher


class RuleSetStatus(StrEnum):
    """Where a rule set stands."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {"draft": _l("Draft"), "in_force": _l("In force"), "superseded": _l("Superseded")}[self.value]


class EligibilityRuleSet(Timestamped, Base):
    """One version of a county's eligibility rules for one school year (its first calendar year)."""

    __tablename__ = "eligibility_rule_set"
    __table_args__ = (
        UniqueConstraint("county_id", "school_year", "revision"),
        Index(
            "uq_eligibility_rule_set_in_force",
            "county_id",
            "school_year",
            unique=True,
            sqlite_where=text("status = 'in_force'"),
            postgresql_where=text("status = 'in_force'"),
        ),
        CheckConstraint("school_year BETWEEN 2000 AND 2100", name="school_year_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_year: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    status: Mapped[RuleSetStatus] = mapped_column(enum_column(RuleSetStatus, "status"), default=RuleSetStatus.DRAFT)
    rules: Mapped[dict[str, Any]] = mapped_column(Json)
    note: Mapped[str] = mapped_column(default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EligibilityVerdict(Base):
    """One teacher's verdict under one rule set. `reasons` lists every reason as code and parameters."""

    __tablename__ = "eligibility_verdict"
    __table_args__ = (Index("ix_eligibility_verdict_teacher", "teacher_id"),)

    rule_set_id: Mapped[int] = mapped_column(
        ForeignKey("eligibility_rule_set.id", ondelete="CASCADE"), primary_key=True
    )
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"), primary_key=True)
    is_eligible: Mapped[bool]
    is_in_pool: Mapped[bool]
    is_counted: Mapped[bool]
    is_backbone: Mapped[bool]
    is_young: Mapped[bool]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Json)

    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
