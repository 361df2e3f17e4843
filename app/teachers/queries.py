"""Reading teachers for pages."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.access import Grant, Permission
from app.codes import queries as codes
from app.extensions import db
from app.schools.models import School, Stage
from app.schools.queries import COUNTY_FILTER, school_filter, stage_choices
from app.schools.staffing import Staffing
from app.teachers import backbones, search
from app.teachers.access import teachers_where
from app.teachers.models import BIRTH_ORDER, JOINED_ORDER, Sex, Teacher
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

UNKNOWN = date(1900, 1, 1)
ON_ROSTER = Teacher.left_on.is_(None)
BACKBONE_CHOICES = (
    ("any", _l("County level and above")),
    ("prefecture", _l("Prefecture level and above")),
    ("province", _l("Provincial level and above")),
    ("none", _l("Not a backbone teacher")),
)
LEVELS = {"prefecture": backbones.PREFECTURE_AND_ABOVE, "province": backbones.PROVINCE_AND_ABOVE}


def _sort(column: Any, attribute: str, missing: Any = None) -> Sort:
    return Sort((SortKey(column, attribute, missing=missing), SortKey(Teacher.id, "id")))


TEACHERS = ListSpec(
    "teachers.index",
    filters=(
        COUNTY_FILTER,
        school_filter("school", _l("School")),
        lists.choice(
            "belongs", _l("Belongs as"), lambda: [("employing", _l("Employed by it")), ("working", _l("Working there"))]
        ),
        lists.choice("stage", _l("Stage"), stage_choices),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        lists.choice("state", _l("State"), lambda: codes.choices("teacher_state")),
        lists.choice("sex", _l("Sex"), lambda: [(sex.value, sex.label) for sex in Sex]),
        lists.choice("title", _l("Title obtained"), lambda: codes.choices("title")),
        lists.choice("backbone", _l("Backbone teacher"), lambda: BACKBONE_CHOICES),
        lists.day("on", _l("Backbone on the day")),
        lists.whole("age_from", _l("Age from"), maximum=100),
        lists.whole("age_to", _l("Age to"), maximum=100),
        lists.whole("years_from", _l("Years at the school from"), maximum=60),
        lists.whole("years_to", _l("Years at the school to"), maximum=60),
        lists.flag("pool", _l("In the sending pool")),
        lists.flag("established", _l("On the establishment")),
        lists.choice("roster", _l("Those who left"), lambda: [("all", _l("Shown too")), ("left", _l("Only these"))]),
        search.DOCUMENT,
        lists.choice("by", _l("Letters are"), lambda: [("initials", _l("Initials"))]),
    ),
    sorts={
        "name": search.BY_NAME,
        "joined": _sort(JOINED_ORDER, "joined_school_on", UNKNOWN),
        "birth": _sort(BIRTH_ORDER, "birth_on", UNKNOWN),
        "school": Sort(
            (
                SortKey(School.name_pinyin, "employing_school.name_pinyin"),
                SortKey(School.id, "employing_school.id"),
                SortKey(Teacher.name_pinyin, "name_pinyin"),
                SortKey(Teacher.id, "id"),
            ),
            joins=(Teacher.employing_school,),
        ),
    },
)


def years_before(day: date, years: int) -> date:
    """The day so many years earlier; 29 February becomes 1 March, for a year is complete only then."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)


def teachers_listed(
    listing: Listing, reach: ColumnElement[bool], today: date, *, in_one_county: bool
) -> tuple[Select[Any], search.Search]:
    """The teachers that a list asks for, within a person's reach; and how the search text was read."""
    narrow = in_one_county or listing.get("county") is not None or listing.get("school") is not None
    looked = search.search(listing.search, in_one_county=narrow, as_initials=listing.get("by") == "initials")
    listing.order = looked.order
    is_open = not (narrow or listing.search or any(listing.get(name) for name in ("subject", "state", "title")))
    dated = _dated(listing, today, is_open=is_open)
    conditions = [reach, *looked.conditions, *_plain(listing), *dated, *_placed(listing)]
    roster = listing.get("roster")
    if roster is None:
        conditions.append(ON_ROSTER)
    elif roster == "left":
        conditions.append(~ON_ROSTER)
    return select(Teacher).where(*conditions), looked


def _plain(listing: Listing) -> Iterable[ColumnElement[bool]]:
    columns: dict[str, Any] = {
        "county": Teacher.county_id,
        "subject": Teacher.subject_code,
        "state": Teacher.state_code,
        "title": Teacher.title_rated_code,
        "established": Teacher.is_established,
        "document": Teacher.id_number_digest,
    }
    for name, column in columns.items():
        if (value := listing.get(name)) is not None:
            yield column == value
    if stage := listing.get("stage"):
        yield Teacher.stage == Stage(stage)
    if sex := listing.get("sex"):
        yield Teacher.sex == Sex(sex)


def _dated(listing: Listing, today: date, *, is_open: bool) -> Iterable[ColumnElement[bool]]:
    # Where nothing else narrows a wide list, dates are compared in the form in which they are indexed; elsewhere that
    # index would only lead away from a better one. An unknown date has no age.
    birth, joined = (BIRTH_ORDER, JOINED_ORDER) if is_open else (Teacher.birth_on, Teacher.joined_school_on)
    if (oldest := listing.get("age_to")) is not None:
        yield birth > years_before(today, oldest + 1)
    if (youngest := listing.get("age_from")) is not None:
        yield and_(birth <= years_before(today, youngest), birth > UNKNOWN)
    if (longest := listing.get("years_to")) is not None:
        yield joined > years_before(today, longest + 1)
    if (shortest := listing.get("years_from")) is not None:
        yield and_(joined <= years_before(today, shortest), joined > UNKNOWN)
    day = listing.get("on") or today
    kind = listing.get("backbone") or ("any" if listing.get("on") else None)
    if kind == "none":
        yield ~backbones.backbone_on(day)
    elif kind:
        levels = LEVELS.get(kind, backbones.COUNTY_AND_ABOVE)
        yield backbones.backbone_on(day, levels, few_among_many=is_open and kind in LEVELS)


def _placed(listing: Listing) -> Iterable[ColumnElement[bool]]:
    school, belongs = listing.get("school"), listing.get("belongs")
    if school is not None:
        ways = {"employing": Teacher.employing_school_id == school, "working": Teacher.working_school_id == school}
        yield ways[belongs] if belongs else or_(*ways.values())
    if (pool := listing.get("pool")) is not None:
        sends = select(School.id).where(School.id == Teacher.employing_school_id, School.is_sending, School.is_active)
        yield sends.exists() if pool else ~sends.exists()


def anchors(listing: Listing) -> list[Any]:
    """The columns that come before the list's order in an index of it."""
    is_by_name = listing.chosen_order.keys[0].column is Teacher.name_pinyin
    more = [Teacher.subject_code, Teacher.state_code, Teacher.title_rated_code] if is_by_name else []
    return [Teacher.county_id, *more]


def list_options() -> tuple[Any, ...]:
    """What a list row shows beside the teacher's own columns."""
    return (
        joinedload(Teacher.employing_school).joinedload(School.county),
        joinedload(Teacher.working_school),
        selectinload(Teacher.honours),
    )


def export_options() -> tuple[Any, ...]:
    """What an export row needs."""
    return (
        joinedload(Teacher.employing_school),
        joinedload(Teacher.working_school),
        selectinload(Teacher.honours),
        undefer(Teacher.phone),
    )


def one_teacher(teacher_id: int, grants: Iterable[Grant], permission: Permission) -> Teacher | None:
    """A teacher within reach, with all that the pages show."""
    return db.session.scalar(
        select(Teacher)
        .where(Teacher.id == teacher_id, teachers_where(grants, permission))
        .options(
            joinedload(Teacher.employing_school).joinedload(School.county),
            joinedload(Teacher.working_school),
            selectinload(Teacher.honours),
            selectinload(Teacher.rotations),
            selectinload(Teacher.circumstances),
            selectinload(Teacher.further_subjects),
        )
    )


def staffing(school_ids: Sequence[int], today: date) -> dict[int, Staffing]:
    """The staff of some schools, in three queries."""
    found = {school_id: Staffing() for school_id in school_ids}
    elsewhere = case((Teacher.employing_school_id != Teacher.working_school_id, 1), else_=0)
    established = case((Teacher.is_established, 1), else_=0)
    employed = (
        select(Teacher.employing_school_id, func.count(), func.sum(established), func.sum(elsewhere))
        .where(Teacher.employing_school_id.in_(school_ids), ON_ROSTER)
        .group_by(Teacher.employing_school_id)
    )
    for school_id, number, on_establishment, lent in db.session.execute(employed):
        staff = found[school_id]
        staff.employed, staff.established, staff.lent = number, int(on_establishment), int(lent)
    working = (
        select(Teacher.working_school_id, Teacher.stage, Teacher.subject_code, func.count(), func.sum(elsewhere))
        .where(Teacher.working_school_id.in_(school_ids), ON_ROSTER)
        .group_by(Teacher.working_school_id, Teacher.stage, Teacher.subject_code)
    )
    for school_id, stage, subject, number, borrowed in db.session.execute(working):
        staff = found[school_id]
        staff.working += number
        staff.borrowed += int(borrowed)
        staff.by_subject[stage, subject] = number
    holders = (
        select(Teacher.working_school_id, Teacher.stage, func.count())
        .where(Teacher.working_school_id.in_(school_ids), ON_ROSTER, backbones.backbone_on(today))
        .group_by(Teacher.working_school_id, Teacher.stage)
    )
    for school_id, stage, number in db.session.execute(holders):
        found[school_id].backbones[stage] = number
    return found
