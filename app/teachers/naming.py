"""Finding the teachers on the roster that a text in a box names, or may be the beginning of."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from app.extensions import db
from app.schools.models import School
from app.teachers import search
from app.teachers.models import Teacher


def written(teacher: Teacher) -> str:
    """A teacher as they stand in the box."""
    return f"{teacher.name} ({teacher.working_school.name})"


def teachers_named(
    text: str, reach: ColumnElement[bool], limit: int = 2, options: Sequence[ExecutableOption] = ()
) -> Sequence[Teacher]:
    """The teachers that a text names: by work number, by name, or as `name (school)`."""
    text = text.strip()
    name, _bracket, school = text.rpartition(" (")
    ways = [Teacher.staff_number == text, Teacher.name == text]
    if name and school.endswith(")"):
        here = select(School.id).where(School.name == school.removesuffix(")"))
        ways.append(and_(Teacher.name == name, Teacher.working_school_id.in_(here)))
    return _people(limit, options, reach, or_(*ways))


def teachers_suggested(text: str, reach: ColumnElement[bool], limit: int = 20) -> Sequence[Teacher]:
    """The teachers that a text may be the beginning of; none for an empty one."""
    if not text.strip():
        return []
    return _people(limit, (), reach, *search.search(text, in_one_county=True).conditions)


def _people(limit: int, options: Sequence[ExecutableOption], *conditions: Any) -> Sequence[Teacher]:
    return db.session.scalars(
        select(Teacher)
        .where(Teacher.left_on.is_(None), *conditions)
        .options(joinedload(Teacher.working_school), *options)
        .order_by(Teacher.name_pinyin, Teacher.id)
        .limit(limit)
    ).all()
