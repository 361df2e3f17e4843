"""Changing rows by one statement that says under which condition, so that of two people at once only one succeeds."""

from typing import Any, cast

from sqlalchemy import CursorResult
from sqlalchemy.orm import Session, scoped_session
from sqlalchemy.sql.dml import Delete, Update


def rows_changed(session: Session | scoped_session[Any], statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE past the rows that the session holds, and say how many rows it changed."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[tuple[()]], result).rowcount
