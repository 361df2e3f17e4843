"""Finding the people that a stand-in may be, and the reviewers of a county."""

from sqlalchemy import ColumnElement, or_, select

from app.access import MATRIX, Permission
from app.accounts.models import RoleGrant, User
from app.extensions import db
from app.schools.models import School
from app.teachers.models import Teacher


def _of_county(county_id: int) -> ColumnElement[bool]:
    """Condition on RoleGrant: held over the county, one of its schools or one of its teachers."""
    return or_(
        RoleGrant.region_id == county_id,
        RoleGrant.school_id.in_(select(School.id).where(School.county_id == county_id)),
        RoleGrant.teacher_id.in_(select(Teacher.id).where(Teacher.county_id == county_id)),
    )


def called(text: str | None, county_id: int) -> list[User]:
    """The accounts in use of a county that a text names: by user name, else by full name."""
    name = (text or "").strip()
    here = or_(User.region_id == county_id, User.id.in_(select(RoleGrant.user_id).where(_of_county(county_id))))
    for column in (User.username, User.name):
        found = list(db.session.scalars(select(User).where(column == name, User.active, here).limit(2)))
        if found:
            return found
    return []


def reviewers_of(county_id: int) -> dict[int, str]:
    """Who checks or confirms claims in a county: account → name with the school."""
    roles = [
        role for role, held in MATRIX.items() if Permission.CREDIT_CHECK in held or Permission.CREDIT_CONFIRM in held
    ]
    rows = db.session.execute(
        select(User.id, User.name, School.name)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .outerjoin(School, School.id == RoleGrant.school_id)
        .where(User.active, RoleGrant.role.in_(roles), _of_county(county_id))
        .order_by(School.name_pinyin, User.name, User.id)
    ).tuples()
    return {row[0]: " · ".join(filter(None, (row[1], row[2]))) for row in rows}
