"""Schools and what they need."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, OrderedText, Timestamped, Versioned, enum_column
from app.regions.models import Region
from app.schools.pinyin import school_initials


class Stage(StrEnum):
    """A stage of schooling 学段."""

    KINDERGARTEN = "kindergarten"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"

    @property
    def label(self) -> LazyString:
        """The stage in the person's language."""
        return {
            "kindergarten": _l("Kindergarten"),
            "primary": _l("Primary"),
            "junior": _l("Junior secondary"),
            "senior": _l("Senior secondary"),
        }[self.value]


class PostSource(StrEnum):
    """Where a figure of subject posts comes from."""

    NORM = "norm"
    OFFICER = "officer"
    IMPORT = "import"

    @property
    def label(self) -> LazyString:
        """The source in the person's language."""
        return {"norm": _l("By the norm"), "officer": _l("Set by an officer"), "import": _l("From a workbook")}[
            self.value
        ]


class EducationGroup(Base):
    """An education group 教育集团: a strong school and those it leads."""

    __tablename__ = "education_group"
    __table_args__ = (UniqueConstraint("county_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    name: Mapped[str]


def _initials(context: Any) -> str:
    return school_initials(context.get_current_parameters()["name"])


class School(Versioned, Timestamped, Base):
    """One school of a county; `code` is its 标识码."""

    __tablename__ = "school"
    __table_args__ = (
        UniqueConstraint("county_id", "code"),
        UniqueConstraint("county_id", "name"),
        CheckConstraint("quota >= 0", name="quota_not_negative"),
        CheckConstraint("lat IS NULL OR (lat >= -90 AND lat <= 90)", name="lat_range"),
        CheckConstraint("lng IS NULL OR (lng >= -180 AND lng <= 180)", name="lng_range"),
        Index("ix_school_county_name_pinyin", "county_id", "name_pinyin", "id"),
        Index("ix_school_name_pinyin", "name_pinyin", "id"),
        Index("ix_school_code", "code", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    code: Mapped[str]
    name: Mapped[str]
    name_pinyin: Mapped[str] = mapped_column(OrderedText)
    name_initials: Mapped[str] = mapped_column(OrderedText, default=_initials)
    kind_code: Mapped[str]
    locality_code: Mapped[str]
    is_sending: Mapped[bool] = mapped_column(default=False)
    is_weak: Mapped[bool] = mapped_column(default=False)
    township: Mapped[str | None]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("education_group.id", ondelete="SET NULL"), index=True)
    quota: Mapped[int] = mapped_column(default=0)
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    is_active: Mapped[bool] = mapped_column(default=True)

    county: Mapped[Region] = relationship(lazy="raise_on_sql")
    group: Mapped[EducationGroup | None] = relationship(lazy="raise_on_sql")
    stages: Mapped[list["SchoolStage"]] = relationship(
        back_populates="school",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="SchoolStage.id",
    )
    posts: Mapped[list["SubjectPost"]] = relationship(
        back_populates="school",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="SubjectPost.id",
    )

    @property
    def label(self) -> str:
        """How the log names the school."""
        return f"{self.name} ({self.code})"

    @property
    def locality(self) -> str:
        """`urban`, `town` or `rural`, from the 城乡分类 code (11x, 12x, 2xx)."""
        return {"11": "urban", "12": "town"}.get(self.locality_code[:2], "rural")


class SchoolStage(Base):
    """One stage that a school teaches, with its pupils."""

    __tablename__ = "school_stage"
    __table_args__ = (
        UniqueConstraint("school_id", "stage"),
        CheckConstraint("pupils >= 0", name="pupils_not_negative"),
        CheckConstraint("boarders >= 0 AND boarders <= pupils", name="boarders_are_pupils"),
        CheckConstraint("classes >= 0", name="classes_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "stage"))
    pupils: Mapped[int] = mapped_column(default=0)
    boarders: Mapped[int] = mapped_column(default=0)
    classes: Mapped[int] = mapped_column(default=0)

    school: Mapped[School] = relationship(back_populates="stages", lazy="raise_on_sql")


class SubjectPost(Base):
    """How many teachers of a subject a school should have in a stage."""

    __tablename__ = "subject_post"
    __table_args__ = (
        UniqueConstraint("school_id", "stage", "subject_code"),
        CheckConstraint("posts >= 0", name="posts_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "stage"))
    subject_code: Mapped[str]
    posts: Mapped[int]
    source: Mapped[PostSource] = mapped_column(enum_column(PostSource, "source"), default=PostSource.NORM)

    school: Mapped[School] = relationship(back_populates="posts", lazy="raise_on_sql")
