"""Notices are for one person alone."""

from typing import Any

from sqlalchemy import ColumnElement, and_

from app.notices.models import Notice


def notices_where(user: Any) -> ColumnElement[bool]:
    """Condition on Notice: the person's own, those that they want to see."""
    return and_(Notice.user_id == user.id, Notice.is_shown)
