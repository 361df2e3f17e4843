"""Reading rule sets and verdicts."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.eligibility.facts import facts_digest
from app.eligibility.judging import Outcome, Reason, SchoolFacts, is_in_pool
from app.eligibility.models import EligibilityRuleSet, EligibilityVerdict, RuleSetStatus
from app.eligibility.rules import Rules
from app.extensions import db
from app.schools.models import School


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One verdict, detached from the database."""

    teacher_id: int
    school_id: int
    is_eligible: bool
    is_counted: bool
    is_in_pool: bool
    is_backbone: bool
    is_young: bool
    stored_reasons: list[dict[str, Any]]

    @property
    def reasons(self) -> list[Reason]:
        """Everything that speaks against the teacher, and notes."""
        return [Reason.from_dict(item) for item in self.stored_reasons]

    @property
    def against(self) -> list[Reason]:
        """What speaks against the teacher."""
        return [reason for reason in self.reasons if reason.outcome is Outcome.EXCLUDES]


def rule_set_in_force(county_id: int, year: int) -> EligibilityRuleSet | None:
    """The rule set by which a county judges in a school year."""
    return db.session.scalar(
        select(EligibilityRuleSet).where(
            EligibilityRuleSet.county_id == county_id,
            EligibilityRuleSet.school_year == year,
            EligibilityRuleSet.status == RuleSetStatus.IN_FORCE,
        )
    )


def verdicts_of(rule_set_id: int) -> dict[int, VerdictRow]:
    """All verdicts of a rule set by teacher, in one query."""
    query = select(
        EligibilityVerdict.teacher_id,
        EligibilityVerdict.school_id,
        EligibilityVerdict.is_eligible,
        EligibilityVerdict.is_counted,
        EligibilityVerdict.is_in_pool,
        EligibilityVerdict.is_backbone,
        EligibilityVerdict.is_young,
        EligibilityVerdict.reasons,
    ).where(EligibilityVerdict.rule_set_id == rule_set_id)
    return {row[0]: VerdictRow(*row) for row in db.session.execute(query).tuples()}


def rules_of(rule_set: EligibilityRuleSet) -> Rules:
    """The rule set's rules, typed and checked."""
    return Rules.from_dict(rule_set.rules)


def pool_school_ids(rule_set: EligibilityRuleSet) -> set[int]:
    """The schools whose teachers the rotation rate counts (the optimiser's `sending`)."""
    rules = rules_of(rule_set)
    query = select(School.id, School.code, School.locality_code, School.is_sending).where(
        School.county_id == rule_set.county_id
    )
    schools = (SchoolFacts(*row) for row in db.session.execute(query).tuples())
    return {school.id for school in schools if is_in_pool(rules, school)}


def is_stale(rule_set: EligibilityRuleSet) -> bool:
    """Whether facts changed since the verdicts were written, or they never were."""
    return rule_set.judged_at is None or rule_set.judged_on_digest != facts_digest(rule_set.county_id)
