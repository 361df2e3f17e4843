"""Studios, their road from application to closing, and what a county lays down for them."""

from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, EncryptedText, Json, OrderedText, Timestamped, Versioned, enum_column
from app.regions.models import Region
from app.schools.models import School, Stage
from app.teachers.models import Teacher


class StudioKind(StrEnum):
    """What a studio is for 工作室类别."""

    TEACHER = "teacher"
    PRINCIPAL = "principal"
    CLASS_TEACHER = "class_teacher"
    PSYCHOLOGY = "psychology"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {
            "teacher": _l("Famous teacher's studio"),
            "principal": _l("Famous principal's studio"),
            "class_teacher": _l("Famous class teacher's studio"),
            "psychology": _l("Mental health studio"),
        }[self.value]


class StudioStatus(StrEnum):
    """Where a studio stands on its road."""

    APPLIED = "applied"
    RETURNED = "returned"
    DECLINED = "declined"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    MERGED = "merged"
    CLOSED = "closed"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "applied": _l("Applied for"),
            "returned": _l("Returned to be completed"),
            "declined": _l("Not approved"),
            "active": _l("Running"),
            "suspended": _l("Suspended"),
            "merged": _l("Merged into another"),
            "closed": _l("Closed for good"),
        }[self.value]

    @property
    def is_running(self) -> bool:
        """Whether the studio has its licence and its people."""
        return self in RUNNING


RUNNING = (StudioStatus.ACTIVE, StudioStatus.SUSPENDED)


class StudioSettings(Versioned, Timestamped, Base):
    """What a county lays down for its studios; a studio takes it over on the day it is founded."""

    __tablename__ = "studio_settings"
    __table_args__ = (
        UniqueConstraint("county_id"),
        CheckConstraint("cycle_years BETWEEN 1 AND 6", name="cycle_range"),
        CheckConstraint("member_places BETWEEN 1 AND 30", name="members_range"),
        CheckConstraint("mentee_places BETWEEN 0 AND 30", name="mentees_range"),
        CheckConstraint("answer_days BETWEEN 1 AND 60", name="answer_days_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    cycle_years: Mapped[int] = mapped_column(default=3)
    member_places: Mapped[int] = mapped_column(default=5)
    mentee_places: Mapped[int] = mapped_column(default=3)
    honour_types: Mapped[list[str]] = mapped_column(Json)
    honour_levels: Mapped[list[str]] = mapped_column(Json)
    # What a host holds on the day of applying and of the licence; nothing is asked for where no type is named.
    host_honour_types: Mapped[list[str]] = mapped_column(Json, default=list)
    host_honour_levels: Mapped[list[str]] = mapped_column(Json, default=list)
    # Days within which somebody who is asked to leave may answer before the host decides without an answer.
    answer_days: Mapped[int] = mapped_column(default=7)
    host_credit: Mapped[str] = mapped_column(default="studio_host")
    member_credit: Mapped[str] = mapped_column(default="studio_member")
    outreach_credit: Mapped[str] = mapped_column(default="outreach")

    county: Mapped[Region] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the settings, where the county is loaded."""
        return self.county.name


class Studio(Versioned, Timestamped, Base):
    """One studio 工作室. `members_taken` counts the members' places held; only conditional updates move it.

    Whoever is a member needs, on the day of joining, an honour of one of the types at one of the levels.
    """

    __tablename__ = "studio"
    __table_args__ = (
        UniqueConstraint("licence_number"),
        UniqueConstraint("county_id", "name"),
        CheckConstraint("members_taken >= 0 AND members_taken <= member_places", name="places_not_exceeded"),
        CheckConstraint("mentee_places >= 0", name="mentees_not_negative"),
        CheckConstraint("waiting_last >= 0", name="waiting_not_negative"),
        CheckConstraint("ends_on IS NULL OR begins_on IS NOT NULL AND ends_on > begins_on", name="dates_in_order"),
        CheckConstraint("(status IN ('applied', 'returned', 'declined')) = (licence_number IS NULL)", name="licensed"),
        CheckConstraint("(status IN ('closed', 'merged')) = (closed_on IS NOT NULL)", name="closed_has_day"),
        CheckConstraint("(status = 'merged') = (successor_id IS NOT NULL)", name="merged_has_successor"),
        CheckConstraint("assistant_id IS NULL OR assistant_id <> host_id", name="assistant_is_another"),
        CheckConstraint("cycle_no >= 1", name="cycle_counts"),
        Index("ix_studio_county_name", "county_id", "name_pinyin", "id"),
        Index("ix_studio_county_ends", "county_id", "status", "ends_on", "id"),
        Index("ix_studio_name", "name_pinyin", "id"),
        Index("ix_studio_host", "host_id"),
        Index("ix_studio_assistant", "assistant_id"),
        Index("ix_studio_school", "school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    host_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    assistant_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(OrderedText)
    name_pinyin: Mapped[str] = mapped_column(OrderedText)
    kind: Mapped[StudioKind] = mapped_column(enum_column(StudioKind, "kind"))
    level_code: Mapped[str]
    subject_code: Mapped[str | None]
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "stage"))
    is_network: Mapped[bool] = mapped_column(default=False)
    status: Mapped[StudioStatus] = mapped_column(enum_column(StudioStatus, "status"), default=StudioStatus.APPLIED)
    licence_number: Mapped[str | None]
    statement: Mapped[str] = mapped_column(default="")
    cycle_years: Mapped[int] = mapped_column(default=3)
    cycle_no: Mapped[int] = mapped_column(default=1)
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("studio.id"))
    member_places: Mapped[int] = mapped_column(default=5)
    mentee_places: Mapped[int] = mapped_column(default=3)
    members_taken: Mapped[int] = mapped_column(default=0)
    waiting_last: Mapped[int] = mapped_column(default=0)
    honour_types: Mapped[list[str]] = mapped_column(Json)
    honour_levels: Mapped[list[str]] = mapped_column(Json)

    county: Mapped[Region] = relationship(lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")
    host: Mapped[Teacher] = relationship(foreign_keys=[host_id], lazy="raise_on_sql")
    assistant: Mapped[Teacher | None] = relationship(foreign_keys=[assistant_id], lazy="raise_on_sql")
    successor: Mapped["Studio | None"] = relationship(remote_side=[id], lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the studio."""
        return self.name

    @property
    def host_ids(self) -> list[int]:
        """The host and, where there is one, the assistant: who runs the studio."""
        return [number for number in (self.host_id, self.assistant_id) if number is not None]

    @property
    def members_free(self) -> int:
        """How many members' places are free."""
        return self.member_places - self.members_taken


class LicenceCounter(Base):
    """The last serial of a county's licences in a year; the row's lock makes approvers stand in line."""

    __tablename__ = "studio_licence_counter"

    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)
