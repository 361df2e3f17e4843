"""A person sees how far their work is, and may stop it."""

import pytest
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.db.mixins import utc_now
from app.extensions import db
from app.jobs.models import Job, JobStatus, WorkerBeat
from tests.factories import CountyFactory, UserFactory, officer_of, user_with


@pytest.fixture
def county(app):
    return CountyFactory()


def job(county, user=None, status=JobStatus.QUEUED, **values):
    if status is JobStatus.RUNNING:
        values["lease_until"] = utc_now()
    row = Job(kind="test.store", status=status, region_id=county.id, requested_by_id=user and user.id, **values)
    db.session.add(row)
    db.session.flush()
    return row


def test_the_list_holds_own_jobs_and_those_of_the_region(client, county):
    officer = officer_of(county)
    of_region, own = job(county).id, job(CountyFactory(), officer).id
    foreign = job(CountyFactory()).id
    page = client.sign_in(officer).get("/jobs/").text
    assert f"/jobs/{of_region}" in page
    assert f"/jobs/{own}" in page
    assert f"/jobs/{foreign}" not in page
    assert client.get(f"/jobs/{foreign}").status_code == 404


def test_without_the_permission_only_own_jobs_are_seen(client, county):
    auditor = user_with(Role.AUDITOR, region=county)
    others, own = job(county).id, job(county, auditor).id
    client.sign_in(auditor)
    assert client.get(f"/jobs/{others}").status_code == 404
    assert client.get(f"/jobs/{own}").status_code == 200


def test_a_running_job_shows_its_progress_and_asks_again(client, county):
    row = job(county, status=JobStatus.RUNNING, progress=0.4, stage="Reading the rosters")
    client.sign_in(officer_of(county))
    card = client.get(f"/jobs/{row.id}/card").text
    assert 'value="40.0"' in card
    assert "Reading the rosters" in card
    assert "hx-get" in card
    assert "<html" not in card


def test_a_job_that_is_over_asks_no_more_and_says_what_went_wrong(client, county):
    row = job(county, status=JobStatus.FAILED, error="The workbook is empty.")
    card = client.sign_in(officer_of(county)).get(f"/jobs/{row.id}/card").text
    assert "The workbook is empty." in card
    assert "hx-get" not in card


def test_only_the_page_that_shows_the_result_is_reloaded(client, county):
    row = job(county, status=JobStatus.DONE)
    row.kind, row.subject_id = "imports.check", 7
    address = f"/jobs/{row.id}/card"
    client.sign_in(officer_of(county))
    there = client.get(address, headers={"HX-Current-URL": "http://localhost/imports/7?outcome=new"})
    elsewhere = client.get(address, headers={"HX-Current-URL": "http://localhost/jobs/1"})
    assert there.headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in elsewhere.headers


def test_cancelling_a_waiting_job_ends_it_and_is_recorded(client, county):
    officer = officer_of(county)
    row = job(county)
    answer = client.sign_in(officer).post(f"/jobs/{row.id}/cancel")
    assert answer.status_code == 303
    assert row.status is JobStatus.CANCELLED
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "job.cancel")).one()
    assert (entry.actor_id, entry.region_id) == (officer.id, county.id)


def test_cancelling_a_running_job_asks_it_to_stop(client, county):
    row = job(county, status=JobStatus.RUNNING)
    client.sign_in(officer_of(county)).post(f"/jobs/{row.id}/cancel")
    assert (row.status, row.is_cancel_requested) == (JobStatus.RUNNING, True)
    assert "Stopping" in client.get(f"/jobs/{row.id}").text


def test_cancelling_what_is_over_says_so(client, county):
    row = job(county, status=JobStatus.DONE)
    page = client.sign_in(officer_of(county)).post(f"/jobs/{row.id}/cancel", follow_redirects=True).text
    assert "already over" in page


def test_the_page_says_when_no_worker_runs(client, county):
    row = job(county)
    client.sign_in(officer_of(county))
    assert "No worker has been seen" in client.get(f"/jobs/{row.id}").text
    db.session.add(WorkerBeat(name="here:1", started_at=utc_now(), seen_at=utc_now()))
    assert "No worker has been seen" not in client.get(f"/jobs/{row.id}").text


def test_the_list_is_narrowed_by_status(client, county):
    done, waiting = job(county, UserFactory(), status=JobStatus.DONE).id, job(county).id
    page = client.sign_in(officer_of(county)).get("/jobs/?status=done").text
    assert f"/jobs/{done}" in page
    assert f"/jobs/{waiting}" not in page
