"""Big files: few queries whatever their size, jobs that may be taken up again or cancelled."""

import pytest
from sqlalchemy import event

from app.extensions import db
from app.imports import tasks
from app.imports.models import BatchStatus
from app.jobs.handle import JobCancelled
from app.jobs.models import Job
from app.teachers.models import Teacher
from tests.app.imports.workbooks import teacher_row, workbook


class Handle:
    """A claimed job, as the functions see it; `cancel_at` is the report at which somebody cancels."""

    def __init__(self, batch, cancel_at=None, **payload):
        self.job_id = batch.job_id
        self.requested_by_id = batch.created_by_id
        self.payload = {"batch_id": batch.id, **payload}
        self.reports = 0
        self.cancel_at = cancel_at

    def report(self, progress, stage, detail=None):
        self.reports += 1

    def raise_if_cancelled(self):
        if self.cancel_at is not None and self.reports >= self.cancel_at:
            raise JobCancelled(self.job_id)

    def transaction(self):
        from app.web.transaction import transaction

        return transaction()


@pytest.fixture
def queued(bring, school, officer, county):
    """A checked batch with a job that is to apply it."""
    batch = bring("teachers", workbook("teachers", [teacher_row(n, school) for n in range(5)]))
    job = Job(kind="imports.apply", payload={}, region_id=county.id)
    db.session.add(job)
    db.session.flush()
    batch.job_id = job.id
    db.session.commit()
    return batch


def test_a_job_that_was_killed_after_its_commit_does_not_apply_again(queued, rows):
    for _attempt in range(2):
        tasks.apply_batch(Handle(queued, does_accept_rejected=False))
    assert rows(Teacher) == 5
    db.session.expire_all()
    assert queued.status is BatchStatus.APPLIED


def test_a_cancelled_job_leaves_nothing(queued, rows):
    with pytest.raises(JobCancelled):
        tasks.apply_batch(Handle(queued, cancel_at=1, does_accept_rejected=False))
    db.session.rollback()
    assert rows(Teacher) == 0
    assert queued.status is BatchStatus.CHECKED


def count_queries(action):
    seen = []

    def note(connection, cursor, statement, *rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        action()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_page_of_the_preview_costs_the_same_for_ten_rows_and_for_a_thousand(client, bring, officer, school):
    client.sign_in(officer)
    small = bring("teachers", workbook("teachers", [teacher_row(n, school) for n in range(60)]))
    large = bring("teachers", workbook("teachers", [teacher_row(n, school) for n in range(990)]))
    client.get(f"/imports/{small.id}?outcome=new")
    few = count_queries(lambda: client.get(f"/imports/{small.id}?outcome=new"))
    many = count_queries(lambda: client.get(f"/imports/{large.id}?outcome=new"))
    assert few == many


def test_the_list_costs_the_same_for_two_imports_and_for_twenty(client, bring, officer, school):
    client.sign_in(officer)
    numbers = iter(range(100))

    def some(count):
        for number in (next(numbers) for _ in range(count)):
            bring("teachers", workbook("teachers", [teacher_row(number, school)]))

    some(2)
    client.get("/imports")
    few = count_queries(lambda: client.get("/imports"))
    some(18)
    assert count_queries(lambda: client.get("/imports")) == few


def test_checking_takes_queries_by_the_chunk_not_by_the_row(bring, school):
    content = workbook("teachers", [teacher_row(n, school) for n in range(400)])
    assert count_queries(lambda: bring("teachers", content)) < 40
