"""A letter in words: in its reader's language, as plain text and as HTML, with links where our own address is known."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, formataddr, parseaddr

from flask import current_app, render_template, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import User
from app.db.clock import utc_now
from app.extensions import db
from app.notices.addresses import token_for
from app.notices.kinds import Rendered, render
from app.notices.models import MailAddress, MailKind, Notice, OutgoingMail

DIGEST_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands in a letter before it is a message."""

    subject: str
    items: list[Rendered]
    more: int = 0


def compose(mail: OutgoingMail) -> EmailMessage | None:
    """The message of a row; None where nobody can receive it any more, or there is nothing left to tell."""
    user = db.session.get(User, mail.user_id)
    address = _address(mail, user)
    if user is None or not user.active or not address:
        return None
    with _speaking(user.language):
        letter = _letter(mail)
        if letter is None:
            return None
        return _message(mail, user, address, letter)


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    """Addresses of pages need a request's context, and a worker has none of its own."""
    base = current_app.config["PUBLIC_URL"] or "http://localhost"
    with current_app.test_request_context(base_url=base), force_locale(language):
        yield


def _address(mail: OutgoingMail, user: User | None) -> str | None:
    if mail.address or user is None:
        return mail.address
    own = db.session.get(MailAddress, user.id)
    return own.address if own and own.confirmed_at else user.email


def _letter(mail: OutgoingMail) -> Letter | None:
    if mail.kind is MailKind.CONFIRMATION:
        url = url_for("notices.confirm_address", token=token_for(mail.user_id, mail.address or ""))
        body = _("Follow the link while you are signed in. It holds for seven days. If you did not ask, do nothing.")
        title = _("Confirm your address")
        return Letter(title, [Rendered(title, body, url)])
    if mail.kind is MailKind.NOTICE:
        notice = db.session.get(Notice, mail.notice_id)
        return Letter((told := render(notice.kind, notice.params)).title, [told]) if notice else None
    query = (
        select(Notice)
        .where(Notice.user_id == mail.user_id, Notice.digest_on == mail.digest_on)
        .order_by(Notice.id.desc())
    )
    notices = list(db.session.scalars(query))
    if not notices:
        return None
    items = [render(notice.kind, notice.params) for notice in notices[:DIGEST_LIMIT]]
    subject = ngettext("%(num)d notice", "%(num)d notices", len(notices))
    return Letter(subject, items, max(0, len(notices) - DIGEST_LIMIT))


def _message(mail: OutgoingMail, user: User, address: str, letter: Letter) -> EmailMessage:
    config = current_app.config
    base: str = config["PUBLIC_URL"]
    told = {
        "letter": letter,
        "user": user,
        "base": base,
        "can_link": bool(base),
        "preferences": base + url_for("notices.preferences") if base else "",
    }
    message = EmailMessage(policy=SMTP_POLICY)
    name, sender = parseaddr(config["SMTP_FROM"] or f"qinglan@{config['SMTP_HOST']}")
    message["From"] = formataddr((name or _("Qinglan"), sender))
    message["To"] = address
    message["Subject"] = " ".join(f"{_('Qinglan')}: {letter.subject}".split())
    message["Date"] = format_datetime(utc_now())
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(render_template("notices/letter.txt", **told), cte="base64")
    message.add_alternative(render_template("notices/letter.html", **told), subtype="html", cte="base64")
    return message
