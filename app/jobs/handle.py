"""What a running job holds: its payload, its lease, and the way to say how far it is."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from flask import current_app
from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.db.mixins import utc_now
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.web.transaction import reading, transaction

CANCEL_CHECK_SECONDS = 0.5
REPORT_SECONDS = 0.25
BEAT_SECONDS = 1.0


class JobCancelled(Exception):
    """Somebody asked to end the job, and it did."""


class JobLost(Exception):
    """The lease lapsed and another worker holds the job now; whatever was not committed is dropped."""


class JobHandle:
    """A claimed job. As a context manager it renews the lease from a thread of its own while the work goes on."""

    def __init__(self, job: Job, token: str) -> None:
        self.job_id = job.id
        self.payload: dict[str, Any] = dict(job.payload)
        self.attempt = job.attempts
        self.requested_by_id = job.requested_by_id
        self._token = token
        self._lease_seconds: int = current_app.config["JOB_LEASE_SECONDS"]
        self._app = current_app._get_current_object()  # type: ignore[attr-defined]
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._is_lost = False
        self._is_cancelled = False
        self._checked_at = float("-inf")
        self._written_at = float("-inf")
        self._renewed_at = time.monotonic()
        self._pending: dict[str, Any] = {}
        self._beat = threading.Thread(target=self._keep_alive, name=f"job-{self.job_id}-lease", daemon=True)

    def __enter__(self) -> Self:
        self._beat.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._over.set()
        self._beat.join(timeout=5)

    def report(self, progress: float, stage: str, detail: dict[str, Any] | None = None) -> None:
        """Say how far the work is (0 to 1), in a short transaction of its own, and renew the lease.

        Cheap to call often: within a quarter of a second only the last report is written. While the function holds
        a transaction open, the report is left to the lease's thread, since SQLite has a single writer.
        """
        values: dict[str, Any] = {"progress": min(max(progress, 0.0), 1.0), "stage": stage}
        if detail is not None:
            values["detail"] = detail
        with self._lock:
            self._pending |= values
        if time.monotonic() - self._written_at >= REPORT_SECONDS and not db.session().in_transaction():
            self._renew()
        if self._is_lost:
            raise JobLost(self.job_id)

    def is_cancelled(self) -> bool:
        """Whether somebody asked to end the job; looked up at most twice a second."""
        now = time.monotonic()
        if not self._is_cancelled and now - self._checked_at >= CANCEL_CHECK_SECONDS:
            self._checked_at = now
            with reading(), db.engine.connect() as connection:
                row = connection.execute(select(Job.is_cancel_requested, Job.worker).where(Job.id == self.job_id)).one()
            self._is_cancelled = row.is_cancel_requested
            self._is_lost = self._is_lost or row.worker != self._token
        return self._is_cancelled or self._is_lost

    def raise_if_cancelled(self) -> None:
        """End the work here if somebody asked for it, or if the job has passed to another worker."""
        if self.is_cancelled():
            raise JobLost(self.job_id) if self._is_lost else JobCancelled(self.job_id)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that commits only while this worker still holds the job, and renews the lease with it.

        Everything that must come to be exactly once is written here.
        """
        with transaction() as session:
            yield session
            session.flush()
            held = session.execute(
                update(Job).where(self.is_mine()).values(lease_until=self._lease_end()),
                execution_options={"synchronize_session": False},
            )
            if _count(held) != 1:
                raise JobLost(self.job_id)

    def is_mine(self) -> ColumnElement[bool]:
        """Condition: the job is still held by this claim."""
        return (Job.id == self.job_id) & (Job.status == JobStatus.RUNNING) & (Job.worker == self._token)

    def finish(self, status: JobStatus, **values: Any) -> bool:
        """End the job, with what was last reported. False when it is no longer ours."""
        with self._lock:
            pending, self._pending = self._pending, {}
        ending = {"status": status, "lease_until": None, "ended_at": utc_now()}
        return self._write(pending | ending | values)

    def release(self, *, is_attempt: bool) -> bool:
        """Put the job back into the queue; a clean stop of the worker does not count as an attempt."""
        attempts = Job.attempts if is_attempt else Job.attempts - 1
        return self._write(
            {"status": JobStatus.QUEUED, "lease_until": None, "worker": None, "attempts": attempts, "progress": 0.0}
        )

    def _lease_end(self) -> datetime:
        return utc_now() + timedelta(seconds=self._lease_seconds)

    def _renew(self) -> None:
        with self._lock:
            pending, self._pending = self._pending, {}
        self._written_at = self._renewed_at = time.monotonic()
        if not self._write(pending | {"lease_until": self._lease_end()}):
            self._is_lost = True

    def _write(self, values: dict[str, Any]) -> bool:
        with db.engine.begin() as connection:
            return connection.execute(update(Job).where(self.is_mine()).values(**values)).rowcount == 1

    def _keep_alive(self) -> None:
        with self._app.app_context():
            while not self._over.wait(min(BEAT_SECONDS, self._lease_seconds / 4)) and not self._is_lost:
                is_due = time.monotonic() - self._renewed_at >= self._lease_seconds / 4
                if not (is_due or self._pending):
                    continue
                try:
                    self._renew()
                except SQLAlchemyError:
                    # The database is busy or away; the next beat tries again before the lease ends.
                    self._renewed_at = float("-inf")


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
