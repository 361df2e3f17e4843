"""Certificates, what becomes of them, and the records beside them: degrees, titles, appraisals."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint, func, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, EncryptedText, Json, OrderedText, Timestamped, UtcDateTime, Versioned, enum_column
from app.schools.models import School, Stage
from app.teachers.models import Teacher


class CertificateState(StrEnum):
    """Where a certificate stands between its holder, the school and the county."""

    DRAFT = "draft"
    CLAIMED = "claimed"
    CHECKED = "checked"
    VERIFIED = "verified"
    RETURNED = "returned"
    RENEWED = "renewed"
    REVOKED = "revoked"

    @property
    def label(self) -> LazyString:
        """The state in the person's language."""
        return STATE_LABELS[self]

    @property
    def is_with_holder(self) -> bool:
        """Whether the holder can still change it."""
        return self in (CertificateState.DRAFT, CertificateState.RETURNED)


STATE_LABELS = {
    CertificateState.DRAFT: _l("Draft"),
    CertificateState.CLAIMED: _l("Waits for the school"),
    CertificateState.CHECKED: _l("Waits for the county"),
    CertificateState.VERIFIED: _l("Verified"),
    CertificateState.RETURNED: _l("Sent back to mend"),
    CertificateState.RENEWED: _l("Renewed by a newer one"),
    CertificateState.REVOKED: _l("Revoked"),
}
WAITING = (CertificateState.CLAIMED, CertificateState.CHECKED)
_LIVE = "state IN ('claimed', 'checked', 'verified', 'renewed')"


class CertificateSource(StrEnum):
    """Who entered a certificate."""

    TEACHER = "teacher"
    SCHOOL = "school"
    COUNTY = "county"
    IMPORT = "import"

    @property
    def label(self) -> LazyString:
        """The source in the person's language."""
        return {
            "teacher": _l("The teacher"),
            "school": _l("The school"),
            "county": _l("The county"),
            "import": _l("An import"),
        }[self.value]


class CountyCertificateType(Versioned, Timestamped, Base):
    """A county's own version of a certificate type; it wins over the one that ships with the same code."""

    __tablename__ = "county_certificate_type"
    __table_args__ = (UniqueConstraint("county_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    code: Mapped[str]
    rules: Mapped[dict[str, Any]] = mapped_column(Json)

    @property
    def label(self) -> str:
        """How the log names the type."""
        return f"{self.rules.get('name_zh', self.code)} ({self.code})"


class Certificate(Versioned, Timestamped, Base):
    """One certificate of a teacher. `valid_to` is the last day printed on it, `registered_to` that of the newest
    registration, and `expires_on` the earlier of both, by which lists and notices go.

    `own_number` is the number where this row brought it into its chain of renewals: a renewal that keeps the number
    has none, so that the county's numbers stay unique without the chain contradicting itself.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("renews_id", name="uq_certificate_renews_once"),
        Index(
            "uq_certificate_county_number",
            "county_id",
            "type_code",
            "own_number",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        CheckConstraint("valid_to IS NULL OR issued_on IS NULL OR valid_to >= issued_on", name="dates_in_order"),
        CheckConstraint("renews_id IS NULL OR renews_id <> id", name="renews_another"),
        Index("ix_certificate_teacher", "teacher_id", "type_code"),
        Index("ix_certificate_county_state", "county_id", "state", "name_pinyin", "id"),
        Index("ix_certificate_county_name", "county_id", "name_pinyin", "id"),
        Index("ix_certificate_county_expires", "county_id", "state", "expires_on", "id"),
        Index("ix_certificate_expires", "state", "expires_on", "id"),
        Index("ix_certificate_name", "name_pinyin", "id", "state", "type_code"),
        Index("ix_certificate_number", "number", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    name_pinyin: Mapped[str] = mapped_column(OrderedText, default="")
    type_code: Mapped[str]
    number: Mapped[str | None] = mapped_column(OrderedText)
    own_number: Mapped[str | None] = mapped_column(OrderedText)
    subject_code: Mapped[str | None]
    title: Mapped[str | None]
    issued_by: Mapped[str | None]
    issued_on: Mapped[date | None]
    valid_to: Mapped[date | None]
    registered_to: Mapped[date | None]
    expires_on: Mapped[date | None]
    conclusion_code: Mapped[str | None]
    state: Mapped[CertificateState] = mapped_column(enum_column(CertificateState, "state"))
    source: Mapped[CertificateSource] = mapped_column(enum_column(CertificateSource, "source"))
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id", ondelete="RESTRICT"))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    renews: Mapped["Certificate | None"] = relationship(lazy="raise_on_sql", remote_side=[id])
    registrations: Mapped[list["CertificateRegistration"]] = relationship(
        back_populates="certificate",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="CertificateRegistration.on",
    )
    evidence: Mapped[list["CertificateEvidence"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True, order_by="CertificateEvidence.position"
    )

    @property
    def label(self) -> str:
        """How the log names the certificate."""
        return f"{self.type_code} {self.number or ''}".strip()


# What has no end sorts behind all that has. A literal, not a parameter: only so does the planner know the index again.
END_ORDER = func.coalesce(Certificate.expires_on, literal_column("'9999-12-31'", Date))
Index("ix_certificate_county_end", Certificate.county_id, END_ORDER, Certificate.id)
Index("ix_certificate_end", END_ORDER, Certificate.id)


class CertificateEvidence(Base):
    """A scan that belongs to a certificate."""

    __tablename__ = "certificate_evidence"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id", ondelete="CASCADE"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(
        ForeignKey("evidence_file.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)


class CertificateRegistration(Base):
    """One registration 定期注册 of a teaching qualification, with its conclusion; the first is 首次注册."""

    __tablename__ = "certificate_registration"
    __table_args__ = (UniqueConstraint("certificate_id", "on", name="uq_certificate_registration_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id", ondelete="CASCADE"))
    on: Mapped[date]
    conclusion_code: Mapped[str]
    note: Mapped[str | None]

    certificate: Mapped[Certificate] = relationship(back_populates="registrations", lazy="raise_on_sql")


class GapReason(StrEnum):
    """Why a certificate that is needed is not there."""

    MISSING = "missing"
    EXPIRED = "expired"
    REGISTRATION_OVERDUE = "registration_overdue"
    REGISTRATION_REFUSED = "registration_refused"
    REGISTRATION_DEFERRED = "registration_deferred"
    REVOKED = "revoked"
    UNVERIFIED = "unverified"
    OTHER_STAGE = "other_stage"
    OTHER_SUBJECT = "other_subject"

    @property
    def label(self) -> LazyString:
        """The reason in the person's language."""
        return {
            "missing": _l("Not on record"),
            "expired": _l("Expired"),
            "registration_overdue": _l("Registration overdue"),
            "registration_refused": _l("Registration refused"),
            "registration_deferred": _l("Registration deferred"),
            "revoked": _l("Certificate revoked"),
            "unverified": _l("Not verified yet"),
            "other_stage": _l("For another stage"),
            "other_subject": _l("For another subject"),
        }[self.value]


class CertificateGap(Base):
    """One thing that a teacher lacked on the day the county was judged. `is_barring`: it keeps from teaching.

    Derived from teachers, certificates and types; judged anew every night and after each change of a certificate.
    """

    __tablename__ = "certificate_gap"
    __table_args__ = (
        UniqueConstraint("teacher_id", "type_code", "reason"),
        Index("ix_certificate_gap_county", "county_id", "is_barring", "name_pinyin", "id"),
        Index("ix_certificate_gap_county_name", "county_id", "name_pinyin", "id"),
        Index("ix_certificate_gap_school", "school_id", "name_pinyin", "id", "is_barring"),
        Index("ix_certificate_gap_name", "name_pinyin", "id", "is_barring"),
        Index("ix_certificate_gap_certificate", "certificate_id"),
        {"info": {"is_derived": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="CASCADE"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    name_pinyin: Mapped[str] = mapped_column(OrderedText)
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "stage"))
    subject_code: Mapped[str]
    type_code: Mapped[str]
    reason: Mapped[GapReason] = mapped_column(enum_column(GapReason, "reason"))
    is_barring: Mapped[bool]
    since_on: Mapped[date | None]
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id", ondelete="SET NULL"))

    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")


class CertificateJudgement(Base):
    """When a county's gaps were judged, and for which day."""

    __tablename__ = "certificate_judgement"
    __table_args__ = ({"info": {"is_derived": True}},)

    county_id: Mapped[int] = mapped_column(
        ForeignKey("region.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    judged_on: Mapped[date]
    judged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    people: Mapped[int]


class TeacherDegree(Base):
    """One course of study 学历 of a teacher, with the degree 学位 it led to."""

    __tablename__ = "teacher_degree"
    __table_args__ = (
        UniqueConstraint("teacher_id", "level_code", "institution", name="uq_teacher_degree_course"),
        CheckConstraint(
            "started_on IS NULL OR graduated_on IS NULL OR graduated_on >= started_on", name="dates_in_order"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    level_code: Mapped[str]
    institution: Mapped[str]
    major: Mapped[str | None]
    is_teacher_training: Mapped[bool] = mapped_column(default=False)
    started_on: Mapped[date | None]
    graduated_on: Mapped[date | None]
    degree_level_code: Mapped[str | None]
    degree_on: Mapped[date | None]
    study_mode_code: Mapped[str | None]


class TitleKind(StrEnum):
    """The title that was obtained 评, or the one in which somebody is employed 聘: two facts."""

    RATED = "rated"
    EMPLOYED = "employed"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {"rated": _l("Obtained"), "employed": _l("Employed")}[self.value]


class TitleRecord(Base):
    """One title of a teacher with its dates; the newest of each kind is the present one on the teacher's record."""

    __tablename__ = "title_record"
    __table_args__ = (
        UniqueConstraint("teacher_id", "kind", "from_on"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="dates_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    kind: Mapped[TitleKind] = mapped_column(enum_column(TitleKind, "kind"))
    title_code: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    given_by: Mapped[str | None]
    number: Mapped[str | None]


class YearlyAppraisal(Base):
    """The yearly appraisal 年度考核 of a teacher."""

    __tablename__ = "yearly_appraisal"
    __table_args__ = (
        UniqueConstraint("teacher_id", "year"),
        CheckConstraint("year BETWEEN 1950 AND 2100", name="year_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    year: Mapped[int]
    result_code: Mapped[str]
    unit_name: Mapped[str | None]
    confirmed_on: Mapped[date | None]
