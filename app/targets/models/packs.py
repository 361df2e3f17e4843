"""A county's policy packs: what it adopted, and the copies it made and changed."""

from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Timestamped, Versioned, enum_column
from app.regions.models import Region
from app.targets.packs.pack import in_language


class PackStatus(StrEnum):
    """Where a county's pack stands."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    ENDED = "ended"

    @property
    def label(self) -> LazyString:
        """The status in the person's language."""
        return {"draft": _l("Draft"), "adopted": _l("In force"), "ended": _l("No longer in force")}[self.value]


class PolicyPack(Versioned, Timestamped, Base):
    """One version of a pack in a county: its text (TOML) and the days on which it holds, both included.

    `code` is the shipped pack it comes from, or a name of the county's own; of each code one version is in force at a
    time. Once adopted, the text is never changed: a change is a new version, based on it.
    """

    __tablename__ = "policy_pack"
    __table_args__ = (
        UniqueConstraint("county_id", "code", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("(status = 'draft') = (adopted_from IS NULL)", name="adopted_has_day"),
        CheckConstraint("status <> 'ended' OR adopted_to IS NOT NULL", name="ended_has_day"),
        CheckConstraint("adopted_to IS NULL OR adopted_to >= adopted_from", name="dates_in_order"),
        CheckConstraint("content <> ''", name="content_not_empty"),
        Index(
            "uq_policy_pack_adopted",
            "county_id",
            "code",
            unique=True,
            sqlite_where=text("status = 'adopted'"),
            postgresql_where=text("status = 'adopted'"),
        ),
        Index("ix_policy_pack_county", "county_id", "status", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    code: Mapped[str]
    number: Mapped[int] = mapped_column(default=1)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    content: Mapped[str] = mapped_column(Text, deferred=True)
    sha256: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    status: Mapped[PackStatus] = mapped_column(enum_column(PackStatus, "pack_status"), default=PackStatus.DRAFT)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("policy_pack.id", ondelete="SET NULL"), index=True)
    adopted_from: Mapped[date | None]
    adopted_to: Mapped[date | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    county: Mapped[Region] = relationship(lazy="raise_on_sql")
    based_on: Mapped["PolicyPack | None"] = relationship(remote_side=[id], lazy="raise_on_sql")

    @property
    def name(self) -> str:
        """The pack's name in the person's language."""
        return in_language(self.name_zh, self.name_en)

    @property
    def label(self) -> str:
        """How the log names the version."""
        return f"{self.name_zh} v{self.number}"
