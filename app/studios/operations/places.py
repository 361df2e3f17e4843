"""Places: taken by a conditional update of a counter that the database itself keeps within bounds, given back, and
handed on to the waiting list in its order. Whoever calls holds the studio's row."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app.audit.operations import Actor
from app.db import count_down, count_up, next_number, rows_changed
from app.extensions import db
from app.studios import gates, telling
from app.studios.models import (
    MemberRole,
    Membership,
    MembershipStatus,
    MentorPlace,
    Studio,
    StudioStatus,
)
from app.studios.operations.common import locked_teacher, note
from app.studios.queries.people import HAS_ROOM

S = MembershipStatus


def take_place(studio: Studio, row: Membership, teacher_id: int, on: date) -> bool:
    """Give somebody a place: a member's of the studio, a mentee's with a member. False where none is free."""
    if row.role is MemberRole.MEMBER:
        if not count_up(db.session, studio.id, Studio.members_taken, Studio.member_places):
            return False
        row.mentee_places = studio.mentee_places
        honour = gates.honour_on(studio, locked_teacher(teacher_id), on)
        row.honour_title = honour.title if honour else None
        _join(row, on)
        db.session.expire(studio, ["members_taken"])
        return True
    leader_id = take_from_a_member(studio.id, row.wanted_leader_id)
    if leader_id is None:
        return False
    row.leader_id = leader_id
    _join(row, on)
    db.session.add(MentorPlace(membership_id=row.id, leader_id=leader_id, from_on=on))
    db.session.flush()
    return True


def _join(row: Membership, on: date) -> None:
    row.status, row.waiting_no, row.from_on = S.ACTIVE, None, on
    db.session.flush()


def take_from_a_member(studio_id: int, wanted_id: int | None) -> int | None:
    """A mentee's place with the member named, else with the one who has most free; the member's number."""
    leaders = select(Membership.id).where(Membership.studio_id == studio_id, HAS_ROOM)
    if wanted_id is not None:
        leaders = leaders.where(Membership.id == wanted_id)
    leaders = leaders.order_by((Membership.mentee_places - Membership.mentees_taken).desc(), Membership.id)
    for leader_id in db.session.scalars(leaders).all():
        if count_up(db.session, leader_id, Membership.mentees_taken, Membership.mentee_places):
            return leader_id
    return None


def give_back(studio: Studio, row: Membership, on: date) -> None:
    """Free the place that somebody holds."""
    if row.role is MemberRole.MEMBER:
        count_down(db.session, studio.id, Studio.members_taken)
        db.session.expire(studio, ["members_taken"])
    elif row.role is MemberRole.MENTEE and row.leader_id is not None:
        give_back_to(row.leader_id)
        end_place(row.id, on)


def give_back_to(leader_id: int) -> None:
    """One mentee's place with a member is free again."""
    count_down(db.session, leader_id, Membership.mentees_taken)


def end_place(membership_id: int, on: date) -> None:
    """The present place with a member ends."""
    rows_changed(
        db.session,
        update(MentorPlace)
        .where(MentorPlace.membership_id == membership_id, MentorPlace.to_on.is_(None))
        .values(to_on=on),
    )


def wait(studio: Studio, row: Membership) -> int:
    """Put somebody at the end of the waiting list; their number."""
    number = next_number(db.session, studio.id, Studio.waiting_last)
    row.status, row.waiting_no = S.WAITING, number
    db.session.flush()
    return number


def move_up(*, actor: Actor, studio: Studio, on: date) -> list[Membership]:
    """Hand free places to those who wait, in their order. Whoever cannot take one now keeps their number."""
    if studio.status is not StudioStatus.ACTIVE:
        return []
    queue = (
        select(Membership)
        .where(Membership.studio_id == studio.id, Membership.status == S.WAITING)
        .options(joinedload(Membership.teacher))
        .order_by(Membership.waiting_no)
    )
    moved, full = [], set()
    for row in db.session.scalars(queue).all():
        lane = (row.role, row.wanted_leader_id)
        if lane in full or (row.role, None) in full:
            continue
        teacher = locked_teacher(row.teacher_id)
        if gates.obstacle(studio, teacher, row.role, on):
            continue
        if not take_place(studio, row, teacher.id, on):
            full.add(lane)
            continue
        note(actor, "studio.person.move_up", row, studio, label=f"{teacher.name}: {studio.name}")
        telling.moved_up(studio, row)
        moved.append(row)
    return moved
