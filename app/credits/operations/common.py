"""What the operations on claims share: moving a claim so that of two people one wins, and noting the step."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from app import audit
from app.audit.operations import Actor
from app.credits.models import ClaimStatus, CreditClaim, CreditClaimStep, StepKind
from app.credits.rules import Rules
from app.db import rows_changed
from app.db.clock import utc_now
from app.extensions import db
from app.teachers.models import Teacher
from app.web.errors import Refused


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who acts in a reviewer's place; the log names both."""

    actor: Actor
    for_label: str

    @property
    def id(self) -> int | None:
        """The account that really acts."""
        return self.actor.id

    @property
    def label(self) -> str:
        """Who acts, and for whom."""
        return f"{self.actor.label} → {self.for_label}"


def acting(actor: Actor, for_label: str) -> Actor:
    """The actor as the log names them: as somebody's stand-in where they are one."""
    return StandIn(actor, for_label) if for_label else actor


def move(claim: CreditClaim, *, since: Collection[ClaimStatus], to: ClaimStatus, **values: Any) -> None:
    """Change a claim's status where it still is what the person saw; refused where somebody was faster."""
    changed = rows_changed(
        db.session,
        update(CreditClaim)
        .where(CreditClaim.id == claim.id, CreditClaim.status.in_(since), CreditClaim.version == claim.version)
        .values(status=to, version=CreditClaim.version + 1, updated_at=utc_now(), **values),
    )
    if not changed:
        refuse_late(claim)
    db.session.refresh(claim, list(CreditClaim.__mapper__.column_attrs.keys()))


def refuse_late(claim: CreditClaim) -> None:
    """Say what became of a claim that somebody else decided or changed first."""
    now = db.session.scalar(
        select(CreditClaim.status).where(CreditClaim.id == claim.id).execution_options(populate_existing=True)
    )
    if now is None:
        raise Refused(_("This claim was deleted a moment ago."))
    raise Refused(
        _(
            "Somebody else was faster: the claim “%(title)s” now stands at “%(status)s”. Look at it again before you"
            " decide; nothing was counted twice.",
            title=claim.title,
            status=now.label,
        )
    )


def note_step(
    claim: CreditClaim,
    kind: StepKind,
    *,
    actor: Actor,
    reason: str = "",
    hours_before: Decimal | None = None,
    hours_after: Decimal | None = None,
) -> None:
    """Add a step to the claim's history."""
    db.session.add(
        CreditClaimStep(
            claim_id=claim.id,
            at=utc_now(),
            kind=kind,
            actor_id=actor.id,
            actor_label=actor.actor.label if isinstance(actor, StandIn) else actor.label,
            acting_for_label=actor.for_label if isinstance(actor, StandIn) else "",
            reason=reason,
            hours_before=hours_before,
            hours_after=hours_after,
        )
    )
    db.session.flush()


def record(
    action: str,
    claim: CreditClaim,
    *,
    actor: Actor,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Put an action on a claim in the log."""
    audit.record(
        actor=actor,
        action=f"credit.{action}",
        subject=claim,
        before=before,
        after=after,
        reason=reason,
        region_id=claim.county_id,
        school_id=claim.school_id,
    )


def is_new_teacher_time(rules: Rules, teacher: Teacher, kind_code: str, done_on: date) -> bool:
    """Whether hours stand outside the cycle: done in a new teacher's first months, and of a kind meant for them."""
    if not rules.new_teacher_months or teacher.started_work_on is None:
        return False
    if rules.new_teacher_kinds and kind_code not in rules.new_teacher_kinds:
        return False
    started = teacher.started_work_on
    months = (done_on.year - started.year) * 12 + done_on.month - started.month - (done_on.day < started.day)
    return months < rules.new_teacher_months
