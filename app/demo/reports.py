"""The demo county's reports: one of each kind people ask for first, and two made regularly; a worker makes them."""

from datetime import timedelta

import click
from sqlalchemy import select

from app.accounts.models import User
from app.db.clock import today
from app.extensions import db
from app.regions.models import Region
from app.reports.models import Report, ReportFormat, ReportKind, Rhythm
from app.reports.operations import ask_report, save_schedule
from app.targets.evaluators.periods import school_year_of
from app.web.transaction import transaction

ASKED = (
    (ReportKind.OFFICIAL_TABLES, ReportFormat.XLSX, False),
    (ReportKind.WORK_REPORT, ReportFormat.PDF, True),
    (ReportKind.WORK_REPORT, ReportFormat.DOCX, False),
)
REGULAR = (
    (ReportKind.EVERYTHING, ReportFormat.XLSX, Rhythm.MONTHLY),
    (ReportKind.WORK_REPORT, ReportFormat.DOCX, Rhythm.YEARLY),
)


def fill(county_code: str) -> None:
    """Ask for the reports and set the schedules; a re-run keeps what is there."""
    county = db.session.scalars(select(Region).where(Region.code == county_code)).one()
    officer = db.session.scalars(select(User).where(User.username == "officer")).one()
    if db.session.scalar(select(Report.id).where(Report.county_id == county.id)):
        return
    with transaction():
        for kind, fmt, leaves in ASKED:
            ask_report(
                actor=officer, county=county, kind=kind, fmt=fmt, year=school_year_of(today()), leaves_county=leaves
            )
        for kind, fmt, rhythm in REGULAR:
            save_schedule(
                actor=officer,
                county=county,
                kind=kind,
                fmt=fmt,
                rhythm=rhythm,
                next_on=today() + timedelta(days=30),
                leaves_county=False,
            )
    click.echo(f"\n== 报告 Reports\n   {len(ASKED)} asked for, {len(REGULAR)} made regularly")
