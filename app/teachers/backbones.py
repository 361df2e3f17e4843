"""Who is, or was, a backbone teacher: an honour of the county or above that is valid on the day."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from app.db.planning import Unindexed
from app.teachers.models import BackboneHonour, Teacher

BACKBONE_TYPES = (
    "special_grade", "famous_teacher", "subject_leader", "backbone", "research_leader", "moral_leader",
    "teaching_expert",
)  # fmt: skip
COUNTY_AND_ABOVE = ("1", "2", "3", "4")
PREFECTURE_AND_ABOVE = ("1", "2", "3")
PROVINCE_AND_ABOVE = ("1", "2")


def valid_on(
    day: date, levels: Collection[str] = COUNTY_AND_ABOVE, types: Collection[str] = BACKBONE_TYPES
) -> ColumnElement[bool]:
    """Condition on BackboneHonour: it counts, and the day lies within its dates (both included)."""
    return BackboneHonour.level_code.in_(levels) & _stands_on(day, types)


def _stands_on(day: date, types: Collection[str]) -> ColumnElement[bool]:
    return (
        BackboneHonour.type_code.in_(types)
        & (BackboneHonour.valid_from <= day)
        & or_(BackboneHonour.valid_to.is_(None), BackboneHonour.valid_to >= day)
    )


def backbone_on(
    day: date,
    levels: Collection[str] = COUNTY_AND_ABOVE,
    types: Collection[str] = BACKBONE_TYPES,
    *,
    few_among_many: bool = False,
) -> ColumnElement[bool]:
    """Condition on Teacher: a backbone teacher on that day.

    It is asked teacher by teacher, which suits the many of a county, and the honours are reached by their teacher,
    never by their level. `few_among_many` looks the holders up by level first, which
    suits the few of the higher levels in a province.
    """
    if few_among_many:
        return Teacher.id.in_(select(BackboneHonour.teacher_id).where(valid_on(day, levels, types)))
    own = BackboneHonour.teacher_id == Teacher.id
    level = Unindexed(BackboneHonour.level_code).in_(levels)
    return select(BackboneHonour.id).where(own, level, _stands_on(day, types)).exists()


def counts_on(honour: BackboneHonour, day: date) -> bool:
    """Whether one honour makes its teacher a backbone teacher on that day."""
    return (
        honour.level_code in COUNTY_AND_ABOVE
        and honour.type_code in BACKBONE_TYPES
        and honour.valid_from <= day
        and (honour.valid_to is None or honour.valid_to >= day)
    )


def is_backbone(teacher: Teacher, day: date) -> bool:
    """Whether a teacher whose honours are loaded is a backbone teacher on that day."""
    return any(counts_on(honour, day) for honour in teacher.honours)
