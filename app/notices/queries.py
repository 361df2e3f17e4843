"""Reading notices for pages."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, select

from app.accounts.models import User
from app.extensions import db
from app.notices.access import notices_where
from app.notices.kinds import KINDS, label_of
from app.notices.models import MailAddress, MailMode, MailState, Notice, NoticePreference, OutgoingMail
from app.notices.operations import default_mode
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

BELL_LIMIT = 99


def kind_choices() -> list[tuple[str, str]]:
    """The kinds by their labels."""
    return sorted(((name, label_of(name)) for name in KINDS), key=lambda pair: pair[1])


NOTICES = ListSpec(
    "notices.index",
    filters=(
        lists.flag("unread", _l("Unread")),
        lists.choice("kind", _l("Kind of notice"), kind_choices),
    ),
    sorts={"newest": Sort((SortKey(Notice.id, "id", is_descending=True),))},
    search="",
)


def notices(user: Any, listing: Listing) -> Select[Any]:
    """The notices that a list asks for, one's own alone."""
    return select(Notice).where(notices_where(user), *_asked(listing))


def _asked(listing: Listing) -> Iterable[ColumnElement[bool]]:
    if (unread := listing.get("unread")) is not None:
        yield Notice.read_at.is_(None) if unread else Notice.read_at.is_not(None)
    if kind := listing.get("kind"):
        yield Notice.kind == kind


def notice(user: Any, notice_id: int) -> Notice | None:
    """One of the person's notices."""
    return db.session.scalar(select(Notice).where(Notice.id == notice_id, notices_where(user)))


def unread(user: Any) -> int:
    """How many wait to be read; beyond a hundred nobody counts."""
    found = select(Notice.id).where(notices_where(user), Notice.read_at.is_(None)).limit(BELL_LIMIT + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def ways_of(user: Any) -> dict[str, tuple[bool, MailMode]]:
    """How a person wants each kind: (in the app, by e-mail), in the order of the labels."""
    rows = db.session.scalars(select(NoticePreference).where(NoticePreference.user_id == user.id))
    chosen = {row.kind: (row.is_shown or KINDS[row.kind].is_urgent, row.mail_mode) for row in rows if row.kind in KINDS}
    return {kind: chosen.get(kind, (True, default_mode(kind))) for kind, _label in kind_choices()}


def address_of(user: Any) -> MailAddress | None:
    """The address that the person chose."""
    return db.session.get(MailAddress, user.id)


def last_letters(user: Any, limit: int = 10) -> Sequence[OutgoingMail]:
    """The newest letters to a person, and what became of them."""
    query = select(OutgoingMail).where(OutgoingMail.user_id == user.id).order_by(OutgoingMail.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def letter_counts(accounts: ColumnElement[bool]) -> dict[MailState, int]:
    """How many letters to the accounts within reach stand how."""
    rows = db.session.execute(
        select(OutgoingMail.state, func.count())
        .join(User, User.id == OutgoingMail.user_id)
        .where(accounts)
        .group_by(OutgoingMail.state)
    ).tuples()
    return dict.fromkeys(MailState, 0) | dict(rows.all())


def troubled_letters(accounts: ColumnElement[bool], limit: int = 100) -> Sequence[tuple[OutgoingMail, str]]:
    """Letters that were refused or wait after a failure, the newest first, with whom they are for."""
    query = (
        select(OutgoingMail, User.name)
        .join(User, User.id == OutgoingMail.user_id)
        .where(accounts, OutgoingMail.state != MailState.SENT, OutgoingMail.error.is_not(None))
        .order_by(OutgoingMail.id.desc())
        .limit(limit)
    )
    return list(db.session.execute(query).tuples())
