"""The rows behind the figures of studios: people, outcomes, activities, hours, observed lessons, over all studios
within reach or of one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Permission
from app.codes.queries import label as code_label
from app.extensions import db
from app.studios.access import studios_where
from app.studios.models import (
    RUNNING,
    LessonObservation,
    MeetingAttendance,
    MeetingKind,
    MeetingStatus,
    MemberRole,
    Membership,
    MembershipStatus,
    OutcomeKind,
    Studio,
    StudioKind,
    StudioMeeting,
    StudioOutcome,
)
from app.teachers.models import Teacher
from app.web import lists
from app.web.exports import Column
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

P = Permission
TRAINED = (MembershipStatus.ACTIVE, MembershipStatus.FINISHED)


def reach() -> ColumnElement[bool]:
    """Condition on Studio: those that the person reads or hosts."""
    grants = current_user.grants
    return or_(studios_where(grants, P.STUDIO_READ), studios_where(grants, P.STUDIO_HOST))


def _studio_name(studio_id: int) -> str | None:
    return db.session.scalar(select(Studio.name).where(Studio.id == studio_id, reach()))


def _meeting_name(meeting_id: int) -> str | None:
    return db.session.scalar(
        select(StudioMeeting.title)
        .join(Studio, Studio.id == StudioMeeting.studio_id)
        .where(StudioMeeting.id == meeting_id, reach())
    )


def _person_name(membership_id: int) -> str | None:
    return db.session.scalar(
        select(Teacher.name)
        .join(Membership, Membership.teacher_id == Teacher.id)
        .join(Studio, Studio.id == Membership.studio_id)
        .where(Membership.id == membership_id, reach())
    )


def _kinds(kind: Any) -> Callable[[], list[tuple[str, Any]]]:
    return lambda: [(one.value, one.label) for one in kind]


OF = lists.choice("of", _l("Kind of studio"), _kinds(StudioKind))
STUDIO = lists.row("studio", _l("Studio"), _studio_name)
PERSON = lists.row("person", _l("Teacher"), _person_name)
FIRST, LAST = lists.day("from", _l("From")), lists.day("to", _l("To"))


def _newest(column: Any, name: str, key: Any) -> dict[str, Sort]:
    return {"new": Sort((SortKey(column, name, is_descending=True), SortKey(key, "id", is_descending=True)))}


def _ids(key: Any) -> dict[str, Sort]:
    return {"new": Sort((SortKey(key, "id", is_descending=True),))}


@dataclass(frozen=True)
class Part:
    """One kind of row behind a figure: how it is listed, narrowed, shown and exported."""

    title: LazyString
    spec: ListSpec
    model: Any
    narrow: Callable[[Listing], list[ColumnElement[bool]]]
    columns: Sequence[Column]
    options: Sequence[Any]
    teacher: Callable[[Any], Teacher]
    studio: Callable[[Any], Studio]
    studio_id: Any = None

    def statement(self, listing: Listing, within: ColumnElement[bool]) -> Select[Any]:
        """The rows that a list asks for, of studios `within`; those of running studios unless one is named."""
        studios = select(Studio.id).where(within)
        if kind := listing.get("of"):
            studios = studios.where(Studio.kind == kind, Studio.status.in_(RUNNING))
        column = self.studio_id if self.studio_id is not None else self.model.studio_id
        query = select(self.model).where(column.in_(studios), *self.narrow(listing))
        if studio := listing.get("studio"):
            query = query.where(column == studio)
        return query


def _equal(listing: Listing, **columns: Any) -> list[ColumnElement[bool]]:
    return [column == listing.get(name) for name, column in columns.items() if name in listing.values]


def _days(listing: Listing, column: Any) -> list[ColumnElement[bool]]:
    found = [column >= listing.get("from")] if "from" in listing.values else []
    return [*found, column <= listing.get("to")] if "to" in listing.values else found


def _people(listing: Listing) -> list[ColumnElement[bool]]:
    found = _equal(listing, role=Membership.role)
    state = listing.get("status", "active")
    return [*found, Membership.status.in_(TRAINED) if state == "trained" else Membership.status == state]


def _hours(listing: Listing) -> list[ColumnElement[bool]]:
    found = _equal(listing, meeting=MeetingAttendance.meeting_id, person=MeetingAttendance.membership_id)
    if days := _days(listing, StudioMeeting.on):
        found.append(MeetingAttendance.meeting_id.in_(select(StudioMeeting.id).where(*days)))
    return found


def _whose(listing: Listing, column: Any) -> list[ColumnElement[bool]]:
    """Those of one person of a studio."""
    person = listing.get("person")
    return [] if person is None else [column.in_(select(Membership.teacher_id).where(Membership.id == person))]


_SCHOOL = joinedload(Teacher.working_school)
_ATTENDED = joinedload(MeetingAttendance.meeting).joinedload(StudioMeeting.studio)
PARTS: dict[str, Part] = {
    "people": Part(
        _l("People of studios"),
        ListSpec(
            "studios.people_behind",
            filters=(
                OF,
                STUDIO,
                lists.choice("role", _l("Role"), _kinds(MemberRole)),
                lists.choice(
                    "status",
                    _l("Status"),
                    lambda: [("trained", _l("In a studio, or to the end of one")), *_kinds(MembershipStatus)()],
                ),
            ),
            sorts={"name": Sort((SortKey(Membership.name_pinyin, "name_pinyin"), SortKey(Membership.id, "id")))},
        ),
        Membership,
        _people,
        (
            Column(_l("School"), "teacher.working_school.name"),
            Column(_l("Role"), "role"),
            Column(_l("In the studio since"), "from_on"),
            Column(_l("Status"), "status"),
        ),
        (joinedload(Membership.teacher).options(_SCHOOL), joinedload(Membership.studio)),
        lambda row: row.teacher,
        lambda row: row.studio,
    ),
    "outcomes": Part(
        _l("Outcomes of studios"),
        ListSpec(
            "studios.outcomes_behind",
            filters=(OF, STUDIO, PERSON, lists.choice("kind", _l("Kind"), _kinds(OutcomeKind)), FIRST, LAST),
            sorts=_newest(StudioOutcome.on, "on", StudioOutcome.id),
        ),
        StudioOutcome,
        lambda listing: (
            _equal(listing, kind=StudioOutcome.kind)
            + _days(listing, StudioOutcome.on)
            + _whose(listing, StudioOutcome.teacher_id)
        ),
        (
            Column(_l("Title"), "title"),
            Column(_l("Kind"), "kind"),
            Column(_l("Level"), lambda row: code_label("honour_level", row.level_code)),
            Column(_l("Day"), "on"),
        ),
        (joinedload(StudioOutcome.teacher), joinedload(StudioOutcome.studio)),
        lambda row: row.teacher,
        lambda row: row.studio,
    ),
    "meetings": Part(
        _l("Activities of studios"),
        ListSpec(
            "studios.meetings_behind",
            filters=(
                OF,
                STUDIO,
                lists.choice("kind", _l("Kind"), _kinds(MeetingKind)),
                lists.choice("status", _l("Status"), _kinds(MeetingStatus)),
                FIRST,
                LAST,
            ),
            sorts=_newest(StudioMeeting.on, "on", StudioMeeting.id),
        ),
        StudioMeeting,
        lambda listing: (
            _equal(listing, kind=StudioMeeting.kind, status=StudioMeeting.status) + _days(listing, StudioMeeting.on)
        ),
        (
            Column(_l("Title"), "title"),
            Column(_l("Kind"), "kind"),
            Column(_l("Day"), "on"),
            Column(_l("Status"), "status"),
            Column(_l("People there"), lambda row: len(row.attendances)),
        ),
        (joinedload(StudioMeeting.studio).joinedload(Studio.host), selectinload(StudioMeeting.attendances)),
        lambda row: row.studio.host,
        lambda row: row.studio,
    ),
    "hours": Part(
        _l("Hours credited by studios"),
        ListSpec(
            "studios.hours_behind",
            filters=(OF, STUDIO, PERSON, lists.row("meeting", _l("Activity"), _meeting_name), FIRST, LAST),
            sorts=_ids(MeetingAttendance.id),
        ),
        MeetingAttendance,
        _hours,
        (
            Column(_l("Activity"), "meeting.title"),
            Column(_l("Day"), "meeting.on"),
            Column(_l("Hours"), "credited_hours"),
        ),
        (_ATTENDED, joinedload(MeetingAttendance.membership).joinedload(Membership.teacher)),
        lambda row: row.membership.teacher,
        lambda row: row.meeting.studio,
        select(StudioMeeting.studio_id).where(StudioMeeting.id == MeetingAttendance.meeting_id).scalar_subquery(),
    ),
    "observations": Part(
        _l("Observed lessons"),
        ListSpec(
            "studios.observations_behind",
            filters=(OF, STUDIO, PERSON, FIRST, LAST),
            sorts=_newest(LessonObservation.on, "on", LessonObservation.id),
        ),
        LessonObservation,
        lambda listing: _days(listing, LessonObservation.on) + _whose(listing, LessonObservation.teacher_id),
        (
            Column(_l("Topic of the lesson"), "topic"),
            Column(_l("Who observed"), "observer.name"),
            Column(_l("Day"), "on"),
        ),
        (
            joinedload(LessonObservation.teacher),
            joinedload(LessonObservation.observer),
            joinedload(LessonObservation.studio),
        ),
        lambda row: row.teacher,
        lambda row: row.studio,
    ),
}
