"""What schools have beside teachers, and what a year's official figures of each school and stage were."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, ExactDecimal, Json, Timestamped, Versioned, enum_column
from app.regions.models import Region
from app.schools.models import School, Stage

YEARS = "school_year BETWEEN 2000 AND 2100"


class ResourcePart(StrEnum):
    """Which part of a school has the rooms and the equipment: all its stages together, or one on a campus alone."""

    WHOLE = "whole"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"

    @property
    def label(self) -> LazyString:
        """The part in the person's language."""
        return {
            "whole": _l("The whole school"),
            "primary": _l("Primary campus"),
            "junior": _l("Junior campus"),
            "senior": _l("Senior campus"),
        }[self.value]

    @property
    def stage(self) -> Stage | None:
        """The stage of a campus that has one alone."""
        return None if self is ResourcePart.WHOLE else Stage(self.value)


class SchoolResources(Versioned, Timestamped, Base):
    """What a school, or one campus of it, has in a school year (by its first calendar year).

    Areas are square metres, the equipment's book value is yuan; what nobody has filled in yet is null. The indoor
    sport area is part of the teaching area, and the indicator leaves it out. Who runs the school (举办者) and its
    grades are asked by the official table. Public funds and training money stand in `training_budget`.
    """

    __tablename__ = "school_resources"
    __table_args__ = (
        UniqueConstraint("school_id", "school_year", "part"),
        CheckConstraint(YEARS, name="school_year_range"),
        CheckConstraint("teaching_area >= 0", name="teaching_area_not_negative"),
        CheckConstraint(
            "indoor_sport_area >= 0 AND (teaching_area IS NULL OR indoor_sport_area <= teaching_area)",
            name="indoor_within_teaching",
        ),
        CheckConstraint("sport_area >= 0", name="sport_area_not_negative"),
        CheckConstraint("rented_sport_area >= 0", name="rented_area_not_negative"),
        CheckConstraint("equipment_value >= 0", name="equipment_not_negative"),
        CheckConstraint("multimedia_rooms >= 0", name="rooms_not_negative"),
        CheckConstraint("grades BETWEEN 1 AND 12", name="grades_range"),
        Index("ix_school_resources_year", "school_year", "school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    school_year: Mapped[int]
    part: Mapped[ResourcePart] = mapped_column(enum_column(ResourcePart, "part"), default=ResourcePart.WHOLE)
    teaching_area: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    indoor_sport_area: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    sport_area: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    rented_sport_area: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    equipment_value: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    multimedia_rooms: Mapped[int | None]
    grades: Mapped[int | None]
    sponsor_code: Mapped[str | None]

    school: Mapped[School] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the row."""
        return f"{self.school_year} {self.part.value}"


class BalanceRecord(Timestamped, Base):
    """The official figures of one school and stage in a school year, as they were on the day they were recorded.

    `items` holds each indicator's numerator as an exact fraction such as "3400/11"; a missing one is left out.
    `excluded` says why the stage is left out of the county's figures, or is empty.
    """

    __tablename__ = "balance_record"
    __table_args__ = (
        UniqueConstraint("school_id", "stage", "school_year"),
        CheckConstraint(YEARS, name="school_year_range"),
        CheckConstraint("pupils >= 0", name="pupils_not_negative"),
        CheckConstraint("classes >= 0", name="classes_not_negative"),
        Index("ix_balance_record_county", "county_id", "school_year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "stage"))
    school_year: Mapped[int]
    recorded_on: Mapped[date]
    recorded_by_label: Mapped[str]
    pupils: Mapped[int]
    classes: Mapped[int]
    excluded: Mapped[str] = mapped_column(default="")
    items: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    school: Mapped[School] = relationship(lazy="raise_on_sql")

    @property
    def exact(self) -> dict[str, Fraction]:
        """The numerators as numbers."""
        return {name: Fraction(text) for name, text in self.items.items()}


class GuaranteeEntry(Versioned, Timestamped, Base):
    """What a county says of one item of the government's guarantees in a school year, where no figure of ours does."""

    __tablename__ = "guarantee_entry"
    __table_args__ = (
        UniqueConstraint("county_id", "school_year", "item"),
        CheckConstraint(YEARS, name="school_year_range"),
        CheckConstraint("item BETWEEN 1 AND 15", name="item_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_year: Mapped[int]
    item: Mapped[int]
    is_met: Mapped[bool]
    figure: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    stated_on: Mapped[date]

    county: Mapped[Region] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the entry."""
        return f"{self.school_year}/{self.item}"
