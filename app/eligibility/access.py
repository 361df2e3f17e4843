"""Which counties' rule sets, and whose verdicts, a person reaches."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select

from app.access import Grant, Permission
from app.eligibility.models import EligibilityRuleSet, RuleSetStatus
from app.extensions import db
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.schools.access import schools_where
from app.schools.models import School
from app.teachers.access import teachers_where

READ, EDIT = Permission.ELIGIBILITY_READ, Permission.ELIGIBILITY_EDIT


def counties_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on Region: counties within a granted region, and those of granted schools."""
    held = [g for g in grants if g.allows(READ)]
    ways = [regions_where(held, READ)]
    if any(g.school_id for g in held):
        ways.append(Region.id.in_(select(School.county_id).where(schools_where(held, READ))))
    return (Region.level == RegionLevel.COUNTY) & or_(*ways)


def verdicts_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on Teacher, to be joined to the verdicts: only those of people within reach."""
    return teachers_where(grants, READ)


def may_edit(grants: Iterable[Grant], county_id: int) -> bool:
    """Whether a person decides the rules of a county."""
    return db.session.scalar(select(Region.id).where(Region.id == county_id, regions_where(grants, EDIT))) is not None


def rule_sets_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on EligibilityRuleSet: those of the person's counties; drafts only for who decides the rules."""
    held = list(grants)
    return EligibilityRuleSet.county_id.in_(select(Region.id).where(counties_where(held))) & or_(
        EligibilityRuleSet.status != RuleSetStatus.DRAFT,
        EligibilityRuleSet.county_id.in_(select(Region.id).where(regions_where(held, EDIT))),
    )


def editable_rule_sets_where(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on EligibilityRuleSet: those of counties whose rules the person decides."""
    return EligibilityRuleSet.county_id.in_(select(Region.id).where(regions_where(grants, EDIT)))
