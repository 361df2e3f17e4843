"""What can be done with an upload, from the pages as from the shell."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError

from app import audit
from app.audit.operations import Actor
from app.db import rows_changed
from app.db.mixins import utc_now
from app.extensions import db
from app.imports import staging
from app.imports.checking import Checked, Step, check, code_lists, ignore
from app.imports.collecting import paused_collection
from app.imports.inspection import inspect
from app.imports.kinds import PLANS, ChangedRow, Context, NewRow, Plan
from app.imports.ledger import Ledger, stale_message
from app.imports.models import (
    OPEN,
    BatchStatus,
    ImportBatch,
    ImportFile,
    ImportKind,
    Outcome,
    RememberedMapping,
    StagedChunk,
)
from app.imports.undoing import undo_changes
from app.jobs.models import Job, JobStatus
from app.jobs.operations import enqueue
from app.regions.models import Region
from app.tables.headers import ColumnMapping
from app.tables.text import normalise_header
from app.web.errors import Refused

AT_ONCE = 2000


@dataclass(slots=True)
class Prepared:
    """The rows of a batch, ready to be written."""

    plan: Plan
    new: list[NewRow]
    changed: list[ChangedRow]


def upload(*, actor: Actor, county: Region, kind: ImportKind, file_name: str, content: bytes) -> ImportBatch:
    """Take a file in: judged, kept encrypted, its columns matched as remembered or as proposed.

    The same file that still waits to be applied is not taken in twice; its batch is given back. Raises
    TableFileError where the file cannot be read.
    """
    # The slow part comes first: until the first row is asked for, no transaction is open.
    found = inspect(content, kind.sheet)
    digest = hashlib.sha256(content).hexdigest()
    waiting = db.session.scalar(
        select(ImportBatch).where(
            ImportBatch.county_id == county.id,
            ImportBatch.kind == kind,
            ImportBatch.sha256 == digest,
            ImportBatch.status.in_(OPEN),
        )
    )
    if waiting is not None:
        return waiting
    batch = ImportBatch(
        county_id=county.id,
        kind=kind,
        file_name=PurePosixPath(file_name.replace("\\", "/")).name[:200],
        file_size=len(content),
        sha256=digest,
        sheet_name=found.sheet_name,
        layout=found.layout,
        mapping=found.mapping,
        row_count=found.row_count,
        created_by_id=actor.id,
    )
    batch.mapping = _remembered(batch) or batch.mapping
    db.session.add(batch)
    db.session.flush()
    db.session.add(ImportFile(batch_id=batch.id, content=content))
    audit.record(
        actor=actor,
        action="import.upload",
        subject=batch,
        after={"kind": kind, "size": len(content), "sha256": digest},
        region_id=county.id,
    )
    return batch


def choose_sheet(*, actor: Actor, batch: ImportBatch, sheet_name: str) -> None:
    """Read another sheet of the workbook."""
    _refuse_working(batch)
    if sheet_name not in batch.layout["sheets"]:
        raise Refused(_("The workbook has no sheet “%(name)s”.", name=sheet_name))
    found = inspect(content_of(batch), batch.kind.sheet, sheet_name)
    values = {"sheet_name": found.sheet_name, "layout": found.layout, "row_count": found.row_count}
    _move(batch, OPEN, BatchStatus.UPLOADED, values)
    batch.mapping = _remembered(batch) or found.mapping
    _forget_check(batch)
    db.session.flush()


def map_columns(*, actor: Actor, batch: ImportBatch, mapping: Mapping[int, str], does_empty_clear: bool) -> None:
    """Say which column holds which field, and remember it for the next file with the same header."""
    _refuse_working(batch)
    chosen = ColumnMapping(dict(mapping))
    for group in PLANS[batch.kind].needs:
        if not any(chosen.column_of(key) is not None for key in group):
            raise Refused(unmapped_message(batch.kind, group))
    values = {"mapping": {str(c): key for c, key in sorted(mapping.items())}, "does_empty_clear": does_empty_clear}
    _move(batch, OPEN, BatchStatus.MAPPED, values)
    _forget_check(batch)
    _remember(batch)
    db.session.flush()


def unmapped_message(kind: ImportKind, group: tuple[str, ...]) -> str:
    """Which column must be matched before rows can be told apart."""
    labels = " / ".join(kind.sheet[key].label_zh for key in group)
    return str(_("Match a column to %(label)s: without it the rows cannot be told apart.", label=labels))


def content_of(batch: ImportBatch) -> bytes:
    """The bytes that were uploaded."""
    content = db.session.scalar(select(ImportFile.content).where(ImportFile.batch_id == batch.id))
    if content is None:
        raise Refused(_("The file of this import is no longer kept. Upload it again."))
    return content


@paused_collection()
def examine(batch: ImportBatch, step: Step = ignore) -> Checked:
    """Check a mapped batch against the records. Writes nothing."""
    county = db.session.get_one(Region, batch.county_id)
    context = Context(
        db.session.connection(), county.id, county.name, code_lists(batch.kind.sheet), batch.does_empty_clear
    )
    return check(
        kind=batch.kind,
        content=content_of(batch),
        sheet_name=batch.sheet_name,
        layout=batch.layout,
        mapping=batch.mapping,
        context=context,
        step=step,
    )


@paused_collection()
def store_check(*, batch: ImportBatch, checked: Checked) -> None:
    """Keep what a check found, for the preview and the application."""
    counts = {f"{outcome.value}_count": len(rows) for outcome, rows in checked.staged.items()}
    values = {
        **counts,
        "skipped_count": checked.skipped,
        "warning_count": checked.warnings,
        "tallies": {name: dict(tally) for name, tally in checked.tallies.items()},
        "checked_at": utc_now(),
    }
    _move(batch, (BatchStatus.MAPPED, BatchStatus.CHECKED), BatchStatus.CHECKED, values)
    staging.store(batch, checked)
    db.session.flush()


@paused_collection()
def prepare(batch: ImportBatch, step: Step = ignore) -> Prepared:
    """Everything about an application that needs no transaction."""
    county = db.session.get_one(Region, batch.county_id)
    context = Context(db.session.connection(), county.id, county.name, {})
    prepared = Prepared(PLANS[batch.kind](context), staging.new_rows(batch), staging.changed_rows(batch))
    prepared.plan.prepare(prepared.new, step)
    return prepared


@paused_collection()
def apply(*, actor: Actor, batch: ImportBatch, prepared: Prepared, does_accept_rejected: bool) -> None:
    """Write all acceptable rows in the present transaction, or none of them.

    `does_accept_rejected` confirms that the rejected rows stay out.
    """
    if batch.rejected_count and not does_accept_rejected:
        raise Refused(
            _("Some rows are rejected. Confirm that the others are to be applied without them, or mend the file.")
        )
    moment = utc_now()
    _move(batch, (BatchStatus.CHECKED,), BatchStatus.APPLIED, {"applied_at": moment, "applied_by_id": actor.id})
    ledger = Ledger(db.session.connection(), batch.id, batch.county_id, moment)
    try:
        prepared.plan.write_new(ledger, prepared.new)
        prepared.plan.write_changed(ledger, prepared.changed)
    except IntegrityError as error:
        # Somebody else's transaction added the same record, or took a school away, while this one was writing.
        raise Refused(stale_message()) from error
    after: dict[str, Any] = {outcome.value: batch.count_of(outcome) for outcome in Outcome}
    after |= {"kind": batch.kind, "digest": ledger.digest}
    audit.record(actor=actor, action="import.apply", subject=batch, after=after, region_id=batch.county_id)
    db.session.expire_all()
    prepared.plan.settled(batch.county_id)


@paused_collection()
def undo(*, actor: Actor, batch: ImportBatch) -> None:
    """Put every row back to the bytes it had, or say what depends on the batch by now."""
    values = {"undone_at": utc_now(), "undone_by_id": actor.id}
    _move(batch, (BatchStatus.APPLIED,), BatchStatus.UNDONE, values)
    digest = undo_changes(db.session.connection(), batch)
    audit.record(
        actor=actor,
        action="import.undo",
        subject=batch,
        before={"applied_at": batch.applied_at, "digest": digest},
        region_id=batch.county_id,
    )
    db.session.expire_all()
    PLANS[batch.kind].settled(batch.county_id)


def discard(*, actor: Actor, batch: ImportBatch) -> None:
    """Give up an upload; its file and rows are deleted, the mapping stays remembered."""
    _refuse_working(batch)
    _move(batch, OPEN, BatchStatus.DISCARDED, {})
    db.session.execute(delete(StagedChunk).where(StagedChunk.batch_id == batch.id))
    db.session.execute(delete(ImportFile).where(ImportFile.batch_id == batch.id))
    audit.record(actor=actor, action="import.discard", subject=batch, region_id=batch.county_id)


def check_or_enqueue(*, actor: Actor, batch: ImportBatch) -> Job | None:
    """Check at once, or in a job where the sheet is long."""
    if batch.row_count > AT_ONCE:
        return _start_job("imports.check", actor, batch, {})
    store_check(batch=batch, checked=examine(batch))
    return None


def apply_or_enqueue(*, actor: Actor, batch: ImportBatch, does_accept_rejected: bool) -> Job | None:
    """Apply at once, or in a job where there is much to write."""
    if batch.accepted_count > AT_ONCE:
        return _start_job("imports.apply", actor, batch, {"does_accept_rejected": does_accept_rejected})
    _refuse_working(batch)
    apply(actor=actor, batch=batch, prepared=prepare(batch), does_accept_rejected=does_accept_rejected)
    return None


def undo_or_enqueue(*, actor: Actor, batch: ImportBatch) -> Job | None:
    """Undo at once, or in a job where there is much to put back."""
    if batch.accepted_count > AT_ONCE:
        return _start_job("imports.undo", actor, batch, {})
    _refuse_working(batch)
    undo(actor=actor, batch=batch)
    return None


def note_download(*, actor: Actor, batch: ImportBatch) -> None:
    """Put on record that somebody took the annotated workbook, which holds whole identity numbers."""
    audit.record(
        actor=actor,
        action="import.download",
        subject=batch,
        after={"rejected": batch.rejected_count},
        region_id=batch.county_id,
    )


def _start_job(kind: str, actor: Actor, batch: ImportBatch, payload: dict[str, Any]) -> Job:
    """Queue a job, unless one already works on the batch: the conditional update decides between two clicks."""
    job = enqueue(
        kind=kind,
        payload={"batch_id": batch.id, **payload},
        actor=actor,
        region_id=batch.county_id,
        subject_type="import_batch",
        subject_id=batch.id,
    )
    taken = rows_changed(
        db.session, update(ImportBatch).where(ImportBatch.id == batch.id, _is_idle()).values(job_id=job.id)
    )
    if not taken:
        raise Refused(working_message())
    db.session.refresh(batch)
    return job


def _is_idle() -> ColumnElement[bool]:
    active = exists().where(Job.id == ImportBatch.job_id, Job.status.in_((JobStatus.QUEUED, JobStatus.RUNNING)))
    return or_(ImportBatch.job_id.is_(None), ~active)


def _refuse_working(batch: ImportBatch) -> None:
    if db.session.scalar(select(ImportBatch.id).where(ImportBatch.id == batch.id, _is_idle())) is None:
        raise Refused(working_message())


def working_message() -> str:
    """What to say while a job works on the batch."""
    return str(_("A job is already working on this import. Wait until it is over, or cancel it."))


def _move(batch: ImportBatch, before: tuple[BatchStatus, ...], after: BatchStatus, values: dict[str, Any]) -> None:
    """Change the status, if it still is what we think; of two clicks only one gets past here."""
    moved = rows_changed(
        db.session,
        update(ImportBatch)
        .where(ImportBatch.id == batch.id, ImportBatch.status.in_(before))
        .values(status=after, updated_at=utc_now(), **values),
    )
    if not moved:
        raise Refused(_("Somebody has meanwhile gone on with this import. Reload the page to see where it stands."))
    db.session.refresh(batch)


def _forget_check(batch: ImportBatch) -> None:
    db.session.execute(delete(StagedChunk).where(StagedChunk.batch_id == batch.id))
    for outcome in Outcome:
        setattr(batch, f"{outcome.value}_count", 0)


def _signature(batch: ImportBatch) -> str:
    return hashlib.sha256("\n".join(map(normalise_header, batch.headers)).encode()).hexdigest()


def _find_remembered(batch: ImportBatch) -> RememberedMapping | None:
    return db.session.scalar(
        select(RememberedMapping).where(
            RememberedMapping.county_id == batch.county_id,
            RememberedMapping.kind == batch.kind,
            RememberedMapping.signature == _signature(batch),
        )
    )


def _remembered(batch: ImportBatch) -> dict[str, str] | None:
    """What the county chose for this header before, columns it left out included."""
    row = _find_remembered(batch)
    if row is None:
        return None
    return {str(i): row.mapping[text] for i, text in enumerate(batch.headers) if text in row.mapping}


def _remember(batch: ImportBatch) -> None:
    row = _find_remembered(batch)
    if row is None:
        row = RememberedMapping(county_id=batch.county_id, kind=batch.kind, signature=_signature(batch))
        db.session.add(row)
    row.mapping = {batch.headers[int(column)]: key for column, key in batch.mapping.items()}
