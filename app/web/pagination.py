"""Paging by key: a page costs the same wherever it is in the list.

A cursor is the sort key of the last row shown, as a URL-safe token. Reading a page asks for one row more than it
shows, to know whether there is another.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page[T]:
    """One page of a list, with the cursors of its neighbours (None at the ends)."""

    items: Sequence[T]
    next_cursor: str | None
    previous_cursor: str | None


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of the order. `attribute` reads the same value from a row, through dots where it lies further.

    The column is never null: where the attribute may be, the column is a coalesce and `missing` its last value.
    """

    column: Any
    attribute: str
    is_descending: bool = False
    missing: Any = None

    def value(self, row: Any) -> Any:
        """The row's value, as the database orders it."""
        found = attrgetter(self.attribute)(row)
        return self.missing if found is None else found

    def reversed(self) -> "SortKey":
        """The same column the other way round."""
        return SortKey(self.column, self.attribute, not self.is_descending, self.missing)

    def read(self, value: Any) -> Any:
        """A value of a token as the column's type; ValueError for a damaged one."""
        kind = self.column.type.python_type
        if issubclass(kind, date) and isinstance(value, str):
            return kind.fromisoformat(value)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(value)
        return value


def encode(values: Sequence[Any]) -> str:
    """A cursor token."""
    plain = [v.isoformat() if isinstance(v, date | datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def decode(token: str | None, keys: Sequence[SortKey]) -> list[Any] | None:
    """The values of a token; None for none or a damaged one."""
    if not token:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return [key.read(value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        return None


def after(keys: Sequence[SortKey], values: Sequence[Any], *, backwards: bool = False) -> ColumnElement[bool]:
    """Condition: strictly after (before, when backwards) the given values in the order of `keys`.

    The bound on the first column follows from the rest; it is said again because only it lets an index begin there.
    """
    steps = []
    for n, key in enumerate(keys):
        same = [k.column == v for k, v in zip(keys[:n], values, strict=False)]
        steps.append(and_(*same, _beyond(key, values[n], backwards)))
    first = keys[0]
    bound = first.column <= values[0] if first.is_descending != backwards else first.column >= values[0]
    return and_(bound, or_(*steps))


def _beyond(key: SortKey, value: Any, backwards: bool) -> Any:
    return key.column < value if key.is_descending != backwards else key.column > value


def read_page(
    session: Session,
    query: Select[Any],
    keys: Sequence[SortKey],
    *,
    after_token: str | None = None,
    before_token: str | None = None,
    size: int = PAGE_SIZE,
    whole: Callable[[Select[Any]], Select[Any]] | None = None,
) -> Page[Any]:
    """Read the page after (or before) a cursor. The keys must be unique together and never null.

    `whole`, where given, turns the query that finds the page (ordered and limited) into the one that loads its rows,
    so that only what is shown is joined and carried through the sorting.
    """
    backwards = before_token is not None
    start = decode(before_token if backwards else after_token, keys)
    if start is None:
        backwards = False
    else:
        query = query.where(after(keys, start, backwards=backwards))
    order = [k.column.desc() if k.is_descending != backwards else k.column.asc() for k in keys]
    query = query.order_by(*order).limit(size + 1)
    found = list(session.scalars(whole(query).order_by(*order) if whole else query))
    more, items = len(found) > size, found[:size]
    if backwards:
        items.reverse()
    has_next = more if not backwards else True
    has_previous = more if backwards else start is not None
    return Page(
        items,
        encode([key.value(items[-1]) for key in keys]) if items and has_next else None,
        encode([key.value(items[0]) for key in keys]) if items and has_previous else None,
    )
