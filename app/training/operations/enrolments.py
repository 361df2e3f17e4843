"""Enrolment: a teacher applies, the school nominates, the organiser confirms or declines; and the way back out."""

from collections.abc import Callable, Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.operations import Actor
from app.db.clock import today
from app.extensions import db
from app.regions.models import Region
from app.teachers.models import Teacher
from app.training import telling
from app.training.models import (
    HOLDING,
    Admission,
    Enrolment,
    EnrolmentStatus,
    SessionStatus,
    TrainingResult,
    TrainingSession,
)
from app.training.operations import places
from app.training.operations.locking import lock_teachers, locked_session
from app.training.operations.recording import record_enrolment
from app.training.operations.sessions import clashing
from app.web.errors import Refused

S = EnrolmentStatus


def apply(*, actor: Actor, session: TrainingSession, teacher: Teacher) -> Enrolment:
    """A teacher asks to take part. Where the first come are served, a place is given at once."""
    session = locked_session(session.id)
    _check_open(session)
    enrolment = _begin(session, [teacher])[0]
    if session.admission is Admission.DIRECT:
        _admit(actor, session, enrolment, teacher, "training.enrolment.apply")
        return enrolment
    _set(actor, session, enrolment, teacher, S.APPLIED, "training.enrolment.apply")
    return enrolment


def nominate(*, actor: Actor, session: TrainingSession, teachers: Sequence[Teacher]) -> list[Enrolment]:
    """A school names people of its own; those who applied are taken up. All or none."""
    session = locked_session(session.id)
    _check_open(session)
    rows = _begin(session, teachers, may_hold=(S.APPLIED,))
    for enrolment, teacher in zip(rows, teachers, strict=True):
        if session.admission is Admission.CENTRE:
            _set(actor, session, enrolment, teacher, S.NOMINATED, "training.enrolment.nominate")
        else:
            _admit(actor, session, enrolment, teacher, "training.enrolment.nominate")
    return rows


def enrol(*, actor: Actor, session: TrainingSession, teachers: Sequence[Teacher]) -> list[Enrolment]:
    """The organiser puts people on the list, without asking their schools. All or none."""
    session = locked_session(session.id)
    if session.status not in places.RUNNING:
        raise Refused(
            _("%(name)s: %(status)s. Nobody can be enrolled now.", name=session.name, status=session.status.label)
        )
    rows = _begin(session, teachers, may_hold=(S.APPLIED, S.NOMINATED))
    for enrolment, teacher in zip(rows, teachers, strict=True):
        _admit(actor, session, enrolment, teacher, "training.enrolment.enrol")
    return rows


def confirm(*, actor: Actor, session: TrainingSession, enrolments: Iterable[Enrolment]) -> tuple[int, int]:
    """Give places to those who applied or were nominated, in the order of their asking; who finds none waits.
    Returns (confirmed, waiting)."""
    session = locked_session(session.id)
    if session.status not in places.RUNNING:
        raise Refused(
            _("%(name)s: %(status)s. Nobody can be enrolled now.", name=session.name, status=session.status.label)
        )
    confirmed = waiting = 0
    for enrolment in fresh(sorted(row.id for row in enrolments)):
        if enrolment.status not in (S.APPLIED, S.NOMINATED):
            continue
        now = _admit(actor, session, enrolment, enrolment.teacher, "training.enrolment.confirm")
        confirmed += now is S.CONFIRMED
        waiting += now is S.WAITING
    return confirmed, waiting


def decline(*, actor: Actor, session: TrainingSession, enrolments: Iterable[Enrolment], reason: str) -> int:
    """Refuse people who applied, were nominated or wait; they read why."""
    if not reason.strip():
        raise Refused(_("Say why; the teacher reads it."))
    session = locked_session(session.id)
    number = 0
    for enrolment in fresh(sorted(row.id for row in enrolments)):
        if enrolment.status not in (S.APPLIED, S.NOMINATED, S.WAITING):
            continue
        _set(actor, session, enrolment, enrolment.teacher, S.DECLINED, "training.enrolment.decline", reason.strip())
        telling.declined(session, enrolment)
        number += 1
    return number


def cancel(*, actor: Actor, session: TrainingSession, enrolment: Enrolment, reason: str) -> None:
    """Take somebody off the list, or oneself; the place goes to who waits first."""
    session = locked_session(session.id)
    found = fresh([enrolment.id])[0]
    if found.status not in HOLDING:
        raise Refused(_("%(name)s is not enrolled any more.", name=found.teacher.name))
    if found.result is not TrainingResult.NONE:
        raise Refused(_("%(name)s has a result already. Withdraw it first.", name=found.teacher.name))
    if session.status is SessionStatus.FINISHED:
        raise Refused(_("%(name)s is finished; its list stays.", name=session.name))
    places.give_back(session, found)
    _set(actor, session, found, found.teacher, S.CANCELLED, "training.enrolment.cancel", reason.strip() or None)
    places.move_up(actor=actor, session=session)


def fresh(ids: Sequence[int]) -> list[Enrolment]:
    """The enrolments as they are now, in that order."""
    rows = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.id.in_(ids))
        .options(joinedload(Enrolment.teacher))
        .order_by(Enrolment.id)
        .execution_options(populate_existing=True)
    ).unique()
    found = {row.id: row for row in rows}
    return [found[one] for one in ids if one in found]


def _check_open(session: TrainingSession) -> None:
    if session.status is not SessionStatus.OPEN:
        raise Refused(
            _("%(name)s: %(status)s. Nobody can be enrolled now.", name=session.name, status=session.status.label)
        )
    last = session.enrol_until or session.ends_on
    if today() > last:
        raise Refused(_("Enrolment for %(name)s ended on %(day)s.", name=session.name, day=last))


def _begin(
    session: TrainingSession, teachers: Sequence[Teacher], may_hold: tuple[EnrolmentStatus, ...] = ()
) -> list[Enrolment]:
    """The enrolments to go on with: kept ones of people who were declined or left, new ones for the others."""
    lock_teachers([teacher.id for teacher in teachers])
    _check_people(session, teachers)
    standing = {
        row.teacher_id: row
        for row in db.session.scalars(
            select(Enrolment)
            .where(Enrolment.session_id == session.id, Enrolment.teacher_id.in_([t.id for t in teachers]))
            .execution_options(populate_existing=True)
        )
    }
    rows = []
    for teacher in teachers:
        row = standing.get(teacher.id)
        if row is not None and row.status in HOLDING and row.status not in may_hold:
            raise Refused(
                _("%(name)s is on the list already (%(status)s).", name=teacher.name, status=row.status.label)
            )
        if row is None:
            row = Enrolment(session_id=session.id, teacher_id=teacher.id, status=S.APPLIED)
        row.school_id, row.county_id, row.reason = teacher.working_school_id, teacher.county_id, None
        db.session.add(row)
        rows.append(row)
    db.session.flush()
    return rows


def _check_people(session: TrainingSession, teachers: Sequence[Teacher]) -> None:
    if any(teacher.left_on for teacher in teachers):
        raise Refused(_("%(name)s has left.", name=next(t.name for t in teachers if t.left_on)))
    region = db.session.get_one(Region, session.region_id)
    paths = dict(
        db.session.execute(
            select(Region.id, Region.path).where(Region.id.in_({teacher.county_id for teacher in teachers}))
        )
        .tuples()
        .all()
    )
    for teacher in teachers:
        is_own_school = session.school_id in (None, teacher.working_school_id)
        if not is_own_school or not paths[teacher.county_id].startswith(region.path):
            raise Refused(_("The session is not meant for the school of %(name)s.", name=teacher.name))
    for name, other in clashing([teacher.id for teacher in teachers], session).values():
        raise Refused(_("%(name)s is enrolled in another session at that time: %(session)s.", name=name, session=other))


def _admit(actor: Actor, session: TrainingSession, enrolment: Enrolment, teacher: Teacher, action: str) -> S:
    before = enrolment.status
    if not places.take_place(session, enrolment):
        places.wait(session, enrolment)
    record_enrolment(
        actor,
        action,
        enrolment,
        f"{teacher.name}: {session.name}",
        before={"status": before},
        after={"status": enrolment.status},
    )
    say: Callable[[TrainingSession, Enrolment], None] = (
        telling.confirmed if enrolment.status is S.CONFIRMED else telling.waiting
    )
    say(session, enrolment)
    return enrolment.status


def _set(
    actor: Actor,
    session: TrainingSession,
    enrolment: Enrolment,
    teacher: Teacher,
    status: EnrolmentStatus,
    action: str,
    reason: str | None = None,
) -> None:
    before = enrolment.status
    enrolment.status, enrolment.reason, enrolment.waiting_no = status, reason, None
    db.session.flush()
    record_enrolment(
        actor,
        action,
        enrolment,
        f"{teacher.name}: {session.name}",
        before={"status": before},
        after={"status": status},
        reason=reason,
    )
