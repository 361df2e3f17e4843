"""How many rows there are: what the demo says of each room it has filled."""

from typing import Any

from sqlalchemy import func, select

from app.extensions import db


def count_of(model: Any, *conditions: Any) -> int:
    """The rows of a table that meet the conditions."""
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
