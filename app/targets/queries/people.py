"""The names behind a figure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.codes import queries as codes
from app.schools.models import Stage
from app.schools.queries import COUNTY_FILTER, school_filter, stage_choices
from app.targets.balance import STAGES, Indicator
from app.targets.evaluators.periods import school_year_of
from app.targets.queries.teachers import GROUP_NAMES, added_pe_arts, group_of
from app.teachers import search
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.training.month_view import FIRST_YEAR, LAST_YEAR
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

GROUPS: dict[str, LazyString] = {
    "degree": _l("Above the required degree"),
    "backbone": _l("Backbone teachers of the county and above"),
    "pe_arts": _l("PE and arts teachers"),
    "established": _l("On the establishment"),
    "employed": _l("Employed by the school"),
    "present": _l("Working here now"),
    "loan": _l("On loan to offices"),
    "away": _l("Away on rotation"),
    "lent": _l("Working at another school"),
    "borrowed": _l("From another school"),
    "mental_full": _l("Full-time mental health teachers"),
    "mental_part": _l("Part-time mental health teachers"),
    "recruits": _l("Recruits of the year"),
    "shortage": _l("Recruits for shortage subjects"),
}
PEOPLE = ListSpec(
    "targets.people",
    filters=(
        lists.choice("group", _l("Group"), lambda: [(name, GROUPS[name]) for name in GROUP_NAMES]),
        COUNTY_FILTER,
        school_filter("school", _l("School")),
        lists.choice("stage", _l("Stage"), stage_choices),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        lists.whole("year", _l("School year"), minimum=FIRST_YEAR, maximum=LAST_YEAR),
    ),
    sorts={
        "name": Sort((SortKey(Teacher.name_pinyin, "name_pinyin"), SortKey(Teacher.id, "id"))),
    },
)


def people_listed(
    listing: Listing, grants: Iterable[Grant], permission: Permission, day: date, *, small: list[int]
) -> Select[Any]:
    """The teachers of a group, within reach; `small` are the small village schools that the list may be about."""
    name = listing.get("group", "present")
    group = group_of(name, day, listing.get("year") or school_year_of(day))
    place = Teacher.employing_school_id if group.by_employer else Teacher.working_school_id
    conditions: list[ColumnElement[bool]] = [teachers_where(grants, permission)]
    school = listing.get("school")
    own = group.condition if school is None else group.condition & (place == school)
    if name == Indicator.PE_ARTS and small:
        own = own | added_pe_arts(small, day)
    conditions.append(own)
    if county := listing.get("county"):
        conditions.append(Teacher.county_id == county)
    if stage := listing.get("stage"):
        conditions.append(Teacher.stage == Stage(stage))
    elif name in set(Indicator):
        conditions.append(Teacher.stage.in_(STAGES))
    if subject := listing.get("subject"):
        conditions.append(Teacher.subject_code == subject)
    if listing.search:
        conditions += search.search(listing.search, in_one_county=True).conditions
    return select(Teacher).where(*conditions)


def list_options() -> tuple[Any, ...]:
    """What a row shows."""
    return (
        joinedload(Teacher.working_school),
        joinedload(Teacher.employing_school),
        selectinload(Teacher.honours),
        selectinload(Teacher.further_subjects),
    )
