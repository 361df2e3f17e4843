"""Reading batches, previews and histories."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from app.access import Grant, Permission
from app.db import crypto
from app.extensions import db
from app.imports.access import batches_where
from app.imports.models import BatchStatus, ChangeChunk, ChangeOperation, ImportBatch, ImportKind, Outcome, StagedChunk
from app.imports.packing import unpack
from app.imports.staging import DETAIL, LABEL, PROBLEMS, REST, ROW, thaw
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.tables.problems import CellProblem, Severity
from app.web.pagination import Page

PAGE_ROWS = 50
HIDDEN_COLUMNS = {
    "version",
    "updated_at",
    "created_at",
    "id_number",
    "id_number_digest",
    "name_pinyin",
    "name_initials",
}


@dataclass(frozen=True, slots=True)
class PreviewFilter:
    """What a preview is narrowed to: a text in label or detail, a problem or warning, a changed field."""

    q: str = ""
    problem: str = ""
    field: str = ""

    def takes(self, row: Sequence[Any]) -> bool:
        """Whether a staged row passes."""
        if self.q and self.q not in row[LABEL] and self.q not in row[DETAIL] and self.q != str(row[ROW]):
            return False
        if self.problem and all(problem[0] != self.problem for problem in row[PROBLEMS]):
            return False
        return not self.field or self.field in row[-1]


@dataclass(slots=True)
class PreviewRow:
    """One row of a preview: what it is about, what is wrong, and each field's old and new value."""

    number: int
    label: str
    detail: str
    problems: list[CellProblem]
    cells: list[tuple[str, Any, Any]] = field(default_factory=list)
    subject_id: int | None = None


def batch_list(grants: Sequence[Grant], *, status: str | None = None, kind: str | None = None) -> Select[Any]:
    """The batches that a person reaches, filtered."""
    query = select(ImportBatch).where(batches_where(grants))
    if status:
        query = query.where(ImportBatch.status == BatchStatus(status))
    return query.where(ImportBatch.kind == ImportKind(kind)) if kind else query


def list_options() -> list[ExecutableOption]:
    """What the list shows beside a batch."""
    return [joinedload(ImportBatch.created_by), joinedload(ImportBatch.county)]


def find_batch(grants: Sequence[Grant], batch_id: int) -> ImportBatch | None:
    """A batch that the person reaches."""
    return db.session.scalar(
        select(ImportBatch)
        .where(ImportBatch.id == batch_id, batches_where(grants))
        .options(
            joinedload(ImportBatch.created_by),
            joinedload(ImportBatch.applied_by),
            joinedload(ImportBatch.undone_by),
            joinedload(ImportBatch.county),
            joinedload(ImportBatch.job),
        )
    )


def counties(grants: Sequence[Grant]) -> list[Region]:
    """The counties into which a person may import."""
    query = select(Region).where(Region.level == RegionLevel.COUNTY, regions_where(grants, Permission.IMPORT))
    return list(db.session.scalars(query.order_by(Region.code)))


def preview(
    batch: ImportBatch,
    outcome: Outcome,
    chosen: PreviewFilter,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_ROWS,
) -> Page[PreviewRow]:
    """The rows of one outcome after (or before) a row number, chunk by chunk until the page is full."""
    token = before or after or ""
    at = int(token) if token.isdecimal() and len(token) < 10 else None
    backwards = before is not None and at is not None
    found: list[PreviewRow] = []
    for chunk in _chunks_from(batch, outcome, at, backwards=backwards):
        rows = reversed(chunk["rows"]) if backwards else chunk["rows"]
        for row in rows:
            if (at is None or (row[ROW] < at if backwards else row[ROW] > at)) and chosen.takes(row):
                found.append(_preview_row(batch, outcome, chunk["fields"], row))
                if len(found) > size:
                    break
        if len(found) > size:
            break
    more, items = len(found) > size, found[:size]
    if backwards:
        items.reverse()
    has_next = more if not backwards else True
    has_previous = more if backwards else at is not None
    return Page(
        items,
        str(items[-1].number) if items and has_next else None,
        str(items[0].number) if items and has_previous else None,
    )


def _chunks_from(batch: ImportBatch, outcome: Outcome, at: int | None, *, backwards: bool) -> Iterator[dict[str, Any]]:
    position: int | None = None
    while True:
        query = select(StagedChunk.position, StagedChunk.content).where(
            StagedChunk.batch_id == batch.id, StagedChunk.outcome == outcome
        )
        if at is not None:
            query = query.where(StagedChunk.first_row < at if backwards else StagedChunk.last_row > at)
        if position is not None:
            query = query.where(StagedChunk.position < position if backwards else StagedChunk.position > position)
        order = StagedChunk.position.desc() if backwards else StagedChunk.position.asc()
        row = db.session.execute(query.order_by(order).limit(1)).first()
        if row is None:
            return
        position = row.position
        yield unpack(row.content)


def _preview_row(batch: ImportBatch, outcome: Outcome, fields: Sequence[str], row: Sequence[Any]) -> PreviewRow:
    found = PreviewRow(row[ROW], row[LABEL], row[DETAIL], [_problem(row[ROW], p) for p in row[PROBLEMS]])
    if outcome is Outcome.NEW:
        found.cells = [
            (key, None, thaw(batch.kind, key, value))
            for key, value in zip(fields, row[REST], strict=True)
            if value is not None and key[0] != "_" and key not in ("name", "id_number", "id_type")
        ]
    elif outcome is Outcome.CHANGED:
        _id, found.subject_id, _version, changes = row[REST:]
        found.cells = [
            (key, thaw(batch.kind, key, old), thaw(batch.kind, key, new))
            for key, (old, new) in changes.items()
            if key[0] != "_"
        ]
    elif outcome is Outcome.UNCHANGED:
        found.subject_id = row[REST]
    return found


def _problem(number: int, frozen: Sequence[Any]) -> CellProblem:
    code, severity, column, key, value, params = frozen
    return CellProblem(code, Severity(severity), number, column, key, value, params)


def all_problems(batch: ImportBatch) -> Iterator[CellProblem]:
    """Every problem and warning of a batch, for the annotated workbook."""
    query = select(StagedChunk.content).where(StagedChunk.batch_id == batch.id)
    for content in db.session.scalars(query.order_by(StagedChunk.outcome, StagedChunk.position)):
        for row in unpack(content)["rows"]:
            yield from (_problem(row[ROW], frozen) for frozen in row[PROBLEMS])


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One field of one record that an import changed, for history pages.

    For a record that came with the import, or left with it, `field` is empty. `undone_at` tells that the import was
    undone later.
    """

    at: datetime
    actor_label: str
    batch_id: int
    file_name: str
    table_name: str
    operation: ChangeOperation
    field: str
    before: Any
    after: Any
    undone_at: datetime | None


def changes_for(subject_type: str, subject_id: int, county_id: int) -> list[RecordChange]:
    """What imports did to a teacher or a school and to what belongs to it, the newest first."""
    chunks = db.session.scalars(
        select(ChangeChunk)
        .where(
            ChangeChunk.county_id == county_id,
            ChangeChunk.subject_type == subject_type,
            ChangeChunk.last_subject_id >= subject_id,
            ChangeChunk.first_subject_id <= subject_id,
        )
        .options(joinedload(ChangeChunk.batch).joinedload(ImportBatch.applied_by))
        .order_by(ChangeChunk.batch_id.desc(), ChangeChunk.position)
    )
    return [change for chunk in chunks for change in _changes_in(chunk, subject_id)]


def _changes_in(chunk: ChangeChunk, subject_id: int) -> Iterator[RecordChange]:
    content, batch = unpack(chunk.content), chunk.batch
    if (
        batch.undone_at is not None
        and chunk.operation is ChangeOperation.INSERT
        and chunk.table_name == chunk.subject_type
    ):
        # The record that was created then is gone; whoever has its number now is somebody else.
        return
    for row in content["rows"]:
        if row[0] == subject_id:
            for name, before, after in _fields_of(chunk, content["columns"], row):
                yield RecordChange(
                    batch.applied_at or batch.created_at,
                    batch.applied_by.label if batch.applied_by else "system",
                    batch.id,
                    batch.file_name,
                    chunk.table_name,
                    chunk.operation,
                    name,
                    _readable(before),
                    _readable(after),
                    batch.undone_at,
                )


def _fields_of(chunk: ChangeChunk, columns: Sequence[str], row: Sequence[Any]) -> Iterable[tuple[str, Any, Any]]:
    if chunk.operation is ChangeOperation.UPDATE:
        _owner, _key, before, after = row
        return [(name, before[name], after[name]) for name in after if name not in HIDDEN_COLUMNS]
    values = {name: value for name, value in zip(columns, row[1:], strict=True) if name not in HIDDEN_COLUMNS}
    return [("", None, values)] if chunk.operation is ChangeOperation.INSERT else [("", values, None)]


def _readable(value: Any) -> Any:
    """A stored token as its text."""
    is_token = isinstance(value, str) and value[:1] == "k" and value[1:].partition(":")[0].isdigit()
    if not is_token:
        return value
    try:
        return crypto.decrypt(value)
    except (crypto.UndecipherableError, ValueError):
        return value
