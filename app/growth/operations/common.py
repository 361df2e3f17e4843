"""What the operations of this room share."""

from typing import Any

from app.extensions import db
from app.web.errors import refused_if_taken


def insert(row: Any, taken: str) -> None:
    """Add a row; where the database says that there is one of its kind already, refuse with the sentence given."""
    with refused_if_taken(taken):
        db.session.add(row)
