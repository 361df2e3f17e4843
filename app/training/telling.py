"""What people are told of: places, changes, certificates. Mail leaves after the commit, and never twice."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.extensions import db
from app.notices.kinds import Rendered, notice_kind
from app.notices.operations import notify, users_of_teachers
from app.training.models import HOLDING, CompletionCertificate, Enrolment, TrainingSession


@notice_kind("training.confirmed", label=_l("A place in a training session"))
def _confirmed(params: dict[str, Any]) -> Rendered:
    title = _("You have a place in %(session)s", session=params["session"])
    return Rendered(title, _when(params), url_for("training.mine"))


@notice_kind("training.moved_up", label=_l("Moved up from the waiting list"), is_urgent=True)
def _moved_up(params: dict[str, Any]) -> Rendered:
    title = _("You have moved up from the waiting list: %(session)s", session=params["session"])
    return Rendered(title, _when(params), url_for("training.mine"))


@notice_kind("training.waiting", label=_l("On the waiting list of a training session"))
def _waiting(params: dict[str, Any]) -> Rendered:
    title = _("You are on the waiting list of %(session)s", session=params["session"])
    return Rendered(title, _when(params), url_for("training.mine"))


@notice_kind("training.declined", label=_l("A training enrolment was declined"))
def _declined(params: dict[str, Any]) -> Rendered:
    title = _("Your enrolment in %(session)s was declined", session=params["session"])
    return Rendered(title, params["reason"], url_for("training.mine"))


@notice_kind("training.changed", label=_l("A training session has changed"), is_urgent=True)
def _changed(params: dict[str, Any]) -> Rendered:
    title = _("Time or venue have changed: %(session)s", session=params["session"])
    return Rendered(title, _when(params), url_for("training.mine"))


@notice_kind("training.cancelled", label=_l("A training session was cancelled"), is_urgent=True)
def _cancelled(params: dict[str, Any]) -> Rendered:
    title = _("Cancelled: %(session)s", session=params["session"])
    return Rendered(title, params["reason"], url_for("training.mine"))


@notice_kind("training.certificate", label=_l("A certificate of completion"))
def _certificate(params: dict[str, Any]) -> Rendered:
    title = _("Your certificate for %(session)s was issued", session=params["session"])
    return Rendered(title, _("Number %(number)s", number=params["number"]), url_for("training.mine"))


def _when(params: dict[str, Any]) -> str:
    days = (
        params["begins_on"]
        if params["begins_on"] == params["ends_on"]
        else f"{params['begins_on']} – {params['ends_on']}"
    )
    return str(_("; ")).join(filter(None, (days, params.get("venue"))))


def confirmed(session: TrainingSession, enrolment: Enrolment) -> None:
    """Somebody has a place."""
    _tell([enrolment.teacher_id], "training.confirmed", session, f"confirmed:{enrolment.id}:{enrolment.version}")


def waiting(session: TrainingSession, enrolment: Enrolment) -> None:
    """Somebody stands on the waiting list."""
    _tell([enrolment.teacher_id], "training.waiting", session, f"waiting:{enrolment.id}:{enrolment.waiting_no}")


def declined(session: TrainingSession, enrolment: Enrolment) -> None:
    """Somebody was refused."""
    key = f"declined:{enrolment.id}:{enrolment.version}"
    _tell([enrolment.teacher_id], "training.declined", session, key, reason=enrolment.reason or "")


def moved_up(session: TrainingSession, enrolments: Sequence[Enrolment]) -> None:
    """People who waited have a place now."""
    for row in enrolments:
        _tell([row.teacher_id], "training.moved_up", session, f"moved_up:{row.id}:{row.version}")


def session_changed(session: TrainingSession) -> None:
    """Time or venue are others."""
    _tell(_holders(session), "training.changed", session, f"changed:{session.id}:{session.version}")


def session_cancelled(session: TrainingSession, reason: str) -> None:
    """The session does not take place."""
    _tell(_holders(session), "training.cancelled", session, f"cancelled:{session.id}", reason=reason)


def certificates_issued(session: TrainingSession, issued: Sequence[tuple[int, CompletionCertificate]]) -> None:
    """Certificates wait to be fetched: (teacher, certificate)."""
    for teacher_id, row in issued:
        _tell([teacher_id], "training.certificate", session, f"certificate:{row.id}", number=row.number)


def _holders(session: TrainingSession) -> Iterable[int]:
    query = select(Enrolment.teacher_id).where(Enrolment.session_id == session.id, Enrolment.status.in_(HOLDING))
    return db.session.scalars(query.order_by(Enrolment.id)).all()


def _tell(teachers: Iterable[int], kind: str, session: TrainingSession, key: str, **more: Any) -> None:
    params = {
        "session": session.name,
        "begins_on": session.begins_on,
        "ends_on": session.ends_on,
        "venue": session.venue,
        **more,
    }
    users = [user for accounts in users_of_teachers(teachers).values() for user in accounts]
    if users:
        notify(users=users, kind=kind, params=params, key=f"training:{key}")
