"""Asking for work, claiming it and ending it.

@job_kind("rotation.solve", label=_l("Solving a scenario"))
def solve_scenario(handle: JobHandle) -> dict | None:
    with reading():
        problem = snapshot(handle.payload["scenario_id"])
    solution = solve(problem, lambda p, stage: handle.report(p, stage), stop=handle.is_cancelled)
    handle.raise_if_cancelled()
    with handle.transaction():
        store(solution)

job = enqueue(kind="rotation.solve", payload={"scenario_id": 7}, actor=current_user, region_id=county.id)
"""

import os
import socket
import uuid
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select, update

from app.audit import record
from app.audit.operations import Actor
from app.db import rows_changed
from app.db.mixins import utc_now
from app.extensions import db
from app.jobs.handle import JobCancelled, JobHandle, JobLost
from app.jobs.kinds import KINDS, job_kind
from app.jobs.models import Job, JobStatus
from app.jobs.queue import wake
from app.web.errors import Refused
from app.web.transaction import after_commit

__all__ = ["JobCancelled", "JobHandle", "JobLost", "claim", "enqueue", "job_kind", "request_cancel", "settle_lapsed"]

MAX_ATTEMPTS = 3


def enqueue(
    *,
    kind: str,
    payload: dict[str, Any],
    actor: Actor,
    region_id: int | None = None,
    subject_type: str = "",
    subject_id: object = "",
) -> Job:
    """Put a job into the queue; a worker is woken once the present transaction has been committed."""
    if kind not in KINDS:
        raise ValueError(f"no job kind {kind!r} is registered")
    job = Job(
        kind=kind,
        payload=payload,
        requested_by_id=actor.id,
        region_id=region_id,
        subject_type=subject_type,
        subject_id=str(subject_id),
    )
    db.session.add(job)
    db.session.flush()
    job_id = job.id
    after_commit(lambda: wake(job_id))
    return job


def request_cancel(job: Job, actor: Actor) -> None:
    """End a waiting job at once; ask a running one to stop at its next convenient point."""
    if job.status.is_over:
        raise Refused(_("This job is already over; there is nothing left to cancel."))
    ended = rows_changed(
        db.session,
        update(Job)
        .where(Job.id == job.id, Job.status == JobStatus.QUEUED)
        .values(status=JobStatus.CANCELLED, is_cancel_requested=True, ended_at=utc_now()),
    )
    if not ended:
        job.is_cancel_requested = True
    record(actor=actor, action="job.cancel", subject=job, subject_label=f"{job.kind} {job.id}", region_id=job.region_id)
    db.session.flush()
    db.session.refresh(job)


def claimable() -> ColumnElement[bool]:
    """Condition: nobody holds the job, and it has not failed too often."""
    is_lapsed = and_(Job.status == JobStatus.RUNNING, Job.lease_until < utc_now())
    return and_(
        or_(Job.status == JobStatus.QUEUED, is_lapsed),
        Job.attempts < MAX_ATTEMPTS,
        Job.is_cancel_requested.is_(False),
    )


def claim(job_id: int) -> JobHandle | None:
    """Take a job for this worker: one conditional update, so that of two workers only one gets it."""
    token = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    lease = timedelta(seconds=current_app.config["JOB_LEASE_SECONDS"])
    now = utc_now()
    with db.engine.begin() as connection:
        taken = connection.execute(
            update(Job)
            .where(Job.id == job_id, claimable())
            .values(
                status=JobStatus.RUNNING,
                worker=token,
                lease_until=now + lease,
                attempts=Job.attempts + 1,
                started_at=now,
                ended_at=None,
                error=None,
                progress=0.0,
                stage="",
                detail={},
            )
        )
        if taken.rowcount != 1:
            return None
        row = connection.execute(select(Job.__table__).where(Job.id == job_id)).mappings().one()
        return JobHandle(Job(**{key: row[key] for key in ("id", "payload", "attempts", "requested_by_id")}), token)


def settle_lapsed() -> int:
    """End jobs whose worker is gone and that must not start again: cancelled ones, and those that failed too often."""
    now = utc_now()
    lapsed = and_(Job.status == JobStatus.RUNNING, Job.lease_until < now)
    ended = {"lease_until": None, "ended_at": now}
    message = _("The worker stopped %(count)s times while doing this. Ask the administrator.", count=MAX_ATTEMPTS)
    worn_out = or_(lapsed, Job.status == JobStatus.QUEUED) & (Job.attempts >= MAX_ATTEMPTS)
    with db.engine.begin() as connection:
        cancelled = connection.execute(
            update(Job).where(lapsed, Job.is_cancel_requested).values(status=JobStatus.CANCELLED, **ended)
        )
        failed = connection.execute(
            update(Job)
            .where(worn_out, Job.is_cancel_requested.is_(False))
            .values(status=JobStatus.FAILED, error=message, **ended)
        )
        return cancelled.rowcount + failed.rowcount
