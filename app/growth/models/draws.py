"""The weekly draw: a year's chain of seeds, each week's draw, and the teachers drawn."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.db import Base, EncryptedText, Json, UtcDateTime, Versioned, enum_column
from app.db.clock import utc_now
from app.regions.models import Region
from app.schools.models import School
from app.teachers.models import Teacher


class LessonStatus(StrEnum):
    """Where a drawn teacher stands."""

    DRAWN = "drawn"
    TAUGHT = "taught"
    EXCUSED = "excused"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {"drawn": _l("Lesson to come"), "taught": _l("Lesson taught"), "excused": _l("Excused")}[self.value]


class FrozenDrawError(Exception):
    """A chain or a draw was to be changed; both are for good."""


class DrawChain(Base):
    """The seeds of a county's school year, fixed before the first draw.

    `secret` is drawn by the system and shown to nobody. `commitment` is SHA-256 of it, `length` times over, and is
    public from the start; the draw with number n uses the (length − n)-fold digest, which only the secret can give and
    anybody can check against the draw before.
    """

    __tablename__ = "draw_chain"
    __table_args__ = (
        UniqueConstraint("county_id", "school_year"),
        CheckConstraint("length BETWEEN 1 AND 400", name="length_range"),
        CheckConstraint("school_year BETWEEN 2000 AND 2100", name="school_year_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_year: Mapped[int]
    length: Mapped[int]
    commitment: Mapped[str]
    secret: Mapped[str] = mapped_column(EncryptedText, deferred=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    opened_by_label: Mapped[str]

    county: Mapped[Region] = relationship(lazy="joined")

    @property
    def label(self) -> str:
        """How the log names the chain."""
        return f"{self.county_id}: {self.school_year}"


class WeeklyDraw(Base):
    """One week's draw of a county: the people it was drawn from, and the link of the chain it used."""

    __tablename__ = "weekly_draw"
    __table_args__ = (
        UniqueConstraint("county_id", "week"),
        UniqueConstraint("chain_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("wanted >= 1", name="wanted_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    chain_id: Mapped[int] = mapped_column(ForeignKey("draw_chain.id", ondelete="RESTRICT"))
    week: Mapped[str]
    number: Mapped[int]
    link: Mapped[str]
    wanted: Mapped[int]
    pool: Mapped[dict[str, list[int]]] = mapped_column(Json, deferred=True)
    pool_digest: Mapped[str]
    teachers: Mapped[int]
    schools: Mapped[int]
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    drawn_by_label: Mapped[str]

    chain: Mapped[DrawChain] = relationship(lazy="joined")
    lessons: Mapped[list["DrawnLesson"]] = relationship(
        back_populates="draw", lazy="raise_on_sql", order_by="(DrawnLesson.position, DrawnLesson.place)"
    )

    @property
    def label(self) -> str:
        """How the log names the draw."""
        return self.week


class DrawnLesson(Versioned, Base):
    """A drawn teacher and the lesson that others watch. `place` 0 was drawn; a stand-in is the next of the school."""

    __tablename__ = "drawn_lesson"
    __table_args__ = (
        UniqueConstraint("draw_id", "position", "place"),
        CheckConstraint("status <> 'excused' OR reason <> ''", name="excuse_has_reason"),
        CheckConstraint("(status = 'taught') = (lesson_on IS NOT NULL)", name="taught_has_day"),
        Index(
            "uq_drawn_lesson_one_a_school",
            "draw_id",
            "school_id",
            unique=True,
            sqlite_where=text("status <> 'excused'"),
            postgresql_where=text("status <> 'excused'"),
        ),
        Index("ix_drawn_lesson_teacher", "teacher_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("weekly_draw.id", ondelete="RESTRICT"))
    position: Mapped[int]
    place: Mapped[int] = mapped_column(default=0)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"), index=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    status: Mapped[LessonStatus] = mapped_column(
        enum_column(LessonStatus, "drawn_lesson_status"), default=LessonStatus.DRAWN
    )
    reason: Mapped[str] = mapped_column(default="")
    lesson_on: Mapped[date | None]
    remarks: Mapped[str] = mapped_column(EncryptedText, default="")

    draw: Mapped[WeeklyDraw] = relationship(back_populates="lessons", lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the lesson."""
        return f"{self.draw_id}/{self.position}"


def _refuse_change(_mapper: Mapper[Any], _connection: Connection, _target: Any) -> None:
    raise FrozenDrawError("neither a chain nor a draw is ever changed")


for _frozen in (DrawChain, WeeklyDraw):
    event.listen(_frozen, "before_update", _refuse_change)
    event.listen(_frozen, "before_delete", _refuse_change)
