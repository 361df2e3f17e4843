"""What one studio did in its cycle, as the report of an appraisal carries it."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import func, select

from app.extensions import db
from app.studios.models import (
    LessonRequest,
    MeetingAttendance,
    MeetingStatus,
    MemberRole,
    Membership,
    OutcomeKind,
    RequestStatus,
    Studio,
    StudioAppraisal,
    StudioMeeting,
    StudioOutcome,
    TargetKind,
)
from app.studios.queries.studios import people_counts
from app.studios.queries.work import money_of, reached

LABELS: dict[str, LazyString] = {
    "members": _l("Members"),
    "mentees": _l("Mentees"),
    "meetings": _l("Activities held"),
    "hours": _l("Hours credited"),
    **{kind.value: kind.label for kind in TargetKind},
    "award": _l("Awards"),
    "requests": _l("Requests of schools answered"),
    "rating": _l("Schools' mean rating (1 to 5)"),
    "granted": _l("Granted (yuan)"),
    "spent": _l("Spent (yuan)"),
}


def of_cycle(studio: Studio, today: date) -> dict[str, Any]:
    """The figures since the cycle began; numbers as text where they are exact decimals."""
    first = cycle_start(studio, today)
    people = people_counts([studio.id])[studio.id]
    held = (
        StudioMeeting.studio_id == studio.id,
        StudioMeeting.status == MeetingStatus.HELD,
        StudioMeeting.on.between(first, today),
    )
    hours = db.session.scalar(
        select(func.sum(MeetingAttendance.credited_hours))
        .join(StudioMeeting, StudioMeeting.id == MeetingAttendance.meeting_id)
        .where(*held)
    )
    awards = db.session.scalar(
        select(func.count()).where(
            StudioOutcome.studio_id == studio.id,
            StudioOutcome.kind == OutcomeKind.AWARD,
            StudioOutcome.on.between(first, today),
        )
    )
    answered, rating = db.session.execute(
        select(func.count(), func.avg(LessonRequest.rating))
        .join(Membership, Membership.id == LessonRequest.giver_id)
        .where(
            Membership.studio_id == studio.id,
            LessonRequest.status == RequestStatus.CONFIRMED,
            LessonRequest.given_on.between(first, today),
        )
    ).one()
    granted, spent = money_of(studio.id)
    return {
        "members": people[MemberRole.MEMBER],
        "mentees": people[MemberRole.MENTEE],
        "meetings": db.session.scalar(select(func.count()).where(*held)) or 0,
        "hours": str(hours or 0),
        **{kind.value: number for kind, number in reached(studio.id, first, today).items()},
        "award": awards or 0,
        "requests": answered,
        "rating": None if rating is None else f"{float(rating):.1f}",
        "granted": str(granted),
        "spent": str(spent),
    }


def cycle_start(studio: Studio, today: date) -> date:
    """The first day of the present cycle."""
    if studio.begins_on is None:
        return today
    try:
        return studio.begins_on.replace(year=studio.begins_on.year + (studio.cycle_no - 1) * studio.cycle_years)
    except ValueError:
        return date(studio.begins_on.year + (studio.cycle_no - 1) * studio.cycle_years, 3, 1)


def told(row: StudioAppraisal) -> list[tuple[str, Any]]:
    """The kept figures in words, in their order."""
    kept = row.figures or {}
    return [(str(label), kept[name]) for name, label in LABELS.items() if kept.get(name) is not None]
