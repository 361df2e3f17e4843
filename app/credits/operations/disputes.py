"""A teacher objects to what was decided; reviewers answer; the county rules."""

from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.audit.operations import Actor
from app.credits.models import (
    ClaimStatus,
    CreditClaim,
    CreditDispute,
    CreditDisputeMessage,
    DisputeStatus,
    StepKind,
)
from app.credits.notices import tell
from app.credits.operations.common import move, note_step, record
from app.credits.operations.reviews import change_hours
from app.db import rows_changed
from app.db.clock import utc_now
from app.extensions import db
from app.web.errors import Refused

DISPUTABLE = (ClaimStatus.SCHOOL_RETURNED, ClaimStatus.COUNTY_RETURNED, ClaimStatus.CONFIRMED)
RETURNED = (ClaimStatus.SCHOOL_RETURNED, ClaimStatus.COUNTY_RETURNED)
LENGTH = 2000


def open_dispute_of(claim_id: int) -> CreditDispute | None:
    """The claim's open dispute, if there is one."""
    return db.session.scalar(
        select(CreditDispute).where(CreditDispute.claim_id == claim_id, CreditDispute.status == DisputeStatus.OPEN)
    )


def open_dispute(*, actor: Actor, claim: CreditClaim, body: str) -> CreditDispute:
    """Object to a decision."""
    body = _said(body)
    if claim.status not in DISPUTABLE:
        raise Refused(_("You can object once a reviewer has decided."))
    dispute = CreditDispute(claim_id=claim.id)
    db.session.add(dispute)
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Refused(_("You have objected to this decision already. Add to the thread instead.")) from error
    _add(dispute, actor, body)
    note_step(claim, StepKind.DISPUTED, actor=actor, reason=body)
    record("dispute", claim, actor=actor, reason=body)
    return dispute


def answer(*, actor: Actor, claim: CreditClaim, dispute: CreditDispute, body: str, is_teacher: bool) -> None:
    """Add to the thread, as a reviewer or as the teacher."""
    body = _said(body)
    if dispute.status is not DisputeStatus.OPEN:
        raise Refused(_("This dispute is over."))
    message = _add(dispute, actor, body)
    if not is_teacher:
        note_step(claim, StepKind.ANSWERED, actor=actor, reason=body)
        tell("credit.dispute", claim, key=f"credit:dispute:{dispute.id}:{message.id}", body=body)
    record("answer", claim, actor=actor, reason=body)


def rule(
    *,
    actor: Actor,
    claim: CreditClaim,
    dispute: CreditDispute,
    is_upheld: bool,
    body: str,
    hours: Decimal | None = None,
) -> None:
    """End a dispute. Where the teacher was right, other hours stand, or a returned claim comes before the county."""
    body = _said(body)
    to = DisputeStatus.UPHELD if is_upheld else DisputeStatus.REJECTED
    ended = rows_changed(
        db.session,
        update(CreditDispute)
        .where(CreditDispute.id == dispute.id, CreditDispute.status == DisputeStatus.OPEN)
        .values(status=to, ruled_at=utc_now(), version=CreditDispute.version + 1),
    )
    if not ended:
        raise Refused(_("Somebody else ruled this dispute a moment ago."))
    db.session.refresh(dispute)
    message = _add(dispute, actor, body)
    note_step(claim, StepKind.RULED, actor=actor, reason=body)
    if is_upheld and claim.status in RETURNED:
        move(claim, since=RETURNED, to=ClaimStatus.AT_COUNTY, return_reason="")
    if is_upheld and hours is not None and hours != claim.hours:
        change_hours(actor=actor, claim=claim, hours=hours, reason=body)
    tell("credit.dispute", claim, key=f"credit:dispute:{dispute.id}:{message.id}", body=body)
    record("rule", claim, actor=actor, after={"dispute": to}, reason=body)


def _add(dispute: CreditDispute, actor: Actor, body: str) -> CreditDisputeMessage:
    message = CreditDisputeMessage(
        dispute_id=dispute.id, at=utc_now(), author_id=actor.id, author_label=actor.label, body=body
    )
    db.session.add(message)
    db.session.flush()
    return message


def _said(body: str) -> str:
    body = (body or "").strip()
    if len(body) < 2:
        raise Refused(_("Write what you have to say."))
    return body[:LENGTH]
