"""Reading teachers' wishes."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload

from app.access import Grant, Permission
from app.extensions import db
from app.rotation.models import PlanStatus, RotationPlan, TeacherWish
from app.rotation.queries.names import name_like
from app.schools.queries import school_filter
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

WISHES = ListSpec(
    "rotation:wishes",
    filters=(
        school_filter("school", _l("Wished school")),
        school_filter("from", _l("Present school")),
    ),
    sorts={"name": Sort((SortKey(Teacher.name_pinyin, "name_pinyin"), SortKey(Teacher.id, "id")))},
)


WISH_PARTS = (joinedload(Teacher.working_school),)


def wishing_teachers(listing: Listing, plan: RotationPlan) -> Select[Any]:
    """The teachers of a plan's county who stated a wish."""
    wish = exists().where(TeacherWish.teacher_id == Teacher.id, TeacherWish.plan_id == plan.id)
    if school := listing.get("school"):
        wish = wish.where(TeacherWish.school_id == school)
    conditions = [Teacher.county_id == plan.county_id, wish]
    if origin := listing.get("from"):
        conditions.append(Teacher.working_school_id == origin)
    if listing.search:
        conditions.append(name_like(listing.search))
    return select(Teacher).where(*conditions)


def wishes_of(plan_id: int, teacher_ids: Iterable[int]) -> dict[int, list[TeacherWish]]:
    """The wishes of some teachers, best first."""
    found: dict[int, list[TeacherWish]] = {}
    query = (
        select(TeacherWish)
        .where(TeacherWish.plan_id == plan_id, TeacherWish.teacher_id.in_(list(teacher_ids)))
        .options(joinedload(TeacherWish.school))
        .order_by(TeacherWish.teacher_id, TeacherWish.rank)
    )
    for row in db.session.scalars(query):
        found.setdefault(row.teacher_id, []).append(row)
    return found


def open_plans_of(teacher: Teacher) -> list[RotationPlan]:
    """The plans of the teacher's county that still take wishes."""
    query = (
        select(RotationPlan)
        .where(
            RotationPlan.county_id == teacher.county_id,
            RotationPlan.status.in_((PlanStatus.DRAFT, PlanStatus.RETURNED)),
        )
        .order_by(RotationPlan.school_year.desc(), RotationPlan.id)
    )
    return list(db.session.scalars(query))


def teacher_of(grants: Iterable[Grant], permission: Permission, teacher_id: int) -> Teacher | None:
    """One teacher within a person's reach, with the school they work at."""
    return db.session.scalar(
        select(Teacher)
        .where(Teacher.id == teacher_id, teachers_where(grants, permission))
        .options(joinedload(Teacher.working_school))
    )


def teachers_called(county_id: int, typed: str) -> list[Teacher]:
    """Up to two teachers of a county with that name or work number, to see whether it names one."""
    query = (
        select(Teacher)
        .where(
            Teacher.county_id == county_id,
            Teacher.left_on.is_(None),
            or_(Teacher.name == typed, Teacher.staff_number == typed),
        )
        .options(joinedload(Teacher.working_school))
        .order_by(Teacher.id)
        .limit(20)
    )
    return list(db.session.scalars(query))


def teachers_like(county_id: int, typed: str) -> list[Teacher]:
    """Up to twenty teachers of a county whose name or work number the text may mean."""
    query = (
        select(Teacher)
        .where(
            Teacher.county_id == county_id,
            Teacher.left_on.is_(None),
            or_(name_like(typed), Teacher.staff_number == typed),
        )
        .options(joinedload(Teacher.working_school))
        .order_by(Teacher.name_pinyin, Teacher.id)
        .limit(20)
    )
    return list(db.session.scalars(query))
