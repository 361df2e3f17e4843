"""Places: taken by a conditional update of a counter that the database itself keeps within bounds; given back; and
handed on to the waiting list in its order."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, or_, select
from sqlalchemy.orm import joinedload

from app.audit.operations import Actor
from app.db import count_down, count_up, next_number
from app.extensions import db
from app.training import telling
from app.training.models import Enrolment, EnrolmentStatus, SessionQuota, SessionStatus, TrainingSession
from app.training.operations.recording import record_enrolment
from app.web.errors import Refused

RUNNING = (SessionStatus.OPEN, SessionStatus.CLOSED)


def take_place(session: TrainingSession, enrolment: Enrolment) -> bool:
    """Give an enrolment a place: of its school's, else of its county's, else of those open to all. False where none
    is free."""
    for quota_id in db.session.scalars(_pools(session.id, enrolment)):
        if not count_up(db.session, quota_id, SessionQuota.taken, SessionQuota.places):
            continue
        if not count_up(db.session, session.id, TrainingSession.taken, TrainingSession.places):
            raise Refused(_("All places of %(name)s are taken.", name=session.name))
        enrolment.quota_id, enrolment.status, enrolment.waiting_no = quota_id, EnrolmentStatus.CONFIRMED, None
        db.session.flush()
        return True
    return False


def _pools(session_id: int, enrolment: Enrolment) -> Any:
    """The quotas an enrolment may draw on, the narrowest first."""
    school, county = SessionQuota.school_id == enrolment.school_id, SessionQuota.county_id == enrolment.county_id
    is_open = SessionQuota.school_id.is_(None) & SessionQuota.county_id.is_(None)
    return (
        select(SessionQuota.id)
        .where(SessionQuota.session_id == session_id, or_(school, county, is_open))
        .order_by(case((school, 0), (county, 1), else_=2))
    )


def give_back(session: TrainingSession, enrolment: Enrolment) -> None:
    """Free the place that an enrolment holds."""
    if enrolment.quota_id is None:
        return
    count_down(db.session, enrolment.quota_id, SessionQuota.taken)
    count_down(db.session, session.id, TrainingSession.taken)
    enrolment.quota_id = None


def wait(session: TrainingSession, enrolment: Enrolment) -> None:
    """Put an enrolment at the end of the waiting list."""
    number = next_number(db.session, session.id, TrainingSession.waiting_last)
    enrolment.status, enrolment.waiting_no = EnrolmentStatus.WAITING, number
    db.session.flush()


def move_up(*, actor: Actor, session: TrainingSession) -> list[Enrolment]:
    """Hand free places to those who wait, in their order. Whoever may use no free place keeps their number."""
    if session.status not in RUNNING or not _free_pools(session.id):
        return []
    moved = []
    queue = (
        select(Enrolment)
        .where(Enrolment.session_id == session.id, Enrolment.status == EnrolmentStatus.WAITING)
        .options(joinedload(Enrolment.teacher))
        .order_by(Enrolment.waiting_no)
    )
    for enrolment in db.session.scalars(queue).all():
        if take_place(session, enrolment):
            record_enrolment(
                actor,
                "training.enrolment.move_up",
                enrolment,
                f"{enrolment.teacher.name}: {session.name}",
                before={"status": EnrolmentStatus.WAITING},
                after={"status": EnrolmentStatus.CONFIRMED},
            )
            moved.append(enrolment)
            if not _free_pools(session.id):
                break
    telling.moved_up(session, moved)
    return moved


def _free_pools(session_id: int) -> bool:
    query = select(SessionQuota.id).where(
        SessionQuota.session_id == session_id, SessionQuota.taken < SessionQuota.places
    )
    return db.session.scalar(query.limit(1)) is not None
