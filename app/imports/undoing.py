"""Putting back what a batch wrote, byte for byte, as long as nothing later rests on it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import Connection, Date, RowMapping, Table, and_, func, or_, select
from sqlalchemy.sql.type_api import TypeEngine

from app.audit.models import AuditEntry
from app.db import Base, UtcDateTime
from app.db.clock import BEIJING
from app.imports import bulk
from app.imports.models import BatchStatus, ChangeChunk, ChangeOperation, ImportBatch
from app.imports.packing import slices, unpack
from app.web.errors import Refused

TABLE_LABELS: dict[str, LazyString] = {
    "teacher": _l("teachers"),
    "teacher_subject": _l("further subjects"),
    "backbone_honour": _l("backbone honours"),
    "rotation_record": _l("earlier rotations"),
    "circumstance": _l("special circumstances"),
    "certificate": _l("certificates"),
    "certificate_registration": _l("registrations"),
    "certificate_evidence": _l("scans"),
    "title_record": _l("titles"),
    "yearly_appraisal": _l("yearly appraisals"),
    "teacher_degree": _l("courses of study"),
    "school": _l("schools"),
    "school_stage": _l("stages of schools"),
    "subject_post": _l("subject posts"),
    "school_resources": _l("resources of schools"),
    "education_group": _l("education groups"),
    "growth_mentor": _l("mentors"),
    "mentor_pair": _l("mentor pairs"),
    "mentor_report": _l("reports of mentor pairs"),
    "mentor_lesson": _l("lessons of mentor pairs"),
    "role_grant": _l("accounts"),
    "eligibility_verdict": _l("eligibility verdicts"),
}


@dataclass
class Change:
    """The rows of one chunk, with values as the database has them."""

    table: Table
    operation: ChangeOperation
    columns: list[str]
    rows: list[list[Any]]
    """Owner, then: the column values; for an update the key, the old and the new values."""


def undo_changes(connection: Connection, batch: ImportBatch) -> str:
    """Undo in the reverse order; returns the digest of the change records. Raises Refused with what is in the way."""
    query = select(ChangeChunk.__table__).where(ChangeChunk.batch_id == batch.id).order_by(ChangeChunk.position)
    chunks = connection.execute(query).mappings().all()
    digest = hashlib.sha256()
    for chunk in chunks:
        content = chunk["content"]
        head = f"{chunk['position']}:{chunk['table_name']}:{chunk['operation'].value}:{len(content)}:"
        digest.update(head.encode() + content)
    for chunk in reversed(chunks):
        change = _read(chunk)
        if change.operation is ChangeOperation.INSERT:
            _undo_insert(connection, change, batch)
        elif change.operation is ChangeOperation.UPDATE:
            _undo_update(connection, change, batch)
        else:
            bulk.insert_rows(connection, change.table, change.columns, [row[1:] for row in change.rows])
    return digest.hexdigest()


def _read(chunk: RowMapping) -> Change:
    table = bulk.raw_table(chunk["table_name"])
    content = unpack(chunk["content"])
    operation = chunk["operation"]
    if operation is ChangeOperation.UPDATE:
        rows = [
            [owner, tuple(identity), _thaw(table, before), _thaw(table, after)]
            for owner, identity, before, after in content["rows"]
        ]
    else:
        readers = [_reader(table.c[name].type) for name in content["columns"]]
        rows = [
            [row[0], *(r(v) if r and v is not None else v for r, v in zip(readers, row[1:], strict=True))]
            for row in content["rows"]
        ]
    return Change(table, operation, content["columns"], rows)


def _thaw(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        reader = _reader(table.c[name].type)
        found[name] = reader(value) if reader and value is not None else value
    return found


def _reader(kind: TypeEngine[Any]) -> Any:
    if isinstance(kind, Date):
        return date.fromisoformat
    return datetime.fromisoformat if isinstance(kind, UtcDateTime) else None


def _undo_insert(connection: Connection, change: Change, batch: ImportBatch) -> None:
    table, keys = change.table, bulk.key_columns(change.table)
    places = [change.columns.index(key) for key in keys]
    identities = [tuple(row[1 + place] for place in places) for row in change.rows]
    present = _present(connection, table, identities, change.columns)
    for row, identity in zip(change.rows, identities, strict=True):
        now = present.get(identity)
        if now is None or any(now[name] != value for name, value in zip(change.columns, row[1:], strict=True)):
            raise Refused(_later_edit(connection, batch, table, identity, row[0]))
    _refuse_referred(connection, table, [identity[0] for identity in identities] if len(keys) == 1 else [])
    bulk.delete_rows(connection, table, identities)


def _undo_update(connection: Connection, change: Change, batch: ImportBatch) -> None:
    names = sorted({name for _owner, _key, _before, after in change.rows for name in after})
    present = _present(connection, change.table, [row[1] for row in change.rows], names)
    for owner, identity, _before, after in change.rows:
        now = present.get(identity)
        if now is None or any(now[name] != value for name, value in after.items()):
            raise Refused(_later_edit(connection, batch, change.table, identity, owner))
    bulk.update_rows(connection, change.table, [(identity, before) for _o, identity, before, _a in change.rows])


def _present(
    connection: Connection, table: Table, identities: Sequence[tuple[Any, ...]], columns: Sequence[str]
) -> dict[tuple[Any, ...], RowMapping]:
    keys = bulk.key_columns(table)
    wanted = list(dict.fromkeys((*keys, *columns)))
    firsts = list(dict.fromkeys(identity[0] for identity in identities))
    found = bulk.read_rows(connection, table, keys[0], firsts, columns=wanted, is_locked=True)
    return {tuple(row._mapping[key] for key in keys): row._mapping for row in found}


def _refuse_referred(connection: Connection, table: Table, ids: Sequence[int]) -> None:
    """What this batch added itself is gone by now, so whatever still refers to its rows came later."""
    for other, column in _referring(table.name):
        count = 0
        for piece in slices(ids):
            count += (
                connection.scalar(select(func.count()).select_from(other).where(other.c[column].in_(list(piece)))) or 0
            )
        if count:
            raise Refused(
                _(
                    "This import cannot be undone: %(count)s %(records)s rest on %(what)s that it created. Remove them"
                    " first.",
                    count=count,
                    records=label_of(other.name),
                    what=label_of(table.name),
                )
            )


def _referring(name: str) -> Iterator[tuple[Table, str]]:
    """Tables that refer to this one; what is derived from it (verdicts) goes with it and is judged anew."""
    for other in Base.metadata.sorted_tables:
        if other.info.get("is_derived"):
            continue
        for key in other.foreign_keys:
            if key.column.table.name == name:
                yield other, key.parent.name


def label_of(table_name: str) -> str:
    """How a sentence names the rows of a table."""
    return str(TABLE_LABELS.get(table_name) or _("other records (%(table)s)", table=table_name))


def _later_edit(connection: Connection, batch: ImportBatch, table: Table, identity: tuple[Any, ...], owner: int) -> str:
    """Which later change is in the way: a later import, an edit on record, or at least the record itself."""
    later = connection.execute(
        select(ImportBatch.id, ImportBatch.file_name)
        .join(ChangeChunk, ChangeChunk.batch_id == ImportBatch.id)
        .where(
            ImportBatch.status == BatchStatus.APPLIED,
            ImportBatch.id != batch.id,
            ImportBatch.applied_at >= batch.applied_at,
            ChangeChunk.table_name == table.name,
            ChangeChunk.first_subject_id <= owner,
            ChangeChunk.last_subject_id >= owner,
        )
        .order_by(ImportBatch.applied_at)
    ).first()
    subject = _subject_label(connection, table, identity, owner)
    if later is not None:
        return str(
            _(
                "This import cannot be undone: %(subject)s was changed again by the later import no. %(number)s"
                " (%(file)s). Undo that one first.",
                subject=subject,
                number=later.id,
                file=later.file_name,
            )
        )
    entry = connection.execute(
        select(AuditEntry.actor_label, AuditEntry.at)
        .where(
            or_(
                and_(AuditEntry.subject_type == table.name, AuditEntry.subject_id == str(identity[0])),
                and_(AuditEntry.subject_type.in_(("teacher", "school")), AuditEntry.subject_id == str(owner)),
            ),
            AuditEntry.at >= batch.applied_at,
        )
        .order_by(AuditEntry.position.desc())
    ).first()
    if entry is not None:
        return str(
            _(
                "This import cannot be undone: %(subject)s was edited afterwards by %(actor)s on %(day)s.",
                subject=subject,
                actor=entry.actor_label,
                day=f"{entry.at.astimezone(BEIJING):%Y-%m-%d}",
            )
        )
    return str(_("This import cannot be undone: %(subject)s was changed or removed afterwards.", subject=subject))


def _subject_label(connection: Connection, table: Table, identity: tuple[Any, ...], owner: int) -> str:
    is_of_teacher = "teacher_id" in table.c or "newcomer_id" in table.c
    main = table if "name" in table.c else bulk.raw_table("teacher" if is_of_teacher else "school")
    name = connection.scalar(select(main.c.name).where(main.c.id == (identity[0] if main is table else owner)))
    return f"{name or identity[0]} ({label_of(table.name)})"
