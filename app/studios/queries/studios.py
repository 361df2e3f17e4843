"""Studios: the list, one studio, and the county's figures."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from app.access import Grant, Permission
from app.codes import queries as codes
from app.extensions import db
from app.schools.models import School
from app.schools.pinyin import typed
from app.schools.queries import COUNTY_FILTER, school_filter, stage_choices
from app.studios.access import studios_where
from app.studios.models import RUNNING, MemberRole, Membership, MembershipStatus, Studio, StudioKind, StudioStatus
from app.teachers.backbones import PREFECTURE_AND_ABOVE
from app.teachers.models import Teacher
from app.teachers.search import begins
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

LEVELS = ("2", "3", "4", "5")
_UNKNOWN = date(1900, 1, 1)
_ENDS = func.coalesce(Studio.ends_on, _UNKNOWN)


def level_choices() -> list[tuple[str, str]]:
    """The levels that a studio can have: province, prefecture, county, school."""
    return [(code, codes.label("honour_level", code)) for code in LEVELS]


def status_choices() -> list[tuple[str, Any]]:
    """The statuses, and all that are running."""
    return [("running", _l("Running or suspended"))] + [(one.value, one.label) for one in StudioStatus]


STUDIOS = ListSpec(
    "studios.index",
    filters=(
        COUNTY_FILTER,
        lists.choice("kind", _l("Kind"), lambda: [(one.value, one.label) for one in StudioKind]),
        lists.choice("level", _l("Level"), lambda: [*level_choices(), ("city", _l("City level and above"))]),
        lists.choice("status", _l("Status"), status_choices),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        lists.choice("stage", _l("Stage"), stage_choices),
        school_filter("school", _l("Seat school")),
        lists.flag("full", _l("All members' places taken")),
        lists.flag("shaped", _l("In its full form")),
        lists.flag("network", _l("Works over the network")),
        lists.day("ends", _l("Cycle ends on or before")),
    ),
    sorts={
        "name": Sort((SortKey(Studio.name_pinyin, "name_pinyin"), SortKey(Studio.id, "id"))),
        "ends": Sort((SortKey(_ENDS, "ends_on", missing=_UNKNOWN), SortKey(Studio.id, "id"))),
    },
)
STUDIO_PARTS = (joinedload(Studio.host), joinedload(Studio.school))
WHOLE = (
    joinedload(Studio.host),
    joinedload(Studio.assistant),
    joinedload(Studio.school),
    joinedload(Studio.successor),
)


def studios_listed(listing: Listing, reach: ColumnElement[bool]) -> Select[Any]:
    """The studios that a list asks for, within a person's reach."""
    plain: dict[str, Any] = {
        "county": Studio.county_id,
        "kind": Studio.kind,
        "subject": Studio.subject_code,
        "stage": Studio.stage,
        "school": Studio.school_id,
        "network": Studio.is_network,
    }
    conditions = [reach, *(column == listing.get(name) for name, column in plain.items() if name in listing.values)]
    if level := listing.get("level"):
        conditions.append(Studio.level_code.in_(PREFECTURE_AND_ABOVE if level == "city" else [level]))
    if (status := listing.get("status")) is not None:
        conditions.append(Studio.status.in_(RUNNING) if status == "running" else Studio.status == status)
    if (full := listing.get("full")) is not None:
        is_full = Studio.members_taken == Studio.member_places
        conditions.append(is_full if full else ~is_full)
    if (shaped := listing.get("shaped")) is not None:
        conditions.append(in_form() if shaped else ~in_form())
    if (ends := listing.get("ends")) is not None:
        conditions.append(Studio.ends_on <= ends)
    if listing.search:
        conditions.append(_named(listing.search))
    return select(Studio).where(*conditions)


def in_form() -> ColumnElement[bool]:
    """Condition on Studio: as many members as its form asks for, each with as many mentees (1×5×3)."""
    short = (
        select(Membership.id)
        .where(
            Membership.studio_id == Studio.id,
            Membership.role == MemberRole.MEMBER,
            Membership.status == MembershipStatus.ACTIVE,
            Membership.mentees_taken < Membership.mentee_places,
        )
        .exists()
    )
    return (Studio.members_taken == Studio.member_places) & ~short


def _named(text: str) -> ColumnElement[bool]:
    """The name or the licence begins so, in characters or pinyin; or the host is called so."""
    ways = Studio.name.contains(text, autoescape=True) | (Studio.licence_number == text)
    hosts = select(Teacher.id).where(Teacher.id == Studio.host_id, Teacher.name == text).exists()
    if text.isascii() and (letters := typed(text)):
        return ways | begins(Studio.name_pinyin, letters)
    return ways | hosts


def studio_of(grants: Iterable[Grant], permission: Permission, studio_id: int) -> Studio | None:
    """One studio within reach, with its people's names."""
    return db.session.scalar(
        select(Studio).where(Studio.id == studio_id, studios_where(grants, permission)).options(*WHOLE)
    )


def studios_of(grants: Iterable[Grant], permission: Permission) -> Sequence[Studio]:
    """The studios within a host's reach, the running first."""
    found = db.session.scalars(
        select(Studio).where(studios_where(grants, permission)).options(*WHOLE).order_by(Studio.id.desc())
    ).all()
    return sorted(found, key=lambda studio: not studio.status.is_running)


def people_counts(studio_ids: Sequence[int]) -> dict[int, dict[MemberRole, int]]:
    """How many active people each studio has, by role."""
    counted: dict[int, dict[MemberRole, int]] = {number: dict.fromkeys(MemberRole, 0) for number in studio_ids}
    rows = db.session.execute(
        select(Membership.studio_id, Membership.role, func.count())
        .where(Membership.studio_id.in_(studio_ids), Membership.status == MembershipStatus.ACTIVE)
        .group_by(Membership.studio_id, Membership.role)
    ).tuples()
    for studio_id, role, number in rows:
        counted[studio_id][role] = number
    return counted


def partners(studio: Studio) -> Sequence[Studio]:
    """The running studios that this one could be merged into."""
    return db.session.scalars(
        select(Studio)
        .where(
            Studio.county_id == studio.county_id,
            Studio.kind == studio.kind,
            Studio.status == StudioStatus.ACTIVE,
            Studio.id != studio.id,
        )
        .order_by(Studio.name_pinyin, Studio.id)
    ).all()


def called(county_id: int, text: str) -> list[Teacher]:
    """The teachers of a county whom a name or a work number may mean, enough of them to see whether it is clear."""
    found = select(Teacher).where(
        Teacher.county_id == county_id,
        (Teacher.name == text) | (Teacher.staff_number == text),
        Teacher.left_on.is_(None),
    )
    return list(db.session.scalars(found.options(joinedload(Teacher.working_school)).order_by(Teacher.id).limit(2)))


def school_choices(county_id: int) -> list[tuple[int, str]]:
    """The county's schools, to choose a seat from."""
    rows = db.session.execute(
        select(School.id, School.name)
        .where(School.county_id == county_id, School.is_active)
        .order_by(School.name_pinyin, School.id)
    )
    return [(number, name) for number, name in rows.tuples()]
