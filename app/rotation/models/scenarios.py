"""Snapshots of the data, scenarios solved from them, officers' decisions and the proposed moves."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Json, Timestamped, UtcDateTime, Versioned, enum_column
from app.jobs.solving import Solving
from app.rotation.models.plans import RotationPlan
from app.schools.models import School, Stage
from app.teachers.models import Teacher


class ScenarioStatus(Solving):
    """Where a scenario stands."""

    DRAFT = "draft"
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
            "draft": _l("Draft"),
            "queued": _l("Waiting"),
            "solving": _l("Being solved"),
            "solved": _l("Solved"),
            "infeasible": _l("Decisions contradict each other"),
            "failed": _l("Failed"),
            "cancelled": _l("Cancelled"),
        }[self.value]

    @property
    def can_be_solved(self) -> bool:
        """Whether it may be sent to be solved; a solved one is kept as it is."""
        return not self.is_under_way and self is not ScenarioStatus.SOLVED


class DecisionKind(StrEnum):
    """What an officer decided about one teacher."""

    LOCK = "lock"
    BAN = "ban"
    KEEP = "keep"

    @property
    def label(self) -> LazyString:
        """The decision in the person's language."""
        return {"lock": _l("Must go there"), "ban": _l("Must not go there"), "keep": _l("Stays in place")}[self.value]


class Direction(StrEnum):
    """Which way a move goes between sending and other schools."""

    DOWN = "down"
    UP = "up"
    LATERAL = "lateral"

    @property
    def label(self) -> LazyString:
        """The direction in the person's language."""
        return {
            "down": _l("From a sending school"),
            "up": _l("To a sending school"),
            "lateral": _l("Between like schools"),
        }[self.value]


class Snapshot(Base):
    """The data that proposals of a county were solved from: the canonical problem, without decisions and settings."""

    __tablename__ = "rotation_snapshot"
    __table_args__ = (
        UniqueConstraint("county_id", "sha256"),
        CheckConstraint("length(sha256) = 64", name="whole_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    sha256: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    school_count: Mapped[int]
    teacher_count: Mapped[int]
    eligible_count: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Scenario(Versioned, Timestamped, Base):
    """One way of doing a plan: settings, decisions, and, once solved, the proposal.

    `report` is the verifier's summary that pages show; `detail` the whole solution with the figures by school,
    compressed. A solved scenario is never solved again: a change is a new scenario based on it. `is_same_data`: it is
    solved from the snapshot of the scenario it is based on, not from the data of the day.
    """

    __tablename__ = "rotation_scenario"
    __table_args__ = (
        UniqueConstraint("plan_id", "name"),
        CheckConstraint(
            "status <> 'solved' OR (snapshot_id IS NOT NULL AND detail IS NOT NULL AND solved_at IS NOT NULL)",
            name="solved_is_complete",
        ),
        CheckConstraint("NOT is_chosen OR status = 'solved'", name="chosen_is_solved"),
        Index(
            "uq_rotation_scenario_chosen",
            "plan_id",
            unique=True,
            sqlite_where=text("is_chosen"),
            postgresql_where=text("is_chosen"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("rotation_plan.id", ondelete="CASCADE"))
    name: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("rotation_scenario.id", ondelete="SET NULL"), index=True)
    is_same_data: Mapped[bool] = mapped_column(default=False)
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("rotation_snapshot.id", ondelete="RESTRICT"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    status: Mapped[ScenarioStatus] = mapped_column(enum_column(ScenarioStatus, "status"), default=ScenarioStatus.DRAFT)
    is_chosen: Mapped[bool] = mapped_column(default=False)
    report: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    problem_sha256: Mapped[str | None]
    detail: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    plan: Mapped[RotationPlan] = relationship(lazy="raise_on_sql")
    based_on: Mapped["Scenario | None"] = relationship(remote_side=[id], lazy="raise_on_sql")
    snapshot: Mapped[Snapshot | None] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the scenario."""
        return self.name


class Decision(Timestamped, Base):
    """An officer's decision about one teacher.

    `is_input`: the scenario was solved with it. `is_active`: the next one is. A decision that was solved with and then
    taken back stays here as an inactive input, so that the proposal's record is whole.
    """

    __tablename__ = "rotation_decision"
    __table_args__ = (
        CheckConstraint("(kind = 'keep') = (school_id IS NULL)", name="school_unless_kept"),
        CheckConstraint("is_input OR is_active", name="has_a_purpose"),
        Index(
            "uq_rotation_decision_place",
            "scenario_id",
            "teacher_id",
            unique=True,
            sqlite_where=text("is_active AND kind <> 'ban'"),
            postgresql_where=text("is_active AND kind <> 'ban'"),
        ),
        Index(
            "uq_rotation_decision_ban",
            "scenario_id",
            "teacher_id",
            "school_id",
            unique=True,
            sqlite_where=text("is_active AND kind = 'ban'"),
            postgresql_where=text("is_active AND kind = 'ban'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("rotation_scenario.id", ondelete="CASCADE"), index=True)
    kind: Mapped[DecisionKind] = mapped_column(enum_column(DecisionKind, "kind"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(default="")
    is_input: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    scenario: Mapped[Scenario] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    school: Mapped[School | None] = relationship(lazy="raise_on_sql")


class ProposedMove(Base):
    """One move of a solved scenario. `why` holds the reasons as codes with their figures."""

    __tablename__ = "proposed_move"
    __table_args__ = (
        UniqueConstraint("scenario_id", "teacher_id"),
        CheckConstraint("from_school_id <> to_school_id", name="another_school"),
        CheckConstraint("km IS NULL OR km >= 0", name="km_not_negative"),
        Index("ix_proposed_move_from", "scenario_id", "from_school_id"),
        Index("ix_proposed_move_to", "scenario_id", "to_school_id"),
        Index("ix_proposed_move_teacher", "teacher_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("rotation_scenario.id", ondelete="CASCADE"))
    position: Mapped[int]
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    from_school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    to_school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "stage"))
    subject_code: Mapped[str]
    direction: Mapped[Direction] = mapped_column(enum_column(Direction, "direction"))
    km: Mapped[float | None]
    is_backbone: Mapped[bool]
    is_young: Mapped[bool]
    is_from_sending: Mapped[bool]
    why: Mapped[list[dict[str, Any]]] = mapped_column(Json)

    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    from_school: Mapped[School] = relationship(foreign_keys=[from_school_id], lazy="raise_on_sql")
    to_school: Mapped[School] = relationship(foreign_keys=[to_school_id], lazy="raise_on_sql")
