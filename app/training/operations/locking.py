"""One at a time: whoever moves places or a waiting list holds the session's row until the transaction ends."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.teachers.models import Teacher
from app.training.models import SessionQuota, TrainingSession


def locked_session(session_id: int) -> TrainingSession:
    """The session as it is now, locked, with its quotas."""
    db.session.flush()
    db.session.execute(select(TrainingSession.id).where(TrainingSession.id == session_id).with_for_update())
    return db.session.scalars(
        select(TrainingSession)
        .where(TrainingSession.id == session_id)
        .options(
            selectinload(TrainingSession.quotas).joinedload(SessionQuota.school),
            selectinload(TrainingSession.quotas).joinedload(SessionQuota.county),
        )
        .execution_options(populate_existing=True)
    ).one()


def lock_teachers(teacher_ids: list[int]) -> None:
    """So that nobody is put into two sessions of one time at once; in the order of ids, so that nobody waits in a
    circle."""
    for teacher_id in sorted(teacher_ids):
        db.session.execute(select(Teacher.id).where(Teacher.id == teacher_id).with_for_update())
