"""Which accounts an administrator reaches, and which roles they may give."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select

from app.access import Grant, Permission, Role
from app.accounts.models import User
from app.regions.access import regions_where
from app.regions.models import Region


def accounts_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on User: accounts that belong to a region the administrator manages."""
    reach = regions_where(grants, Permission.ACCOUNT_MANAGE)
    return User.region_id.in_(select(Region.id).where(reach))


def may_grant(grants: Iterable[Grant], role: Role, region_path: str) -> bool:
    """Whether the administrator may give a role there: only within the regions they manage themselves."""
    del role  # every role may be given, but never beyond one's own reach
    return any(
        g.region_path and region_path.startswith(g.region_path) for g in grants if g.allows(Permission.ACCOUNT_MANAGE)
    )
