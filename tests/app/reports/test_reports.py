"""Reports as people use them: asked for, made by a worker, downloaded on record, made regularly, and told of."""

import hashlib
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.jobs.operations import enqueue
from app.jobs.periodic import enqueue_due
from app.notices.kinds import render
from app.notices.models import Notice
from app.reports import operations
from app.reports.models import Report, ReportFormat, ReportKind, ReportSchedule, Rhythm
from app.reports.operations import months_after
from app.reports.tasks import SCHEDULED
from app.web.errors import Refused
from tests.factories import CountyFactory, user_with

FORM = {"kind": "official_tables", "format": "xlsx", "year": "2026"}
TODAY = date(2026, 11, 22)


def ask(client, county, **changed):
    return client.post("/reports/new", data=FORM | {"county": county.id} | changed)


def only(model):
    return db.session.scalars(select(model)).one()


def entries(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_a_report_is_asked_for_made_and_taken_on_record(client, run_jobs, county, schools, officer):
    client.sign_in(officer)
    answer = ask(client, county)
    assert answer.status_code == 303
    assert "Waiting" in client.get(answer.location).text
    assert client.post(f"{answer.location}/download").status_code == 404  # not made yet
    run_jobs()
    report = only(Report)
    page = client.get(answer.location).text
    assert "Download" in page
    sent = client.post(f"{answer.location}/download")
    assert (sent.status_code, hashlib.sha256(sent.data).hexdigest()) == (200, report.sha256)
    assert "attachment" in sent.headers["Content-Disposition"]
    taken = entries("report.download")[0]
    assert (taken.after["sha256"], taken.region_id) == (report.sha256, county.id)
    assert len(entries("report.ask")) == 1


def test_the_form_of_one_county_names_it_without_asking(client, county, officer):
    client.sign_in(officer)
    for page in ("/reports/new", "/reports/schedules/new"):
        assert f'<input type="hidden" name="county" value="{county.id}">' in client.get(page).text


def test_whoever_asked_is_told_without_any_figure(client, run_jobs, app, county, schools, officer, leader):
    client.sign_in(officer)
    ask(client, county)
    run_jobs()
    notice = only(Notice)  # not the leader: nobody scheduled it
    assert notice.user_id == officer.id
    assert set(notice.params) == {"report_id", "kind", "county", "day"}
    with app.test_request_context():
        told = render(notice.kind, notice.params)
    assert county.name in told.title
    assert told.url.endswith(f"/reports/{only(Report).id}")


def test_a_leader_reads_and_takes_but_asks_for_none(client, run_jobs, county, schools, officer, leader):
    client.sign_in(officer)
    address = ask(client, county).location
    run_jobs()
    client.sign_in(leader)
    assert client.get("/reports/").status_code == 200
    assert client.post(f"{address}/download").status_code == 200
    assert client.get("/reports/new").status_code == 403
    assert client.post(f"{address}/remove").status_code == 403


def test_another_county_finds_nothing(client, run_jobs, county, schools, officer):
    client.sign_in(officer)
    address = ask(client, county).location
    run_jobs()
    stranger = user_with(Role.PERSONNEL_OFFICER, region=CountyFactory())
    client.sign_in(stranger)
    assert client.get(address).status_code == 404
    assert client.post(f"{address}/download").status_code == 404
    assert client.post(f"{address}/remove").status_code == 404
    assert ask(client, county).status_code == 422  # the county is not among the choices


@pytest.mark.parametrize(("kind", "fmt"), [("evidence", "pdf"), ("work_report", "xlsx"), ("return_form", "docx")])
def test_a_report_is_written_only_as_it_can_be(client, county, schools, officer, kind, fmt):
    client.sign_in(officer)
    answer = ask(client, county, kind=kind, format=fmt)
    assert answer.status_code == 422
    assert "This report is written as" in answer.text


def test_a_year_without_records_cannot_be_reported(county, officer):
    with pytest.raises(Refused, match="2020"):
        operations.ask_report(
            actor=officer, county=county, kind=ReportKind.EVIDENCE, fmt=ReportFormat.XLSX, year=2020,
            leaves_county=False,
        )  # fmt: skip


def test_taking_a_job_up_again_keeps_the_first_file(client, run_jobs, county, schools, officer):
    client.sign_in(officer)
    ask(client, county)
    run_jobs()
    first = only(Report).sha256
    again = enqueue(kind=operations.MAKE, payload={"report_id": only(Report).id}, actor=officer, region_id=county.id)
    run_jobs()
    assert db.session.get(Job, again.id).status is JobStatus.DONE
    assert only(Report).sha256 == first


def test_a_report_is_removed_once_it_is_made(client, run_jobs, county, schools, officer):
    client.sign_in(officer)
    address = ask(client, county).location
    assert client.post(f"{address}/remove", follow_redirects=True).text.count("Wait until it is done") == 1
    run_jobs()
    assert client.post(f"{address}/remove").status_code == 303
    assert db.session.scalars(select(Report)).all() == []
    assert entries("report.remove")[0].before["sha256"]


SCHEDULE = {"kind": "work_report", "format": "pdf", "rhythm": "monthly", "next_on": "2026-11-30", "is_active": "y"}


def test_a_schedule_makes_its_report_once_a_month_and_tells_all_who_may_read(
    client, run_jobs, county, schools, officer, leader
):
    client.sign_in(officer)
    form = SCHEDULE | {"county": county.id}
    assert client.post("/reports/schedules/new", data=form).status_code == 303
    assert client.post("/reports/schedules/new", data=form).status_code == 422  # the same once more
    assert operations.due() == []
    with time_machine.travel("2026-11-30T08:00:00+08:00"):
        db.session.commit()
        assert SCHEDULED in enqueue_due()
        run_jobs()
        run_jobs()
        report, schedule = only(Report), only(ReportSchedule)
        assert (report.is_ready, report.schedule_id, schedule.next_on) == (True, schedule.id, date(2026, 12, 30))
        assert {notice.user_id for notice in db.session.scalars(select(Notice))} == {officer.id, leader.id}
        enqueue(kind=SCHEDULED, payload={}, actor=SYSTEM)
        run_jobs()
        assert only(Report).id == report.id


def test_what_fell_due_while_no_worker_ran_is_made_once(county, schools, officer):
    made = operations.save_schedule(
        actor=officer, county=county, kind=ReportKind.EVIDENCE, fmt=ReportFormat.XLSX, rhythm=Rhythm.MONTHLY,
        next_on=TODAY, leaves_county=True,
    )  # fmt: skip
    with time_machine.travel("2027-03-01T08:00:00+08:00"):
        report = operations.run_schedule(made.id)
        db.session.expire_all()
        assert report.leaves_county
        assert only(ReportSchedule).next_on == date(2027, 3, 22)
        assert operations.run_schedule(made.id) is None


def test_a_schedule_is_changed_paused_and_ended(client, county, officer, leader):
    client.sign_in(officer)
    client.post("/reports/schedules/new", data=SCHEDULE | {"county": county.id})
    row = only(ReportSchedule)
    address = f"/reports/schedules/{row.id}"
    past = SCHEDULE | {"county": county.id, "next_on": "2026-11-01", "row_version": row.version}
    assert client.post(f"{address}/edit", data=past).status_code == 422
    paused = {**past, "is_active": ""}
    assert client.post(f"{address}/edit", data=paused).status_code == 303
    assert operations.due() == []
    assert client.post(f"{address}/edit", data=SCHEDULE | {"county": county.id, "row_version": 99}).status_code == 422
    client.sign_in(leader)
    assert client.post(f"{address}/remove").status_code == 403
    client.sign_in(user_with(Role.PERSONNEL_OFFICER, region=CountyFactory()))
    assert client.post(f"{address}/remove").status_code == 404
    client.sign_in(officer)
    assert client.post(f"{address}/remove").status_code == 303
    assert db.session.scalars(select(ReportSchedule)).all() == []


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_the_same_day_so_many_months_later(day, months, later):
    assert months_after(day, months) == later
    assert months_after(day, months) - day >= timedelta(days=28)
