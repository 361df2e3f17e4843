"""Worker programmes: woken by a message, stopped, killed."""

import os
import signal
import time

from app.extensions import db
from app.jobs.models import Job, JobStatus, WorkerBeat
from app.jobs.operations import enqueue
from app.schools.models import EducationGroup
from app.web.transaction import run_pending
from tests.factories import CountyFactory, UserFactory


def wait_for(condition, seconds=40):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        db.session.rollback()
        db.session.expire_all()
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def ask(kind, **payload):
    job = enqueue(kind=kind, payload=payload, actor=UserFactory())
    db.session.commit()
    run_pending()
    return job


def test_a_killed_worker_leaves_no_half_result_and_another_finishes(app, start_worker, rows):
    job = ask("test.store", county_id=CountyFactory().id, first_wait=60)
    killed = start_worker(lease=1)
    wait_for(lambda: job.status is JobStatus.RUNNING and job.stage == "storing")
    time.sleep(0.2)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert rows(EducationGroup) == 0
    start_worker(lease=1)
    wait_for(lambda: db.session.get(Job, job.id).status is JobStatus.DONE)
    assert (job.attempts, job.result) == (2, {"attempt": 2})
    assert [g.name for g in db.session.query(EducationGroup)] == ["attempt 2"]


def test_a_stopped_worker_gives_its_job_back_and_says_goodbye(app, start_worker, rows):
    job = ask("test.wait")
    worker = start_worker()
    wait_for(lambda: job.status is JobStatus.RUNNING and rows(WorkerBeat) == 1)
    worker.terminate()
    assert worker.wait(timeout=10) == 0
    db.session.rollback()
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 0)
    assert rows(WorkerBeat) == 0


def test_several_workers_do_each_job_once(app, start_worker, rows):
    county = CountyFactory()
    jobs = [ask("test.store", county_id=c.id) for c in [county, CountyFactory(), CountyFactory(), CountyFactory()]]
    start_worker()
    start_worker()
    wait_for(lambda: all(db.session.get(Job, j.id).status is JobStatus.DONE for j in jobs))
    assert [j.attempts for j in jobs] == [1, 1, 1, 1]
    assert rows(EducationGroup) == 4
