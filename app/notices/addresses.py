"""The address a person chose for letters: it counts once its owner has followed the link in a letter sent there."""

import uuid

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app import audit
from app.accounts.models import User
from app.db.clock import utc_now
from app.extensions import db
from app.notices.models import MailAddress, MailKind, OutgoingMail
from app.notices.operations import is_mail_set_up, message_id, send_soon
from app.web.errors import Refused

VALID_SECONDS = 7 * 24 * 3600


def choose_address(*, actor: User, address: str | None) -> None:
    """Set or clear the address for one's own letters; a new one waits for its confirmation."""
    row = db.session.get(MailAddress, actor.id)
    if address is None:
        if row is not None:
            db.session.delete(row)
            audit.record(actor=actor, action="notice.address", subject=actor, region_id=actor.region_id)
        db.session.flush()
        return
    if not is_mail_set_up():
        raise Refused(_("This installation sends no e-mail, so an address cannot be confirmed."))
    if row is None:
        row = MailAddress(user_id=actor.id, address=address)
        db.session.add(row)
    elif row.address == address and row.confirmed_at:
        return
    row.address, row.confirmed_at = address, None
    db.session.add(
        OutgoingMail(
            user_id=actor.id,
            kind=MailKind.CONFIRMATION,
            key=f"address:{uuid.uuid4().hex}",
            address=address,
            message_id=message_id(),
        )
    )
    db.session.flush()
    audit.record(actor=actor, action="notice.address", subject=actor, region_id=actor.region_id)
    send_soon()


def token_for(user_id: int, address: str) -> str:
    """What the link in the letter carries: nobody else can make it, and it names one address of one person."""
    return _serializer().dumps([user_id, address])


def confirm(*, actor: User, token: str) -> bool:
    """Let the address count; False where the link is not this person's, is too old, or names another address."""
    try:
        user_id, address = _serializer().loads(token, max_age=VALID_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return False
    row = db.session.get(MailAddress, actor.id)
    if user_id != actor.id or row is None or row.address != address:
        return False
    if row.confirmed_at is None:
        row.confirmed_at = utc_now()
        audit.record(actor=actor, action="notice.confirm", subject=actor, region_id=actor.region_id)
    return True


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="mail-address")
