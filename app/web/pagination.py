"""Paging by key: a page costs the same wherever it is in the list.

A cursor is the sort key of the last row shown, as a URL-safe token. Reading a page asks for one row more than it
shows, to know whether there is another.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
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
    """One column of the order. `attribute` reads the same value from a row."""

    column: ColumnElement[Any]
    attribute: str
    is_descending: bool = False


def encode(values: Sequence[Any]) -> str:
    """A cursor token."""
    plain = [v.isoformat() if isinstance(v, date) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode(token: str | None) -> list[Any] | None:
    """The values of a token; None for none or a damaged one."""
    if not token:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, binascii.Error):
        return None
    return values if isinstance(values, list) else None


def after(keys: Sequence[SortKey], values: Sequence[Any], *, backwards: bool = False) -> ColumnElement[bool]:
    """Condition: strictly after (before, when backwards) the given values in the order of `keys`."""
    steps = []
    for n, key in enumerate(keys):
        same = [k.column == v for k, v in zip(keys[:n], values, strict=False)]
        smaller = key.is_descending != backwards
        steps.append(and_(*same, key.column < values[n] if smaller else key.column > values[n]))
    return or_(*steps)


def read_page(
    session: Session,
    query: Select[Any],
    keys: Sequence[SortKey],
    *,
    after_token: str | None = None,
    before_token: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Any]:
    """Read the page after (or before) a cursor. The keys must be unique together and never null."""
    backwards = before_token is not None
    start = decode(before_token if backwards else after_token)
    if start is not None and len(start) == len(keys):
        query = query.where(after(keys, start, backwards=backwards))
    else:
        backwards, start = False, None
    order = [k.column.desc() if k.is_descending != backwards else k.column.asc() for k in keys]
    found = list(session.scalars(query.order_by(*order).limit(size + 1)))
    more, items = len(found) > size, found[:size]
    if backwards:
        items.reverse()
    has_next = more if not backwards else True
    has_previous = more if backwards else start is not None
    return Page(
        items,
        _cursor(keys, items[-1]) if items and has_next else None,
        _cursor(keys, items[0]) if items and has_previous else None,
    )


def _cursor(keys: Sequence[SortKey], row: Any) -> str:
    return encode([getattr(row, key.attribute) for key in keys])
