"""Keeping the verdicts of a check, and reading them back for the preview and for the application."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import delete, insert, select

from app.extensions import db
from app.imports.checking import Checked
from app.imports.kinds import ChangedRow, NewRow
from app.imports.models import ImportBatch, ImportKind, Outcome, StagedChunk
from app.imports.packing import pack, slices, unpack
from app.tables.specification import Kind

ROW, LABEL, DETAIL, PROBLEMS, REST = range(5)


def store(batch: ImportBatch, checked: Checked) -> None:
    """Replace what an earlier check left."""
    db.session.execute(delete(StagedChunk).where(StagedChunk.batch_id == batch.id))
    chunks = [
        {
            "batch_id": batch.id,
            "outcome": outcome,
            "position": position,
            "first_row": piece[0][ROW],
            "last_row": piece[-1][ROW],
            "row_count": len(piece),
            "content": pack({"fields": checked.fields if outcome is Outcome.NEW else [], "rows": piece}),
        }
        for outcome, rows in checked.staged.items()
        for position, piece in enumerate(slices(rows))
    ]
    if chunks:
        db.session.execute(insert(StagedChunk), chunks)


def chunks(batch_id: int, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """The unpacked chunks of one outcome, in the order of the sheet."""
    query = select(StagedChunk.content).where(StagedChunk.batch_id == batch_id, StagedChunk.outcome == outcome)
    for content in db.session.scalars(query.order_by(StagedChunk.position)).all():
        yield unpack(content)


def new_rows(batch: ImportBatch) -> list[NewRow]:
    """The rows that become records, with values as Python has them."""
    found: list[NewRow] = []
    for chunk in chunks(batch.id, Outcome.NEW):
        fields = chunk["fields"]
        columns = zip(*(row[REST] for row in chunk["rows"]), strict=True)
        thawed = [_thawed_column(batch.kind, key, column) for key, column in zip(fields, columns, strict=True)]
        for row, values in zip(chunk["rows"], zip(*thawed, strict=True), strict=True):
            found.append(NewRow(row[ROW], dict(zip(fields, values, strict=True))))
    return found


def changed_rows(batch: ImportBatch) -> list[ChangedRow]:
    """The rows that change records."""
    found: list[ChangedRow] = []
    for chunk in chunks(batch.id, Outcome.CHANGED):
        for row in chunk["rows"]:
            record_id, subject_id, version, changes = row[REST:]
            thawed = {
                key: (thaw(batch.kind, key, old), thaw(batch.kind, key, new)) for key, (old, new) in changes.items()
            }
            found.append(ChangedRow(row[ROW], record_id, subject_id, version, thawed))
    return found


@cache
def _shape(kind: ImportKind, key: str) -> str:
    if key[0] == "_":
        return ""
    spec = kind.sheet[key]
    if spec.kind in (Kind.DATE, Kind.MONTH):
        return "date"
    return "codes" if key in ("further_subjects", "stages") else ""


def thaw(kind: ImportKind, key: str, value: Any) -> Any:
    """A staged value as it was before it was staged."""
    if value is None or not (shape := _shape(kind, key)):
        return value
    return date.fromisoformat(value) if shape == "date" else tuple(value)


def _thawed_column(kind: ImportKind, key: str, column: Sequence[Any]) -> Sequence[Any]:
    shape = _shape(kind, key)
    if shape == "date":
        kept = {text: date.fromisoformat(text) for text in set(column) if text is not None}
        return [kept.get(text) for text in column]
    return [thaw(kind, key, value) for value in column] if shape else column
