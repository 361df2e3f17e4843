"""Which accounts and roles an administrator reaches."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select

from app.access import Grant, Permission
from app.accounts.models import RoleGrant, User
from app.regions.access import regions_where
from app.regions.models import Region
from app.schools.models import School
from app.teachers.models import Teacher


def accounts_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on User: accounts that belong to a region the administrator manages."""
    reach = regions_where(grants, Permission.ACCOUNT_MANAGE)
    return User.region_id.in_(select(Region.id).where(reach))


def roles_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on RoleGrant: roles over regions, schools and teachers that the administrator manages."""
    here = select(Region.id).where(regions_where(grants, Permission.ACCOUNT_MANAGE))
    return or_(
        RoleGrant.region_id.in_(here),
        RoleGrant.school_id.in_(select(School.id).where(School.county_id.in_(here))),
        RoleGrant.teacher_id.in_(select(Teacher.id).where(Teacher.county_id.in_(here))),
    )
