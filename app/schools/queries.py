"""Reading schools for pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.codes import queries as codes
from app.extensions import db
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.schools.access import schools_where
from app.schools.models import EducationGroup, PostSource, School, SchoolStage, Stage
from app.schools.pinyin import typed
from app.schools.staffing import Staffing
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

LOCALITIES = (("urban", _l("Urban area")), ("town", _l("Town area")), ("rural", _l("Rural area")))
NAME = Sort((SortKey(School.name_pinyin, "name_pinyin"), SortKey(School.id, "id")))


def stage_choices() -> list[tuple[str, str]]:
    """Stages as choices."""
    return [(stage.value, str(stage.label)) for stage in Stage]


def school_filter(name: str, label: LazyString | str) -> lists.Filter:
    """A filter by a school, named where it is within the person's reach."""

    def called(school_id: int) -> str | None:
        reach = schools_where(current_user.grants, Permission.SCHOOL_READ)
        return db.session.scalar(select(School.name).where(School.id == school_id, reach))

    return lists.row(name, label, called)


def group_filter(name: str, label: LazyString | str) -> lists.Filter:
    """A filter by an education group, named where it is within the person's reach."""

    def called(group_id: int) -> str | None:
        found = groups(current_user.grants, Permission.SCHOOL_READ)
        return next((group.name for group in found if group.id == group_id), None)

    return lists.row(name, label, called)


def _county_name(county_id: int) -> str | None:
    reach = regions_where(current_user.grants, Permission.SCHOOL_READ)
    return db.session.scalar(select(Region.name).where(Region.id == county_id, reach))


COUNTY_FILTER = lists.row("county", _l("County"), _county_name)
SCHOOLS = ListSpec(
    "schools.index",
    filters=(
        COUNTY_FILTER,
        lists.choice("stage", _l("Stage"), stage_choices),
        lists.choice("locality", _l("Locality"), lambda: LOCALITIES),
        lists.choice("kind", _l("Kind of school"), lambda: codes.choices("school_kind")),
        lists.flag("sending", _l("Sends teachers")),
        lists.flag("weak", _l("Weak school")),
        lists.choice("posts", _l("Subject posts"), lambda: [("none", _l("None set yet"))]),
        group_filter("group", _l("Education group")),
        lists.text("township", _l("Township")),
        lists.choice("open", _l("Closed schools"), lambda: [("all", _l("Shown too")), ("closed", _l("Only these"))]),
    ),
    sorts={
        "name": NAME,
        "code": Sort((SortKey(School.code, "code"), SortKey(School.id, "id"))),
        "quota": Sort((SortKey(School.quota, "quota"), SortKey(School.id, "id"))),
    },
)


def schools_listed(listing: Listing, reach: ColumnElement[bool]) -> Select[Any]:
    """The schools that a list asks for, within a person's reach."""
    conditions = [reach, *_search(listing.search)]
    if county := listing.get("county"):
        conditions.append(School.county_id == county)
    if stage := listing.get("stage"):
        conditions.append(School.stages.any(SchoolStage.stage == Stage(stage)))
    if locality := listing.get("locality"):
        conditions.append(_locality(locality))
    for name, column in (("kind", School.kind_code), ("group", School.group_id)):
        if (value := listing.get(name)) is not None:
            conditions.append(column == value)
    for name, truth in (("sending", School.is_sending), ("weak", School.is_weak)):
        if (value := listing.get(name)) is not None:
            conditions.append(truth == value)
    if listing.get("posts") == "none":
        conditions.append(~School.posts.any())
    if township := listing.get("township"):
        conditions.append(School.township.contains(township, autoescape=True))
    if (closed := listing.get("open")) != "all":
        conditions.append(School.is_active.is_(closed != "closed"))
    return select(School).where(*conditions)


def _locality(name: str) -> ColumnElement[bool]:
    urban, town = School.locality_code.startswith("11"), School.locality_code.startswith("12")
    return {"urban": urban, "town": town}.get(name, and_(~urban, ~town))


def _search(text: str) -> list[ColumnElement[bool]]:
    """By name, by code, by pinyin or its initials: each anywhere in it."""
    if not text:
        return []
    ways = [School.name.contains(text, autoescape=True)]
    if text.isdigit():
        ways.append(School.code.startswith(text, autoescape=True))
    letters = typed(text)
    if letters and text.isascii():
        ways.append(School.name_pinyin.contains(letters, autoescape=True))
        ways.append(School.name_initials.contains(letters, autoescape=True))
        ways.append(School.code == text)
    return [or_(*ways)]


def list_options() -> tuple[Any, ...]:
    """What a list row shows beside the school's own columns."""
    return (selectinload(School.stages), joinedload(School.group), joinedload(School.county))


def one_school(school_id: int, grants: Iterable[Grant], permission: Permission) -> School | None:
    """A school within reach, with all that its pages show."""
    return db.session.scalar(
        select(School)
        .where(School.id == school_id, schools_where(grants, permission))
        .options(*list_options(), selectinload(School.posts))
    )


def counties(grants: Iterable[Grant], permission: Permission) -> Sequence[Region]:
    """The counties within reach, by name."""
    return db.session.scalars(
        select(Region)
        .where(Region.level == RegionLevel.COUNTY, regions_where(grants, permission))
        .order_by(Region.code)
    ).all()


def groups(grants: Iterable[Grant], permission: Permission, county_id: int | None = None) -> Sequence[EducationGroup]:
    """The education groups of the counties within reach."""
    here = select(Region.id).where(regions_where(grants, permission))
    own = select(School.group_id).where(schools_where(grants, permission), School.group_id.is_not(None))
    query = select(EducationGroup).where(or_(EducationGroup.county_id.in_(here), EducationGroup.id.in_(own)))
    if county_id is not None:
        query = query.where(EducationGroup.county_id == county_id)
    return db.session.scalars(query.order_by(EducationGroup.name)).all()


def group_members(group_ids: Sequence[int]) -> dict[int, list[School]]:
    """The schools of some education groups."""
    found: dict[int, list[School]] = {group_id: [] for group_id in group_ids}
    rows = db.session.scalars(
        select(School).where(School.group_id.in_(group_ids)).options(selectinload(School.stages)).order_by(*_by_name())
    )
    for school in rows:
        if school.group_id is not None:
            found[school.group_id].append(school)
    return found


def _by_name() -> tuple[Any, Any]:
    return School.name_pinyin, School.id


def county_schools(county_id: int) -> Sequence[School]:
    """The open schools of a county, by name."""
    return db.session.scalars(
        select(School).where(School.county_id == county_id, School.is_active).order_by(*_by_name())
    ).all()


def suggestions(text: str, reach: ColumnElement[bool], limit: int = 20) -> Sequence[School]:
    """Open schools that a typed text may mean."""
    return db.session.scalars(
        select(School).where(reach, School.is_active, *_search(text.strip())).order_by(*_by_name()).limit(limit)
    ).all()


def named(text: str, reach: ColumnElement[bool]) -> Sequence[School]:
    """The schools that a text names: by code, by name, or as `name (code)`; at most two."""
    text = text.strip()
    name, _bracket, code = text.rpartition(" (")
    exact = and_(School.name == name, School.code == code.removesuffix(")")) if name and code.endswith(")") else None
    ways = [School.code == text, School.name == text, *([exact] if exact is not None else [])]
    return db.session.scalars(select(School).where(reach, or_(*ways)).limit(2)).all()


def townships(reach: ColumnElement[bool]) -> Sequence[str]:
    """The townships that schools within reach name."""
    return db.session.scalars(
        select(School.township)
        .where(reach, School.township.is_not(None))
        .group_by(School.township)
        .order_by(func.min(School.name_pinyin))
        .limit(200)
    ).all()  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class SubjectBalance:
    """A subject of a stage at one school: who teaches it, and how many should."""

    stage: Stage
    subject: str
    staff: int
    posts: int
    proposed: int = 0
    source: PostSource | None = None

    @property
    def gap(self) -> int:
        """Missing teachers; negative where there are more than posts."""
        return self.posts - self.staff


def balance(school: School, staff: Staffing) -> list[SubjectBalance]:
    """Posts against staff, for each subject that has either."""
    return [row for row in post_rows(school, staff, {}, []) if row.posts or row.staff]


def post_rows(
    school: School, staff: Staffing, proposed: Mapping[tuple[Stage, str], int], keys: Iterable[tuple[Stage, str]]
) -> list[SubjectBalance]:
    """Posts, staff and the norm's proposal, stage by stage in the order of the subjects."""
    order = {code: n for n, code in enumerate(codes.tables().get("subject", {}))}
    standing = {(post.stage, post.subject_code): post for post in school.posts}
    every = {*standing, *staff.by_subject, *proposed, *keys}
    stages = list(Stage)
    rows = []
    for stage, subject in sorted(every, key=lambda key: (stages.index(key[0]), order.get(key[1], 99), key[1])):
        post = standing.get((stage, subject))
        rows.append(
            SubjectBalance(
                stage,
                subject,
                staff.by_subject.get((stage, subject), 0),
                post.posts if post else 0,
                proposed.get((stage, subject), 0),
                post.source if post else None,
            )
        )
    return rows
