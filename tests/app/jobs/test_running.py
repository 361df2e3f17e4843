"""Jobs are done once, whole, and end in words a person understands."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db.mixins import utc_now
from app.extensions import db
from app.jobs import queue as queues
from app.jobs.kinds import KINDS
from app.jobs.models import Job, JobStatus
from app.jobs.operations import claim, enqueue, job_kind, request_cancel, settle_lapsed
from app.jobs.worker import run_job, sweep
from app.schools.models import EducationGroup
from app.web.errors import Refused
from tests.factories import CountyFactory, UserFactory


@pytest.fixture
def kind():
    """Register a function as the kind `test.this` for one test."""
    yield lambda run: job_kind("test.this")(run)
    KINDS.pop("test.this", None)


def make(kind="test.this", **payload):
    job = enqueue(kind=kind, payload=payload, actor=UserFactory())
    db.session.commit()
    return job


def change(job, **values):
    """Change a job from outside the test's session, which then reads it anew."""
    job_id = job.id
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(Job.__table__.update().where(Job.id == job_id).values(**values))


def test_a_job_runs_and_keeps_its_result(run_jobs, kind):
    kind(lambda handle: {"twice": handle.payload["n"] * 2})
    job = make(n=21)
    assert run_jobs() == 1
    assert (job.status, job.result, job.progress, job.attempts) == (JobStatus.DONE, {"twice": 42}, 1.0, 1)
    assert job.lease_until is None


def test_what_the_function_reports_is_seen_while_it_runs(run_jobs, kind):
    seen = []

    def run(handle):
        handle.report(0.25, "reading", {"rows": 10})
        with db.engine.connect() as connection:
            seen.append(connection.execute(select(Job.progress, Job.stage, Job.detail)).one())

    kind(run)
    make()
    run_jobs()
    assert seen == [(0.25, "reading", {"rows": 10})]


def test_a_refusal_is_shown_in_its_own_words(run_jobs, kind):
    def run(handle):
        raise Refused("The school has no quota.")

    kind(run)
    job = make()
    run_jobs()
    assert (job.status, job.error) == (JobStatus.FAILED, "The school has no quota.")


def test_an_unexpected_error_leaves_no_half_result_and_names_the_job(run_jobs, kind, rows):
    county = CountyFactory()

    def run(handle):
        with handle.transaction() as session:
            session.add(EducationGroup(county_id=county_id, name="half"))
            session.flush()
            raise ZeroDivisionError

    county_id = county.id
    kind(run)
    job = make()
    run_jobs()
    assert job.status is JobStatus.FAILED
    assert str(job.id) in job.error
    assert rows(EducationGroup) == 0


def test_a_transaction_left_open_by_the_function_is_dropped(run_jobs, kind, rows):
    county_id = CountyFactory().id

    def run(handle):
        db.session.add(EducationGroup(county_id=county_id, name="never committed"))
        db.session.flush()

    kind(run)
    job = make()
    run_jobs()
    assert job.status is JobStatus.DONE
    assert rows(EducationGroup) == 0


def test_two_workers_never_hold_one_job(kind, app):
    kind(lambda handle: None)
    job = make()
    assert claim(job.id) is not None
    assert claim(job.id) is None


def test_a_lapsed_lease_frees_the_job_and_the_first_worker_can_no_longer_write(kind, app, rows):
    kind(lambda handle: {"by": "second"})
    county_id = CountyFactory().id
    job = make()
    job_id = job.id
    first = claim(job.id)
    change(job, lease_until=utc_now() - timedelta(seconds=1))
    with app.app_context():
        assert run_job(job_id)
    with pytest.raises(Exception, match=str(job.id)), first.transaction() as session:
        session.add(EducationGroup(county_id=county_id, name="late"))
    assert not first.finish(JobStatus.DONE, result={"by": "first"})
    db.session.rollback()
    assert (job.result, rows(EducationGroup)) == ({"by": "second"}, 0)


def test_a_job_that_stopped_its_worker_three_times_fails_with_a_message(kind, app):
    kind(lambda handle: None)
    job = make()
    change(job, status=JobStatus.RUNNING, attempts=3, lease_until=utc_now() - timedelta(seconds=1))
    assert claim(job.id) is None
    db.session.rollback()
    assert settle_lapsed() == 1
    db.session.rollback()
    assert job.status is JobStatus.FAILED
    assert "3" in job.error


def test_a_waiting_job_is_cancelled_at_once(run_jobs, kind):
    kind(lambda handle: {"ran": True})
    job = make()
    request_cancel(job, UserFactory())
    assert job.status is JobStatus.CANCELLED
    assert run_jobs() == 0
    with pytest.raises(Refused):
        request_cancel(job, UserFactory())


def test_a_running_job_stops_when_asked(run_jobs, kind):
    def run(handle):
        assert not handle.is_cancelled()
        with db.engine.begin() as connection:
            connection.execute(Job.__table__.update().values(is_cancel_requested=True))
        time.sleep(0.55)
        handle.raise_if_cancelled()

    kind(run)
    job = make()
    run_jobs()
    assert (job.status, job.result, job.error) == (JobStatus.CANCELLED, None, None)


def test_a_clean_stop_puts_the_job_back_without_counting(kind, app):
    def run(handle):
        raise KeyboardInterrupt

    kind(run)
    job = make()
    job_id = job.id
    db.session.rollback()
    with app.app_context(), pytest.raises(KeyboardInterrupt):
        run_job(job_id)
    db.session.rollback()
    assert (job.status, job.attempts, job.worker) == (JobStatus.QUEUED, 0, None)


def test_the_message_goes_out_only_after_the_commit(kind, app):
    kind(lambda handle: None)
    queues.queue().storage.flush_queue()
    enqueue(kind="test.this", payload={}, actor=UserFactory())
    assert queues.queue().pending_count() == 0
    db.session.rollback()


def test_the_sweep_wakes_a_job_whose_message_was_lost(kind, app):
    kind(lambda handle: None)
    job = make()
    queues.queue().storage.flush_queue()
    assert sweep() == 0, "a job that was asked for this moment is not forgotten yet"
    change(job, updated_at=utc_now() - timedelta(minutes=1))
    assert sweep() == 1
    assert sweep() == 0, "its message is in the queue now"
    queues.queue().storage.flush_queue()
