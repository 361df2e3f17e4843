"""Studios: which run on the day, in what form, whom they trained, and what they brought to schools."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select

from app.studios.models import (
    LessonRequest,
    MeetingKind,
    MeetingStatus,
    MemberRole,
    Membership,
    MentorPlace,
    RequestStatus,
    Studio,
    StudioMeeting,
    StudioOutcome,
    StudioStatus,
)
from app.targets.evaluators.finding import Ask, Found, Lacking, Row, Who, each, number
from app.targets.evaluators.frame import Frame, fetched
from app.targets.evaluators.registry import Action, Names, measure

STUDIOS = Action("studios.index")
PEOPLE = Action("studios.index", {"status": "running"})
REQUESTS = Action("studios.lesson_requests")
NEVER_RAN = (StudioStatus.APPLIED, StudioStatus.RETURNED, StudioStatus.DECLINED)


class Running(NamedTuple):
    """A studio that runs on the day."""

    id: int
    name: str
    kind: str
    level: str
    is_network: bool
    host_id: int


class Belonging(NamedTuple):
    """Somebody who belonged to a studio at some time up to the day."""

    id: int
    studio_id: int
    teacher_id: int
    role: MemberRole
    from_on: date
    to_on: date | None
    honour: str | None


def running(frame: Frame) -> Mapping[int, Running]:
    """The studios that have their licence on the day and were not closed by then."""
    query = (
        select(Studio.id, Studio.name, Studio.kind, Studio.level_code, Studio.is_network, Studio.host_id)
        .where(
            Studio.county_id.in_(frame.county_ids),
            Studio.status.not_in(NEVER_RAN),
            Studio.begins_on <= frame.on,
            or_(Studio.closed_on.is_(None), Studio.closed_on > frame.on),
        )
        .order_by(Studio.name_pinyin, Studio.id)
    )
    return frame.keep("studios", lambda: {row[0]: Running(*row) for row in fetched(query)})


def belonging(frame: Frame) -> list[Belonging]:
    """Everybody who joined a studio by the day."""
    query = (
        select(
            Membership.id,
            Membership.studio_id,
            Membership.teacher_id,
            Membership.role,
            Membership.from_on,
            Membership.to_on,
            Membership.honour_title,
        )
        .join(Studio, Studio.id == Membership.studio_id)
        .where(Studio.county_id.in_(frame.county_ids), Membership.from_on <= frame.on)
    )
    return frame.keep("belonging", lambda: [Belonging(*row) for row in fetched(query)])


def pairs(frame: Frame) -> list[tuple[int, int]]:
    """Mentor and mentee, as memberships, on the day."""
    query = (
        select(MentorPlace.leader_id, MentorPlace.membership_id)
        .join(Membership, Membership.id == MentorPlace.membership_id)
        .join(Studio, Studio.id == Membership.studio_id)
        .where(
            Studio.county_id.in_(frame.county_ids),
            MentorPlace.from_on <= frame.on,
            or_(MentorPlace.to_on.is_(None), MentorPlace.to_on > frame.on),
            or_(Membership.to_on.is_(None), Membership.to_on > frame.on),
        )
    )
    return frame.keep("pairs", lambda: list(fetched(query)))


@measure("studios.in_form", mends=PEOPLE, sets_threshold=True)
def in_form(ask: Ask, *, members: int = 5, mentees: int = 3, kinds: Names = ()) -> Found | Lacking:
    """Studio by studio: members with a title of their own who lead as many mentees as the form says."""
    there = [one for one in running(ask.frame).values() if not kinds or one.kind in kinds]
    if not there:
        return Lacking(("no_studios",))
    led = Counter(leader for leader, _mentee in pairs(ask.frame))
    honoured: dict[int, list[date]] = defaultdict(list)
    for honour in ask.frame.honours:
        honoured[honour.teacher_id].append(honour.valid_from)
    whole: dict[int, set[int]] = defaultdict(set)
    for one in belonging(ask.frame):
        is_here = one.role is MemberRole.MEMBER and (one.to_on is None or one.to_on > ask.on)
        has_title = bool(one.honour) or any(day <= one.from_on for day in honoured.get(one.teacher_id, ()))
        if is_here and has_title and led[one.id] >= mentees:
            whole[one.studio_id].add(one.teacher_id)
    return each(
        Row(
            Who.STUDIO,
            one.id,
            one.name,
            len(whole[one.id]),
            needed=members,
            counted=frozenset(whole[one.id]),
            among=frozenset(whole[one.id]),
        )
        for one in there
    )


@measure("studios.kinds", mends=STUDIOS)
def kinds_running(ask: Ask, *, kinds: Names) -> Found:
    """How many of some kinds of studios have one running."""
    there = [one for one in running(ask.frame).values() if one.kind in kinds]
    return Found(len({one.kind for one in there}), None, Who.STUDIO, frozenset(one.id for one in there))


@measure("studios.running", mends=STUDIOS)
def number_running(ask: Ask, *, kinds: Names = (), levels: Names = (), network: bool = False) -> Found:
    """How many studios run."""
    return number(
        (
            one.id
            for one in running(ask.frame).values()
            if (not kinds or one.kind in kinds)
            and (not levels or one.level in levels)
            and (one.is_network or not network)
        ),
        Who.STUDIO,
    )


@measure("studios.people", mends=PEOPLE)
def people(ask: Ask, *, kinds: Names = (), roles: Names = ("member", "mentee")) -> Found:
    """Those who joined studios of some kinds in the period."""
    chosen = _of_kinds(ask.frame, kinds)
    return number(
        one.teacher_id
        for one in belonging(ask.frame)
        if one.studio_id in chosen and one.role in roles and one.from_on in ask.period
    )


@measure("studios.pairs", mends=PEOPLE)
def mentor_pairs(ask: Ask) -> Found:
    """The pairs of a mentor and a mentee on the day, by the mentees."""
    teacher = {one.id: one.teacher_id for one in belonging(ask.frame)}
    led = {mentee for _leader, mentee in pairs(ask.frame)}
    return number(teacher[mentee] for mentee in led if mentee in teacher)


@measure("studios.projects", mends=STUDIOS)
def projects(ask: Ask, *, kinds: Names = (), outcomes: Names = ("research",), levels: Names = ()) -> Found:
    """The outcomes of studios of some kinds in the period."""
    query = (
        select(StudioOutcome.id, StudioOutcome.studio_id, StudioOutcome.level_code)
        .join(Studio, Studio.id == StudioOutcome.studio_id)
        .where(
            Studio.county_id.in_(ask.frame.county_ids),
            StudioOutcome.kind.in_(outcomes),
            StudioOutcome.on.between(ask.period.first, ask.on),
        )
    )
    chosen = _of_kinds(ask.frame, kinds)
    rows = [row for row in fetched(query) if row[1] in chosen and (not levels or row[2] in levels)]
    return Found(len(rows), None, Who.STUDIO, frozenset(row[1] for row in rows))


@measure("studios.requests", mends=REQUESTS)
def requests(ask: Ask) -> Found:
    """Lessons that schools asked for and studio teachers gave in the period, confirmed by both."""
    query = select(LessonRequest.id, LessonRequest.school_id).where(
        LessonRequest.county_id.in_(ask.frame.county_ids),
        LessonRequest.status == RequestStatus.CONFIRMED,
        LessonRequest.given_on.between(ask.period.first, ask.on),
    )
    rows = list(fetched(query))
    return Found(len(rows), None, Who.SCHOOL, frozenset(row[1] for row in rows))


@measure("studios.meetings", mends=STUDIOS)
def meetings(ask: Ask, *, kinds: Names = (MeetingKind.SHOWCASE.value,)) -> Found:
    """The activities of some kinds that studios held in the period."""
    query = (
        select(StudioMeeting.id, StudioMeeting.studio_id)
        .join(Studio, Studio.id == StudioMeeting.studio_id)
        .where(
            Studio.county_id.in_(ask.frame.county_ids),
            StudioMeeting.kind.in_(kinds),
            StudioMeeting.status == MeetingStatus.HELD,
            StudioMeeting.on.between(ask.period.first, ask.on),
        )
    )
    rows = list(fetched(query))
    return Found(len(rows), None, Who.STUDIO, frozenset(row[1] for row in rows))


def _of_kinds(frame: Frame, kinds: Names) -> frozenset[int]:
    query = select(Studio.id, Studio.kind).where(Studio.county_id.in_(frame.county_ids))
    rows = frame.keep("studio kinds", lambda: list(fetched(query)))
    return frozenset(row[0] for row in rows if not kinds or row[1] in kinds)
