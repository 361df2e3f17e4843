"""The ethics record: points, negative list, yearly appraisals, what a teacher answered, and what a school did."""

from datetime import date, datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, EncryptedText, Timestamped, UtcDateTime, Versioned, enum_column
from app.db.clock import utc_now
from app.evidence.models import EvidenceFile
from app.schools.models import School
from app.teachers.models import Teacher


class Audience(StrEnum):
    """Whom a negative list is for."""

    TEACHER = "teacher"
    LEADER = "leader"

    @property
    def label(self) -> LazyString:
        """The list's name in the person's language."""
        return {"teacher": _l("Negative list for teachers"), "leader": _l("Negative list for leaders")}[self.value]


class EntryKind(StrEnum):
    """What an entry of the points file is."""

    AWARD = "award"
    DEDUCTION = "deduction"
    NEGATIVE = "negative"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {
            "award": _l("Award of points"),
            "deduction": _l("Deduction of points"),
            "negative": _l("Negative list"),
        }[self.value]


class State(StrEnum):
    """Where an entry or an appraisal stands."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> LazyString:
        """The state in the person's language."""
        return {
            "proposed": _l("Waits for the county"),
            "in_force": _l("On record"),
            "returned": _l("Returned to the school"),
            "withdrawn": _l("Withdrawn"),
        }[self.value]


def _links(name: str, record: str) -> Table:
    return Table(
        name,
        Base.metadata,
        Column("record_id", ForeignKey(f"{record}.id", ondelete="CASCADE"), primary_key=True),
        Column("evidence_id", ForeignKey("evidence_file.id", ondelete="RESTRICT"), primary_key=True, index=True),
    )


ENTRY_EVIDENCE = _links("ethics_entry_evidence", "ethics_entry")
APPRAISAL_EVIDENCE = _links("ethics_appraisal_evidence", "ethics_appraisal")
ACTIVITY_EVIDENCE = _links("ethics_activity_evidence", "ethics_activity")


class EthicsEntry(Versioned, Timestamped, Base):
    """One entry: points given or taken, or something of the negative list. It holds from a day to a day.

    What of the list it is stands here in the words of that day, for a county may edit its list. After its last day
    an entry is on nobody's page any more; the row stays, so that the log's chain has something to speak of.
    """

    __tablename__ = "ethics_entry"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="dates_in_order"),
        CheckConstraint("from_on >= happened_on", name="begins_after_it_happened"),
        CheckConstraint("(kind = 'negative') = (clause_code IS NOT NULL)", name="negative_has_clause"),
        CheckConstraint("NOT does_veto OR kind = 'negative'", name="veto_by_the_list"),
        CheckConstraint("CASE kind WHEN 'award' THEN points > 0 ELSE points <= 0 END", name="points_by_kind"),
        CheckConstraint("points >= -100 AND points <= 100", name="points_bounded"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_unless_proposed"),
        Index(
            "uq_ethics_entry_same",
            "teacher_id",
            "clause_code",
            "happened_on",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'in_force')"),
            postgresql_where=text("state IN ('proposed', 'in_force')"),
        ),
        Index("ix_ethics_entry_teacher", "teacher_id", "to_on"),
        Index("ix_ethics_entry_county", "county_id", "id"),
        Index("ix_ethics_entry_veto", "county_id", "does_veto", "to_on"),
        Index("ix_ethics_entry_state", "state", "county_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"), index=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind, "kind"))
    audience: Mapped[Audience | None] = mapped_column(enum_column(Audience, "audience"))
    clause_code: Mapped[str | None]
    clause_text: Mapped[str | None]
    points: Mapped[int] = mapped_column(default=0)
    does_veto: Mapped[bool] = mapped_column(default=False)
    happened_on: Mapped[date]
    from_on: Mapped[date]
    to_on: Mapped[date]
    facts: Mapped[str] = mapped_column(EncryptedText)
    state: Mapped[State] = mapped_column(enum_column(State, "state"), default=State.PROPOSED)
    awaits_ruling: Mapped[bool] = mapped_column(default=False)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")
    evidence: Mapped[list[EvidenceFile]] = relationship(
        secondary=ENTRY_EVIDENCE, lazy="raise_on_sql", order_by=EvidenceFile.id
    )

    @property
    def label(self) -> str:
        """How the log names the entry: by its kind and clause, never by what happened."""
        return " ".join(filter(None, (self.kind.value, self.clause_code)))


class EthicsAppraisal(Versioned, Timestamped, Base):
    """The yearly appraisal 师德考核 of one teacher. A failed one vetoes for a term that stands in the row."""

    __tablename__ = "ethics_appraisal"
    __table_args__ = (
        UniqueConstraint("teacher_id", "year"),
        CheckConstraint("does_veto = (veto_to IS NOT NULL)", name="veto_has_term"),
        CheckConstraint("(veto_from IS NULL) = (veto_to IS NULL)", name="veto_has_both_days"),
        CheckConstraint("veto_to IS NULL OR veto_to >= veto_from", name="dates_in_order"),
        CheckConstraint("year >= 1990 AND year <= 2100", name="year_bounded"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_unless_proposed"),
        Index("ix_ethics_appraisal_county", "county_id", "year", "id"),
        Index("ix_ethics_appraisal_school", "school_id", "year"),
        Index("ix_ethics_appraisal_veto", "county_id", "does_veto", "veto_to"),
        Index("ix_ethics_appraisal_state", "state", "county_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    year: Mapped[int]
    conclusion_code: Mapped[str]
    appraised_on: Mapped[date]
    facts: Mapped[str | None] = mapped_column(EncryptedText)
    does_veto: Mapped[bool] = mapped_column(default=False)
    veto_from: Mapped[date | None]
    veto_to: Mapped[date | None]
    state: Mapped[State] = mapped_column(enum_column(State, "state"), default=State.PROPOSED)
    awaits_ruling: Mapped[bool] = mapped_column(default=False)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")
    evidence: Mapped[list[EvidenceFile]] = relationship(
        secondary=APPRAISAL_EVIDENCE, lazy="raise_on_sql", order_by=EvidenceFile.id
    )

    @property
    def label(self) -> str:
        """How the log names the appraisal."""
        return str(self.year)


class RemarkKind(StrEnum):
    """What was said about an entry or an appraisal."""

    ANSWER = "answer"
    RULING = "ruling"
    RETURN = "return"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {
            "answer": _l("The teacher's answer"),
            "ruling": _l("Ruling"),
            "return": _l("Returned, because"),
            "correction": _l("Corrected, because"),
            "withdrawal": _l("Withdrawn, because"),
        }[self.value]


class EthicsRemark(Base):
    """One remark of the thread of an entry or an appraisal: answers, rulings, reasons. Remarks are never changed."""

    __tablename__ = "ethics_remark"
    __table_args__ = (
        CheckConstraint("(entry_id IS NULL) <> (appraisal_id IS NULL)", name="of_one_record"),
        Index("ix_ethics_remark_entry", "entry_id", "id"),
        Index("ix_ethics_remark_appraisal", "appraisal_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ethics_entry.id", ondelete="CASCADE"))
    appraisal_id: Mapped[int | None] = mapped_column(ForeignKey("ethics_appraisal.id", ondelete="CASCADE"))
    kind: Mapped[RemarkKind] = mapped_column(enum_column(RemarkKind, "kind"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    author_name: Mapped[str]
    said: Mapped[str] = mapped_column(EncryptedText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class ActivityKind(StrEnum):
    """What a school did for ethics."""

    STUDY = "study"
    SUPERVISION = "supervision"
    REVIEW = "review"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {
            "study": _l("Monthly study"),
            "supervision": _l("Supervision"),
            "review": _l("Review"),
        }[self.value]


class EthicsActivity(Versioned, Timestamped, Base):
    """A study meeting, a supervision or a review at a school."""

    __tablename__ = "ethics_activity"
    __table_args__ = (
        UniqueConstraint("school_id", "kind", "held_on", "topic"),
        CheckConstraint("participants >= 0 AND participants <= 5000", name="participants_bounded"),
        Index("ix_ethics_activity_county", "county_id", "held_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    kind: Mapped[ActivityKind] = mapped_column(enum_column(ActivityKind, "kind"))
    held_on: Mapped[date]
    topic: Mapped[str]
    participants: Mapped[int] = mapped_column(default=0)
    findings: Mapped[str | None] = mapped_column(EncryptedText)

    school: Mapped[School] = relationship(lazy="raise_on_sql")
    evidence: Mapped[list[EvidenceFile]] = relationship(
        secondary=ACTIVITY_EVIDENCE, lazy="raise_on_sql", order_by=EvidenceFile.id
    )

    @property
    def label(self) -> str:
        """How the log names the activity."""
        return f"{self.held_on} {self.topic}"


class EthicsClause(Versioned, Timestamped, Base):
    """One clause of a county's own negative lists; a county without any uses the lists that ship."""

    __tablename__ = "ethics_clause"
    __table_args__ = (
        UniqueConstraint("county_id", "audience", "code"),
        CheckConstraint("points <= 0 AND points >= -100", name="points_bounded"),
        CheckConstraint("term_months >= 1 AND term_months <= 600", name="term_bounded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="CASCADE"))
    audience: Mapped[Audience] = mapped_column(enum_column(Audience, "audience"))
    code: Mapped[str]
    text: Mapped[str]
    points: Mapped[int] = mapped_column(default=0)
    term_months: Mapped[int] = mapped_column(default=12)
    does_veto: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)

    @property
    def label(self) -> str:
        """How the log names the clause."""
        return f"{self.code} {self.text}"
