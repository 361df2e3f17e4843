"""Which reports and schedules a person reaches: those of the counties they hold the permission over."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, or_

from app.access import Grant, Permission
from app.reports.models import Report, ReportSchedule
from app.schools.access import in_regions


def reports_where(grants: Iterable[Grant], permission: Permission = Permission.REPORT_READ) -> ColumnElement[bool]:
    """Condition on Report."""
    held = [grant for grant in grants if grant.allows(permission)]
    return or_(false(), *in_regions(Report.county_id, held, permission))


def schedules_where(grants: Iterable[Grant], permission: Permission = Permission.REPORT_READ) -> ColumnElement[bool]:
    """Condition on ReportSchedule."""
    held = [grant for grant in grants if grant.allows(permission)]
    return or_(false(), *in_regions(ReportSchedule.county_id, held, permission))
