"""The host's workplace: notes, messages, personal plans, and inviting a whole list."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import delete, select

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
from app.studios.operations.common import note
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
