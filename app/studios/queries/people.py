"""The people of studios: a host's list, one person, and one's own places."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.extensions import db
from app.schools.pinyin import typed
from app.schools.queries import stage_choices
from app.studios.access import memberships_where
from app.studios.models import (
    OPEN,
    MemberNote,
    MemberRole,
    Membership,
    MembershipStatus,
    MentorPlace,
    Studio,
)
from app.teachers.models import Teacher
from app.teachers.search import begins
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

MOST_APPLICANTS = 200
# A member who may lead one mentee more.
HAS_ROOM = and_(
    Membership.role == MemberRole.MEMBER,
    Membership.status == MembershipStatus.ACTIVE,
    Membership.mentees_taken < Membership.mentee_places,
)
_FROM = func.coalesce(Membership.from_on, date(1900, 1, 1))
PEOPLE = ListSpec(
    "studios.people",
    filters=(
        lists.choice("role", _l("Role"), lambda: [(one.value, one.label) for one in MemberRole]),
        lists.choice("status", _l("Status"), lambda: [(one.value, one.label) for one in MembershipStatus]),
        lists.row("leader", _l("Led by"), lambda number: _leader_name(number)),
        lists.choice("stage", _l("Stage"), stage_choices),
        lists.flag("noted", _l("With notes")),
    ),
    sorts={
        "name": Sort((SortKey(Membership.name_pinyin, "name_pinyin"), SortKey(Membership.id, "id"))),
        "since": Sort(
            (SortKey(_FROM, "from_on", missing=date(1900, 1, 1)), SortKey(Membership.id, "id")),
        ),
    },
)
PARTS = (
    joinedload(Membership.teacher).joinedload(Teacher.working_school),
    joinedload(Membership.leader).joinedload(Membership.teacher),
)


def _leader_name(membership_id: int) -> str | None:
    return db.session.scalar(
        select(Teacher.name).join(Membership, Membership.teacher_id == Teacher.id).where(Membership.id == membership_id)
    )


def people_listed(listing: Listing, studio: Studio) -> Select[Any]:
    """A studio's people as the list asks; those who are in it or on their way, where no status is asked for."""
    conditions = [Membership.studio_id == studio.id]
    status = listing.get("status")
    conditions.append(Membership.status == status if status else Membership.status.in_(OPEN))
    if role := listing.get("role"):
        conditions.append(Membership.role == role)
    if leader := listing.get("leader"):
        conditions.append(Membership.leader_id == leader)
    if stage := listing.get("stage"):
        conditions.append(Membership.teacher_id.in_(select(Teacher.id).where(Teacher.stage == stage)))
    if (noted := listing.get("noted")) is not None:
        has = select(MemberNote.id).where(MemberNote.membership_id == Membership.id).exists()
        conditions.append(has if noted else ~has)
    if listing.search:
        conditions.append(_called(listing.search))
    return select(Membership).where(and_(*conditions))


def _called(text: str) -> Any:
    if text.isascii():
        return begins(Membership.name_pinyin, typed(text))
    return Membership.teacher_id.in_(
        select(Teacher.id).where(Teacher.id == Membership.teacher_id, Teacher.name.contains(text, autoescape=True))
    )


def membership_of(grants: Iterable[Grant], permission: Permission, membership_id: int) -> Membership | None:
    """One membership within reach, with its person, studio and leader."""
    return db.session.scalar(
        select(Membership)
        .where(Membership.id == membership_id, memberships_where(grants, permission))
        .options(
            joinedload(Membership.teacher).joinedload(Teacher.working_school),
            joinedload(Membership.studio).joinedload(Studio.host),
            joinedload(Membership.leader).joinedload(Membership.teacher),
            selectinload(Membership.targets),
            selectinload(Membership.places).joinedload(MentorPlace.leader).joinedload(Membership.teacher),
        )
    )


def notes_of(membership_id: int) -> Sequence[MemberNote]:
    """What was noted about somebody, the newest first."""
    return db.session.scalars(
        select(MemberNote)
        .where(MemberNote.membership_id == membership_id)
        .options(joinedload(MemberNote.author))
        .order_by(MemberNote.id.desc())
    ).all()


def note_counts(membership_ids: Sequence[int]) -> dict[int, int]:
    """How many notes there are about each."""
    return dict(
        db.session.execute(
            select(MemberNote.membership_id, func.count())
            .where(MemberNote.membership_id.in_(membership_ids))
            .group_by(MemberNote.membership_id)
        )
        .tuples()
        .all()
    )


def active(studio_id: int, *roles: MemberRole) -> Sequence[Membership]:
    """The people who are in a studio now, hosts first, then by name."""
    order = {MemberRole.HOST: 0, MemberRole.MEMBER: 1, MemberRole.MENTEE: 2}
    rows = db.session.scalars(
        select(Membership)
        .where(
            Membership.studio_id == studio_id,
            Membership.status == MembershipStatus.ACTIVE,
            Membership.role.in_(roles or tuple(MemberRole)),
        )
        .options(*PARTS)
        .order_by(Membership.name_pinyin, Membership.id)
    ).all()
    return sorted(rows, key=lambda row: order[row.role])


def applicants_counted(studio_id: int) -> int:
    """How many applied and wait for an answer."""
    number = select(func.count()).where(
        Membership.studio_id == studio_id, Membership.status == MembershipStatus.APPLIED
    )
    return db.session.scalar(number) or 0


def applicants(studio_id: int) -> Sequence[Membership]:
    """Those who applied and wait for an answer, in the order in which they came; at most as many as a page holds."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.studio_id == studio_id, Membership.status == MembershipStatus.APPLIED)
        .options(*PARTS)
        .order_by(Membership.id)
        .limit(MOST_APPLICANTS)
    ).all()


def waiting_list(studio_id: int) -> Sequence[Membership]:
    """Those who wait, in their order."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.studio_id == studio_id, Membership.status == MembershipStatus.WAITING)
        .options(*PARTS)
        .order_by(Membership.waiting_no)
    ).all()


def members_with_room(studio_id: int) -> list[tuple[int, str]]:
    """The members who may lead one mentee more: (number, name)."""
    rows = db.session.execute(
        select(Membership.id, Teacher.name)
        .join(Teacher, Teacher.id == Membership.teacher_id)
        .where(Membership.studio_id == studio_id, HAS_ROOM)
        .order_by(Membership.name_pinyin, Membership.id)
    )
    return [(number, name) for number, name in rows.tuples()]


def places_of(teacher_id: int) -> Sequence[Membership]:
    """A teacher's places in studios, those that are open first."""
    rows = db.session.scalars(
        select(Membership)
        .where(Membership.teacher_id == teacher_id)
        .options(
            joinedload(Membership.studio).joinedload(Studio.host),
            joinedload(Membership.leader).joinedload(Membership.teacher),
        )
        .order_by(Membership.id.desc())
    ).all()
    return sorted(rows, key=lambda row: row.status not in OPEN)


def leader_of(row: Membership) -> str | None:
    """The name of the member who leads a mentee; None where nobody but the host does."""
    return _leader_name(row.leader_id) if row.leader_id else None


def place_in_line(row: Membership) -> int:
    """How many of the same role stand before somebody on the waiting list, and one."""
    before = select(func.count()).where(
        Membership.studio_id == row.studio_id,
        Membership.role == row.role,
        Membership.status == MembershipStatus.WAITING,
        Membership.waiting_no < (row.waiting_no or 0),
    )
    return (db.session.scalar(before) or 0) + 1
