"""Reading reports and schedules for pages."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, undefer

from app.access import Grant, Permission
from app.extensions import db
from app.reports.access import reports_where, schedules_where
from app.reports.models import Report, ReportKind, ReportSchedule
from app.schools.queries import COUNTY_FILTER
from app.targets.queries.balance import years_recorded
from app.training.month_view import FIRST_YEAR, LAST_YEAR
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

REPORTS = ListSpec(
    "reports.index",
    filters=(
        COUNTY_FILTER,
        lists.choice("kind", _l("Kind"), lambda: [(kind.value, kind.label) for kind in ReportKind]),
        lists.whole("year", _l("School year"), minimum=FIRST_YEAR, maximum=LAST_YEAR),
    ),
    sorts={"made": Sort((SortKey(Report.id, "id", is_descending=True),))},
)


def reports_listed(listing: Listing, grants: Iterable[Grant]) -> Select[Any]:
    """The reports that the list asks for, within reach."""
    query = select(Report).where(reports_where(grants))
    if county := listing.get("county"):
        query = query.where(Report.county_id == county)
    if kind := listing.get("kind"):
        query = query.where(Report.kind == ReportKind(kind))
    if year := listing.get("year"):
        query = query.where(Report.school_year == year)
    return query


def list_options() -> tuple[Any, ...]:
    """What a row shows."""
    return joinedload(Report.county), joinedload(Report.job)


def one_report(report_id: int, grants: Iterable[Grant], *, with_content: bool = False) -> Report | None:
    """A report within reach, with its county and job; its file only where it is asked for."""
    options = [*list_options(), *([undefer(Report.content)] if with_content else [])]
    return db.session.scalar(select(Report).where(Report.id == report_id, reports_where(grants)).options(*options))


def schedules(grants: Iterable[Grant]) -> Sequence[ReportSchedule]:
    """The schedules within reach, those due first."""
    query = select(ReportSchedule).where(schedules_where(grants)).options(joinedload(ReportSchedule.county))
    return db.session.scalars(query.order_by(ReportSchedule.next_on, ReportSchedule.id)).all()


def one_schedule(schedule_id: int, grants: Iterable[Grant], permission: Permission) -> ReportSchedule | None:
    """A schedule that the person may change."""
    query = select(ReportSchedule).where(ReportSchedule.id == schedule_id, schedules_where(grants, permission))
    return db.session.scalar(query.options(joinedload(ReportSchedule.county)))


def years_of(county_ids: Iterable[int]) -> list[int]:
    """The earlier school years that reports can be made of, the newest first."""
    return sorted({year for county_id in county_ids for year in years_recorded(county_id)}, reverse=True)
