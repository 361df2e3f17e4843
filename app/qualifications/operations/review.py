"""The school checks, the county verifies; either returns with a reason. Two people at once: one of them decides, and
the other is told how many were decided already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app import audit
from app.audit.operations import Actor
from app.db import rows_changed
from app.db.clock import today, utc_now
from app.extensions import db
from app.qualifications import notices
from app.qualifications.judging import judge_teachers
from app.qualifications.kinds import types_of
from app.qualifications.models import Certificate, CertificateState
from app.qualifications.operations.certificates import record
from app.teachers.models import Teacher
from app.web.errors import Refused

S = CertificateState


@dataclass(frozen=True, slots=True)
class Decided:
    """How a decision over several certificates went."""

    done: int
    overtaken: int


def check(*, actor: Actor, rows: Sequence[Certificate]) -> Decided:
    """The school has compared the certificates with the documents. The teachers are loaded."""
    moved = _move(rows, S.CLAIMED, {"state": S.CHECKED, "checked_at": utc_now(), "reason": None})
    _tell(actor, "certificate.check", moved, S.CLAIMED, S.CHECKED)
    return Decided(len(moved), len(rows) - len(moved))


def verify(*, actor: Actor, rows: Sequence[Certificate]) -> Decided:
    """The county has verified the certificates: they count from now on, and replace what they renew."""
    moved = _move(rows, S.CHECKED, {"state": S.VERIFIED, "verified_at": utc_now(), "reason": None})
    renewed = [row.renews_id for row in moved if row.renews_id is not None]
    if renewed:
        _set(Certificate.id.in_(renewed), S.VERIFIED, {"state": S.RENEWED})
    _tell(actor, "certificate.verify", moved, S.CHECKED, S.VERIFIED)
    judge_teachers([row.teacher_id for row in moved], today())
    notices.verified(moved)
    return Decided(len(moved), len(rows) - len(moved))


def return_(*, actor: Actor, rows: Sequence[Certificate], at: CertificateState, reason: str) -> Decided:
    """Give certificates that wait at the school (`claimed`) or the county (`checked`) back, saying why."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say what is wrong, so that it can be mended."))
    moved = _move(rows, at, {"state": S.RETURNED, "reason": reason})
    _tell(actor, "certificate.return", moved, at, S.RETURNED, reason)
    judge_teachers([row.teacher_id for row in moved], today())
    notices.returned(moved, reason)
    return Decided(len(moved), len(rows) - len(moved))


def revoke(*, actor: Actor, row: Certificate, teacher: Teacher, reason: str) -> None:
    """A verified certificate does not count any more, for a reason that goes on record."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Give the reason for revoking it."))
    if row.state not in (S.VERIFIED, S.RENEWED):
        raise Refused(_("Only a verified certificate can be revoked."))
    before = row.state
    row.state, row.reason = S.REVOKED, reason
    db.session.flush()
    record(actor, "certificate.revoke", row, teacher, {"state": before}, {"state": S.REVOKED}, reason)
    judge_teachers([teacher.id], today())
    notices.revoked(row, reason)


def _move(rows: Sequence[Certificate], before: CertificateState, values: dict[str, Any]) -> list[Certificate]:
    """Move those that still stand where they were seen; row by row, so that it is known which."""
    moved = [row for row in rows if _set(Certificate.id == row.id, before, values)]
    ids = [row.id for row in moved]
    if ids:
        db.session.scalars(
            select(Certificate)
            .where(Certificate.id.in_(ids))
            .options(joinedload(Certificate.teacher))
            .execution_options(populate_existing=True)
        ).all()
    return moved


def _set(which: Any, before: CertificateState, values: dict[str, Any]) -> int:
    statement = (
        update(Certificate)
        .where(which, Certificate.state == before)
        .values(version=Certificate.version + 1, updated_at=utc_now(), **values)
    )
    return rows_changed(db.session, statement)


def _tell(
    actor: Actor,
    action: str,
    rows: Sequence[Certificate],
    before: CertificateState,
    after: CertificateState,
    reason: str | None = None,
) -> None:
    audit.record_many(
        actor=actor,
        action=action,
        lines=[
            {
                "subject": row,
                "subject_label": f"{row.teacher.name} · {types_of(row.county_id).label(row.type_code)}",
                "before": {"state": before},
                "after": {"state": after},
                "reason": reason,
                "region_id": row.county_id,
                "school_id": row.teacher.working_school_id,
            }
            for row in rows
        ],
    )
