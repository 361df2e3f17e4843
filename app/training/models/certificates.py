"""Certificates of completion and their numbers."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, ExactDecimal, OrderedText, Timestamped, UtcDateTime
from app.training.models.enrolments import Enrolment


class CompletionCertificate(Timestamped, Base):
    """A certificate of completion 结业证书, as it was issued: what it says never changes, but it can be revoked.

    `number` is area code, type code and serial; `token` is the unguessable address of its public page.
    """

    __tablename__ = "training_certificate"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("token"),
        UniqueConstraint("area_code", "type_code", "serial"),
        CheckConstraint("serial BETWEEN 1 AND 999999", name="serial_range"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked_has_reason"),
        Index(
            "uq_training_certificate_valid",
            "enrolment_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_training_certificate_enrolment", "enrolment_id"),
        Index("ix_training_certificate_session", "session_id", "number"),
        Index("ix_training_certificate_name", "name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("training_enrolment.id", ondelete="RESTRICT"))
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id", ondelete="RESTRICT"))
    area_code: Mapped[str]
    type_code: Mapped[str]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(OrderedText)
    token: Mapped[str]
    name: Mapped[str] = mapped_column(OrderedText)
    programme: Mapped[str]
    session_name: Mapped[str]
    organiser: Mapped[str]
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    hours: Mapped[Decimal] = mapped_column(ExactDecimal)
    issued_on: Mapped[date]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str | None]

    enrolment: Mapped[Enrolment] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the certificate."""
        return self.number


class CertificateCounter(Base):
    """The last serial given in an area for a type; the row's lock makes issuers stand in line, so no number is lost."""

    __tablename__ = "training_certificate_counter"
    __table_args__ = (CheckConstraint("last BETWEEN 0 AND 999999", name="last_range"),)

    area_code: Mapped[str] = mapped_column(primary_key=True)
    type_code: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
