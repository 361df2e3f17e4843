"""Writing in bulk while keeping account: every row that is inserted, updated or deleted goes into a change chunk."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, RowMapping, Table, insert

from app.imports import bulk
from app.imports.models import ChangeChunk, ChangeOperation
from app.imports.packing import CHUNK_ROWS, pack, slices
from app.web.errors import Refused

VERSION_STEP = 1000


@dataclass(slots=True)
class Update:
    """New values of one row, and what the check saw of it: its version, or the old values where it has none."""

    identity: tuple[Any, ...]
    subject_id: int
    expected: Mapping[str, Any]
    after: dict[str, Any]


@dataclass
class Ledger:
    """One batch's writes, in one transaction.

    A version moves by a step that depends on the batch and that single edits do not make, so that a form opened on
    an imported row stays stale after the undo, when the old version is back.
    """

    connection: Connection
    batch_id: int
    county_id: int
    moment: datetime
    _position: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    @property
    def version_step(self) -> int:
        """By how much this batch moves the version of a row."""
        return VERSION_STEP + self.batch_id % VERSION_STEP

    @property
    def digest(self) -> str:
        """SHA-256 over all change records so far, for the log."""
        return str(self._digest.hexdigest())

    def new_ids(self, table: str, count: int) -> list[int]:
        """Ids for rows to be inserted."""
        return bulk.new_ids(self.connection, bulk.raw_table(table), count)

    def insert(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], subject: str, owner: str = "id"
    ) -> None:
        """Insert rows that carry their ids; `owner` is the column that names the subject of their history."""
        if not rows:
            return
        raw = bulk.raw_table(table)
        bulk.insert_rows(self.connection, raw, columns, rows)
        names = list(columns)
        # A versioned row tells by its version whether somebody touched it; others are compared as a whole.
        kept = [*bulk.key_columns(raw), "version"] if "version" in names else names
        places, at = [names.index(name) for name in kept], names.index(owner)
        records = sorted(((row[at], [row[place] for place in places]) for row in rows), key=_subject)
        self._keep(raw, ChangeOperation.INSERT, subject, kept, records)

    def insert_owned(
        self, table: str, columns: Sequence[str], rows: Mapping[int, Sequence[Sequence[Any]]], subject: str
    ) -> None:
        """Insert rows that do not name the subject of their history themselves; `rows` are by the subject's id."""
        lines = [line for _owner, group in sorted(rows.items()) for line in group]
        if not lines:
            return
        raw = bulk.raw_table(table)
        bulk.insert_rows(self.connection, raw, columns, lines)
        records = [(owner, list(line)) for owner, group in sorted(rows.items()) for line in group]
        self._keep(raw, ChangeOperation.INSERT, subject, list(columns), records)

    def update(self, table: str, updates: Sequence[Update], subject: str) -> None:
        """Update rows, unless somebody changed what the check saw; versions and moments move along."""
        if not updates:
            return
        raw = bulk.raw_table(table)
        current = self._current(raw, updates)
        records: list[tuple[int, list[Any]]] = []
        for change in updates:
            row = current.get(change.identity)
            if row is None or any(row[name] != value for name, value in change.expected.items()):
                raise Refused(stale_message())
            after = change.after | self._stamps(row)
            before = {name: row[name] for name in after}
            records.append((change.subject_id, [list(change.identity), before, after]))
        bulk.update_rows(self.connection, raw, [(tuple(identity), after) for _owner, (identity, _b, after) in records])
        self._keep(raw, ChangeOperation.UPDATE, subject, [], sorted(records, key=_subject))

    def delete(self, table: str, rows: Sequence[Mapping[str, Any]], subject: str, owner: str) -> None:
        """Delete rows, keeping all their columns."""
        if not rows:
            return
        raw = bulk.raw_table(table)
        keys, names = bulk.key_columns(raw), [column.name for column in raw.c]
        bulk.delete_rows(self.connection, raw, [[row[key] for key in keys] for row in rows])
        records = sorted(((row[owner], [row[name] for name in names]) for row in rows), key=_subject)
        self._keep(raw, ChangeOperation.DELETE, subject, names, records)

    def _current(self, raw: Table, updates: Sequence[Update]) -> dict[tuple[Any, ...], RowMapping]:
        keys = bulk.key_columns(raw)
        wanted = [update.identity[0] for update in updates]
        rows = bulk.read_rows(self.connection, raw, keys[0], wanted, is_locked=True)
        return {tuple(row._mapping[key] for key in keys): row._mapping for row in rows}

    def _stamps(self, row: RowMapping) -> dict[str, Any]:
        stamps: dict[str, Any] = {}
        if "version" in row:
            stamps["version"] = row["version"] + self.version_step
        if "updated_at" in row:
            stamps["updated_at"] = self.moment
        return stamps

    def _keep(
        self,
        raw: Table,
        operation: ChangeOperation,
        subject: str,
        columns: Sequence[str],
        records: Sequence[tuple[int, list[Any]]],
    ) -> None:
        chunks = []
        for piece in slices(records, CHUNK_ROWS):
            self._position += 1
            content = pack({"columns": list(columns), "rows": [[owner, *values] for owner, values in piece]})
            self._digest.update(f"{self._position}:{raw.name}:{operation.value}:{len(content)}:".encode() + content)
            chunks.append(
                {
                    "batch_id": self.batch_id,
                    "county_id": self.county_id,
                    "position": self._position,
                    "table_name": raw.name,
                    "operation": operation,
                    "subject_type": subject,
                    "first_subject_id": piece[0][0],
                    "last_subject_id": piece[-1][0],
                    "row_count": len(piece),
                    "content": content,
                }
            )
        self.connection.execute(insert(ChangeChunk.__table__), chunks)  # type: ignore[arg-type]


def stale_message() -> str:
    """What to say when the records moved on between the check and the application."""
    message = _(
        "Records in this file have been changed since it was checked. Nothing was applied; check the file again and"
        " look at the preview once more."
    )
    return str(message)


def _subject(record: tuple[int, Any]) -> int:
    return record[0]
