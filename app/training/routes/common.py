"""What the pages of this room share: rows within reach or 404, and refusals shown where they can be mended."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.training.access import sessions_where
from app.training.models import Enrolment, TrainingProgramme, TrainingSession
from app.training.queries import people, sessions
from app.web.errors import Refused
from app.web.forms import Form, VersionedForm
from app.web.lists import Found, Listing

type Page = str | Response | tuple[str, int]
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


def attempt(form: Form, action: Callable[[], Any]) -> bool:
    """Do what a form asks for; a refusal becomes the form's error, and nothing of the attempt stays."""
    try:
        action()
        db.session.flush()
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal.message))
        return False
    except StaleDataError:
        db.session.rollback()
        form.form_errors.append(str(VersionedForm.STALE))
        return False
    return True


def tried(action: Callable[[], Any]) -> bool:
    """Do what a button asks for; a refusal is said at the head of the next page, and nothing of the attempt stays."""
    try:
        action()
        db.session.flush()
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal.message), "error")
        return False
    return True


def shown(listing: Listing, found: Found[Any]) -> dict[str, Any]:
    """What the template of a list inside a record needs beside its rows."""
    return {
        "listing": listing,
        "found": found,
        "rows": found.items,
        "chips": listing.chips(),
        "filters": {one.name: one for one in listing.spec.filters},
    }
