"""What teachers do with their claims: keep a draft as typed, hand it in, take it back, give it up."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.audit.operations import Actor
from app.credits.books import book_of, ensure_rules
from app.credits.judging import Facts, problems_of
from app.credits.models import (
    ClaimStatus,
    CreditClaim,
    CreditClaimEvidence,
    CreditClaimStep,
    StepKind,
)
from app.credits.operations.common import is_new_teacher_time, move, note_step, record
from app.credits.queries.duplicates import same_claims
from app.db.clock import today, utc_now
from app.evidence.models import EvidenceFile
from app.evidence.operations import settle
from app.extensions import db
from app.teachers.models import Teacher
from app.web.errors import Refused

OPEN = (ClaimStatus.DRAFT, ClaimStatus.SCHOOL_RETURNED, ClaimStatus.COUNTY_RETURNED)
WAITING = (ClaimStatus.AT_SCHOOL, ClaimStatus.AT_COUNTY)


def start_claim(*, actor: Actor, teacher: Teacher) -> CreditClaim:
    """An empty draft."""
    if teacher.left_on is not None:
        raise Refused(_("Who has left the roster logs no more training."))
    claim = CreditClaim(
        teacher_id=teacher.id,
        county_id=teacher.county_id,
        school_id=teacher.working_school_id,
        typed={},
        status=ClaimStatus.DRAFT,
    )
    db.session.add(claim)
    db.session.flush()
    record("add", claim, actor=actor)
    return claim


def save_draft(
    *, actor: Actor, claim: CreditClaim, facts: Facts, typed: dict[str, str], evidence: Iterable[EvidenceFile]
) -> None:
    """Keep what was typed, however wrong, and what of it could be read."""
    _refuse_closed(claim)
    _write(claim, facts, typed, evidence)
    db.session.flush()


def submit(
    *, actor: Actor, claim: CreditClaim, facts: Facts, typed: dict[str, str], evidence: Iterable[EvidenceFile]
) -> None:
    """Hand a claim in to the school. Its hours follow from the rules of the day it was finished."""
    _refuse_closed(claim)
    ensure_rules(claim.county_id)
    files, day = list(evidence), today()
    rules = book_of(claim.county_id).on(facts.done_on or day).rules
    problems = problems_of(facts, rules, day)
    kind = rules.kinds.get(facts.kind_code or "")
    if kind is not None and kind.needs_evidence and not files:
        problems["evidence"] = _("This kind of training needs a photograph or a file that proves it.")
    if problems:
        raise Refused(" ".join(problems.values()))
    _refuse_same(claim, facts)
    assert kind is not None and facts.done_on is not None  # noqa: S101  for the type checker: problems say so
    awarded = Decimal(kind.award(hundredths_of(facts.quantity), facts.level_code) or 0) / 100
    teacher = db.session.get_one(Teacher, claim.teacher_id)
    _write(claim, facts, typed, files)
    claim.school_id = teacher.working_school_id
    db.session.flush()
    move(
        claim,
        since=OPEN,
        to=ClaimStatus.AT_SCHOOL,
        hours=awarded,
        hours_claimed=awarded,
        is_outside_cycle=is_new_teacher_time(rules, teacher, kind.code, facts.done_on),
        submitted_at=utc_now(),
        return_reason="",
    )
    note_step(claim, StepKind.SUBMITTED, actor=actor, hours_after=awarded)
    record("submit", claim, actor=actor, after={"hours": awarded, "kind": kind.code, "done_on": facts.done_on})


def hundredths_of(quantity: Decimal | None) -> int | None:
    """A quantity as whole hundredths."""
    return None if quantity is None else int(quantity * 100)


def _refuse_closed(claim: CreditClaim) -> None:
    if not claim.status.is_open_to_teacher:
        raise Refused(_("This claim is being reviewed. Take it back before you change it."))


def _refuse_same(claim: CreditClaim, facts: Facts) -> None:
    same = same_claims(claim.teacher_id, facts, without=claim.id)
    if same:
        raise Refused(
            _(
                "You have logged this already: “%(title)s”, %(day)s, %(status)s. The same training counts once.",
                title=same[0].title,
                day=same[0].done_on,
                status=same[0].status.label,
            )
        )


def _write(claim: CreditClaim, facts: Facts, typed: dict[str, str], evidence: Iterable[EvidenceFile]) -> None:
    files = list(evidence)
    values: dict[str, Any] = {
        "kind_code": facts.kind_code,
        "level_code": facts.level_code,
        "title": facts.title[:200],
        "provider": facts.provider[:120],
        "from_on": facts.from_on,
        "done_on": facts.done_on,
        "quantity": facts.quantity,
        "typed": typed,
    }
    if claim.status is not ClaimStatus.DRAFT:
        # What was handed in once stays complete; the rest waits in `typed`.
        values = {name: value for name, value in values.items() if value not in (None, "")}
    first, last = values.get("from_on"), values.get("done_on")
    if isinstance(first, date) and isinstance(last, date) and last < first:
        values["from_on"] = values["done_on"] = None
        if claim.status is not ClaimStatus.DRAFT:
            del values["from_on"], values["done_on"]
    for name, value in values.items():
        setattr(claim, name, value)
    _link(claim, files)


def _link(claim: CreditClaim, files: list[EvidenceFile]) -> None:
    db.session.flush()
    known = set(
        db.session.scalars(select(CreditClaimEvidence.evidence_id).where(CreditClaimEvidence.claim_id == claim.id))
    )
    wanted = {file.id for file in files}
    gone = known - wanted
    if gone:
        db.session.execute(
            delete(CreditClaimEvidence).where(
                CreditClaimEvidence.claim_id == claim.id, CreditClaimEvidence.evidence_id.in_(gone)
            )
        )
    db.session.add_all(CreditClaimEvidence(claim_id=claim.id, evidence_id=number) for number in sorted(wanted - known))
    settle(files)


def take_back(*, actor: Actor, claim: CreditClaim) -> None:
    """Get a claim back that nobody has decided yet."""
    if not claim.status.is_waiting:
        raise Refused(_("Only a claim that waits for a reviewer can be taken back."))
    move(claim, since=WAITING, to=ClaimStatus.DRAFT)
    note_step(claim, StepKind.TAKEN_BACK, actor=actor)
    record("take_back", claim, actor=actor)


def give_up(*, actor: Actor, claim: CreditClaim) -> None:
    """Delete a draft that was never handed in; what was, stays on record as withdrawn."""
    _refuse_closed(claim)
    was_handed_in = db.session.scalar(select(CreditClaimStep.id).where(CreditClaimStep.claim_id == claim.id).limit(1))
    record("withdraw" if was_handed_in else "delete", claim, actor=actor, before={"title": claim.title})
    if was_handed_in is None:
        db.session.delete(claim)
        db.session.flush()
        return
    move(claim, since=OPEN, to=ClaimStatus.WITHDRAWN)
    note_step(claim, StepKind.WITHDRAWN, actor=actor)
