"""Requests for lessons: lists, one request, and whom it suits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from app.access import Grant, Permission
from app.codes import queries as codes
from app.extensions import db
from app.schools.models import School
from app.schools.queries import school_filter, stage_choices
from app.studios.access import giving, requests_where
from app.studios.models import LessonRequest, Membership, RequestKind, RequestStatus, Studio, StudioStatus
from app.studios.queries.work import newest_first
from app.teachers.models import Teacher
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

EARTH_KM = 6371.0
REQUESTS = ListSpec(
    "studios.lesson_requests",
    filters=(
        lists.choice("status", _l("Status"), lambda: [(one.value, one.label) for one in RequestStatus]),
        lists.choice("kind", _l("Kind"), lambda: [(one.value, one.label) for one in RequestKind]),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        lists.choice("stage", _l("Stage"), stage_choices),
        school_filter("school", _l("School")),
        lists.day("by", _l("Wanted on this day or later")),
    ),
    sorts={
        "wanted": Sort((SortKey(LessonRequest.wanted_to, "wanted_to"), SortKey(LessonRequest.id, "id"))),
    },
)
PARTS = (
    joinedload(LessonRequest.school),
    joinedload(LessonRequest.giver).joinedload(Membership.teacher),
    joinedload(LessonRequest.giver).joinedload(Membership.studio),
)


def requests_listed(listing: Listing, reach: ColumnElement[bool]) -> Select[Any]:
    """The requests that a list asks for, within a person's reach."""
    newest_first(listing)
    plain: dict[str, Any] = {
        "status": LessonRequest.status,
        "kind": LessonRequest.kind,
        "subject": LessonRequest.subject_code,
        "stage": LessonRequest.stage,
        "school": LessonRequest.school_id,
    }
    conditions = [reach, *(column == listing.get(name) for name, column in plain.items() if name in listing.values)]
    if (by := listing.get("by")) is not None:
        conditions.append(LessonRequest.wanted_to >= by)
    if listing.search:
        conditions.append(LessonRequest.topic.contains(listing.search, autoescape=True))
    return select(LessonRequest).where(*conditions)


def request_of(grants: Iterable[Grant], permission: Permission, request_id: int) -> LessonRequest | None:
    """One request within reach."""
    return db.session.scalar(
        select(LessonRequest).where(LessonRequest.id == request_id, requests_where(grants, permission)).options(*PARTS)
    )


def distance_km(one: School, other: School) -> float | None:
    """The way between two schools as the crow flies; None where a place is not known."""
    if None in (one.lat, one.lng, other.lat, other.lng):
        return None
    lat, lng, to_lat, to_lng = (radians(x or 0) for x in (one.lat, one.lng, other.lat, other.lng))
    half = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lng - lng) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody of a studio whom a request suits: in subject, in stage, and how far away."""

    row: Membership
    is_subject: bool
    is_stage: bool
    km: float | None

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """The best first: the subject, then the stage, then the way."""
        return (not self.is_subject, not self.is_stage, self.km if self.km is not None else 1e6)


def givers(county_id: int) -> Sequence[Membership]:
    """The hosts and members of a county's running studios."""
    return db.session.scalars(
        select(Membership)
        .join(Studio, Studio.id == Membership.studio_id)
        .where(Studio.county_id == county_id, Studio.status == StudioStatus.ACTIVE, giving())
        .options(
            joinedload(Membership.teacher).joinedload(Teacher.working_school),
            joinedload(Membership.studio),
        )
        .order_by(Membership.id)
    ).all()


def matching(row: LessonRequest) -> list[Match]:
    """Whom a request suits, the best first; nobody of the school itself. The request's school is loaded."""
    found = [match_of(row, one) for one in givers(row.county_id) if one.teacher.working_school_id != row.school_id]
    return sorted((one for one in found if one.is_subject), key=lambda match: match.rank)


def match_of(row: LessonRequest, person: Membership) -> Match:
    """How a request suits one person."""
    return Match(
        person,
        row.subject_code in (person.teacher.subject_code, person.studio.subject_code),
        row.stage in (person.teacher.stage, person.studio.stage),
        distance_km(person.teacher.working_school, row.school),
    )


def my_givings(teacher_id: int) -> Sequence[Membership]:
    """The places by which somebody may go to schools."""
    return db.session.scalars(
        select(Membership)
        .join(Studio, Studio.id == Membership.studio_id)
        .where(Membership.teacher_id == teacher_id, giving(), Studio.status == StudioStatus.ACTIVE)
        .options(joinedload(Membership.teacher).joinedload(Teacher.working_school), joinedload(Membership.studio))
        .order_by(Membership.id)
    ).all()


def board(person: Membership) -> list[tuple[LessonRequest, Match]]:
    """The open requests of somebody's county, those that suit best first."""
    rows = db.session.scalars(
        select(LessonRequest)
        .where(LessonRequest.county_id == person.studio.county_id, LessonRequest.status == RequestStatus.OPEN)
        .options(*PARTS)
        .order_by(LessonRequest.wanted_to, LessonRequest.id)
        .limit(200)
    )
    found = [(row, match_of(row, person)) for row in rows if row.school_id != person.teacher.working_school_id]
    return sorted(found, key=lambda pair: pair[1].rank)


def mine(teacher_id: int) -> Sequence[LessonRequest]:
    """What somebody accepted, the newest first."""
    return db.session.scalars(
        select(LessonRequest)
        .join(Membership, Membership.id == LessonRequest.giver_id)
        .where(Membership.teacher_id == teacher_id)
        .options(*PARTS)
        .order_by(LessonRequest.agreed_on.desc(), LessonRequest.id.desc())
        .limit(100)
    ).all()
