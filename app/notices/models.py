"""Notices, how each person wants them, and the letters that leave."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Json, Timestamped, UtcDateTime, enum_column
from app.db.clock import utc_now


class MailMode(StrEnum):
    """How a notice goes by e-mail."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NONE = "none"

    @property
    def label(self) -> LazyString:
        """The way in the person's language."""
        return {"at_once": _l("At once"), "daily": _l("In the daily digest"), "none": _l("Not by e-mail")}[self.value]


class Notice(Base):
    """One notice to one person. The key names what it tells, so that nobody is told the same thing twice."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index("ix_notice_user", "user_id", "is_shown", "id"),
        Index("ix_notice_unread", "user_id", "is_shown", "read_at", "id"),
        Index("ix_notice_digest", "mail_mode", "digest_on", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    key: Mapped[str]
    is_shown: Mapped[bool] = mapped_column(default=True)
    mail_mode: Mapped[MailMode] = mapped_column(enum_column(MailMode, "mail_mode"), default=MailMode.NONE)
    digest_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoticePreference(Base):
    """How one person wants one kind of notice; where there is no row, the kind's own way holds."""

    __tablename__ = "notice_preference"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    is_shown: Mapped[bool] = mapped_column(default=True)
    mail_mode: Mapped[MailMode] = mapped_column(enum_column(MailMode, "mail_mode"))


class MailAddress(Timestamped, Base):
    """The address that a person chose for letters, beside that of the account; it counts once it was confirmed."""

    __tablename__ = "mail_address"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str]
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailKind(StrEnum):
    """What a letter is."""

    NOTICE = "notice"
    DIGEST = "digest"
    CONFIRMATION = "confirmation"


class MailState(StrEnum):
    """Where a letter stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"

    @property
    def label(self) -> LazyString:
        """The state in the person's language."""
        return {
            "waiting": _l("Waiting to be sent"),
            "sending": _l("Being sent"),
            "sent": _l("Sent"),
            "refused": _l("Refused by the mail server"),
        }[self.value]


class OutgoingMail(Base):
    """One letter. It is written with the notice, in the same transaction, and put in words when it leaves.

    Whoever sends it holds it by a lease. The Message-ID never changes, so that a letter that was handed over but not
    written down as sent (the worker was killed between the two) is known as the same by whoever receives it twice.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="lease_while_sending"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_moment"),
        CheckConstraint("(kind = 'notice') = (notice_id IS NOT NULL)", name="notice_has_notice"),
        CheckConstraint("(kind = 'digest') = (digest_on IS NOT NULL)", name="digest_has_day"),
        Index("ix_outgoing_mail_due", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[MailKind] = mapped_column(enum_column(MailKind, "kind"))
    key: Mapped[str]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), index=True)
    digest_on: Mapped[date | None]
    address: Mapped[str | None]
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[MailState] = mapped_column(enum_column(MailState, "state"), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    holder: Mapped[str | None]
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
