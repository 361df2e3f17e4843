"""Accounts, what they may do, and where they are signed in."""

from copy import copy
from datetime import date, datetime
from typing import Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access import Grant, Permission, Role
from app.db import Base, Json, Timestamped, UtcDateTime, enum_column
from app.db.clock import today
from app.regions.models import Region


class User(Timestamped, UserMixin, Base):
    """One person's account. The columns without underscores in English are those Flask-Security asks for."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None] = mapped_column(unique=True)  # type: ignore[assignment]  # many have no address
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # type: ignore[assignment]
    current_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # type: ignore[assignment]
    last_login_ip: Mapped[str | None]
    current_login_ip: Mapped[str | None]
    login_count: Mapped[int] = mapped_column(default=0)
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_phone_number: Mapped[str | None]
    tf_last_counter: Mapped[int | None]
    # A type of its own: as_mutable would follow the shared one into every JSON column.
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(copy(Json)))
    language: Mapped[str] = mapped_column(default="zh_Hans_CN")
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id", ondelete="SET NULL"), index=True)

    role_grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="user", lazy="selectin", cascade="all, delete-orphan", order_by="RoleGrant.id"
    )

    @property
    def label(self) -> str:
        """How the log names this person."""
        return f"{self.name} ({self.username})"

    @property
    def roles(self) -> list["RoleGrant"]:  # type: ignore[override]
        """The grants under the name that Flask-Security knows them by."""
        return self.role_grants

    @property
    def grants(self) -> list[Grant]:
        """The grants in force today."""
        day = today()
        return [row.as_grant() for row in self.role_grants if row.is_in_force(day)]

    def may(self, permission: Permission) -> bool:
        """Whether any grant carries the permission, whatever its scope."""
        return any(grant.allows(permission) for grant in self.grants)

    @property
    def teacher_id(self) -> int | None:
        """The teacher this person is, where they are one."""
        return next((g.teacher_id for g in self.grants if g.teacher_id), None)


class RoleGrant(RoleMixin, Base):
    """One role of one person over one scope: a region and all below it, a school, or the teacher they are."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN region_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN school_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN teacher_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_scope",
        ),
        UniqueConstraint("user_id", "role", "region_id", "school_id", "teacher_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id", ondelete="CASCADE"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"), index=True)
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="role_grants", lazy="raise_on_sql")
    region: Mapped[Region | None] = relationship(lazy="joined")

    @property
    def name(self) -> str:  # type: ignore[override]
        """The role's name, as Flask-Security asks for it."""
        return self.role.value

    def is_in_force(self, today: date) -> bool:
        """Whether the grant holds on that day."""
        return (self.from_on is None or self.from_on <= today) and (self.to_on is None or today <= self.to_on)

    def as_grant(self) -> Grant:
        """The grant as access reads it."""
        path, level = (self.region.path, self.region.level) if self.region else (None, None)
        return Grant(self.role, self.region_id, path, self.school_id, self.teacher_id, level)


class UserSession(Base):
    """One browser that is signed in; ending it here signs it out."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str | None]
    browser: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SavedFilter(Timestamped, Base):
    """A list's filter that a person kept under a name."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("user_id", "page", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    page: Mapped[str]
    name: Mapped[str]
    query: Mapped[dict[str, Any]] = mapped_column(Json)
