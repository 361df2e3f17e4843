"""Reading accounts and sessions."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, not_, or_, select
from sqlalchemy.orm import selectinload

from app.access import Grant, Permission, Role
from app.accounts.access import accounts_where, roles_where
from app.accounts.models import RoleGrant, User, UserSession
from app.extensions import db
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.schools.models import School
from app.teachers.models import Teacher


def accounts(grants: Iterable[Grant], *, q: str = "", role: str = "") -> Select[User]:
    """The accounts within reach, by name, user name and role."""
    query = select(User).where(accounts_where(grants)).options(selectinload(User.role_grants))
    if q:
        text = q.strip()
        is_named = func.lower(User.username).contains(text.lower(), autoescape=True)
        query = query.where(or_(is_named, User.name.contains(text, autoescape=True)))
    if role in set(Role):
        query = query.where(User.id.in_(select(RoleGrant.user_id).where(RoleGrant.role == Role(role))))
    return query


def account(grants: Iterable[Grant], user_id: int) -> User | None:
    """One account within reach."""
    return db.session.scalar(select(User).where(accounts_where(grants), User.id == user_id))


def role_of(grants: Iterable[Grant], user: User, grant_id: int) -> RoleGrant | None:
    """One role of an account, where it is held over something within reach."""
    mine = (RoleGrant.id == grant_id, RoleGrant.user_id == user.id, roles_where(grants))
    return db.session.scalar(select(RoleGrant).where(*mine))


def holds_more(grants: Iterable[Grant], user: User) -> bool:
    """Whether an account holds a role beyond the administrator's reach."""
    beyond = select(RoleGrant.id).where(RoleGrant.user_id == user.id, not_(roles_where(grants)))
    return db.session.scalar(beyond.limit(1)) is not None


def sessions_of(user: User) -> Sequence[UserSession]:
    """Open sessions, newest first."""
    query = select(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    return db.session.scalars(query.order_by(UserSession.seen_at.desc(), UserSession.id.desc())).all()


def regions_within_reach(grants: Iterable[Grant]) -> Sequence[Region]:
    """Regions for which roles can be given, from the top down; townships hold no roles."""
    reach = regions_where(grants, Permission.ACCOUNT_MANAGE)
    return db.session.scalars(
        select(Region).where(reach, Region.level != RegionLevel.TOWNSHIP).order_by(Region.path)
    ).all()


def school_within_reach(grants: Iterable[Grant], code_or_name: str) -> School | None:
    """A school by its code or full name."""
    reach = regions_where(grants, Permission.ACCOUNT_MANAGE)
    return db.session.scalar(
        select(School).where(
            School.county_id.in_(select(Region.id).where(reach)),
            or_(School.code == code_or_name, School.name == code_or_name),
        )
    )


def teacher_within_reach(grants: Iterable[Grant], digest: str) -> Teacher | None:
    """A teacher by the digest of the identity number."""
    reach = regions_where(grants, Permission.ACCOUNT_MANAGE)
    return db.session.scalar(
        select(Teacher).where(Teacher.county_id.in_(select(Region.id).where(reach)), Teacher.id_number_digest == digest)
    )


def scope_names(rows: Iterable[RoleGrant]) -> dict[int, str]:
    """What each grant is held over, in words: grant id → name."""
    rows = list(rows)
    schools = dict(_names(School, {r.school_id for r in rows if r.school_id}))
    teachers = dict(_names(Teacher, {r.teacher_id for r in rows if r.teacher_id}))
    return {
        r.id: (r.region.name if r.region else schools.get(r.school_id or 0) or teachers.get(r.teacher_id or 0) or "")
        for r in rows
    }


def _names(model: type[School] | type[Teacher], ids: set[int]) -> list[tuple[int, str]]:
    if not ids:
        return []
    return [(i, n) for i, n in db.session.execute(select(model.id, model.name).where(model.id.in_(ids)))]
