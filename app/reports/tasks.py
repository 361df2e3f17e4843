"""What workers do for this room: make reports, and ask for those whose day has come."""

from datetime import timedelta
from typing import Any

from flask import current_app, url_for
from flask_babel import lazy_gettext as _l

from app.db.clock import today
from app.extensions import db
from app.jobs.kinds import job_kind
from app.jobs.models import Job
from app.jobs.operations import JobHandle
from app.jobs.periodic import periodic
from app.regions.models import Region
from app.reports import operations
from app.reports.content.figures import gather
from app.reports.content.masking import Mask
from app.reports.making import make
from app.reports.models import Report
from app.web.transaction import reading

SCHEDULED = "reports.schedule"
_STAGES = {"reading": _l("Reading the figures"), "writing": _l("Writing the file"), "keeping": _l("Keeping it")}


def _page(job: Job) -> str:
    return url_for("reports.show", report_id=int(job.subject_id))


@job_kind(operations.MAKE, label=_l("Making a report"), link=_page, stages=_STAGES)
def make_report(handle: JobHandle) -> dict[str, Any] | None:
    """Read the figures, write the file, keep it, and tell whoever waits for it."""
    report_id = handle.payload["report_id"]
    handle.report(0.1, "reading")
    with reading():
        report = db.session.get(Report, report_id)
        if report is None or report.is_ready:
            db.session.rollback()
            return None
        mask = Mask(current_app.config["REPORT_SMALL_GROUP"] if report.leaves_county else 0)
        figures = gather(report.county_id, report.school_year, today())
        handle.raise_if_cancelled()
        made = make(report.kind, report.format, figures, mask)
        cut_off = figures.cut_off
        db.session.rollback()
    handle.raise_if_cancelled()
    handle.report(0.9, "keeping")
    with handle.transaction():
        kept = db.session.get(Report, report_id)
        if kept is None:
            return None
        operations.store(report=kept, made=made, cut_off=cut_off)
        county = db.session.get_one(Region, kept.county_id)
        operations.tell_ready(report=kept, county=county, asked_by_id=handle.requested_by_id)
    return {"report_id": report_id, "bytes": len(made.content)}


@job_kind(SCHEDULED, label=_l("Reports whose day has come"))
def ask_scheduled(handle: JobHandle) -> dict[str, Any]:
    """Ask for each report that is due; one transaction each, so that a worker killed in between loses none."""
    with reading():
        due = operations.due()
        db.session.rollback()
    asked = 0
    for schedule_id in due:
        handle.raise_if_cancelled()
        with handle.transaction():
            asked += operations.run_schedule(schedule_id) is not None
    return {"asked": asked}


periodic(SCHEDULED, every=timedelta(hours=1), unless_idle=lambda: bool(operations.due()))
