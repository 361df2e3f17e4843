"""Reading jobs for their pages."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from app.accounts.models import User
from app.db.mixins import utc_now
from app.extensions import db
from app.jobs.access import jobs_where
from app.jobs.kinds import KINDS
from app.jobs.models import Job, JobStatus, WorkerBeat
from app.web.lists import Listing

SILENT_AFTER = timedelta(seconds=30)


def jobs(user: User, listing: Listing) -> Select[Any]:
    """The jobs within reach that the filters leave."""
    query = select(Job).where(jobs_where(user))
    if status := listing.get("status"):
        query = query.where(Job.status == JobStatus(status))
    if kind := listing.get("kind"):
        query = query.where(Job.kind == kind)
    return query


def job(user: User, job_id: int) -> Job | None:
    """One job within reach."""
    return db.session.scalar(select(Job).where(Job.id == job_id, jobs_where(user)))


def requesters(rows: Iterable[Job]) -> dict[int, str]:
    """Who asked for the jobs: account id → name."""
    ids = {row.requested_by_id for row in rows if row.requested_by_id}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(ids))).tuples().all()) if ids else {}


def last_beat() -> datetime | None:
    """When a worker was last seen alive; None for never."""
    return db.session.scalar(select(func.max(WorkerBeat.seen_at)))


def is_worker_silent() -> bool:
    """Whether no worker has been seen lately, so that waiting jobs will go on waiting."""
    seen = last_beat()
    return seen is None or utc_now() - seen > SILENT_AFTER


def status_choices() -> list[tuple[str, str]]:
    """Statuses for the filter."""
    return [(status.value, str(status.label)) for status in JobStatus]


def kind_choices() -> list[tuple[str, str]]:
    """Kinds for the filter."""
    return [(kind.name, str(kind.label)) for kind in KINDS.values()]
