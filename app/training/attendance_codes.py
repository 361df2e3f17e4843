"""The code that the organiser shows and people scan: session and day, signed, and soon out of date."""

from datetime import date

import segno
from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from app.web.errors import Refused

LASTS_SECONDS = 600
_SALT = "training.attendance"


def make(session_id: int, day: date) -> str:
    """A token for a day of a session, good for the next ten minutes."""
    return _signer().dumps([session_id, day.isoformat()])


def read(token: str) -> tuple[int, date]:
    """The session and the day of a token; Refused where it is out of date or was not made here."""
    try:
        session_id, day = _signer().loads(token, max_age=LASTS_SECONDS)
        return int(session_id), date.fromisoformat(day)
    except SignatureExpired:
        raise Refused(_("This code has run out. Scan the one that is shown now.")) from None
    except (BadSignature, TypeError, ValueError):
        raise Refused(_("This is no attendance code of this system. Scan the one that the organiser shows.")) from None


def image(text: str) -> str:
    """A QR code as an address of an image, which the content policy lets pass."""
    return str(segno.make(text, error="m").svg_data_uri(scale=8, border=2, light="#ffffff"))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=_SALT)
