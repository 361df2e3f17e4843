"""What reviewers do with claims: the school checks, the county confirms, each may return or change the hours."""

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext as _

from app import audit
from app.audit.operations import Actor
from app.credits.ledger import recount
from app.credits.models import ClaimStatus, CreditClaim, EntryCause, StepKind
from app.credits.notices import tell
from app.credits.operations.common import move, note_step, record, refuse_late
from app.credits.operations.sources import check_hours
from app.db.clock import utc_now
from app.web.errors import Refused

NOTHING = Decimal(0)
RETURNED_FROM = {
    ClaimStatus.AT_SCHOOL: ClaimStatus.SCHOOL_RETURNED,
    ClaimStatus.AT_COUNTY: ClaimStatus.COUNTY_RETURNED,
}


def refuse_stale(claim: CreditClaim, seen_version: int) -> None:
    """Refuse a decision on a claim that changed since the reviewer saw it."""
    if claim.version != seen_version:
        refuse_late(claim)


def check(*, actor: Actor, claim: CreditClaim) -> None:
    """The school has looked at it: it goes to the county."""
    move(claim, since=[ClaimStatus.AT_SCHOOL], to=ClaimStatus.AT_COUNTY)
    note_step(claim, StepKind.CHECKED, actor=actor, hours_after=claim.hours)
    record("check", claim, actor=actor, after={"hours": claim.hours})


def confirm(*, actor: Actor, claim: CreditClaim) -> None:
    """The county confirms it: it counts."""
    confirm_many(actor=actor, claims=[claim])


def confirm_many(*, actor: Actor, claims: Iterable[CreditClaim]) -> int:
    """Confirm several at once: all of them, or none where somebody else was faster with one."""
    moved = sorted(claims, key=lambda claim: claim.id)
    for claim in moved:
        move(claim, since=[ClaimStatus.AT_COUNTY], to=ClaimStatus.CONFIRMED, confirmed_at=utc_now())
        note_step(claim, StepKind.CONFIRMED, actor=actor, hours_after=claim.hours)
    recount({claim.teacher_id for claim in moved}, cause=EntryCause.CONFIRMED, because_of={claim.id for claim in moved})
    for claim in moved:
        tell("credit.confirmed", claim, key=f"credit:{claim.id}:{claim.version}", hours=_plain(claim.hours))
    audit.record_many(
        actor=actor,
        action="credit.confirm",
        lines=[
            {
                "subject": claim,
                "after": {"hours": claim.hours, "kind": claim.kind_code},
                "region_id": claim.county_id,
                "school_id": claim.school_id,
            }
            for claim in moved
        ],
    )
    return len(moved)


def check_many(*, actor: Actor, claims: Iterable[CreditClaim]) -> int:
    """Pass several on to the county at once."""
    moved = sorted(claims, key=lambda claim: claim.id)
    for claim in moved:
        check(actor=actor, claim=claim)
    return len(moved)


def send_back(*, actor: Actor, claim: CreditClaim, reason: str) -> None:
    """Return a claim to its teacher, who may mend it and hand it in again."""
    reason = needed(reason)
    to = RETURNED_FROM.get(claim.status)
    if to is None:
        refuse_late(claim)
        return
    move(claim, since=[claim.status], to=to, return_reason=reason)
    note_step(claim, StepKind.RETURNED, actor=actor, reason=reason)
    tell("credit.returned", claim, key=f"credit:{claim.id}:{claim.version}", reason=reason)
    record("return", claim, actor=actor, after={"status": claim.status}, reason=reason)


def change_hours(*, actor: Actor, claim: CreditClaim, hours: Decimal, reason: str) -> None:
    """Let other hours stand than were claimed; always with a reason, and the teacher is told."""
    reason = needed(reason)
    check_hours(hours)
    before = claim.hours
    if before == hours:
        raise Refused(_("These are the hours that stand already."))
    if not claim.status.is_waiting and claim.status is not ClaimStatus.CONFIRMED:
        refuse_late(claim)
    move(claim, since=[claim.status], to=claim.status, hours=hours)
    note_step(claim, StepKind.HOURS_CHANGED, actor=actor, reason=reason, hours_before=before, hours_after=hours)
    if claim.status is ClaimStatus.CONFIRMED:
        recount([claim.teacher_id], cause=EntryCause.CHANGED, because_of={claim.id})
    key = f"credit:{claim.id}:{claim.version}"
    tell("credit.hours_changed", claim, key=key, before=_plain(before), after=_plain(hours), reason=reason)
    record("change_hours", claim, actor=actor, before={"hours": before}, after={"hours": hours}, reason=reason)


def needed(reason: str) -> str:
    """A reason that says something."""
    reason = (reason or "").strip()
    if len(reason) < 2:
        raise Refused(_("Give a reason: the teacher reads it."))
    return reason[:500]


def _plain(hours: Decimal | None) -> str:
    return f"{hours.normalize():f}" if hours else "0"
