"""Writing old encrypted values anew with the newest key, so that an old key can be retired."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, LargeBinary, MetaData, Table, Text, select, type_coerce, update
from sqlalchemy.orm import Session

from app.db import crypto
from app.db.types import EncryptedText, SealedBytes

BATCH = 500


def encrypted_columns(metadata: MetaData) -> Iterator[Column[Any]]:
    """All columns that are encrypted at rest."""
    for table in metadata.sorted_tables:
        yield from (column for column in table.columns if isinstance(column.type, EncryptedText | SealedBytes))


def renew_batch(session: Session, column: Column[Any], after: Any) -> tuple[int, Any]:
    """Renew the next rows of a column behind the key `after`: (how many were old, the last key; None at the end).

    Rows that the newest key wrote are passed over, so an interrupted run is simply begun again.
    """
    table: Table = column.table
    key = next(iter(table.primary_key.columns))
    raw = type_coerce(column, LargeBinary() if isinstance(column.type, SealedBytes) else Text())
    query = select(key, raw.label("stored")).where(column.is_not(None)).order_by(key).limit(BATCH)
    rows = session.execute(query if after is None else query.where(key > after)).all()
    old = [(row[0], _plain(row.stored)) for row in rows if not _is_new(row.stored)]
    # The rows mean the same as before: their moment of change stays.
    same = {c.key: c for c in table.columns if c.onupdate is not None}
    for identity, plain in old:
        session.execute(update(table).where(key == identity).values({column.key: plain} | same))
    return len(old), rows[-1][0] if len(rows) == BATCH else None


def _is_new(stored: str | bytes | memoryview) -> bool:
    head = f"k{crypto.newest_key_version()}:"
    return stored.startswith(head) if isinstance(stored, str) else bytes(stored[:16]).startswith(head.encode())


def _plain(stored: str | bytes | memoryview) -> str | bytes:
    return crypto.decrypt(stored) if isinstance(stored, str) else crypto.unseal(bytes(stored))
