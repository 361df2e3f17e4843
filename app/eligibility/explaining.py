"""Why one teacher's verdict is as it is: every rule beside the fact and what follows from it."""

from dataclasses import dataclass

from app.eligibility.facts import load_facts
from app.eligibility.judging import (
    Facts,
    HonourFacts,
    Outcome,
    Reason,
    Verdict,
    backbone_honour,
    findings,
    judge,
)
from app.eligibility.models import EligibilityRuleSet, EligibilityVerdict, RuleSetStatus
from app.eligibility.queries import rules_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """Each rule's word. `is_outdated`: by today's facts the verdict would differ from the one on record.

    A superseded version has only the reasons it recorded: the facts of its time may have changed since.
    """

    findings: list[Reason]
    is_outdated: bool
    honour: HonourFacts | None

    @property
    def against(self) -> list[Reason]:
        """What speaks against the teacher."""
        return [r for r in self.findings if r.outcome is Outcome.EXCLUDES]

    @property
    def notes(self) -> list[Reason]:
        """What should be mended in the record."""
        return [r for r in self.findings if r.outcome is Outcome.NOTE]


def explain(rule_set: EligibilityRuleSet, verdict: EligibilityVerdict) -> Explanation:
    """The verdict explained."""
    recorded = [Reason.from_dict(item) for item in verdict.reasons]
    if rule_set.status is RuleSetStatus.SUPERSEDED:
        return Explanation(recorded, False, None)
    rules = rules_of(rule_set)
    facts = _facts(rule_set.county_id, verdict.teacher_id)
    if facts is None:
        return Explanation(recorded, True, None)
    return Explanation(
        findings=list(findings(rules, facts)),
        is_outdated=_differs(judge(rules, facts), verdict),
        honour=backbone_honour(rules, facts),
    )


def _facts(county_id: int, teacher_id: int) -> Facts | None:
    return next(iter(load_facts(county_id, teacher_id=teacher_id)), None)


def _differs(now: Verdict, then: EligibilityVerdict) -> bool:
    flags = ("school_id", "is_eligible", "is_counted", "is_in_pool", "is_backbone", "is_young")
    return any(getattr(now, f) != getattr(then, f) for f in flags) or [r.to_dict() for r in now.reasons] != then.reasons
