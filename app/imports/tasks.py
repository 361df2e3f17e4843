"""Jobs: checks, applications and undoings too long for a request. Each may be taken up again after a kill."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from app.accounts.models import User
from app.audit.operations import SYSTEM, Actor
from app.extensions import db
from app.imports import operations
from app.imports.checking import Step
from app.imports.models import BatchStatus, ImportBatch
from app.jobs.handle import JobHandle
from app.jobs.kinds import job_kind
from app.jobs.models import Job
from app.web.transaction import reading


def _page(job: Job) -> str:
    return url_for("imports.show", batch_id=int(job.subject_id))


def _actor(handle: JobHandle) -> Actor:
    user = db.session.get(User, handle.requested_by_id) if handle.requested_by_id else None
    return user or SYSTEM


def _stepper(handle: JobHandle, stage: str, first: float, last: float) -> Step:
    def step(share: float) -> None:
        handle.raise_if_cancelled()
        handle.report(first + share * (last - first), stage)

    return step


def _is_done(handle: JobHandle, batch: ImportBatch, status: BatchStatus) -> bool:
    """Whether an earlier attempt of this very job committed before its worker was lost."""
    return batch.status is status and batch.job_id == handle.job_id


STAGES = {
    "checking": _l("Checking the rows"),
    "keeping": _l("Keeping the result"),
    "preparing": _l("Preparing the rows"),
    "writing": _l("Writing the rows"),
    "undoing": _l("Putting the rows back"),
}


@job_kind("imports.check", label=_l("Checking a workbook"), link=_page, stages=STAGES)
def check_batch(handle: JobHandle) -> dict[str, Any] | None:
    """Check outside any writing transaction, then store the verdicts in one."""
    step = _stepper(handle, "checking", 0.0, 0.9)
    with reading():
        batch = db.session.get_one(ImportBatch, handle.payload["batch_id"])
        checked = operations.examine(batch, step)
        db.session.rollback()
    handle.raise_if_cancelled()
    handle.report(0.9, "keeping")
    with handle.transaction():
        batch = db.session.get_one(ImportBatch, handle.payload["batch_id"])
        operations.store_check(batch=batch, checked=checked)
    return None


@job_kind("imports.apply", label=_l("Applying an import"), link=_page, stages=STAGES)
def apply_batch(handle: JobHandle) -> dict[str, Any] | None:
    """Prepare outside any writing transaction, then write all rows in one."""
    step = _stepper(handle, "preparing", 0.0, 0.6)
    with reading():
        batch = db.session.get_one(ImportBatch, handle.payload["batch_id"])
        if _is_done(handle, batch, BatchStatus.APPLIED):
            return None
        prepared = operations.prepare(batch, step)
        db.session.rollback()
    handle.raise_if_cancelled()
    handle.report(0.6, "writing")
    with handle.transaction():
        batch = db.session.get_one(ImportBatch, handle.payload["batch_id"])
        operations.apply(
            actor=_actor(handle),
            batch=batch,
            prepared=prepared,
            does_accept_rejected=bool(handle.payload["does_accept_rejected"]),
        )
    return None


@job_kind("imports.undo", label=_l("Undoing an import"), link=_page, stages=STAGES)
def undo_batch(handle: JobHandle) -> dict[str, Any] | None:
    """Put everything back in one transaction."""
    handle.report(0.1, "undoing")
    with handle.transaction():
        batch = db.session.get_one(ImportBatch, handle.payload["batch_id"])
        if not _is_done(handle, batch, BatchStatus.UNDONE):
            operations.undo(actor=_actor(handle), batch=batch)
    return None
