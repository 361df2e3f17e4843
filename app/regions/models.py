"""Regions."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, enum_column


class RegionLevel(StrEnum):
    """A region's place in the tree."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"

    @property
    def label(self) -> LazyString:
        """The level's name in the person's language."""
        return {
            "province": _l("Province"),
            "prefecture": _l("Prefecture"),
            "county": _l("County"),
            "township": _l("Township"),
        }[self.value]


class Region(Base):
    """One node of the region tree; `path` holds the ids from the root down, so that a scope is a prefix of it."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),
        Index("ix_region_path", "path"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    level: Mapped[RegionLevel] = mapped_column(enum_column(RegionLevel, "level"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"), index=True)
    path: Mapped[str] = mapped_column(default="/")
    lat: Mapped[float | None]
    lng: Mapped[float | None]

    parent: Mapped["Region | None"] = relationship(remote_side=[id], lazy="raise_on_sql")
