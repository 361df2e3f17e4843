"""What schools do for ethics: study meetings, supervision, reviews."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.operations import Actor, changes
from app.db.clock import today
from app.ethics.models import ActivityKind, EthicsActivity
from app.ethics.operations.telling import log
from app.evidence.models import EvidenceFile
from app.evidence.operations import settle
from app.extensions import db
from app.schools.models import School
from app.web.errors import Refused


def record_activity(
    *, actor: Actor, school: School, kind: ActivityKind, evidence: Sequence[EvidenceFile], **fields: Any
) -> EthicsActivity:
    """Enter what a school did."""
    _refuse(school.id, kind, fields["held_on"], fields["topic"], None)
    row = EthicsActivity(county_id=school.county_id, school_id=school.id, kind=kind, **fields)
    row.evidence = list(evidence)
    db.session.add(row)
    db.session.flush()
    settle(evidence)
    log(actor, "ethics.activity", row, after={"kind": kind, **fields})
    return row


def change_activity(*, actor: Actor, row: EthicsActivity, evidence: Sequence[EvidenceFile], **fields: Any) -> None:
    """Mend what was entered."""
    _refuse(row.school_id, fields.get("kind", row.kind), fields["held_on"], fields["topic"], row.id)
    before, after = changes(row, fields)
    for name, value in after.items():
        setattr(row, name, value)
    row.evidence = list(evidence)
    db.session.flush()
    settle(evidence)
    log(actor, "ethics.activity", row, before=before, after=after)


def remove_activity(*, actor: Actor, row: EthicsActivity) -> None:
    """Remove what was entered by mistake; the log keeps what it said."""
    log(actor, "ethics.activity", row, before={"kind": row.kind, "held_on": row.held_on, "topic": row.topic}, after={})
    db.session.delete(row)
    db.session.flush()


def _refuse(school_id: int, kind: ActivityKind, held_on: date, topic: str, own_id: int | None) -> None:
    if held_on > today():
        raise Refused(_("Enter it once it has taken place: the day lies in the future."))
    same = select(EthicsActivity.id).where(
        EthicsActivity.school_id == school_id,
        EthicsActivity.kind == kind,
        EthicsActivity.held_on == held_on,
        EthicsActivity.topic == topic,
        EthicsActivity.id != (own_id or 0),
    )
    if db.session.scalar(same):
        raise Refused(_("This is already on record for that day."))
