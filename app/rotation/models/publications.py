"""Published lists and the postings that follow from them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.db import Base, Json, Timestamped, UtcDateTime, Versioned, enum_column
from app.rotation.models.plans import RotationPlan
from app.schools.models import School, Stage
from app.teachers.models import Teacher


class PostingStatus(StrEnum):
    """Where a posting stands."""

    PLANNED = "planned"
    ACTIVE = "active"
    ENDED = "ended"
    RECALLED = "recalled"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "planned": _l("Not yet reported"),
            "active": _l("At the post"),
            "ended": _l("Ended"),
            "recalled": _l("Recalled"),
        }[self.value]

    @property
    def is_open(self) -> bool:
        """Whether the posting still binds the teacher."""
        return self in (PostingStatus.PLANNED, PostingStatus.ACTIVE)


class FrozenError(Exception):
    """Somebody tried to change a published list."""


class Publication(Base):
    """One published version of a plan: its rows as they were that day, and their digest. Never updated or deleted."""

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("plan_id", "revision"),
        CheckConstraint("revision >= 1", name="revision_from_one"),
        CheckConstraint("revision = 1 OR reason <> ''", name="revision_has_reason"),
        CheckConstraint("length(sha256) = 64", name="whole_digest"),
        Index("ix_publication_county", "county_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("rotation_plan.id", ondelete="RESTRICT"))
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_year: Mapped[int]
    scenario_id: Mapped[int | None] = mapped_column(ForeignKey("rotation_scenario.id", ondelete="RESTRICT"), index=True)
    revision: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    notice: Mapped[dict[str, Any]] = mapped_column(Json)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(Json, deferred=True)
    row_count: Mapped[int]
    sha256: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    published_by_label: Mapped[str]

    plan: Mapped[RotationPlan] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the list."""
        return f"{self.notice.get('title', '')} v{self.revision}"


@event.listens_for(Publication, "before_update")
@event.listens_for(Publication, "before_delete")
def _refuse_change(mapper: Mapper[Any], connection: Connection, target: Publication) -> None:
    raise FrozenError("a published list is never changed; publish a revision")


class Posting(Versioned, Timestamped, Base):
    """One teacher sent to another school for a term of one to three years."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("term_years BETWEEN 1 AND 3", name="term_one_to_three"),
        CheckConstraint("end_on > start_on", name="dates_in_order"),
        CheckConstraint("from_school_id <> to_school_id", name="another_school"),
        CheckConstraint("status <> 'recalled' OR reason <> ''", name="recall_has_reason"),
        CheckConstraint("(status IN ('planned', 'active')) = (closed_on IS NULL)", name="closed_has_day"),
        CheckConstraint("status <> 'active' OR reported_on IS NOT NULL", name="active_has_report"),
        Index(
            "uq_posting_open_teacher_year",
            "teacher_id",
            "school_year",
            unique=True,
            sqlite_where=text("status IN ('planned', 'active')"),
            postgresql_where=text("status IN ('planned', 'active')"),
        ),
        Index("ix_posting_county_year", "county_id", "school_year", "id"),
        Index("ix_posting_teacher", "teacher_id"),
        Index("ix_posting_from", "from_school_id"),
        Index("ix_posting_to", "to_school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id", ondelete="RESTRICT"), index=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_year: Mapped[int]
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    from_school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    to_school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "stage"))
    subject_code: Mapped[str]
    kind_code: Mapped[str] = mapped_column(default="10")
    start_on: Mapped[date]
    end_on: Mapped[date]
    term_years: Mapped[int]
    status: Mapped[PostingStatus] = mapped_column(enum_column(PostingStatus, "status"), default=PostingStatus.PLANNED)
    reported_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    state_before: Mapped[str | None]
    record_id: Mapped[int | None] = mapped_column(ForeignKey("rotation_record.id", ondelete="SET NULL"), index=True)

    publication: Mapped[Publication] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    from_school: Mapped[School] = relationship(foreign_keys=[from_school_id], lazy="raise_on_sql")
    to_school: Mapped[School] = relationship(foreign_keys=[to_school_id], lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the posting."""
        return f"{self.school_year}: {self.from_school_id} → {self.to_school_id}"
