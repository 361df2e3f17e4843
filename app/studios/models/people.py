"""Who belongs to a studio, since when, in whose place, and what the host notes about it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db import Base, EncryptedText, ExactDecimal, OrderedText, Timestamped, UtcDateTime, Versioned, enum_column
from app.studios.models.founding import Studio, StudioKind
from app.teachers.models import Teacher


class MemberRole(StrEnum):
    """What somebody is in a studio."""

    HOST = "host"
    MEMBER = "member"
    MENTEE = "mentee"

    @property
    def label(self) -> LazyString:
        """The role in the person's language."""
        return {"host": _l("Host"), "member": _l("Member"), "mentee": _l("Mentee")}[self.value]


class MembershipStatus(StrEnum):
    """Where somebody's membership stands."""

    APPLIED = "applied"
    INVITED = "invited"
    WAITING = "waiting"
    ACTIVE = "active"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LEFT = "left"
    DISMISSED = "dismissed"
    FINISHED = "finished"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "applied": _l("Has applied to join"),
            "invited": _l("Has been invited"),
            "waiting": _l("On the waiting list"),
            "active": _l("In the studio"),
            "declined": _l("Was declined"),
            "withdrawn": _l("Did not join"),
            "left": _l("Has left the studio"),
            "dismissed": _l("Was asked to leave"),
            "finished": _l("Finished with the studio"),
        }[self.value]


OPEN = (
    MembershipStatus.APPLIED,
    MembershipStatus.INVITED,
    MembershipStatus.WAITING,
    MembershipStatus.ACTIVE,
)
_ACTIVE = text("status = 'active'")
_OPEN = text("status IN ('applied', 'invited', 'waiting', 'active')")


class Membership(Versioned, Timestamped, Base):
    """One teacher in one studio. A mentee is led by a member (`leader`), a member by the host.

    `mentees_taken` counts the mentees' places that a member has given; only conditional updates move it. `kind` is
    the studio's, so that the database itself sees to it that nobody is active in two studios of one kind.
    """

    __tablename__ = "studio_membership"
    __table_args__ = (
        Index("uq_studio_membership_open", "studio_id", "teacher_id", unique=True, sqlite_where=_OPEN,
              postgresql_where=_OPEN),
        Index("uq_studio_membership_kind", "teacher_id", "kind", unique=True, sqlite_where=_ACTIVE,
              postgresql_where=_ACTIVE),
        UniqueConstraint("studio_id", "role", "waiting_no"),
        CheckConstraint("(status = 'waiting') = (waiting_no IS NOT NULL)", name="waiting_has_number"),
        CheckConstraint(
            "(status IN ('active', 'left', 'dismissed', 'finished')) = (from_on IS NOT NULL)", name="joined_has_day"
        ),
        CheckConstraint("(status IN ('left', 'dismissed', 'finished')) = (to_on IS NOT NULL)", name="ended_has_day"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="dates_in_order"),
        CheckConstraint("role <> 'mentee' OR status <> 'active' OR leader_id IS NOT NULL", name="mentee_has_leader"),
        CheckConstraint("mentees_taken >= 0 AND mentees_taken <= mentee_places", name="places_not_exceeded"),
        CheckConstraint("role = 'member' OR mentee_places = 0", name="only_members_lead"),
        CheckConstraint("(asked_on IS NULL) = (asked_reason IS NULL)", name="asked_has_reason"),
        CheckConstraint("(answered_on IS NULL) = (answer_agrees IS NULL)", name="answered_says"),
        Index("ix_studio_membership_studio_name", "studio_id", "name_pinyin", "id"),
        Index("ix_studio_membership_studio", "studio_id", "status", "role"),
        Index("ix_studio_membership_teacher", "teacher_id", "status"),
        Index("ix_studio_membership_leader", "leader_id", "status"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    studio_id: Mapped[int] = mapped_column(ForeignKey("studio.id", ondelete="RESTRICT"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    name_pinyin: Mapped[str] = mapped_column(OrderedText)
    kind: Mapped[StudioKind] = mapped_column(enum_column(StudioKind, "kind"))
    role: Mapped[MemberRole] = mapped_column(enum_column(MemberRole, "role"))
    status: Mapped[MembershipStatus] = mapped_column(enum_column(MembershipStatus, "status"))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("studio_membership.id"))
    # The member whose place was offered or asked for; another may be taken where none is named.
    wanted_leader_id: Mapped[int | None] = mapped_column(ForeignKey("studio_membership.id", ondelete="SET NULL"))
    waiting_no: Mapped[int | None]
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    statement: Mapped[str | None]
    honour_title: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    asked_on: Mapped[date | None]
    asked_reason: Mapped[str | None] = mapped_column(EncryptedText)
    answered_on: Mapped[date | None]
    answer_agrees: Mapped[bool | None]
    answer: Mapped[str | None] = mapped_column(EncryptedText)
    mentee_places: Mapped[int] = mapped_column(default=0)
    mentees_taken: Mapped[int] = mapped_column(default=0)

    studio: Mapped[Studio] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    leader: Mapped["Membership | None"] = relationship(remote_side=[id], foreign_keys=[leader_id], lazy="raise_on_sql")
    notes: Mapped[list["MemberNote"]] = relationship(lazy="raise_on_sql", order_by="MemberNote.id.desc()")
    targets: Mapped[list["PersonalTarget"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True, order_by="PersonalTarget.id"
    )
    places: Mapped[list["MentorPlace"]] = relationship(
        lazy="raise_on_sql", foreign_keys="MentorPlace.membership_id", order_by="MentorPlace.id"
    )

    @property
    def label(self) -> str:
        """How the log names the membership, where teacher and studio are loaded."""
        return f"{self.teacher.name}: {self.studio.name}"


class MentorPlace(Base):
    """A mentee's place with one member, from one day to another; the present one has no end."""

    __tablename__ = "studio_place"
    __table_args__ = (
        Index(
            "uq_studio_place_present",
            "membership_id",
            unique=True,
            sqlite_where=text("to_on IS NULL"),
            postgresql_where=text("to_on IS NULL"),
        ),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="dates_in_order"),
        Index("ix_studio_place_leader", "leader_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("studio_membership.id", ondelete="CASCADE"))
    leader_id: Mapped[int] = mapped_column(ForeignKey("studio_membership.id", ondelete="RESTRICT"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]

    leader: Mapped[Membership] = relationship(foreign_keys=[leader_id], lazy="raise_on_sql")


class MemberNote(Base):
    """What the host notes about somebody; nobody but the host and the assistant reads it."""

    __tablename__ = "studio_note"
    __table_args__ = (Index("ix_studio_note_membership", "membership_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("studio_membership.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str] = mapped_column(EncryptedText)

    author: Mapped[User | None] = relationship(lazy="raise_on_sql")


class PersonalMeasure(StrEnum):
    """What a person's own plan counts."""

    HOURS = "hours"
    LESSON = "public_lesson"
    OBSERVATION = "observation"
    MEETING = "meeting"
    PAPER = "paper"
    RESEARCH = "research"
    RESOURCE = "resource"

    @property
    def label(self) -> LazyString:
        """The measure in the person's language."""
        return {
            "hours": _l("Hours of training in the studio's cycle"),
            "public_lesson": _l("Public lessons given"),
            "observation": _l("Lessons observed by others"),
            "meeting": _l("Activities of the studio attended"),
            "paper": _l("Papers"),
            "research": _l("Research projects"),
            "resource": _l("Teaching resources"),
        }[self.value]


class PersonalTarget(Base):
    """One aim of a person's plan within the studio."""

    __tablename__ = "studio_personal_target"
    __table_args__ = (
        UniqueConstraint("membership_id", "measure"),
        CheckConstraint("target > 0", name="target_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("studio_membership.id", ondelete="CASCADE"))
    measure: Mapped[PersonalMeasure] = mapped_column(enum_column(PersonalMeasure, "measure"))
    target: Mapped[Decimal] = mapped_column(ExactDecimal)
