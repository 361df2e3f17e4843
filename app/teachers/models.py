"""Teachers, their subjects, honours, earlier rotations and circumstances."""

from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint, func, literal_column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, EncryptedText, Fingerprinted, OrderedText, Timestamped, Versioned, enum_column
from app.schools.models import School, Stage
from app.schools.pinyin import person_initials


class Sex(StrEnum):
    """Sex 性别 (GB/T 2261.1: 1, 2, 0)."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"

    @property
    def label(self) -> LazyString:
        """The word in the person's language."""
        return {"male": _l("Male"), "female": _l("Female"), "unknown": _l("Unknown")}[self.value]


_FILTERED = ("left_on", "sex", "stage", "birth_on", "joined_school_on", "employing_school_id")


def _initials(context: Any) -> str:
    return person_initials(context.get_current_parameters()["name"])


class Teacher(Versioned, Timestamped, Base):
    """One teacher. The employing school holds the 编制; the working school is where they teach now.

    The identity number is encrypted, found by its keyed digest (of type and number), and shown masked.
    """

    __tablename__ = "teacher"
    __table_args__ = (
        UniqueConstraint("id_number_digest"),
        CheckConstraint(
            "joined_school_on IS NULL OR birth_on IS NULL OR joined_school_on > birth_on", name="joined_after_birth"
        ),
        CheckConstraint(
            "started_work_on IS NULL OR birth_on IS NULL OR started_work_on > birth_on", name="work_after_birth"
        ),
        # Each order that a list can have, within a county, in a school and across a province. What is filtered and
        # counted by most follows, so that rows that do not match are passed over without being read.
        Index("ix_teacher_county_name_pinyin", "county_id", "name_pinyin", "id", "left_on"),
        Index("ix_teacher_county_name", "county_id", "name", "id", "left_on"),
        Index("ix_teacher_county_initials", "county_id", "name_initials", "name_pinyin", "id", "left_on"),
        Index("ix_teacher_name_pinyin", "name_pinyin", "id", *_FILTERED, "state_code", "title_rated_code"),
        Index("ix_teacher_name", "name", "id", "left_on"),
        Index("ix_teacher_initials", "name_initials", "name_pinyin", "id", "left_on"),
        Index(
            "ix_teacher_employing_school",
            *("employing_school_id", "name_pinyin", "id", "left_on", "is_established", "working_school_id"),
        ),
        Index(
            "ix_teacher_working_school",
            *("working_school_id", "name_pinyin", "id", "left_on", "stage", "subject_code", "employing_school_id"),
        ),
        # Filters that pick few people out of a province.
        Index("ix_teacher_subject", "subject_code", "name_pinyin", "id", *_FILTERED),
        Index("ix_teacher_state", "state_code", "name_pinyin", "id", *_FILTERED),
        Index("ix_teacher_title", "title_rated_code", "name_pinyin", "id", *_FILTERED),
        Index("ix_teacher_staff_number", "staff_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(OrderedText)
    name_pinyin: Mapped[str] = mapped_column(OrderedText)
    name_initials: Mapped[str] = mapped_column(OrderedText, default=_initials)
    former_name: Mapped[str | None]
    sex: Mapped[Sex] = mapped_column(enum_column(Sex, "sex"), default=Sex.UNKNOWN)
    id_type_code: Mapped[str] = mapped_column(default="1")
    id_number: Mapped[str] = mapped_column(EncryptedText, deferred=True)
    id_number_digest: Mapped[str]
    id_number_masked: Mapped[str]
    birth_on: Mapped[date | None]
    ethnic_group_code: Mapped[str | None]
    political_status_code: Mapped[str | None]
    highest_degree_code: Mapped[str | None]
    started_work_on: Mapped[date | None]
    joined_school_on: Mapped[date | None]
    staff_category_code: Mapped[str | None]
    is_established: Mapped[bool] = mapped_column(default=True)
    employing_school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    working_school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "stage"))
    subject_code: Mapped[str]
    title_rated_code: Mapped[str | None]
    title_employed_code: Mapped[str | None]
    title_employed_on: Mapped[date | None]
    post_category_code: Mapped[str | None]
    post_grade_code: Mapped[str | None]
    school_position_code: Mapped[str | None]
    state_code: Mapped[str] = mapped_column(default="100")
    is_class_teacher: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str | None] = mapped_column(EncryptedText, deferred=True)
    email: Mapped[str | None]
    home_township: Mapped[str | None]
    home_lat: Mapped[float | None]
    home_lng: Mapped[float | None]
    staff_number: Mapped[str | None]
    left_on: Mapped[date | None]

    employing_school: Mapped[School] = relationship(foreign_keys=[employing_school_id], lazy="raise_on_sql")
    working_school: Mapped[School] = relationship(foreign_keys=[working_school_id], lazy="raise_on_sql")
    further_subjects: Mapped[list["TeacherSubject"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True, order_by="TeacherSubject.subject_code"
    )
    honours: Mapped[list["BackboneHonour"]] = relationship(
        back_populates="teacher",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="BackboneHonour.valid_from",
    )
    rotations: Mapped[list["RotationRecord"]] = relationship(
        back_populates="teacher",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="RotationRecord.from_on",
    )
    circumstances: Mapped[list["Circumstance"]] = relationship(
        back_populates="teacher",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Circumstance.from_on",
    )

    @property
    def label(self) -> str:
        """How the log names the teacher."""
        return f"{self.name} ({self.id_number_masked})"


# An unknown date sorts before all others. A literal, not a parameter: only so does the planner know the index again.
_UNKNOWN = literal_column("'1900-01-01'", Date)
BIRTH_ORDER = func.coalesce(Teacher.birth_on, _UNKNOWN)
JOINED_ORDER = func.coalesce(Teacher.joined_school_on, _UNKNOWN)
Index("ix_teacher_birth", BIRTH_ORDER, Teacher.id)
Index("ix_teacher_joined", JOINED_ORDER, Teacher.id)
Index("ix_teacher_county_birth", Teacher.county_id, BIRTH_ORDER, Teacher.id)
Index("ix_teacher_county_joined", Teacher.county_id, JOINED_ORDER, Teacher.id)


class TeacherSubject(Base):
    """A further subject that a teacher may teach, beside the main one."""

    __tablename__ = "teacher_subject"

    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"), primary_key=True)
    subject_code: Mapped[str] = mapped_column(primary_key=True)


class BackboneHonour(Fingerprinted, Base):
    """A backbone title 骨干称号 with the dates between which it is valid (both included; an open end is null)."""

    __tablename__ = "backbone_honour"
    __table_args__ = (
        UniqueConstraint("teacher_id", "type_code", "level_code", "valid_from"),
        Index("ix_backbone_honour_level", "level_code", "valid_from", "valid_to", "type_code", "teacher_id"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    type_code: Mapped[str]
    level_code: Mapped[str]
    title: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    teacher: Mapped[Teacher] = relationship(back_populates="honours", lazy="raise_on_sql")


class RotationRecord(Fingerprinted, Base):
    """An earlier or present rotation of a teacher (information set 交流轮岗)."""

    __tablename__ = "rotation_record"
    __table_args__ = (
        UniqueConstraint("teacher_id", "from_on", "to_school_name"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="dates_in_order"),
        CheckConstraint("from_school_name <> to_school_name", name="another_school"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    kind_code: Mapped[str]
    is_hr_transferred: Mapped[bool] = mapped_column(default=False)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    from_school_name: Mapped[str]
    to_school_name: Mapped[str]
    from_school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="SET NULL"))
    to_school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="SET NULL"))

    teacher: Mapped[Teacher] = relationship(back_populates="rotations", lazy="raise_on_sql")


class Circumstance(Fingerprinted, Base):
    """A circumstance that may exempt from rotation, with its evidence and its end date."""

    __tablename__ = "circumstance"
    __table_args__ = (
        UniqueConstraint("teacher_id", "kind_code", "from_on"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="dates_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    kind_code: Mapped[str]
    evidence: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]

    teacher: Mapped[Teacher] = relationship(back_populates="circumstances", lazy="raise_on_sql")
