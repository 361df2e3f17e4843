"""Who was there on a day: ticked on a list, or scanned by their own telephone."""

from collections.abc import Collection
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from app.audit.operations import Actor
from app.db.clock import today, utc_now
from app.extensions import db
from app.teachers.models import Teacher
from app.training.models import (
    AttendanceMark,
    AttendanceSource,
    Enrolment,
    EnrolmentStatus,
    SessionStatus,
    TrainingSession,
)
from app.training.operations.locking import locked_session
from app.training.operations.recording import record, record_enrolment
from app.web.errors import Refused


def check_day(session: TrainingSession, day: date) -> None:
    """Attendance can be marked on a day of the session that has come."""
    if not session.begins_on <= day <= session.ends_on:
        raise Refused(
            _(
                "%(name)s takes place from %(first)s to %(last)s; %(day)s is no day of it.",
                name=session.name,
                first=session.begins_on,
                last=session.ends_on,
                day=day,
            )
        )
    if day > today():
        raise Refused(_("%(day)s has not come yet.", day=day))


def set_day(
    *, actor: Actor, session: TrainingSession, day: date, shown: Collection[int], present: Collection[int]
) -> tuple[int, int]:
    """Tick who was there, of the enrolments that were shown. Returns (added, removed)."""
    session = locked_session(session.id)
    check_day(session, day)
    if session.status in (SessionStatus.DRAFT, SessionStatus.CANCELLED):
        raise Refused(
            _("%(name)s: %(status)s. There is no attendance.", name=session.name, status=session.status.label)
        )
    ours = set(
        db.session.scalars(
            select(Enrolment.id).where(
                Enrolment.session_id == session.id,
                Enrolment.status == EnrolmentStatus.CONFIRMED,
                Enrolment.id.in_(shown),
            )
        )
    )
    marked = select(AttendanceMark.enrolment_id).where(AttendanceMark.enrolment_id.in_(ours), AttendanceMark.day == day)
    standing = set(db.session.scalars(marked))
    added, removed = (set(present) & ours) - standing, standing - set(present)
    db.session.add_all(
        AttendanceMark(enrolment_id=key, day=day, source=AttendanceSource.LIST, at=utc_now()) for key in sorted(added)
    )
    db.session.execute(
        delete(AttendanceMark).where(AttendanceMark.enrolment_id.in_(removed), AttendanceMark.day == day)
    )
    db.session.flush()
    if added or removed:
        after = {"day": day, "added": sorted(added), "removed": sorted(removed)}
        record(actor, "training.attendance.set", session, after=after)
    return len(added), len(removed)


def scan(*, actor: Actor, session: TrainingSession, teacher: Teacher, day: date) -> bool:
    """Somebody scanned the day's code. False where they were marked already."""
    check_day(session, day)
    enrolment = db.session.scalar(
        select(Enrolment).where(Enrolment.session_id == session.id, Enrolment.teacher_id == teacher.id)
    )
    if enrolment is None or enrolment.status is not EnrolmentStatus.CONFIRMED:
        raise Refused(
            _("You are not on the list of %(name)s. Speak to the organiser before you sign in.", name=session.name)
        )
    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    # Twice on two telephones is once.
    new = db.session.scalar(
        make(AttendanceMark)
        .values(enrolment_id=enrolment.id, day=day, source=AttendanceSource.CODE, at=utc_now())
        .on_conflict_do_nothing()
        .returning(AttendanceMark.id)
    )
    if new is None:
        return False
    record_enrolment(
        actor, "training.attendance.scan", enrolment, f"{teacher.name}: {session.name}", after={"day": day}
    )
    return True
