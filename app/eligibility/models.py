"""Rule sets and verdicts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Json, Timestamped, UtcDateTime, Versioned, enum_column
from app.regions.models import Region
from app.schools.models import School
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


class EligibilityRuleSet(Versioned, Timestamped, Base):
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
    judged_on_digest: Mapped[str | None]
    in_force_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    county: Mapped[Region] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the rule set."""
        return f"{self.school_year}/{self.revision}"


class EligibilityVerdict(Base):
    """One teacher's verdict under one rule set, as it was judged; `school_id` is the employing school of that day.

    `reasons` lists everything that speaks against the teacher, and notes, as code, outcome and parameters. Months of
    service and age are kept for lists; -1 stands for unknown, so that a list can be paged by them.
    """

    __tablename__ = "eligibility_verdict"
    __table_args__ = (
        Index("ix_eligibility_verdict_teacher", "teacher_id"),
        Index("ix_eligibility_verdict_school", "rule_set_id", "school_id"),
        {"info": {"is_derived": True}},
    )

    rule_set_id: Mapped[int] = mapped_column(
        ForeignKey("eligibility_rule_set.id", ondelete="CASCADE"), primary_key=True
    )
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)
    is_eligible: Mapped[bool]
    is_in_pool: Mapped[bool]
    is_counted: Mapped[bool]
    is_backbone: Mapped[bool]
    is_young: Mapped[bool]
    service_months: Mapped[int] = mapped_column(default=-1)
    age: Mapped[int] = mapped_column(default=-1)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Json)

    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")


class EligibilityReason(Base):
    """One code out of a verdict's reasons, so that the database can count and filter by it."""

    __tablename__ = "eligibility_reason"
    __table_args__ = (
        ForeignKeyConstraint(
            ["rule_set_id", "teacher_id"],
            ["eligibility_verdict.rule_set_id", "eligibility_verdict.teacher_id"],
            name="fk_eligibility_reason_verdict",
            ondelete="CASCADE",
        ),
        Index("ix_eligibility_reason_code", "rule_set_id", "code"),
        {"info": {"is_derived": True}},
    )

    rule_set_id: Mapped[int] = mapped_column(primary_key=True)
    teacher_id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    is_against: Mapped[bool]
