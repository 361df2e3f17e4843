"""What the operations of this room share."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.web.errors import Refused


def insert(row: Any, taken: str) -> None:
    """Add a row; where the database says that there is one of its kind already, refuse with the sentence given."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise Refused(taken) from error
