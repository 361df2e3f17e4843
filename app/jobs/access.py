"""Which jobs a person sees: those they asked for, and those of their regions."""

from sqlalchemy import ColumnElement, or_, select

from app.access import Permission
from app.accounts.models import User
from app.jobs.models import Job
from app.regions.access import regions_where
from app.regions.models import Region


def jobs_where(user: User) -> ColumnElement[bool]:
    """Condition on Job: own jobs, and with JOB_READ those of the granted regions."""
    reach = regions_where(user.grants, Permission.JOB_READ)
    return or_(Job.requested_by_id == user.id, Job.region_id.in_(select(Region.id).where(reach)))
