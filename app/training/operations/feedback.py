"""Feedback: given once, kept without a name."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import update

from app.db import rows_changed
from app.db.clock import today
from app.extensions import db
from app.schools.models import School
from app.teachers.models import Teacher
from app.training.models import QUESTIONS, Enrolment, EnrolmentStatus, SessionFeedback, SessionStatus, TrainingSession
from app.web.errors import Refused


def may_give(enrolment: Enrolment, session: TrainingSession) -> bool:
    """Whether somebody can say now what they think: took part, it is over, and they have not yet."""
    is_over = session.status is SessionStatus.FINISHED or session.ends_on <= today()
    is_in = enrolment.status is EnrolmentStatus.CONFIRMED and session.status is not SessionStatus.CANCELLED
    return is_in and is_over and not enrolment.has_given_feedback


def give(
    *, enrolment: Enrolment, session: TrainingSession, teacher: Teacher, answers: Mapping[str, int], comment: str | None
) -> None:
    """Keep somebody's answers. Nothing on record leads from them back to the person, so the log has no entry."""
    if not may_give(enrolment, session):
        raise Refused(_("Feedback can be given once, by people who took part, when the session is over."))
    # One statement, so that two clicks are one answer; the row keeps no moment of it.
    taken = rows_changed(
        db.session,
        update(Enrolment)
        .where(Enrolment.id == enrolment.id, Enrolment.has_given_feedback.is_(False))
        .values(has_given_feedback=True, updated_at=Enrolment.updated_at),
    )
    if not taken:
        raise Refused(_("You have given your feedback already."))
    school = db.session.get_one(School, enrolment.school_id)
    db.session.add(
        SessionFeedback(
            session_id=session.id,
            stage=teacher.stage,
            is_rural=school.locality == "rural",
            comment=(comment or "").strip() or None,
            **{name: answers[name] for name in QUESTIONS},
        )
    )
    db.session.flush()
