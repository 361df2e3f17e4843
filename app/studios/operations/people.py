"""Coming into a studio and leaving it: applications, invitations, the waiting list, other members, farewells."""

from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.operations import Actor
from app.db.clock import today
from app.extensions import db
from app.studios import gates, telling
from app.studios.models import (
    OPEN,
    MemberRole,
    Membership,
    MembershipStatus,
    MentorPlace,
    Studio,
    StudioSettings,
)
from app.studios.operations import places
from app.studios.operations.common import fresh, locked, locked_teacher, move, must_run, note
from app.teachers.models import Teacher
from app.web.errors import Refused

S = MembershipStatus
ANSWER_DAYS = 7


def join_host(studio: Studio, host: Teacher, on: date) -> Membership:
    """The host belongs to the studio as well, so that nobody hosts one and joins another of the kind."""
    row = _new(studio, host, MemberRole.HOST, S.ACTIVE)
    row.from_on = on
    db.session.add(row)
    db.session.flush()
    return row


def apply(
    *,
    actor: Actor,
    studio: Studio,
    teacher: Teacher,
    role: MemberRole,
    statement: str,
    leader: Membership | None = None,
    is_told: bool = True,
) -> Membership:
    """A teacher applies to a studio; the host is told, unless the application is answered in the same breath."""
    return _ask(actor, studio, teacher, role, leader, S.APPLIED, statement, is_told=is_told)


def invite(
    *, actor: Actor, studio: Studio, teacher: Teacher, role: MemberRole, leader: Membership | None = None
) -> Membership:
    """The host invites a teacher."""
    return _ask(actor, studio, teacher, role, leader, S.INVITED, None)


def _ask(
    actor: Actor,
    studio: Studio,
    teacher: Teacher,
    role: MemberRole,
    leader: Membership | None,
    status: MembershipStatus,
    statement: str | None,
    *,
    is_told: bool = True,
) -> Membership:
    studio, teacher = locked(studio.id), locked_teacher(teacher.id)
    must_run(studio)
    _check_open(studio, teacher)
    if refusal := gates.obstacle(studio, teacher, role, today()):
        raise Refused(refusal)
    _check_leader(studio, role, leader)
    row = _new(studio, teacher, role, status)
    row.statement, row.wanted_leader_id = statement, leader.id if leader else None
    db.session.add(row)
    db.session.flush()
    action = "studio.person.apply" if status is S.APPLIED else "studio.person.invite"
    note(actor, action, row, studio, label=_label(teacher, studio), after={"role": role})
    if status is S.INVITED:
        telling.invited(studio, row)
    elif is_told:
        telling.person_applied(studio, row, teacher)
    return row


def _new(studio: Studio, teacher: Teacher, role: MemberRole, status: MembershipStatus) -> Membership:
    return Membership(
        studio_id=studio.id,
        teacher_id=teacher.id,
        name_pinyin=teacher.name_pinyin,
        kind=studio.kind,
        role=role,
        status=status,
    )


def _check_open(studio: Studio, teacher: Teacher) -> None:
    standing = db.session.scalar(
        select(Membership).where(
            Membership.studio_id == studio.id, Membership.teacher_id == teacher.id, Membership.status.in_(OPEN)
        )
    )
    if standing is not None:
        raise Refused(
            _(
                "%(name)s and %(studio)s: %(status)s already.",
                name=teacher.name,
                studio=studio.name,
                status=standing.status.label,
            )
        )


def _check_leader(studio: Studio, role: MemberRole, leader: Membership | None) -> None:
    if leader is None:
        return
    if role is not MemberRole.MENTEE:
        raise Refused(_("Only mentees are led by a member; members are led by the host."))
    is_member = leader.role is MemberRole.MEMBER and leader.status is S.ACTIVE and leader.studio_id == studio.id
    if not is_member:
        raise Refused(_("The person who is to lead the mentee is no member of this studio."))


def accept_application(*, actor: Actor, row: Membership, leader: Membership | None = None) -> Membership:
    """The host accepts somebody who applied: with a place, or on the waiting list where none is free."""
    return _admit(actor, row, S.APPLIED, leader, today())


def accept_invitation(*, actor: Actor, row: Membership, on: date | None = None) -> Membership:
    """An invited teacher accepts: with a place, or on the waiting list where none is free. `on` is an earlier day of
    joining, for a studio that ran before it was entered here."""
    return _admit(actor, row, S.INVITED, None, on or today())


def _admit(actor: Actor, row: Membership, since: MembershipStatus, leader: Membership | None, day: date) -> Membership:
    studio = locked(row.studio_id)
    teacher = locked_teacher(row.teacher_id)
    row = fresh(row.id)
    if row.status is not since:
        raise Refused(_("%(name)s: %(status)s already.", name=teacher.name, status=row.status.label))
    must_run(studio)
    if refusal := gates.obstacle(studio, teacher, row.role, day):
        raise Refused(refusal)
    if leader is not None:
        _check_leader(studio, row.role, leader)
        row.wanted_leader_id = leader.id
    has_place = places.take_place(studio, row, teacher.id, day)
    if has_place:
        telling.joined(studio, row)
    else:
        places.wait(studio, row)
        telling.waiting(studio, row)
    after = {"status": row.status}
    note(
        actor, "studio.person.accept", row, studio, label=_label(teacher, studio), before={"status": since}, after=after
    )
    if has_place and row.role is MemberRole.MEMBER:  # whoever leads brings places along
        places.move_up(actor=actor, studio=studio, on=day)
    return row


def decline(*, actor: Actor, row: Membership, reason: str) -> None:
    """The host declines an application, or takes somebody off the waiting list."""
    _end_before_joining(actor, row, (S.APPLIED, S.WAITING), S.DECLINED, reason)
    telling.person_declined(row.studio, row, reason)


def withdraw(*, actor: Actor, row: Membership, reason: str | None = None) -> None:
    """Somebody takes back an application, leaves the waiting list or declines an invitation."""
    _end_before_joining(actor, row, (S.APPLIED, S.INVITED, S.WAITING), S.WITHDRAWN, reason)


def take_back(*, actor: Actor, row: Membership) -> None:
    """The host takes an invitation back."""
    _end_before_joining(actor, row, (S.INVITED,), S.WITHDRAWN, None)


def _end_before_joining(
    actor: Actor, row: Membership, since: tuple[MembershipStatus, ...], to: MembershipStatus, reason: str | None
) -> None:
    studio = locked(row.studio_id)
    move(row, since=since, to=to, waiting_no=None, reason=reason)
    note(actor, f"studio.person.{to.value}", row, studio, label=_label(row.teacher, studio), reason=reason)


def lead_by(*, actor: Actor, row: Membership, leader: Membership) -> None:
    """Move a mentee to another member, who must have a place free."""
    studio, day = locked(row.studio_id), today()
    row = fresh(row.id)
    must_run(studio)
    if row.status is not S.ACTIVE or row.role is not MemberRole.MENTEE or row.leader_id is None:
        raise Refused(_("%(name)s is no mentee of this studio now.", name=row.teacher.name))
    _check_leader(studio, row.role, leader)
    if leader.id == row.leader_id:
        raise Refused(_("%(name)s is led by this member already.", name=row.teacher.name))
    if places.take_from_a_member(studio.id, leader.id) is None:
        raise Refused(_("This member leads as many mentees as there are places. Move somebody else first."))
    before = row.leader_id
    places.give_back_to(before)
    places.end_place(row.id, day)
    row.leader_id = leader.id
    db.session.add(MentorPlace(membership_id=row.id, leader_id=leader.id, from_on=day))
    db.session.flush()
    note(actor, "studio.person.move", row, studio, label=_label(row.teacher, studio),
         before={"leader": before}, after={"leader": leader.id})  # fmt: skip
    telling.moved(studio, row)
    places.move_up(actor=actor, studio=studio, on=day)


def leave(*, actor: Actor, row: Membership, reason: str) -> None:
    """Somebody leaves the studio of their own will."""
    _end(actor, row, S.LEFT, "studio.person.leave", reason)
    telling.has_left(row.studio, row)


def ask_to_leave(*, actor: Actor, row: Membership, reason: str) -> None:
    """The host asks somebody to leave 劝退; the person may answer first."""
    studio = locked(row.studio_id)
    row = fresh(row.id)
    if row.status is not S.ACTIVE or row.role is MemberRole.HOST:
        raise Refused(_("%(name)s is neither a member nor a mentee now.", name=row.teacher.name))
    if row.asked_on is not None:
        raise Refused(_("%(name)s was asked to leave already.", name=row.teacher.name))
    row.asked_on, row.asked_reason = today(), reason
    row.answered_on = row.answer_agrees = row.answer = None
    db.session.flush()
    note(actor, "studio.person.ask_to_leave", row, studio, label=_label(row.teacher, studio))
    telling.asked_to_leave(studio, row, today() + timedelta(days=answer_days(studio.county_id)))


def answer(*, actor: Actor, row: Membership, agrees: bool, text: str | None) -> None:
    """The person answers; whoever agrees leaves at once."""
    studio = locked(row.studio_id)
    row = fresh(row.id)
    if row.asked_on is None or row.answered_on is not None or row.status is not S.ACTIVE:
        raise Refused(_("There is nothing to answer, or it was answered already."))
    if not agrees and not text:
        raise Refused(_("Say why you wish to stay."))
    row.answered_on, row.answer_agrees, row.answer = today(), agrees, text
    db.session.flush()
    note(actor, "studio.person.answer", row, studio, label=_label(row.teacher, studio), after={"agrees": agrees})
    telling.answered(studio, row)
    if agrees:
        _end(actor, row, S.DISMISSED, "studio.person.dismiss", row.asked_reason or "")


def keep(*, actor: Actor, row: Membership) -> None:
    """The host lets the person stay after all."""
    studio = locked(row.studio_id)
    row = fresh(row.id)
    if row.asked_on is None or row.status is not S.ACTIVE:
        raise Refused(_("%(name)s was not asked to leave.", name=row.teacher.name))
    row.asked_on = row.asked_reason = row.answered_on = row.answer_agrees = row.answer = None
    db.session.flush()
    note(actor, "studio.person.keep", row, studio, label=_label(row.teacher, studio))
    telling.may_stay(studio, row)


def dismiss(*, actor: Actor, row: Membership) -> None:
    """The host decides after the answer, or once the days for an answer are over."""
    row = fresh(row.id)
    if row.asked_on is None:
        raise Refused(_("Ask %(name)s to leave first, with a reason; the answer comes next.", name=row.teacher.name))
    until = row.asked_on + timedelta(days=answer_days(row.studio.county_id))
    if row.answered_on is None and today() <= until:
        raise Refused(_("%(name)s may answer until %(day)s. Decide after that.", name=row.teacher.name, day=until))
    _end(actor, row, S.DISMISSED, "studio.person.dismiss", row.asked_reason or "")
    telling.dismissed(row.studio, row)


def answer_days(county_id: int) -> int:
    """The days that a county gives for an answer."""
    found = db.session.scalar(select(StudioSettings.answer_days).where(StudioSettings.county_id == county_id))
    return found or ANSWER_DAYS


def _end(actor: Actor, row: Membership, to: MembershipStatus, action: str, reason: str) -> None:
    studio, day = locked(row.studio_id), today()
    row = fresh(row.id)
    if row.role is MemberRole.HOST:
        raise Refused(_("The host leaves a studio only with the studio."))
    if row.mentees_taken:
        raise Refused(
            ngettext(
                "%(name)s still leads %(num)d mentee. The host moves that mentee to another member first.",
                "%(name)s still leads %(num)d mentees. The host moves them to other members first.",
                row.mentees_taken,
                name=row.teacher.name,
            )
        )
    places.give_back(studio, row, day)
    move(row, since=[S.ACTIVE], to=to, to_on=max(day, row.from_on or day), reason=reason)
    note(actor, action, row, studio, label=_label(row.teacher, studio), after={"to_on": row.to_on})
    places.move_up(actor=actor, studio=studio, on=day)


def end_all(studio: Studio, on: date, reason: str) -> list[Membership]:
    """Everybody's membership ends with the studio; who waited or was invited did not join. Those who were in it."""
    rows = db.session.scalars(
        select(Membership)
        .where(Membership.studio_id == studio.id, Membership.status.in_(OPEN))
        .options(joinedload(Membership.teacher))
        .order_by(Membership.id)
    ).all()
    were_in = [row for row in rows if row.status is S.ACTIVE]
    for row in rows:
        if row.status is S.ACTIVE:
            places.give_back(studio, row, max(on, row.from_on or on))
            db.session.expire(row, ["mentees_taken"])
            row.status, row.to_on = S.FINISHED, max(on, row.from_on or on)
        else:
            row.status, row.waiting_no = S.WITHDRAWN, None
        row.reason = reason
    db.session.flush()
    telling.studio_ended(studio, [row for row in rows if row.role is not MemberRole.HOST], reason)
    return were_in


def _label(teacher: Teacher, studio: Studio) -> str:
    return f"{teacher.name}: {studio.name}"
