"""Claims, their review, the counties' rules, and the ledger of what counts."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, Mapper, ORMExecuteState, Session, mapped_column, relationship

from app.accounts.models import User
from app.db import Base, ExactDecimal, Json, Timestamped, UtcDateTime, Versioned, enum_column
from app.evidence.models import EvidenceFile
from app.regions.models import Region
from app.schools.models import School
from app.teachers.models import Teacher

MOST_HOURS = Decimal(2000)


class ClaimSource(StrEnum):
    """Where a claim comes from: a teacher who typed it, or a record that needs no typing."""

    TEACHER = "teacher"
    TRAINING_SESSION = "training_session"
    STUDIO_SESSION = "studio_session"
    ROTATION = "rotation"
    MENTORING = "mentoring"

    @property
    def label(self) -> LazyString:
        """The source in the person's language."""
        return {
            "teacher": _l("Logged by the teacher"),
            "training_session": _l("From attendance"),
            "studio_session": _l("From a studio"),
            "rotation": _l("From a rotation"),
            "mentoring": _l("From a mentor pair"),
        }[self.value]


class ClaimStatus(StrEnum):
    """Where a claim stands; `code` is the number that provincial systems use for it."""

    DRAFT = "draft"
    AT_SCHOOL = "at_school"
    SCHOOL_RETURNED = "school_returned"
    AT_COUNTY = "at_county"
    COUNTY_RETURNED = "county_returned"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return STATUS_LABELS[self]

    @property
    def code(self) -> str:
        """The code of the status in the exchange with provincial systems."""
        return STATUS_CODES[self]

    @property
    def is_open_to_teacher(self) -> bool:
        """Whether the teacher may change the claim."""
        return self in (ClaimStatus.DRAFT, ClaimStatus.SCHOOL_RETURNED, ClaimStatus.COUNTY_RETURNED)

    @property
    def is_waiting(self) -> bool:
        """Whether a reviewer has to act."""
        return self in (ClaimStatus.AT_SCHOOL, ClaimStatus.AT_COUNTY)


STATUS_LABELS = {
    ClaimStatus.DRAFT: _l("Draft claim"),
    ClaimStatus.AT_SCHOOL: _l("With the school"),
    ClaimStatus.SCHOOL_RETURNED: _l("Returned by the school"),
    ClaimStatus.AT_COUNTY: _l("With the county"),
    ClaimStatus.COUNTY_RETURNED: _l("Returned by the county"),
    ClaimStatus.CONFIRMED: _l("Hours confirmed"),
    ClaimStatus.WITHDRAWN: _l("Claim withdrawn"),
}
STATUS_CODES = {
    ClaimStatus.DRAFT: "00",
    ClaimStatus.AT_SCHOOL: "10",
    ClaimStatus.SCHOOL_RETURNED: "11",
    ClaimStatus.AT_COUNTY: "20",
    ClaimStatus.COUNTY_RETURNED: "21",
    ClaimStatus.CONFIRMED: "40",
    ClaimStatus.WITHDRAWN: "50",
}


class RuleStatus(StrEnum):
    """Where a version of the rules stands."""

    DRAFT = "draft"
    IN_FORCE = "in_force"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {"draft": _l("Draft"), "in_force": _l("In force")}[self.value]


class Account(StrEnum):
    """Which account hours stand in: the cycle, or the new teacher's year outside it."""

    CYCLE = "cycle"
    OUTSIDE = "outside"

    @property
    def label(self) -> LazyString:
        """The account in the person's language."""
        return {"cycle": _l("In the cycle"), "outside": _l("New teacher, outside the cycle")}[self.value]


class EntryCause(StrEnum):
    """Why an entry was written."""

    CONFIRMED = "confirmed"
    DISPLACED = "displaced"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    RULES = "rules"
    RECOUNT = "recount"

    @property
    def label(self) -> LazyString:
        """The cause in the person's language."""
        return {
            "confirmed": _l("Claim confirmed"),
            "displaced": _l("Another claim moved a cap"),
            "changed": _l("Hours changed"),
            "withdrawn": _l("Source withdrawn"),
            "rules": _l("Rules changed"),
            "recount": _l("Counted anew"),
        }[self.value]


class StepKind(StrEnum):
    """What somebody did with a claim."""

    SUBMITTED = "submitted"
    CHECKED = "checked"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    HOURS_CHANGED = "hours_changed"
    TAKEN_BACK = "taken_back"
    WITHDRAWN = "withdrawn"
    FROM_SOURCE = "from_source"
    DISPUTED = "disputed"
    ANSWERED = "answered"
    RULED = "ruled"

    @property
    def label(self) -> LazyString:
        """The step in the person's language."""
        return {
            "submitted": _l("Submitted to the school"),
            "checked": _l("Checked by the school"),
            "confirmed": _l("Confirmed by the county"),
            "returned": _l("Sent back"),
            "hours_changed": _l("Hours changed"),
            "taken_back": _l("Taken back"),
            "withdrawn": _l("Claim withdrawn"),
            "from_source": _l("Taken over from its source"),
            "disputed": _l("Dispute opened"),
            "answered": _l("Dispute answered"),
            "ruled": _l("Dispute ruled"),
        }[self.value]


class DisputeStatus(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {"open": _l("Dispute open"), "upheld": _l("Teacher was right"), "rejected": _l("Decision stands")}[
            self.value
        ]


class CreditRuleSet(Versioned, Timestamped, Base):
    """One version of a county's credit rules; it counts what was done on or after `valid_from`.

    Of several versions in force that began by then, the one that begins last holds, and of those the newest revision.
    What was in force is never changed or removed.
    """

    __tablename__ = "credit_rule_set"
    __table_args__ = (
        UniqueConstraint("county_id", "revision"),
        Index("ix_credit_rule_set_in_force", "county_id", "status", "valid_from", "revision"),
        CheckConstraint("(status = 'in_force') = (in_force_at IS NOT NULL)", name="moment_in_force"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    revision: Mapped[int] = mapped_column(default=1)
    valid_from: Mapped[date]
    status: Mapped[RuleStatus] = mapped_column(enum_column(RuleStatus, "status"), default=RuleStatus.DRAFT)
    rules: Mapped[dict[str, Any]] = mapped_column(Json)
    note: Mapped[str] = mapped_column(default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    in_force_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    county: Mapped[Region] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the version."""
        return f"{self.rules.get('name', '')} {self.revision} ({self.valid_from.isoformat()})"


class CreditClaim(Versioned, Timestamped, Base):
    """One piece of training that a teacher says, or a record shows, to have been done.

    `typed` keeps a draft as it was typed, however wrong. `hours` is what stands now: what the teacher claimed, until a
    reviewer changes it with a reason. A claim counts on the day it was finished.
    """

    __tablename__ = "credit_claim"
    __table_args__ = (
        UniqueConstraint("source", "source_id", "teacher_id", name="uq_credit_claim_source"),
        CheckConstraint("(source = 'teacher') = (source_id IS NULL)", name="source_named"),
        CheckConstraint("from_on IS NULL OR done_on IS NULL OR done_on >= from_on", name="dates_in_order"),
        CheckConstraint("hours IS NULL OR (hours > 0 AND hours <= 200000)", name="hours_range"),
        CheckConstraint(
            "status IN ('draft', 'withdrawn') OR (kind_code IS NOT NULL AND from_on IS NOT NULL AND done_on IS NOT NULL"
            " AND hours IS NOT NULL AND title <> '')",
            name="complete_once_submitted",
        ),
        CheckConstraint("(status = 'confirmed') = (confirmed_at IS NOT NULL)", name="moment_confirmed"),
        Index("ix_credit_claim_teacher", "teacher_id", "done_on", "id"),
        Index("ix_credit_claim_school_queue", "school_id", "status", "submitted_at", "id"),
        Index("ix_credit_claim_school", "school_id", "id"),
        Index("ix_credit_claim_county", "county_id", "id"),
        Index("ix_credit_claim_county_queue", "county_id", "status", "submitted_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    source: Mapped[ClaimSource] = mapped_column(enum_column(ClaimSource, "source"), default=ClaimSource.TEACHER)
    source_id: Mapped[int | None]
    status: Mapped[ClaimStatus] = mapped_column(enum_column(ClaimStatus, "status"), default=ClaimStatus.DRAFT)
    kind_code: Mapped[str | None]
    mode_code: Mapped[str | None]
    level_code: Mapped[str | None]
    title: Mapped[str] = mapped_column(default="")
    provider: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date | None]
    done_on: Mapped[date | None]
    quantity: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    hours_claimed: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    hours: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    is_outside_cycle: Mapped[bool] = mapped_column(default=False)
    typed: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    return_reason: Mapped[str] = mapped_column(default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")
    evidence: Mapped[list[EvidenceFile]] = relationship(
        secondary="credit_claim_evidence", lazy="raise_on_sql", order_by=EvidenceFile.id
    )
    steps: Mapped[list["CreditClaimStep"]] = relationship(
        lazy="raise_on_sql", order_by="CreditClaimStep.id", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def label(self) -> str:
        """How the log names the claim."""
        return f"{self.id} {self.title}"


class CreditClaimEvidence(Base):
    """A file that proves a claim."""

    __tablename__ = "credit_claim_evidence"
    __table_args__ = (Index("ix_credit_claim_evidence_evidence", "evidence_id"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("credit_claim.id", ondelete="CASCADE"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence_file.id", ondelete="RESTRICT"), primary_key=True)


class CreditClaimStep(Base):
    """What somebody did with a claim, and for whom, where they stood in."""

    __tablename__ = "credit_claim_step"
    __table_args__ = (Index("ix_credit_claim_step_claim", "claim_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("credit_claim.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[StepKind] = mapped_column(enum_column(StepKind, "kind"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    actor_label: Mapped[str]
    acting_for_label: Mapped[str] = mapped_column(default="")
    hours_before: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    hours_after: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    reason: Mapped[str] = mapped_column(default="")


class CreditDispute(Versioned, Timestamped, Base):
    """A teacher's objection to what was decided on a claim, with its thread and its ruling."""

    __tablename__ = "credit_dispute"
    __table_args__ = (
        Index(
            "uq_credit_dispute_open",
            "claim_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        CheckConstraint("(status = 'open') = (ruled_at IS NULL)", name="moment_ruled"),
        Index("ix_credit_dispute_claim", "claim_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("credit_claim.id", ondelete="CASCADE"))
    status: Mapped[DisputeStatus] = mapped_column(enum_column(DisputeStatus, "status"), default=DisputeStatus.OPEN)
    ruled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    claim: Mapped[CreditClaim] = relationship(lazy="raise_on_sql")
    messages: Mapped[list["CreditDisputeMessage"]] = relationship(
        lazy="raise_on_sql", order_by="CreditDisputeMessage.id", cascade="all, delete-orphan", passive_deletes=True
    )


class CreditDisputeMessage(Base):
    """One contribution to a dispute."""

    __tablename__ = "credit_dispute_message"
    __table_args__ = (Index("ix_credit_dispute_message_dispute", "dispute_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("credit_dispute.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    author_label: Mapped[str]
    body: Mapped[str]


class CreditStandIn(Timestamped, Base):
    """Somebody who reviews claims in a reviewer's place for some days, both included."""

    __tablename__ = "credit_stand_in"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="dates_in_order"),
        CheckConstraint("user_id <> for_user_id", name="another_person"),
        Index("ix_credit_stand_in_user", "user_id", "to_on"),
        Index("ix_credit_stand_in_for_user", "for_user_id", "to_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    for_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="CASCADE"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    ended_on: Mapped[date | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="raise_on_sql")
    for_user: Mapped[User] = relationship(foreign_keys=[for_user_id], lazy="raise_on_sql")


class CreditEntry(Base):
    """One line of the ledger: so many hours of one claim count as one kind, by one version of the rules.

    Lines are only ever added. A line that no longer holds is followed by one that reverses it; no line is reversed
    twice. What a teacher has is the sum of the lines.
    """

    __tablename__ = "credit_entry"
    __table_args__ = (
        UniqueConstraint("reverses_id", name="uq_credit_entry_reverses"),
        CheckConstraint(
            "(reverses_id IS NULL AND hours > 0) OR (reverses_id IS NOT NULL AND hours < 0)", name="sign_of_hours"
        ),
        CheckConstraint("year >= cycle", name="year_in_cycle"),
        Index("ix_credit_entry_teacher", "teacher_id", "id"),
        Index("ix_credit_entry_claim", "claim_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("credit_claim.id", ondelete="RESTRICT"))
    rule_set_id: Mapped[int] = mapped_column(ForeignKey("credit_rule_set.id", ondelete="RESTRICT"))
    kind_code: Mapped[str]
    account: Mapped[Account] = mapped_column(enum_column(Account, "account"))
    year: Mapped[int]
    cycle: Mapped[int]
    hours: Mapped[Decimal] = mapped_column(ExactDecimal)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("credit_entry.id", ondelete="RESTRICT"))
    cause: Mapped[EntryCause] = mapped_column(enum_column(EntryCause, "cause"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CreditTotal(Base):
    """What a teacher's lines of one training year add up to; kept so that lists need not add them up."""

    __tablename__ = "credit_total"
    __table_args__ = (
        CheckConstraint("hours >= 0 AND outside_hours >= 0", name="hours_not_negative"),
        Index("ix_credit_total_cycle", "teacher_id", "cycle", "year", "hours"),
        {"info": {"is_derived": True}},
    )

    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cycle: Mapped[int]
    hours: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    outside_hours: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))


class LedgerIsClosed(RuntimeError):
    """Somebody tried to change or remove a line of the ledger."""

    def __init__(self) -> None:
        super().__init__("the ledger is append-only: write a reversing entry instead")


def _refuse_change(_mapper: Mapper[CreditEntry], _connection: object, _entry: CreditEntry) -> None:
    raise LedgerIsClosed


def _refuse_statement(state: ORMExecuteState) -> None:
    is_change = state.is_update or state.is_delete
    if is_change and state.bind_mapper is not None and state.bind_mapper.class_ is CreditEntry:
        raise LedgerIsClosed


event.listen(CreditEntry, "before_update", _refuse_change)
event.listen(CreditEntry, "before_delete", _refuse_change)
event.listen(Session, "do_orm_execute", _refuse_statement)
