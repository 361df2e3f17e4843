"""Changing rows by one statement that says under which condition, so that of two people at once only one succeeds."""

from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import InstrumentedAttribute, Session, scoped_session
from sqlalchemy.sql.dml import Delete, Update

type Counter = InstrumentedAttribute[int]


def rows_changed(session: Session | scoped_session[Any], statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE past the rows that the session holds, and say how many rows it changed."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[tuple[()]], result).rowcount


def count_up(session: Session | scoped_session[Any], key: int, taken: Counter, places: Counter, *also: Any) -> bool:
    """One more taken of a row's places, unless all are (or `also` does not hold): one statement, so that two at once
    never both get the last."""
    model = taken.class_
    one_more = update(model).where(model.id == key, taken < places, *also).values({taken.key: taken + 1})
    return rows_changed(session, one_more) == 1


def count_down(session: Session | scoped_session[Any], key: int, taken: Counter) -> None:
    """One place of a row is free again."""
    model = taken.class_
    rows_changed(session, update(model).where(model.id == key).values({taken.key: taken - 1}))


def next_number(session: Session | scoped_session[Any], key: int, last: Counter) -> int:
    """Move a row's last number on, as that of a waiting list: the number that is now the last."""
    model = last.class_
    numbered = update(model).where(model.id == key).values({last.key: last + 1}).returning(last)
    return session.scalars(numbered, execution_options={"synchronize_session": False}).one()
