"""Claims that look like another one: the same training, the same days, the same file."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.credits.judging import Facts
from app.credits.models import ClaimStatus, CreditClaim, CreditClaimEvidence
from app.evidence.models import EvidenceFile
from app.extensions import db

COUNTED = (ClaimStatus.AT_SCHOOL, ClaimStatus.AT_COUNTY, ClaimStatus.CONFIRMED)
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Reuse:
    """A file of a claim that hangs on another claim too."""

    file: EvidenceFile
    claim: CreditClaim
    is_same_teacher: bool


def same_days(teacher_id: int, facts: Facts, *, without: int | None) -> list[CreditClaim]:
    """The teacher's other claims on any of these days, less those that were given up or returned."""
    if facts.from_on is None or facts.done_on is None:
        return []
    query = select(CreditClaim).where(
        CreditClaim.teacher_id == teacher_id,
        CreditClaim.status.in_(COUNTED),
        CreditClaim.from_on <= facts.done_on,
        CreditClaim.done_on >= facts.from_on,
        CreditClaim.id != (without or 0),
    )
    return list(db.session.scalars(query.order_by(CreditClaim.done_on, CreditClaim.id).limit(SHOWN)))


def same_claims(teacher_id: int, facts: Facts, *, without: int | None) -> list[CreditClaim]:
    """Those of them that say the very same: title, kind and days."""
    return [
        claim
        for claim in same_days(teacher_id, facts, without=without)
        if (claim.title, claim.kind_code, claim.from_on, claim.done_on)
        == (facts.title, facts.kind_code, facts.from_on, facts.done_on)
    ]


def reused(files: Collection[EvidenceFile], county_id: int, teacher_id: int, *, without: int | None) -> list[Reuse]:
    """Other claims of the county that carry a file with the same content."""
    if not files:
        return []
    by_hash = {file.sha256: file for file in files}
    rows = db.session.execute(
        select(EvidenceFile.sha256, CreditClaim)
        .join(CreditClaimEvidence, CreditClaimEvidence.evidence_id == EvidenceFile.id)
        .join(CreditClaim, CreditClaim.id == CreditClaimEvidence.claim_id)
        .options(joinedload(CreditClaim.teacher), joinedload(CreditClaim.school))
        .where(
            EvidenceFile.county_id == county_id,
            EvidenceFile.sha256.in_(by_hash),
            CreditClaim.id != (without or 0),
            CreditClaim.status != ClaimStatus.WITHDRAWN,
        )
        .order_by(CreditClaim.id)
        .limit(SHOWN)
    ).tuples()
    return [Reuse(by_hash[sha256], claim, claim.teacher_id == teacher_id) for sha256, claim in rows]
