"""Asking for reports, storing them, handing them out, and having them made again and again."""

import hashlib
from calendar import monthrange
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.access import Permission
from app.audit.operations import SYSTEM, Actor, changes
from app.audit.operations import record as write
from app.db.changes import rows_changed
from app.db.clock import today
from app.extensions import db
from app.jobs.operations import enqueue
from app.notices.operations import notify, users_with
from app.regions.models import Region
from app.reports.making import Made
from app.reports.models import Report, ReportFormat, ReportKind, ReportSchedule, Rhythm
from app.targets.evaluators.periods import school_year, school_year_of
from app.targets.queries.balance import years_recorded
from app.web.errors import Refused, refused_if_taken

MAKE = "reports.make"
READY = "report.ready"


def ask_report(
    *,
    actor: Actor,
    county: Region,
    kind: ReportKind,
    fmt: ReportFormat,
    year: int,
    leaves_county: bool,
    schedule: ReportSchedule | None = None,
) -> Report:
    """Have a report made in the background; it can be downloaded once that is done."""
    if fmt not in kind.formats:
        known = ", ".join(one.label for one in kind.formats)
        raise Refused(_("This report is written as %(formats)s.", formats=known))
    now = school_year_of(today())
    if year != now and year not in years_recorded(county.id):
        raise Refused(
            _("Nothing is on record of the school year %(year)s in %(county)s.", year=year, county=county.name)
        )
    report = Report(
        county_id=county.id,
        kind=kind,
        format=fmt,
        school_year=year,
        cut_off_on=min(today(), school_year(year).last),
        leaves_county=leaves_county,
        asked_by_label=actor.label,
        schedule_id=schedule.id if schedule else None,
    )
    db.session.add(report)
    db.session.flush()
    job = enqueue(
        kind=MAKE,
        payload={"report_id": report.id},
        actor=actor,
        region_id=county.id,
        subject_type=Report.__tablename__,
        subject_id=report.id,
    )
    report.job_id = job.id
    write(
        actor=actor,
        action="report.ask",
        subject=report,
        after={"kind": kind, "format": fmt, "school_year": year, "leaves_county": leaves_county},
        region_id=county.id,
    )
    db.session.flush()
    return report


def store(*, report: Report, made: Made, cut_off: date) -> None:
    """Keep the file of a report, once; another attempt of its job changes nothing of one that is there."""
    if report.is_ready:
        return
    report.content, report.file_name, report.size = made.content, made.file_name, len(made.content)
    report.sha256, report.summary = hashlib.sha256(made.content).hexdigest(), made.summary
    report.cut_off_on = cut_off
    db.session.flush()


def tell_ready(*, report: Report, county: Region, asked_by_id: int | None) -> None:
    """Tell whoever asked; of a report made by schedule, everybody who may read the county's reports.

    The notice, and the letter that goes with it, say what there is and where: no figure and no name.
    """
    users = users_with(Permission.REPORT_READ, county_id=county.id) if report.schedule_id else []
    if asked_by_id is not None:
        users = [*users, asked_by_id]
    params = {"report_id": report.id, "kind": report.kind, "county": county.name, "day": report.cut_off_on}
    notify(users=users, kind=READY, params=params, key=f"report:{report.id}")


def record_download(*, actor: Actor, report: Report) -> None:
    """Put on record who took which report."""
    write(
        actor=actor,
        action="report.download",
        subject=report,
        after={
            "file": report.file_name,
            "kind": report.kind,
            "leaves_county": report.leaves_county,
            "sha256": report.sha256,
        },
        region_id=report.county_id,
    )


def remove_report(*, actor: Actor, report: Report) -> None:
    """Take a report away; the log keeps that it was there."""
    if report.job is not None and not report.job.status.is_over:
        raise Refused(_("This report is being made. Wait until it is done, or cancel its job first."))
    write(
        actor=actor,
        action="report.remove",
        subject=report,
        before={"file": report.file_name, "sha256": report.sha256},
        region_id=report.county_id,
    )
    db.session.delete(report)
    db.session.flush()


# --- again and again ----------------------------------------------------------------------------------------------


def save_schedule(
    *,
    actor: Actor,
    county: Region,
    kind: ReportKind,
    fmt: ReportFormat,
    rhythm: Rhythm,
    next_on: date,
    leaves_county: bool,
    is_active: bool = True,
    schedule: ReportSchedule | None = None,
) -> ReportSchedule:
    """Have a report made every month, quarter or year, the next one on a day to come; or change when."""
    if fmt not in kind.formats:
        known = ", ".join(one.label for one in kind.formats)
        raise Refused(_("This report is written as %(formats)s.", formats=known))
    if is_active and next_on < today():
        raise Refused(_("The next report lies in the future: choose today or a later day."))
    fields = {
        "kind": kind,
        "format": fmt,
        "rhythm": rhythm,
        "next_on": next_on,
        "leaves_county": leaves_county,
        "is_active": is_active,
    }
    with refused_if_taken(_("This report is already made in this rhythm; change that schedule instead.")):
        if schedule is None:
            schedule = ReportSchedule(county_id=county.id, **fields)
            db.session.add(schedule)
            before, after = None, fields
        else:
            before, after = changes(schedule, fields)
            for name, value in after.items():
                setattr(schedule, name, value)
        db.session.flush()
    if after:
        action = "report_schedule.add" if before is None else "report_schedule.edit"
        write(actor=actor, action=action, subject=schedule, before=before, after=after, region_id=county.id)
    return schedule


def remove_schedule(*, actor: Actor, schedule: ReportSchedule) -> None:
    """End a schedule; the reports it made stay."""
    write(
        actor=actor,
        action="report_schedule.remove",
        subject=schedule,
        before={"next_on": schedule.next_on},
        region_id=schedule.county_id,
    )
    db.session.delete(schedule)
    db.session.flush()


def due() -> list[int]:
    """The schedules whose day has come."""
    query = select(ReportSchedule.id).where(ReportSchedule.is_active, ReportSchedule.next_on <= today())
    return list(db.session.scalars(query.order_by(ReportSchedule.next_on, ReportSchedule.id)))


def run_schedule(schedule_id: int) -> Report | None:
    """Ask for the report of a schedule and move its day on; None where another worker did."""
    schedule = db.session.get(ReportSchedule, schedule_id)
    if schedule is None or not schedule.is_active or schedule.next_on > today():
        return None
    was, later = schedule.next_on, schedule.next_on
    while later <= today():
        later = months_after(later, schedule.rhythm.months)
    moved = rows_changed(
        db.session,
        update(ReportSchedule)
        .where(ReportSchedule.id == schedule_id, ReportSchedule.next_on == was, ReportSchedule.is_active)
        .values(next_on=later, version=ReportSchedule.version + 1),
    )
    if moved != 1:
        return None
    county = db.session.get_one(Region, schedule.county_id)
    return ask_report(
        actor=SYSTEM,
        county=county,
        kind=schedule.kind,
        fmt=schedule.format,
        year=school_year_of(today()),
        leaves_county=schedule.leaves_county,
        schedule=schedule,
    )


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
