"""Growth programmes with a yearly intake, and the people in them."""

from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, EncryptedText, Json, Timestamped, Versioned, enum_column
from app.regions.models import Region
from app.schools.models import School
from app.teachers.models import Teacher


class ProgrammeKind(StrEnum):
    """What a programme does with those it takes in."""

    TALENT = "talent"
    TEAM = "team"
    SECONDMENT = "secondment"
    STATIONING = "stationing"
    THREE_TRAININGS = "three_trainings"
    TIERS = "tiers"

    @property
    def label(self) -> LazyString:
        """The kind in the person's language."""
        return {
            "talent": _l("Talent programme with a course of years"),
            "team": _l("Team selected again every few years"),
            "secondment": _l("Secondment to another school or district"),
            "stationing": _l("Researchers stationed at schools"),
            "three_trainings": _l("Three trainings of Party members among the backbone"),
            "tiers": _l("Tens, hundreds, thousands: teachers in tiers"),
        }[self.value]

    @property
    def needs_host(self) -> bool:
        """Whether everybody in it has a school where they work meanwhile."""
        return self in (ProgrammeKind.SECONDMENT, ProgrammeKind.STATIONING)

    @property
    def is_capped(self) -> bool:
        """Whether an intake never takes more than its number; elsewhere the number is an aim."""
        return self is ProgrammeKind.TEAM


class PlaceStatus(StrEnum):
    """Where a person in a programme stands."""

    NOMINATED = "nominated"
    WAITING = "waiting"
    ADMITTED = "admitted"
    DECLINED = "declined"
    COMPLETED = "completed"
    LEFT = "left"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {
            "nominated": _l("Proposed"),
            "waiting": _l("On the waiting list"),
            "admitted": _l("Taken in"),
            "declined": _l("Not taken in"),
            "completed": _l("Course completed"),
            "left": _l("Left the course"),
        }[self.value]


IN_COURSE = (PlaceStatus.ADMITTED, PlaceStatus.COMPLETED)
NEEDS_REASON = "status NOT IN ('declined', 'left') OR reason <> ''"


class GrowthProgramme(Versioned, Timestamped, Base):
    """A county's programme: how many it takes in, how often, over how many years, and in all.

    `requirements` say who may be proposed (`app/growth/requirements.py`); `clause` names the plan's clause it serves,
    such as HY-02.
    """

    __tablename__ = "growth_programme"
    __table_args__ = (
        UniqueConstraint("county_id", "name"),
        CheckConstraint("first_year BETWEEN 2000 AND 2100", name="first_year_range"),
        CheckConstraint("last_year IS NULL OR last_year >= first_year", name="years_in_order"),
        CheckConstraint("every_years BETWEEN 1 AND 10", name="every_years_range"),
        CheckConstraint("course_years BETWEEN 1 AND 10", name="course_years_range"),
        CheckConstraint("yearly_intake BETWEEN 1 AND 100000", name="intake_range"),
        CheckConstraint("total IS NULL OR total >= yearly_intake", name="total_holds_an_intake"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    name: Mapped[str]
    kind: Mapped[ProgrammeKind] = mapped_column(enum_column(ProgrammeKind, "programme_kind"))
    clause: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    first_year: Mapped[int]
    last_year: Mapped[int | None]
    every_years: Mapped[int] = mapped_column(default=1)
    course_years: Mapped[int]
    yearly_intake: Mapped[int]
    total: Mapped[int | None]
    requirements: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    is_open: Mapped[bool] = mapped_column(default=True)

    county: Mapped[Region] = relationship(lazy="joined")

    @property
    def label(self) -> str:
        """How the log names the programme."""
        return self.name

    def takes_in(self, year: int) -> bool:
        """Whether the programme takes people in that year."""
        is_within = self.first_year <= year and (self.last_year is None or year <= self.last_year)
        return is_within and (year - self.first_year) % self.every_years == 0


class ProgrammeIntake(Base):
    """The places of one year's intake where their number binds. `places_taken` counts those taken in; only conditional
    updates move it, so that the database itself keeps an intake from more people than places."""

    __tablename__ = "programme_intake"
    __table_args__ = (
        UniqueConstraint("programme_id", "year", name="uq_programme_intake_year"),
        CheckConstraint("places BETWEEN 1 AND 100000", name="places_range"),
        CheckConstraint("places_taken >= 0 AND places_taken <= places", name="places_not_exceeded"),
        CheckConstraint("waiting_last >= 0", name="waiting_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("growth_programme.id", ondelete="RESTRICT"))
    year: Mapped[int]
    places: Mapped[int]
    places_taken: Mapped[int] = mapped_column(default=0)
    waiting_last: Mapped[int] = mapped_column(default=0)


class ProgrammePlace(Versioned, Timestamped, Base):
    """One teacher proposed for, or taken into, one year's intake of a programme."""

    __tablename__ = "programme_place"
    __table_args__ = (
        UniqueConstraint("programme_id", "teacher_id", "year"),
        UniqueConstraint("programme_id", "year", "waiting_no", name="uq_programme_place_waiting"),
        CheckConstraint("(status = 'waiting') = (waiting_no IS NOT NULL)", name="waiting_has_number"),
        CheckConstraint(NEEDS_REASON, name="refusal_has_reason"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="dates_in_order"),
        CheckConstraint("status <> 'completed' OR to_on IS NOT NULL", name="completed_has_end"),
        Index("ix_programme_place_year", "programme_id", "year", "status", "teacher_id"),
        Index("ix_programme_place_teacher", "teacher_id"),
        Index("ix_programme_place_host", "host_school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("growth_programme.id", ondelete="RESTRICT"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    year: Mapped[int]
    status: Mapped[PlaceStatus] = mapped_column(enum_column(PlaceStatus, "place_status"), default=PlaceStatus.NOMINATED)
    waiting_no: Mapped[int | None]
    statement: Mapped[str] = mapped_column(EncryptedText, default="")
    reason: Mapped[str] = mapped_column(default="")
    host_school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    # A school or an office of a partner district, which is on no list of ours.
    host_name: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    proposed_by_label: Mapped[str]

    programme: Mapped[GrowthProgramme] = relationship(lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")
    host_school: Mapped[School | None] = relationship(lazy="raise_on_sql")
    reports: Mapped[list["ProgrammeReport"]] = relationship(
        back_populates="place", lazy="raise_on_sql", order_by="(ProgrammeReport.on, ProgrammeReport.id)"
    )

    @property
    def label(self) -> str:
        """How the log names the place."""
        return f"{self.programme_id}/{self.year}"


class ProgrammeReport(Timestamped, Base):
    """What somebody in a programme reports of the work: a term's report, or one of a stay elsewhere."""

    __tablename__ = "programme_report"
    __table_args__ = (Index("ix_programme_report_place", "place_id", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("programme_place.id", ondelete="RESTRICT"))
    on: Mapped[date]
    text: Mapped[str] = mapped_column(EncryptedText)
    written_by_label: Mapped[str]

    place: Mapped[ProgrammePlace] = relationship(back_populates="reports", lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the report."""
        return self.on.isoformat()
