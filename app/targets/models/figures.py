"""Figures: what people filled in, what stood on a day, and what stands now."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db import Base, ExactDecimal, Json, UtcDateTime, enum_column
from app.db.clock import utc_now
from app.db.types import ExactFraction
from app.evidence.models import EvidenceFile
from app.schools.models import School
from app.targets.evaluators.outcome import Source, Verdict
from app.targets.models.packs import PolicyPack

FILLED_EVIDENCE = Table(
    "filled_figure_evidence",
    Base.metadata,
    Column("figure_id", ForeignKey("filled_figure.id", ondelete="CASCADE"), primary_key=True),
    Column("evidence_id", ForeignKey("evidence_file.id", ondelete="RESTRICT"), primary_key=True, index=True),
)


class FilledFigure(Base):
    """A figure that somebody filled in because no record holds it, of the county or of one school, as of a day.

    Rows are never changed. A later row of the same figure, place and day takes the place of the earlier one; a row
    that was filled in by mistake is withdrawn with a reason and stays on record.
    """

    __tablename__ = "filled_figure"
    __table_args__ = (
        CheckConstraint("numerator >= 0", name="numerator_not_negative"),
        CheckConstraint("denominator IS NULL OR denominator > 0", name="denominator_positive"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_has_reason"),
        Index("ix_filled_figure_county", "county_id", "figure", "on", "id"),
        Index("ix_filled_figure_school", "school_id", "figure"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    figure: Mapped[str]
    on: Mapped[date]
    numerator: Mapped[Decimal] = mapped_column(ExactDecimal)
    denominator: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    note: Mapped[str] = mapped_column(default="")
    filled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    filled_by_label: Mapped[str]
    filled_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_reason: Mapped[str | None]

    school: Mapped[School | None] = relationship(lazy="raise_on_sql")
    filled_by: Mapped[User | None] = relationship(lazy="raise_on_sql")
    evidence: Mapped[list[EvidenceFile]] = relationship(
        secondary=FILLED_EVIDENCE, lazy="raise_on_sql", order_by=EvidenceFile.id
    )

    @property
    def label(self) -> str:
        """How the log names the figure."""
        return f"{self.figure} ({self.on})"


class FigureSnapshot(Base):
    """What a clause's figure was on a day, by one version of a pack. Kept for good: the trend is made of these."""

    __tablename__ = "figure_snapshot"
    __table_args__ = (
        UniqueConstraint("pack_id", "clause_id", "part_key", "on", name="uq_figure_snapshot_day"),
        Index("ix_figure_snapshot_county", "county_id", "on", "clause_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    pack_id: Mapped[int] = mapped_column(ForeignKey("policy_pack.id", ondelete="RESTRICT"))
    clause_id: Mapped[str]
    part_key: Mapped[str] = mapped_column(default="")
    on: Mapped[date]
    verdict: Mapped[Verdict] = mapped_column(enum_column(Verdict, "verdict"))
    source: Mapped[Source] = mapped_column(enum_column(Source, "figure_source"))
    figure: Mapped[Fraction | None] = mapped_column(ExactFraction)
    numerator: Mapped[Fraction | None] = mapped_column(ExactFraction)
    denominator: Mapped[Fraction | None] = mapped_column(ExactFraction)
    threshold: Mapped[Fraction | None] = mapped_column(ExactFraction)
    missing: Mapped[int | None]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    pack: Mapped[PolicyPack] = relationship(lazy="raise_on_sql")


class CurrentFigure(Base):
    """The newest outcome of one clause's figure, so that a page only reads; recomputed by jobs and by the clause's
    own page. `computed_on` is the day asked about, `body` the outcome with its units."""

    __tablename__ = "current_figure"
    __table_args__ = (
        UniqueConstraint("pack_id", "clause_id", "part_key", name="uq_current_figure_part"),
        Index("ix_current_figure_county", "county_id", "verdict"),
        Index("ix_current_figure_filled", "county_id", "figure_name"),
        {"info": {"is_derived": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="CASCADE"))
    pack_id: Mapped[int] = mapped_column(ForeignKey("policy_pack.id", ondelete="CASCADE"))
    clause_id: Mapped[str]
    part_key: Mapped[str] = mapped_column(default="")
    figure_name: Mapped[str] = mapped_column(default="")
    verdict: Mapped[Verdict] = mapped_column(enum_column(Verdict, "verdict"))
    summary: Mapped[dict[str, Any]] = mapped_column(Json)
    body: Mapped[dict[str, Any]] = mapped_column(Json, deferred=True)
    computed_on: Mapped[date]
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    took_ms: Mapped[int] = mapped_column(default=0)

    pack: Mapped[PolicyPack] = relationship(lazy="raise_on_sql")
