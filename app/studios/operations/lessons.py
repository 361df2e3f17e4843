"""Lessons on request 按需点将送教: asked for by a school, accepted by one, given, confirmed by both, credited."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import audit
from app.access import Permission
from app.audit.operations import Actor
from app.db.clock import today, utc_now
from app.extensions import db
from app.notices.operations import users_of_teachers, users_with
from app.schools.models import School
from app.studios import telling
from app.studios.models import (
    LessonRequest,
    MeetingKind,
    MeetingStatus,
    MemberRole,
    Membership,
    MembershipStatus,
    RequestStatus,
    StudioMeeting,
    StudioStatus,
)
from app.studios.operations.common import move
from app.studios.operations.work import set_attendance
from app.studios.queries.lessons import matching
from app.web.errors import Refused

S = RequestStatus


def ask(*, actor: Actor, school: School, fields: Mapping[str, Any]) -> LessonRequest:
    """A school asks for a lesson or a workshop; the studio teachers whom it suits are told."""
    _check_days(fields["wanted_from"], fields["wanted_to"])
    row = LessonRequest(school_id=school.id, county_id=school.county_id, asked_by_id=actor.id, **fields)
    row.school = school
    db.session.add(row)
    db.session.flush()
    _note(actor, "studio.lesson.ask", row, after=dict(fields))
    people = [match.row.teacher_id for match in matching(row)[:20]]
    users = [user for accounts in users_of_teachers(people).values() for user in accounts]
    telling.lesson(users, "asked", row)
    return row


def edit(*, actor: Actor, row: LessonRequest, fields: Mapping[str, Any]) -> None:
    """Change a request that nobody has accepted."""
    if row.status is not S.OPEN:
        raise Refused(_("Somebody has accepted it; speak with them before you change anything."))
    _check_days(fields["wanted_from"], fields["wanted_to"])
    for name, value in fields.items():
        setattr(row, name, value)
    db.session.flush()
    _note(actor, "studio.lesson.edit", row, after=dict(fields))


def accept(*, actor: Actor, row: LessonRequest, giver: Membership, on: date) -> None:
    """Somebody of a studio accepts: of two, the first."""
    _check_giver(giver, row)
    if not row.wanted_from <= on <= row.wanted_to:
        raise Refused(
            _("The school wishes a day from %(first)s to %(last)s.", first=row.wanted_from, last=row.wanted_to)
        )
    move(row, since=[S.OPEN], to=S.ACCEPTED, giver_id=giver.id, agreed_on=on)
    _note(actor, "studio.lesson.accept", row, after={"giver": giver.teacher.name, "on": on})
    telling.lesson(_school_users(row), "accepted", row, name=giver.teacher.name, day=on)


def _check_giver(giver: Membership, row: LessonRequest) -> None:
    may_go = giver.status is MembershipStatus.ACTIVE and giver.role in (MemberRole.HOST, MemberRole.MEMBER)
    if not may_go or giver.studio.status is not StudioStatus.ACTIVE:
        raise Refused(_("Hosts and members of running studios go to schools."))
    if giver.studio.county_id != row.county_id:
        raise Refused(_("The school lies in another county than the studio."))
    if giver.teacher.working_school_id == row.school_id:
        raise Refused(_("You work at this school; somebody from elsewhere comes."))


def give_up(*, actor: Actor, row: LessonRequest, reason: str) -> None:
    """Whoever accepted cannot come after all: the request is open again."""
    move(row, since=[S.ACCEPTED], to=S.OPEN, giver_id=None, agreed_on=None, reason=reason)
    _note(actor, "studio.lesson.give_up", row, reason=reason)
    telling.lesson(_school_users(row), "given_up", row, text=reason)


def cancel(*, actor: Actor, row: LessonRequest, reason: str) -> None:
    """The school takes its request back."""
    giver = row.giver
    move(row, since=[S.OPEN, S.ACCEPTED], to=S.CANCELLED, giver_id=None, agreed_on=None, reason=reason)
    _note(actor, "studio.lesson.cancel", row, reason=reason)
    if giver is not None:
        telling.lesson(_users_of(giver), "cancelled", row, text=reason)


def give(*, actor: Actor, row: LessonRequest, on: date, hours: Decimal, report: str) -> None:
    """Whoever came says so: when, for how long, and what was done."""
    if on > today():
        raise Refused(_("%(day)s has not come yet.", day=on))
    if not 0 < hours <= 100 or hours != round(hours, 2):
        raise Refused(_("Hours are more than 0 and at most 100, with at most two decimal places, such as 1.5."))
    move(row, since=[S.ACCEPTED], to=S.DELIVERED, given_on=on, hours=hours, report=report, given_at=utc_now())
    _note(actor, "studio.lesson.give", row, after={"on": on, "hours": hours})
    telling.lesson(_school_users(row), "given", row)


def confirm(*, actor: Actor, row: LessonRequest, rating: int, feedback: str | None) -> StudioMeeting:
    """The school confirms and says how it was; the hours are credited through an activity of the studio."""
    giver = db.session.scalars(
        select(Membership)
        .where(Membership.id == row.giver_id)
        .options(joinedload(Membership.studio), joinedload(Membership.teacher))
    ).one_or_none()
    if giver is None or row.given_on is None or row.hours is None:
        raise Refused(_("Whoever comes says first that the lesson was given."))
    if giver.studio.status is not StudioStatus.ACTIVE:
        raise Refused(_("%(studio)s is not running now; its hours are credited once it goes on.",
                        studio=giver.studio.name))  # fmt: skip
    meeting = StudioMeeting(
        studio_id=giver.studio_id,
        kind=MeetingKind.OUTREACH,
        status=MeetingStatus.PLANNED,
        on=row.given_on,
        title=row.topic,
        venue=row.school.name,
        hours=row.hours,
        summary=row.report,
    )
    db.session.add(meeting)
    db.session.flush()
    move(
        row,
        since=[S.DELIVERED],
        to=S.CONFIRMED,
        rating=rating,
        feedback=feedback,
        confirmed_at=utc_now(),
        meeting_id=meeting.id,
    )
    set_attendance(actor=actor, row=meeting, shown=[giver.id], present=[giver.id])
    _note(actor, "studio.lesson.confirm", row, after={"rating": rating})
    telling.lesson(_users_of(giver), "confirmed", row)
    return meeting


def _check_days(first: date, last: date) -> None:
    if last < first:
        raise Refused(_("The last day comes before the first."))
    if last < today():
        raise Refused(_("The days lie in the past."))


def _school_users(row: LessonRequest) -> list[int]:
    return users_with(Permission.LESSON_REQUEST, school_id=row.school_id)


def _users_of(giver: Membership) -> list[int]:
    return users_of_teachers([giver.teacher_id])[giver.teacher_id]


def _note(actor: Actor, action: str, row: LessonRequest, **more: Any) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=row,
        region_id=row.county_id,
        school_id=row.school_id,
        **more,
    )
