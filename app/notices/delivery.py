"""Handing letters to the mail server.

A letter is claimed by a conditional update, handed over without any transaction, and written down as sent. Where the
server cannot be reached, everything that waits is put off together, by a minute first and at most by an hour, for as
long as it takes. Where it refuses one letter for good, that letter alone ends. A worker killed between the server's
answer and our commit leaves a lease that lapses; the letter then goes once more under the same Message-ID. That
window is one commit long: closing it from this side would mean losing letters instead.
"""

import smtplib
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import Enum, auto
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, or_, select, update

from app.db import rows_changed
from app.db.clock import utc_now
from app.extensions import db
from app.notices.letters import compose
from app.notices.models import MailState, OutgoingMail
from app.web.transaction import reading, transaction

TIMEOUT = 20
LEASE = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=5)
LONGEST_PAUSE = timedelta(hours=1)
_HELD = {"holder": None, "lease_until": None}


class Outcome(Enum):
    """What became of handing one letter over."""

    SENT = auto()
    LATER = auto()
    REFUSED = auto()
    AWAY = auto()


def deliver_all() -> dict[str, int]:
    """Send everything that is due; returns how many letters came out how. A server that is away ends the round."""
    counts = dict.fromkeys(Outcome, 0)
    with _line() as line:
        while (held := _claim()) is not None:
            mail_id, holder = held
            message = _composed(mail_id)
            if message is None:
                _write(mail_id, holder, state=MailState.REFUSED, error="nobody to send it to", **_HELD)
                continue
            outcome, error = _hand_over(line, message)
            counts[outcome] += 1
            _note(mail_id, holder, outcome, error)
            if outcome is Outcome.AWAY:
                break
    return {outcome.name.lower(): number for outcome, number in counts.items()}


def has_due() -> bool:
    """Whether a letter waits whose time has come."""
    return db.session.scalar(select(OutgoingMail.id).where(_due(utc_now())).limit(1)) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    waits = and_(OutgoingMail.state == MailState.WAITING, OutgoingMail.next_at <= now)
    return or_(waits, and_(OutgoingMail.state == MailState.SENDING, OutgoingMail.lease_until < now))


def _claim() -> tuple[int, str] | None:
    """Take the next letter: of several workers one gets it."""
    holder = uuid.uuid4().hex
    while True:
        with reading():
            found = db.session.scalar(select(OutgoingMail.id).where(_due(utc_now())).order_by(OutgoingMail.id).limit(1))
            db.session.rollback()
        if found is None:
            return None
        now = utc_now()
        taken = _update(
            (OutgoingMail.id == found) & _due(now),
            state=MailState.SENDING,
            holder=holder,
            lease_until=now + LEASE,
            attempts=OutgoingMail.attempts + 1,
        )
        if taken:
            return found, holder


def _composed(mail_id: int) -> EmailMessage | None:
    with reading():
        message = compose(db.session.get_one(OutgoingMail, mail_id))
        db.session.rollback()
    return message


def _hand_over(line: "Line", message: EmailMessage) -> tuple[Outcome, str]:
    try:
        line.send(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        return _of_code(code), _told(code, said)
    except smtplib.SMTPDataError as refused:
        return _of_code(refused.smtp_code), _told(refused.smtp_code, refused.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        line.drop()
        return Outcome.AWAY, f"{type(error).__name__}: {error}"[:500]
    return Outcome.SENT, ""


def _of_code(code: int) -> Outcome:
    return Outcome.REFUSED if code >= 500 else Outcome.LATER


def _told(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {text}"[:500]


def _note(mail_id: int, holder: str, outcome: Outcome, error: str) -> None:
    now = utc_now()
    if outcome is Outcome.SENT:
        _write(mail_id, holder, state=MailState.SENT, sent_at=now, error=None, **_HELD)
        return
    row = _facts(mail_id)
    is_over = outcome is Outcome.REFUSED or (outcome is Outcome.LATER and row.created_at < now - GIVE_UP_AFTER)
    if is_over:
        _write(mail_id, holder, state=MailState.REFUSED, error=error, **_HELD)
        return
    again = now + min(timedelta(minutes=1) * 2 ** min(row.attempts - 1, 10), LONGEST_PAUSE)
    _write(mail_id, holder, state=MailState.WAITING, next_at=again, error=error, **_HELD)
    if outcome is Outcome.AWAY:
        others = (OutgoingMail.state == MailState.WAITING) & (OutgoingMail.next_at < again)
        _update(others, next_at=again)


def _facts(mail_id: int) -> Any:
    with reading():
        row = db.session.execute(
            select(OutgoingMail.attempts, OutgoingMail.created_at).where(OutgoingMail.id == mail_id)
        ).one()
        db.session.rollback()
    return row


def _write(mail_id: int, held_by: str, **values: Any) -> None:
    _update((OutgoingMail.id == mail_id) & (OutgoingMail.holder == held_by), **values)


def _update(where: ColumnElement[bool], **values: Any) -> int:
    with transaction() as session:
        return rows_changed(session, update(OutgoingMail).where(where).values(**values))


class Line:
    """A connection to the mail server, opened at the first letter and again after it broke."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        """Hand one letter over."""
        if self._server is None:
            self._server = _connect()
        self._server.send_message(message)

    def drop(self) -> None:
        """Forget a connection that broke."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def close(self) -> None:
        """Say goodbye."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()


@contextmanager
def _line() -> Iterator[Line]:
    line = Line()
    try:
        yield line
    finally:
        line.close()


def _connect() -> smtplib.SMTP:
    config = current_app.config
    host, port, security = config["SMTP_HOST"], config["SMTP_PORT"], config["SMTP_SECURITY"]
    if security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        if security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if config["SMTP_USER"]:
            server.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
    except BaseException:
        server.close()
        raise
    return server
