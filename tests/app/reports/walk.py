"""What the parameters of the balance and report pages name, for the walk over all routes."""

from datetime import date
from functools import cache

from sqlalchemy import select

from app.extensions import db
from app.reports.models import Report, ReportFormat, ReportKind, ReportSchedule, Rhythm
from app.schools.models import SchoolStage, Stage
from tests.architecture.world import InCounty, InSchool, Shared
from tests.factories import SchoolStageFactory


@cache
def _taught(world):
    """Schools with primary classes: only those have balance figures."""
    schools = world.school, world.other_school, world.far_school
    known = set(db.session.scalars(select(SchoolStage.school_id).where(SchoolStage.stage == Stage.PRIMARY)))
    for school in schools:
        if school.id not in known:
            SchoolStageFactory(school_id=school.id)
    return InSchool(*(school.id for school in schools))


def _saved(rows):
    db.session.add_all(rows)
    db.session.flush()
    return InCounty(*(row.id for row in rows))


def _reports(world):
    what = {"kind": ReportKind.EVIDENCE, "format": ReportFormat.XLSX, "school_year": 2026, "leaves_county": False}
    more = {"cut_off_on": date(2026, 11, 1), "asked_by_label": "人事股", "content": b"x", "sha256": "0" * 64}
    return _saved([Report(county_id=county.id, **what, **more) for county in world.counties])


def _schedules(world):
    what = {"kind": ReportKind.EVIDENCE, "format": ReportFormat.XLSX, "rhythm": Rhythm.MONTHLY}
    return _saved([ReportSchedule(county_id=county.id, next_on=date(2099, 1, 1), **what) for county in world.counties])


OF_SCHOOLS = ("balance_school", "school_resources", "edit_resources", "remove_resources")
BALANCE = {
    **{f"targets.{name}:school_id": _taught for name in OF_SCHOOLS},
    "targets.edit_resources:part": lambda world: Shared("whole"),
    "targets.remove_resources:part": lambda world: Shared("whole"),
    "targets.state_guarantee:item": lambda world: Shared(7),
    "report_id": _reports,
    "schedule_id": _schedules,
}
