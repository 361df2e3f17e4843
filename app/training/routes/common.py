"""What the pages of this room share: rows within reach or 404, and refusals shown where they can be mended."""

from flask import abort
from flask_login import current_user

from app.access import Permission
from app.extensions import db
from app.training.access import sessions_where
from app.training.models import Enrolment, TrainingProgramme, TrainingSession
from app.training.queries import people, sessions

P = Permission


def session_or_404(session_id: int, permission: Permission = P.TRAINING_READ) -> TrainingSession:
    """A session within the person's reach."""
    return sessions.one_session(session_id, current_user.grants, permission) or abort(404)


def programme_or_404(programme_id: int, permission: Permission = P.TRAINING_READ) -> TrainingProgramme:
    """A programme within the person's reach."""
    return sessions.one_programme(programme_id, current_user.grants, permission) or abort(404)


def enrolment_or_404(enrolment_id: int, permission: Permission = P.TRAINING_READ) -> Enrolment:
    """An enrolment within the person's reach."""
    return people.one_enrolment(enrolment_id, current_user.grants, permission) or abort(404)


def may_run(session: TrainingSession) -> bool:
    """Whether the person may change this very session."""
    reach = sessions_where(current_user.grants, P.TRAINING_EDIT)
    query = db.select(TrainingSession.id).where(TrainingSession.id == session.id, reach)
    return db.session.scalar(query) is not None
