"""Placement rounds: wishes of those who look for a place, the hosts' choices, proposals solved from both.

One set of tables for two kinds: teachers who look for a place in a studio, and newcomers who look for a mentor. The
one who looks is always a teacher; the host is a studio or, in the second kind, the teacher who is the mentor.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Json, OrderedText, Timestamped, UtcDateTime, Versioned, enum_column
from app.jobs.solving import Solving
from app.regions.models import Region
from app.studios.models.founding import StudioKind
from app.studios.models.people import MemberRole
from app.teachers.models import Teacher


class PlacementKind(StrEnum):
    """What a round places: teachers in studios, or newcomers with mentors."""

    STUDIO = "studio"
    MENTOR = "mentor"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {"studio": _l("Teachers to studios"), "mentor": _l("Newcomers to mentors")}[self.value]


class RoundStatus(StrEnum):
    """Where a round stands."""

    OPEN = "open"
    APPROVED = "approved"
    CANCELLED = "cancelled"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "open": _l("Open for wishes and proposals"),
            "approved": _l("Approved, places given"),
            "cancelled": _l("Called off"),
        }[self.value]


class ProposalStatus(Solving):
    """Where a proposal of places stands."""

    QUEUED = "queued"
    SOLVING = "solving"
    SOLVED = "solved"
    INFEASIBLE = "infeasible"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "queued": _l("Waiting"),
            "solving": _l("Being solved"),
            "solved": _l("Solved"),
            "infeasible": _l("Decisions contradict each other"),
            "failed": _l("Failed"),
            "cancelled": _l("Cancelled"),
        }[self.value]


class PlacementDecisionKind(StrEnum):
    """What an officer decided about one person."""

    LOCK = "lock"
    BAN = "ban"
    NO_PLACE = "no_place"

    @property
    def label(self) -> LazyString:
        """The decision in the person's language."""
        return {
            "lock": _l("Must get this place"),
            "ban": _l("Must not get this place"),
            "no_place": _l("Gets no place"),
        }[self.value]


class GivenStatus(StrEnum):
    """What became of a proposed place once the proposal was approved."""

    PROPOSED = "proposed"
    GIVEN = "given"
    REFUSED = "refused"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {"proposed": _l("Proposed"), "given": _l("Place given"), "refused": _l("Could not be given")}[self.value]


class OfHost:
    """The host of a row: a studio, or a mentor by the teacher's number. Exactly one of the two."""

    studio_id: Mapped[int | None] = mapped_column(ForeignKey("studio.id", ondelete="CASCADE"), index=True)
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"), index=True)

    @property
    def host_id(self) -> int:
        """The number of the studio, or of the mentor as a teacher."""
        return self.studio_id or self.mentor_id or 0


ONE_HOST = "(studio_id IS NULL) <> (mentor_id IS NULL)"


def host_columns(kind: PlacementKind, host_id: int | None) -> dict[str, int | None]:
    """The columns that name a host."""
    is_studio = kind is PlacementKind.STUDIO
    return {"studio_id": host_id if is_studio else None, "mentor_id": None if is_studio else host_id}


def _of_host(name: str, *columns: str, where: str = "") -> tuple[Index, Index]:
    """The same unique index for either kind of host."""
    found = []
    for host in ("studio_id", "mentor_id"):
        condition = text(f"{host} IS NOT NULL{' AND ' + where if where else ''}")
        found.append(Index(f"uq_{name}_{host.removesuffix('_id')}", *columns, host, unique=True,
                           sqlite_where=condition, postgresql_where=condition))  # fmt: skip
    return found[0], found[1]


class PlacementRound(Versioned, Timestamped, Base):
    """One round of a county: until when people state wishes and hosts choose, and by which rules it is solved.

    A round of studios is about one kind of studio and one role, for nobody is in two studios of a kind. `settings`
    are those that a new proposal begins with (`app/studios/placement_settings.py`).
    """

    __tablename__ = "placement_round"
    __table_args__ = (
        UniqueConstraint("county_id", "name"),
        CheckConstraint("(kind = 'studio') = (studio_kind IS NOT NULL AND role IS NOT NULL)", name="studio_round"),
        CheckConstraint("role IS NULL OR role <> 'host'", name="no_hosts"),
        CheckConstraint("most_wishes BETWEEN 1 AND 10", name="wishes_range"),
        CheckConstraint("choices_until >= wishes_until", name="dates_in_order"),
        CheckConstraint("(status = 'approved') = (approved_at IS NOT NULL)", name="approved_has_moment"),
        Index("ix_placement_round_county", "county_id", "kind", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    kind: Mapped[PlacementKind] = mapped_column(enum_column(PlacementKind, "kind"))
    studio_kind: Mapped[StudioKind | None] = mapped_column(enum_column(StudioKind, "studio_kind"))
    role: Mapped[MemberRole | None] = mapped_column(enum_column(MemberRole, "role"))
    name: Mapped[str]
    wishes_until: Mapped[date]
    choices_until: Mapped[date]
    most_wishes: Mapped[int] = mapped_column(default=5)
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    status: Mapped[RoundStatus] = mapped_column(enum_column(RoundStatus, "status"), default=RoundStatus.OPEN)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_label: Mapped[str] = mapped_column(default="")
    # The job that gives the places of the approved proposal.
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))

    county: Mapped[Region] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the round."""
        return self.name


class PlacementEntry(Versioned, Timestamped, Base):
    """One person's part in a round: wishes in their order, and whether any other host that fits would do as well."""

    __tablename__ = "placement_entry"
    __table_args__ = (
        UniqueConstraint("round_id", "teacher_id"),
        Index("ix_placement_entry_name", "round_id", "name_pinyin", "id"),
        Index("ix_placement_entry_teacher", "teacher_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("placement_round.id", ondelete="CASCADE"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    name_pinyin: Mapped[str] = mapped_column(OrderedText)
    is_flexible: Mapped[bool] = mapped_column(default=False)
    statement: Mapped[str] = mapped_column(default="")

    round: Mapped[PlacementRound] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    wishes: Mapped[list["PlacementWish"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True, order_by="PlacementWish.rank"
    )

    @property
    def label(self) -> str:
        """How the log names the entry, where the teacher is loaded."""
        return self.teacher.name


class PlacementWish(OfHost, Base):
    """One wish of an entry, the first with rank 1."""

    __tablename__ = "placement_wish"
    __table_args__ = (
        UniqueConstraint("entry_id", "rank"),
        CheckConstraint("rank BETWEEN 1 AND 10", name="rank_range"),
        CheckConstraint(ONE_HOST, name="one_host"),
        *_of_host("placement_wish", "entry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("placement_entry.id", ondelete="CASCADE"))
    rank: Mapped[int]


class HostChoice(OfHost, Base):
    """What a host thinks of one person: a rank, shared by those it would take alike, or that it would not take them."""

    __tablename__ = "placement_choice"
    __table_args__ = (
        CheckConstraint("(rank IS NULL) = is_refused", name="ranked_or_refused"),
        CheckConstraint("rank IS NULL OR rank BETWEEN 1 AND 999", name="rank_range"),
        CheckConstraint(ONE_HOST, name="one_host"),
        *_of_host("placement_choice", "round_id", "teacher_id"),
        Index("ix_placement_choice_teacher", "teacher_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("placement_round.id", ondelete="CASCADE"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    rank: Mapped[int | None]
    is_refused: Mapped[bool] = mapped_column(default=False)


class PlacementSnapshot(Base):
    """The data that proposals of a county were solved from: the canonical problem, without decisions and settings."""

    __tablename__ = "placement_snapshot"
    __table_args__ = (
        UniqueConstraint("county_id", "sha256"),
        CheckConstraint("length(sha256) = 64", name="whole_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    sha256: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    applicant_count: Mapped[int]
    host_count: Mapped[int]
    place_count: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PlacementProposal(Versioned, Timestamped, Base):
    """One proposal of places: settings, decisions and, once solved, the places.

    `report` is what pages show at once; `detail` the verified solution with the reasons, compressed. A solved proposal
    is never solved again: a change is a new proposal based on it.
    """

    __tablename__ = "placement_proposal"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint(
            "status <> 'solved' OR (snapshot_id IS NOT NULL AND detail IS NOT NULL AND solved_at IS NOT NULL)",
            name="solved_is_complete",
        ),
        CheckConstraint("NOT is_approved OR status = 'solved'", name="approved_is_solved"),
        Index("uq_placement_proposal_approved", "round_id", unique=True, sqlite_where=text("is_approved"),
              postgresql_where=text("is_approved")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("placement_round.id", ondelete="CASCADE"))
    number: Mapped[int]
    based_on_id: Mapped[int | None] = mapped_column(
        ForeignKey("placement_proposal.id", ondelete="SET NULL"), index=True
    )
    is_same_data: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    snapshot_id: Mapped[int | None] = mapped_column(
        ForeignKey("placement_snapshot.id", ondelete="RESTRICT"), index=True
    )
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    status: Mapped[ProposalStatus] = mapped_column(enum_column(ProposalStatus, "status"), default=ProposalStatus.QUEUED)
    is_approved: Mapped[bool] = mapped_column(default=False)
    report: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    problem_sha256: Mapped[str | None]
    detail: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    round: Mapped[PlacementRound] = relationship(lazy="raise_on_sql")
    based_on: Mapped["PlacementProposal | None"] = relationship(remote_side=[id], lazy="raise_on_sql")
    snapshot: Mapped[PlacementSnapshot | None] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the proposal, where the round is loaded."""
        return f"{self.round.name} #{self.number}"


class PlacementDecision(OfHost, Timestamped, Base):
    """An officer's decision about one person. `is_input`: this proposal knows it; `is_active`: the next one will."""

    __tablename__ = "placement_decision"
    __table_args__ = (
        CheckConstraint("studio_id IS NULL OR mentor_id IS NULL", name="one_host"),
        CheckConstraint("(kind = 'no_place') = (studio_id IS NULL AND mentor_id IS NULL)", name="host_unless_no_place"),
        CheckConstraint("is_input OR is_active", name="has_a_purpose"),
        Index("uq_placement_decision_place", "proposal_id", "teacher_id", unique=True,
              sqlite_where=text("is_active AND kind <> 'ban'"),
              postgresql_where=text("is_active AND kind <> 'ban'")),
        *_of_host("placement_decision_ban", "proposal_id", "teacher_id", where="is_active AND kind = 'ban'"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("placement_proposal.id", ondelete="CASCADE"), index=True)
    kind: Mapped[PlacementDecisionKind] = mapped_column(enum_column(PlacementDecisionKind, "kind"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(default="")
    is_input: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    proposal: Mapped[PlacementProposal] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(foreign_keys=[teacher_id], lazy="raise_on_sql")


class ProposedPlace(OfHost, Base):
    """One place of a solved proposal. `wish_rank` is None for a host that the person did not name."""

    __tablename__ = "placement_place"
    __table_args__ = (
        UniqueConstraint("proposal_id", "teacher_id"),
        CheckConstraint(ONE_HOST, name="one_host"),
        CheckConstraint("km IS NULL OR km >= 0", name="km_not_negative"),
        CheckConstraint("(status = 'refused') = (problem <> '')", name="refused_has_reason"),
        Index("ix_placement_place_name", "proposal_id", "name_pinyin", "id"),
        Index("ix_placement_place_teacher", "teacher_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("placement_proposal.id", ondelete="CASCADE"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    name_pinyin: Mapped[str] = mapped_column(OrderedText)
    wish_rank: Mapped[int | None]
    host_rank: Mapped[int | None]
    km: Mapped[float | None]
    is_rural: Mapped[bool]
    why: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    status: Mapped[GivenStatus] = mapped_column(enum_column(GivenStatus, "status"), default=GivenStatus.PROPOSED)
    problem: Mapped[str] = mapped_column(default="")

    proposal: Mapped[PlacementProposal] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(foreign_keys=[teacher_id], lazy="raise_on_sql")
