"""The host's workplace: notes, messages, personal plans, inviting a whole list and accepting many applicants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import case, delete, select

from app.audit.operations import Actor
from app.db.clock import utc_now
from app.extensions import db
from app.studios import telling
from app.studios.models import (
    MemberNote,
    MemberRole,
    Membership,
    MembershipStatus,
    PersonalMeasure,
    PersonalTarget,
    Studio,
)
from app.studios.operations import people
from app.studios.operations.common import fresh, note
from app.studios.queries.people import HAS_ROOM
from app.teachers.models import Teacher
from app.web.errors import Refused


def add_note(*, actor: Actor, row: Membership, body: str) -> MemberNote:
    """Note something about somebody; the log says that, not what."""
    made = MemberNote(membership_id=row.id, author_id=actor.id, at=utc_now(), body=body)
    db.session.add(made)
    db.session.flush()
    note(actor, "studio.person.note", row, row.studio)
    return made


def delete_note(*, actor: Actor, row: Membership, made: MemberNote) -> None:
    """Delete a note."""
    db.session.delete(made)
    db.session.flush()
    note(actor, "studio.person.delete_note", row, row.studio)


def send_message(*, actor: Actor, studio: Studio, membership_ids: Sequence[int], subject: str, text: str) -> int:
    """Write to people of the studio; returns how many have been told. Who has no account cannot be."""
    teachers = db.session.scalars(
        select(Membership.teacher_id).where(
            Membership.studio_id == studio.id,
            Membership.status == MembershipStatus.ACTIVE,
            Membership.id.in_(membership_ids),
        )
    ).all()
    if not teachers:
        raise Refused(_("Choose the people to write to."))
    told = telling.message(studio, teachers, subject, text)
    if not told:
        raise Refused(_("None of those chosen has an account yet, so nobody can be told here."))
    note(actor, "studio.message", studio, studio, after={"subject": subject, "people": len(teachers)})
    return told


def set_personal_plan(*, actor: Actor, row: Membership, targets: Mapping[PersonalMeasure, Decimal | None]) -> None:
    """Set the aims of somebody's plan; what is empty or zero is no aim."""
    for number in targets.values():
        if number is not None and number != round(number, 2):
            raise Refused(_("Aims have at most two decimal places, such as 12.5."))
    before = {one.measure.value: one.target for one in row.targets}
    after = {measure.value: number for measure, number in targets.items() if number}
    if before == after:
        return
    db.session.execute(delete(PersonalTarget).where(PersonalTarget.membership_id == row.id))
    db.session.add_all(
        PersonalTarget(membership_id=row.id, measure=measure, target=number)
        for measure, number in targets.items()
        if number
    )
    db.session.flush()
    note(actor, "studio.person.plan", row, row.studio, before=before, after=after)


def invite_many(*, actor: Actor, studio: Studio, teacher_ids: Sequence[int], role: MemberRole) -> tuple[int, list[str]]:
    """Invite a list of teachers of the county: (how many were invited, why others were not)."""
    teachers = db.session.scalars(
        select(Teacher)
        .where(Teacher.id.in_(teacher_ids), Teacher.county_id == studio.county_id)
        .order_by(Teacher.name_pinyin, Teacher.id)
    ).all()
    invited, refusals = 0, []
    for teacher in teachers:
        try:
            people.invite(actor=actor, studio=studio, teacher=teacher, role=role)
            invited += 1
        except Refused as refused:
            refusals.append(str(refused.message))
    return invited, refusals


@dataclass
class Accepted:
    """What came of accepting several: those in the studio now, those who wait, and why the others were not taken."""

    joined: list[Membership] = field(default_factory=list)
    waiting: list[Membership] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


def accept_many(*, actor: Actor, studio: Studio, membership_ids: Sequence[int], is_wish_binding: bool) -> Accepted:
    """Accept those of a studio's applicants who are named, in the order in which they applied, members first: they
    bring places along. Unless the wish is binding, who wished for a member who is full goes to another."""
    numbers = db.session.scalars(
        select(Membership.id)
        .where(
            Membership.studio_id == studio.id,
            Membership.id.in_(membership_ids),
            Membership.status == MembershipStatus.APPLIED,
        )
        .order_by(case((Membership.role == MemberRole.MEMBER, 0), else_=1), Membership.id)
    ).all()
    if not membership_ids:
        raise Refused(_("Tick those whom you accept."))
    done = Accepted()
    for number in numbers:
        row = fresh(number)
        try:
            with db.session.begin_nested():
                if not is_wish_binding and row.wanted_leader_id and not _has_room(row.wanted_leader_id):
                    row.wanted_leader_id = None
                people.accept_application(actor=actor, row=row)
        except Refused as refused:
            done.refusals.append(str(refused.message))
        else:
            (done.joined if row.status is MembershipStatus.ACTIVE else done.waiting).append(row)
    if gone := len(set(membership_ids)) - len(numbers):
        done.refusals.append(
            ngettext(
                "%(num)d of those ticked waits for no answer any more: it was answered or taken back meanwhile.",
                "%(num)d of those ticked wait for no answer any more: it was answered or taken back meanwhile.",
                gone,
            )
        )
    return done


def _has_room(member_id: int) -> bool:
    return db.session.scalar(select(Membership.id).where(Membership.id == member_id, HAS_ROOM)) is not None
