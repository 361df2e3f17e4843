"""Growth groups school by school with what is missing, and the researchers stationed at rural and weak schools."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.extensions import db
from app.growth.models import GRADES, GroupMember, GroupRole, GrowthGroup, ProgrammePlace, StationedSchool
from app.schools.access import schools_where
from app.schools.models import School, SchoolStage, Stage
from app.schools.queries import COUNTY_FILTER
from app.teachers.models import Teacher
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

P = Permission
_SCHOOL = (SchoolStage.school,)
GROUPS = ListSpec(
    "growth.groups",
    filters=(
        COUNTY_FILTER,
        lists.choice("stage", _l("Stage"), lambda: [(one.value, one.label) for one in GRADES]),
        lists.choice(
            "state",
            _l("Growth group"),
            lambda: [("full", _("Has all it needs")), ("short", _("Something is missing")), ("none", _("No group"))],
        ),
    ),
    sorts={"name": Sort((SortKey(School.name_pinyin, "school.name_pinyin"), SortKey(SchoolStage.id, "id")), _SCHOOL)},
)
STATIONINGS = ListSpec(
    "growth.stationings",
    filters=(
        COUNTY_FILTER,
        lists.flag("covered", _l("Has its researcher")),
        lists.choice("why", _l("Why it needs one"), lambda: [("rural", _("Rural")), ("weak", _("Weak school"))]),
    ),
    sorts={"name": Sort((SortKey(School.name_pinyin, "name_pinyin"), SortKey(School.id, "id")))},
)
GROUP_PARTS = (
    joinedload(GrowthGroup.school),
    selectinload(GrowthGroup.members).joinedload(GroupMember.teacher),
)


def needs_group() -> ColumnElement[bool]:
    """Condition on SchoolStage: a stage with pupils for which JM-06 asks for a group."""
    return and_(SchoolStage.stage.in_(list(GRADES)), SchoolStage.pupils > 0)


def stages_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on SchoolStage: those of active schools within reach that need a group."""
    schools = select(School.id).where(School.is_active, schools_where(grants, P.GROWTH_READ))
    return and_(needs_group(), SchoolStage.school_id.in_(schools))


def _open_group() -> Select[Any]:
    return select(GrowthGroup.id).where(
        GrowthGroup.school_id == SchoolStage.school_id,
        GrowthGroup.stage == SchoolStage.stage,
        GrowthGroup.to_on.is_(None),
    )


def is_full() -> ColumnElement[bool]:
    """Condition on SchoolStage: its group has all it needs (1+6+N or 1+3+N)."""

    def members(role: GroupRole) -> Any:
        return (
            select(func.count())
            .where(GroupMember.group_id == GrowthGroup.id, GroupMember.to_on.is_(None), GroupMember.role == role)
            .correlate(GrowthGroup)
            .scalar_subquery()
        )

    return (
        _open_group()
        .where(
            members(GroupRole.PSYCHOLOGY) >= 1,
            members(GroupRole.GRADE_HEAD) >= GrowthGroup.grades,
            members(GroupRole.TEACHER) >= 1,
        )
        .exists()
    )


def stages_listed(listing: Listing, grants: Iterable[Grant]) -> Select[Any]:
    """The schools' stages that a list asks for."""
    query = select(SchoolStage).where(stages_where(grants))
    if county := listing.get("county"):
        query = query.where(SchoolStage.school_id.in_(select(School.id).where(School.county_id == county)))
    if stage := listing.get("stage"):
        query = query.where(SchoolStage.stage == Stage(stage))
    if state := listing.get("state"):
        has = _open_group().exists()
        query = query.where({"full": is_full(), "short": and_(has, ~is_full()), "none": ~has}[state])
    if listing.search:
        named = select(School.id).where(School.name.contains(listing.search, autoescape=True))
        query = query.where(SchoolStage.school_id.in_(named))
    return query


STAGE_PARTS = (joinedload(SchoolStage.school),)


def groups_of(rows: Sequence[SchoolStage]) -> dict[tuple[int, Stage], GrowthGroup]:
    """(school, stage) to its open group with its members; two queries for all."""
    found = db.session.scalars(
        select(GrowthGroup)
        .where(GrowthGroup.school_id.in_([row.school_id for row in rows]), GrowthGroup.to_on.is_(None))
        .options(*GROUP_PARTS)
    )
    return {(group.school_id, group.stage): group for group in found}


def present(group: GrowthGroup, role: GroupRole | None = None) -> list[GroupMember]:
    """The group's members of today, of one role or of all."""
    return [one for one in group.members if one.to_on is None and role in (None, one.role)]


def missing(group: GrowthGroup | None) -> list[str]:
    """What a group still lacks, in words."""
    if group is None:
        return [str(_("There is no group yet."))]
    found = []
    if not present(group, GroupRole.PSYCHOLOGY):
        found.append(str(_("a full-time mental health teacher")))
    heads = {one.grade for one in present(group, GroupRole.GRADE_HEAD)}
    if lacking := [str(grade) for grade in range(1, group.grades + 1) if grade not in heads]:
        found.append(str(_("the heads of the grades %(grades)s", grades=_(", ").join(lacking))))
    if not present(group, GroupRole.TEACHER):
        found.append(str(_("teachers of the group")))
    return found


def one_stage(stage_id: int, grants: Iterable[Grant], *permissions: Permission) -> SchoolStage | None:
    """A school's stage within reach of one of the permissions."""
    held = list(grants)
    reach = select(School.id).where(or_(*(schools_where(held, permission) for permission in permissions)))
    return db.session.scalar(
        select(SchoolStage).where(SchoolStage.id == stage_id, SchoolStage.school_id.in_(reach)).options(*STAGE_PARTS)
    )


def one_group(group_id: int, grants: Iterable[Grant], *permissions: Permission) -> GrowthGroup | None:
    """A group within reach of one of the permissions, with its members."""
    held = list(grants)
    reach = select(School.id).where(or_(*(schools_where(held, permission) for permission in permissions)))
    return db.session.scalar(
        select(GrowthGroup)
        .where(GrowthGroup.id == group_id, GrowthGroup.school_id.in_(reach))
        .options(*GROUP_PARTS)
        .execution_options(populate_existing=True)
    )


def one_member(member_id: int, grants: Iterable[Grant], *permissions: Permission) -> GroupMember | None:
    """Somebody's place in a group within reach."""
    held = list(grants)
    reach = select(School.id).where(or_(*(schools_where(held, permission) for permission in permissions)))
    groups = select(GrowthGroup.id).where(GrowthGroup.school_id.in_(reach))
    return db.session.scalar(
        select(GroupMember)
        .where(GroupMember.id == member_id, GroupMember.group_id.in_(groups))
        .options(joinedload(GroupMember.teacher), joinedload(GroupMember.group).options(*GROUP_PARTS))
    )


def memberships_of(teacher_id: int, reach: ColumnElement[bool] | None = None) -> Sequence[GroupMember]:
    """The groups that a teacher is or was in; only those of schools within `reach` where it is given."""
    mine = select(GroupMember).where(GroupMember.teacher_id == teacher_id)
    if reach is not None:
        schools = select(School.id).where(reach)
        mine = mine.where(GroupMember.group_id.in_(select(GrowthGroup.id).where(GrowthGroup.school_id.in_(schools))))
    return db.session.scalars(
        mine.options(joinedload(GroupMember.group).joinedload(GrowthGroup.school)).order_by(
            GroupMember.from_on.desc(), GroupMember.id.desc()
        )
    ).all()


# --- researchers stationed at schools -----------------------------------------------------------------------------


def is_rural() -> ColumnElement[bool]:
    """Condition on School: in a village or a township."""
    return School.locality_code.startswith("2")


def needing_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on School: rural or weak ones within reach, each of which has a researcher (HY-05)."""
    return and_(School.is_active, or_(is_rural(), School.is_weak), schools_where(grants, P.GROWTH_READ))


def is_covered() -> ColumnElement[bool]:
    """Condition on School: a researcher is stationed there today."""
    return (
        select(StationedSchool.id)
        .where(StationedSchool.school_id == School.id, StationedSchool.to_on.is_(None))
        .exists()
    )


def schools_listed(listing: Listing, grants: Iterable[Grant]) -> Select[Any]:
    """The rural and weak schools that a list asks for."""
    query = select(School).where(needing_where(grants))
    if county := listing.get("county"):
        query = query.where(School.county_id == county)
    if (covered := listing.get("covered")) is not None:
        query = query.where(is_covered() if covered else ~is_covered())
    if why := listing.get("why"):
        query = query.where(is_rural() if why == "rural" else School.is_weak)
    if listing.search:
        query = query.where(School.name.contains(listing.search, autoescape=True))
    return query


STAY_PARTS = (
    joinedload(StationedSchool.school),
    joinedload(StationedSchool.place).options(
        joinedload(ProgrammePlace.teacher).joinedload(Teacher.working_school),
        joinedload(ProgrammePlace.programme),
        selectinload(ProgrammePlace.reports),
    ),
)


def stays_of(schools: Sequence[School]) -> dict[int, StationedSchool]:
    """School to the researcher's present stay."""
    found = db.session.scalars(
        select(StationedSchool)
        .where(StationedSchool.school_id.in_([one.id for one in schools]), StationedSchool.to_on.is_(None))
        .options(*STAY_PARTS)
    )
    return {row.school_id: row for row in found}


def stays_in(place_id: int) -> Sequence[StationedSchool]:
    """The schools of one researcher, the present first."""
    return db.session.scalars(
        select(StationedSchool)
        .where(StationedSchool.place_id == place_id)
        .options(joinedload(StationedSchool.school))
        .order_by(StationedSchool.to_on.is_not(None), StationedSchool.from_on.desc(), StationedSchool.id)
    ).all()


def one_stay(stay_id: int, grants: Iterable[Grant], permission: Permission) -> StationedSchool | None:
    """A stay at a school within reach."""
    reach = select(School.id).where(schools_where(grants, permission))
    return db.session.scalar(
        select(StationedSchool)
        .where(StationedSchool.id == stay_id, StationedSchool.school_id.in_(reach))
        .options(*STAY_PARTS)
    )
