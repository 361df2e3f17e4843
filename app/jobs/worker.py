"""Doing the work: one job, all that wait, or a consumer with several processes that is woken by messages."""

import contextvars
import ctypes
import logging
import os
import signal
import socket
import sys
import time
from datetime import timedelta
from typing import Any

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from huey.consumer import Consumer, ProcessEnvironment, Scheduler, ThreadEnvironment
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from app.accounts.models import User
from app.db.mixins import utc_now
from app.extensions import db
from app.jobs.handle import JobCancelled, JobHandle, JobLost
from app.jobs.kinds import KINDS
from app.jobs.models import Job, JobStatus, WorkerBeat
from app.jobs.operations import MAX_ATTEMPTS, claim, claimable, settle_lapsed
from app.jobs.periodic import enqueue_due
from app.jobs.queue import queue, wake
from app.web.errors import Refused
from app.web.transaction import forget_pending, reading

logger = logging.getLogger("qinglan.jobs")
SWEEP_SECONDS = 5
FORGOTTEN_AFTER = timedelta(seconds=5)
PR_SET_PDEATHSIG = 1


def run_job(job_id: int) -> bool:
    """Claim one job and do it; False when it is not to be had. Needs an application context of its own."""
    handle = claim(job_id)
    if handle is None:
        return False
    with reading():
        kind = db.session.scalar(select(Job.kind).where(Job.id == job_id)) or ""
        language = db.session.scalar(select(User.language).where(User.id == handle.requested_by_id))
        db.session.rollback()
    logger.info("job %s (%s) starts, attempt %s", job_id, kind, handle.attempt)
    with force_locale(language or "zh_Hans_CN"), handle:
        _attempt(handle, kind)
    return True


def _attempt(handle: JobHandle, kind: str) -> None:
    """Run the function of the kind and write down how it ended."""
    try:
        if kind not in KINDS:
            raise Refused(_("This version of the system does not know the job “%(kind)s”.", kind=kind))
        result = KINDS[kind].run(handle)
        _drop_session()
        handle.finish(JobStatus.DONE, result=result, progress=1.0)
    except JobCancelled:
        _drop_session()
        handle.finish(JobStatus.CANCELLED)
    except JobLost:
        _drop_session()
        logger.warning("job %s passed to another worker", handle.job_id)
    except Refused as refusal:
        _drop_session()
        handle.finish(JobStatus.FAILED, error=str(refusal.message))
    except OperationalError:
        logger.exception("job %s lost the database", handle.job_id)
        _drop_session()
        _again_or_fail(handle)
    except Exception:
        logger.exception("job %s failed", handle.job_id)
        _drop_session()
        handle.finish(JobStatus.FAILED, error=_unexpected(handle))
    except BaseException:
        # The worker is told to stop: the job goes back to the queue, and another worker takes it up again.
        _drop_session()
        if handle.release(is_attempt=False):
            wake(handle.job_id)
        raise


def _again_or_fail(handle: JobHandle) -> None:
    if handle.attempt >= MAX_ATTEMPTS:
        handle.finish(JobStatus.FAILED, error=_unexpected(handle))
    elif handle.release(is_attempt=True):
        wake(handle.job_id)


def _unexpected(handle: JobHandle) -> str:
    text: str = _(
        "Something unexpected happened, and nothing was changed. The technical log says more under job %(number)s;"
        " give this number to the administrator.",
        number=handle.job_id,
    )
    return text


def _drop_session() -> None:
    """End whatever transaction the function left open: the runner itself never holds one."""
    db.session.rollback()
    forget_pending()
    db.session.remove()


def run_pending_jobs() -> int:
    """Do all jobs that wait, one after the other, in this process; returns how many. What is committed is seen."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return contextvars.Context().run(_run_all, app)


def _run_all(app: Flask) -> int:
    done = 0
    while True:
        with app.app_context():
            settle_lapsed()
            with reading(), db.engine.connect() as connection:
                waiting = connection.scalars(select(Job.id).where(claimable()).order_by(Job.id)).all()
        if not waiting:
            return done
        for job_id in waiting:
            with app.app_context():
                done += run_job(job_id)


def sweep() -> int:
    """Settle what lapsed for good, and wake workers for every waiting job whose message was lost.

    Messages still in the queue mean that all workers are busy; then nothing is sent twice.
    """
    settle_lapsed()
    if queue().pending_count():
        return 0
    with reading(), db.engine.connect() as connection:
        waiting = connection.scalars(
            select(Job.id).where(claimable(), Job.updated_at < utc_now() - FORGOTTEN_AFTER).order_by(Job.id)
        ).all()
    for job_id in waiting:
        wake(job_id)
    return len(waiting)


def beat(name: str) -> None:
    """Note that a worker programme is alive; those unseen for a day are forgotten."""
    now = utc_now()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(WorkerBeat).values(name=name, started_at=now, seen_at=now)
    with db.engine.begin() as connection:
        connection.execute(statement.on_conflict_do_update(index_elements=[WorkerBeat.name], set_={"seen_at": now}))
        connection.execute(delete(WorkerBeat).where(WorkerBeat.seen_at < now - timedelta(days=1)))


class SweepingScheduler(Scheduler):
    """Huey's scheduler, which beats and sweeps as well."""

    app: Flask
    name: str
    _swept_at = float("-inf")

    def loop(self, now: Any = None) -> None:
        """One round: the sweep when it is due, then Huey's own."""
        if time.monotonic() - self._swept_at >= SWEEP_SECONDS:
            self._swept_at = time.monotonic()
            with self.app.app_context():
                try:
                    beat(self.name)
                    enqueue_due()
                    sweep()
                except Exception:
                    logger.exception("the sweep failed; it is tried again")
        super().loop(now)


def _die_with_parent(parent: int) -> None:
    """A worker process whose parent was killed must not go on taking messages."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def build_consumer(app: Flask, *, workers: int, kind: str = "process") -> Consumer:
    """A consumer of the application's queue; stopping it gives running jobs back to the queue."""
    parent = os.getpid()

    class Processes(ProcessEnvironment):
        def init_child(self, process: Any) -> None:
            _die_with_parent(parent)
            super().init_child(process)
            with app.app_context():
                db.engine.dispose(close=False)

    class QinglanScheduler(SweepingScheduler):
        name = f"{socket.gethostname()}:{parent}"

    QinglanScheduler.app = app

    class QinglanConsumer(Consumer):
        scheduler_class = QinglanScheduler

        def get_environment(self, worker_type: str) -> Any:
            # Both signals stop at once: jobs go back to the queue, so there is nothing to wait for.
            self._signal_actions[signal.SIGINT] = (False, False)
            self._signal_actions[signal.SIGTERM] = (False, False)
            environment = Processes if worker_type == "process" else ThreadEnvironment
            return environment(self._graceful_sig, self._interrupt_sig)

    with app.app_context():
        huey = queue()
        db.engine.dispose()
    return QinglanConsumer(
        huey, workers=workers, worker_type=kind, periodic=False, max_delay=0.5, health_check_interval=2
    )


def forget_worker(app: Flask) -> None:
    """A worker programme that ended cleanly is no longer expected to beat."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(delete(WorkerBeat).where(WorkerBeat.name == f"{socket.gethostname()}:{os.getpid()}"))
