"""What schools set aside and spend for training."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, ExactDecimal, Timestamped, Versioned
from app.schools.models import School
from app.training.models.sessions import TrainingSession


class TrainingBudget(Versioned, Timestamped, Base):
    """A school's public funds 公用经费 of a calendar year in yuan, and what of them is set aside for training."""

    __tablename__ = "training_budget"
    __table_args__ = (
        UniqueConstraint("school_id", "year"),
        CheckConstraint("public_funds > 0", name="funds_positive"),
        CheckConstraint("planned >= 0 AND planned <= public_funds", name="planned_within_funds"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    year: Mapped[int]
    public_funds: Mapped[Decimal] = mapped_column(ExactDecimal)
    planned: Mapped[Decimal] = mapped_column(ExactDecimal)

    school: Mapped[School] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the budget, where the school is loaded."""
        return f"{self.school.name} {self.year}"


class TrainingSpending(Versioned, Timestamped, Base):
    """One expense of a school for training, in yuan."""

    __tablename__ = "training_spending"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_training_spending_school", "school_id", "year", "spent_on"),
        Index("ix_training_spending_session", "session_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    year: Mapped[int]
    spent_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    purpose: Mapped[str]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("training_session.id", ondelete="SET NULL"))

    school: Mapped[School] = relationship(lazy="raise_on_sql")
    session: Mapped[TrainingSession | None] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the expense."""
        return f"{self.purpose} ({self.spent_on})"
