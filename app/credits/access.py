"""Whose claims a person reads, checks and confirms; and who stands in for whom."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import joinedload

from app.access import Grant, Permission
from app.credits.models import CreditClaim, CreditClaimEvidence, CreditRuleSet, CreditStandIn, RuleStatus
from app.db.clock import today as this_day
from app.evidence.models import EvidenceFile
from app.extensions import db
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.schools.access import in_regions, schools_where
from app.schools.models import School

READ, CHECK, CONFIRM = Permission.CREDIT_READ, Permission.CREDIT_CHECK, Permission.CREDIT_CONFIRM
EDIT_RULES = Permission.CREDIT_RULE_EDIT


def claims_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on CreditClaim: those of a granted region or school, and with OWN_RECORD one's own."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(CreditClaim.county_id, held, permission)
    if schools := {g.school_id for g in held if g.school_id}:
        ways.append(CreditClaim.school_id.in_(schools))
    own = {g.teacher_id for g in held if g.teacher_id}
    if own and permission is Permission.OWN_RECORD:
        ways.append(CreditClaim.teacher_id.in_(own))
    return or_(false(), *ways)


def counties_where(grants: Iterable[Grant], permission: Permission = READ) -> ColumnElement[bool]:
    """Condition on Region: counties within a granted region, and those of granted schools."""
    held = [g for g in grants if g.allows(permission)]
    ways = [regions_where(held, permission)]
    if any(g.school_id for g in held):
        ways.append(Region.id.in_(select(School.county_id).where(schools_where(held, permission))))
    return and_(Region.level == RegionLevel.COUNTY, or_(*ways))


def rule_sets_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on CreditRuleSet: those of the person's counties; drafts only for who decides the rules."""
    held = list(grants)
    return and_(
        CreditRuleSet.county_id.in_(select(Region.id).where(counties_where(held))),
        or_(CreditRuleSet.status == RuleStatus.IN_FORCE, editable_rule_sets_where(held)),
    )


def editable_rule_sets_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on CreditRuleSet: those of counties whose rules the person decides."""
    return CreditRuleSet.county_id.in_(select(Region.id).where(regions_where(grants, EDIT_RULES)))


def may_edit_rules(grants: Iterable[Grant], county_id: int) -> bool:
    """Whether a person decides the credit rules of a county."""
    here = select(Region.id).where(Region.id == county_id, regions_where(grants, EDIT_RULES))
    return db.session.scalar(here) is not None


class Reviewer:
    """A person who reviews claims: by their own grants, and today by those of whom they stand in for."""

    def __init__(self, user: Any, today: date) -> None:
        self.user = user
        self.own: list[Grant] = [g for g in user.grants if g.allows(CHECK) or g.allows(CONFIRM)]
        self.for_others: list[tuple[str, list[Grant]]] = [
            (row.for_user.label, [g for g in row.for_user.grants if g.allows(CHECK) or g.allows(CONFIRM)])
            for row in stand_ins_of(user.id, today)
        ]

    @property
    def grants(self) -> list[Grant]:
        """Everything the person may review by, today."""
        return [*self.own, *(grant for _label, held in self.for_others for grant in held)]

    def may(self, permission: Permission) -> bool:
        """Whether the person reviews at this stage at all."""
        return any(grant.allows(permission) for grant in self.grants)

    def where(self, permission: Permission) -> ColumnElement[bool]:
        """Condition on CreditClaim: those the person may review at a stage; never their own."""
        reach = claims_where(self.grants, permission)
        mine = {grant.teacher_id for grant in self.user.grants if grant.teacher_id}
        return and_(reach, CreditClaim.teacher_id.not_in(mine)) if mine else reach

    def acting_for(self, claim: CreditClaim, permission: Permission) -> str | None:
        """Whom the person stands in for with this claim: "" for nobody, None where they may not review it."""
        if claim.teacher_id in {grant.teacher_id for grant in self.user.grants if grant.teacher_id}:
            return None
        for label, held in [("", self.own), *self.for_others]:
            reach = select(CreditClaim.id).where(CreditClaim.id == claim.id, claims_where(held, permission))
            if db.session.scalar(reach) is not None:
                return label
        return None


def stand_ins_of(user_id: int, today: date) -> list[CreditStandIn]:
    """For whom somebody reviews on a day."""
    return list(
        db.session.scalars(
            select(CreditStandIn)
            .options(joinedload(CreditStandIn.for_user))
            .where(
                CreditStandIn.user_id == user_id,
                CreditStandIn.from_on <= today,
                CreditStandIn.to_on >= today,
                CreditStandIn.ended_on.is_(None),
            )
            .order_by(CreditStandIn.id)
        ).unique()
    )


def stand_ins_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on CreditStandIn: those of the person's counties and schools."""
    held = [g for g in grants if g.allows(READ)]
    ways = in_regions(CreditStandIn.county_id, held, READ)
    if schools := {g.school_id for g in held if g.school_id}:
        ways.append(CreditStandIn.school_id.in_(schools))
    return or_(false(), *ways)


def evidence_where(grants: Iterable[Grant], user: Any) -> ColumnElement[bool]:
    """Condition on EvidenceFile: files of claims that the person may open, as owner, reader or stand-in."""
    held = list(grants)
    ways = [claims_where(held, READ), claims_where(held, Permission.OWN_RECORD)]
    others = [grant for row in stand_ins_of(user.id, this_day()) for grant in row.for_user.grants]
    ways += [claims_where(others, permission) for permission in (CHECK, CONFIRM)]
    return EvidenceFile.id.in_(
        select(CreditClaimEvidence.evidence_id)
        .join(CreditClaim, CreditClaim.id == CreditClaimEvidence.claim_id)
        .where(or_(*ways))
    )
