"""Changing rule sets and writing verdicts."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from app import audit
from app.audit.operations import Actor, changes
from app.db.mixins import utc_now
from app.eligibility.facts import facts_digest, load_facts
from app.eligibility.judging import Outcome, Verdict, judge
from app.eligibility.models import EligibilityReason, EligibilityRuleSet, EligibilityVerdict, RuleSetStatus
from app.eligibility.queries import is_stale, rule_set_in_force, rules_of
from app.eligibility.rules import Rules, default_rules
from app.extensions import db
from app.web.errors import Refused

WHATEVER = -1


def create_draft(
    *, actor: Actor, county_id: int, year: int, rules: Rules | None = None, note: str = ""
) -> EligibilityRuleSet:
    """A new draft: of the given rules, else a copy of the year's newest version, else the usual rules."""
    newest = db.session.scalar(
        select(EligibilityRuleSet)
        .where(EligibilityRuleSet.county_id == county_id, EligibilityRuleSet.school_year == year)
        .order_by(EligibilityRuleSet.revision.desc())
        .limit(1)
    )
    if rules is None:
        rules = _starting_point(county_id, year, newest)
    if problem := census_problem(year, rules.census_on):
        raise Refused(problem)
    draft = EligibilityRuleSet(
        county_id=county_id,
        school_year=year,
        revision=newest.revision + 1 if newest else 1,
        rules=rules.to_dict(),
        note=note,
        created_by_id=actor.id,
    )
    db.session.add(draft)
    db.session.flush()
    audit.record(
        actor=actor, action="eligibility.create", subject=draft, after={"rules": draft.rules}, region_id=county_id
    )
    return draft


def census_problem(year: int, day: date | None) -> str | None:
    """What is wrong with a census date for the school year that begins in `year`; None when nothing is."""
    if day is None or date(year, 1, 1) <= day <= date(year + 1, 8, 31):
        return None
    return str(
        _(
            "The census date must lie between %(first)s and %(last)s.",
            first=f"{year}-01-01",
            last=f"{year + 1}-08-31",
        )
    )


def _starting_point(county_id: int, year: int, newest: EligibilityRuleSet | None) -> Rules:
    """The year's newest version, else last year's rules on this year's date, else the usual rules."""
    if newest is not None:
        return rules_of(newest)
    usual = default_rules(year)
    last_year = rule_set_in_force(county_id, year - 1)
    if last_year is None:
        return usual
    return Rules.from_dict({**last_year.rules, "census_on": usual.census_on})


def save_draft(*, actor: Actor, draft: EligibilityRuleSet, rules: Rules, note: str) -> None:
    """Write a draft anew; verdicts of its earlier state go."""
    if draft.status is not RuleSetStatus.DRAFT:
        raise Refused(_("Only a draft can be changed. Make a new draft from this version."))
    if problem := census_problem(draft.school_year, rules.census_on):
        raise Refused(problem)
    before, after = changes(draft, {"rules": rules.to_dict(), "note": note})
    if not after:
        return
    for name, value in after.items():
        setattr(draft, name, value)
    _forget_verdicts(draft)
    db.session.flush()
    audit.record(
        actor=actor,
        action="eligibility.edit",
        subject=draft,
        before=_changed_rules(before, after),
        after=_changed_rules(after, before),
        region_id=draft.county_id,
    )


def _changed_rules(this: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The changed fields of `this`, the rules down to the single rule."""
    if "rules" not in this:
        return this
    return {**this, "rules": {k: v for k, v in this["rules"].items() if other["rules"].get(k) != v}}


def discard_draft(*, actor: Actor, draft: EligibilityRuleSet) -> None:
    """Delete a draft; what was in force stays for good."""
    if draft.status is not RuleSetStatus.DRAFT:
        raise Refused(_("Only a draft can be discarded: a version that was in force stays on record."))
    audit.record(
        actor=actor,
        action="eligibility.discard",
        subject=draft,
        before={"rules": draft.rules},
        region_id=draft.county_id,
    )
    db.session.delete(draft)
    db.session.flush()


def put_in_force(*, actor: Actor, draft: EligibilityRuleSet, replaces_id: int | None = WHATEVER) -> EligibilityRuleSet:
    """Judge by this draft from now on; the version in force until now is kept as superseded.

    `replaces_id` is the version that the person saw in force; where another one is by now, nothing happens.
    """
    rows = _locked_versions(draft)
    if draft.status is not RuleSetStatus.DRAFT:
        raise Refused(_("This version is no draft any more: somebody put it in force already."))
    present = next((row for row in rows if row.status is RuleSetStatus.IN_FORCE), None)
    if replaces_id != WHATEVER and replaces_id != (present.id if present else None):
        raise Refused(
            _("Another version was put in force meanwhile. Look at the effect of yours against it, then try again.")
        )
    if present is not None:
        present.status = RuleSetStatus.SUPERSEDED
        db.session.flush()
    draft.status, draft.in_force_at = RuleSetStatus.IN_FORCE, utc_now()
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Refused(_("Somebody else put a version in force at the same moment. Reload the page.")) from error
    audit.record(
        actor=actor,
        action="eligibility.in_force",
        subject=draft,
        before={"in_force": present.label if present else None},
        after={"in_force": draft.label},
        region_id=draft.county_id,
    )
    judge_all(actor=actor, rule_set=draft)
    return draft


def _locked_versions(draft: EligibilityRuleSet) -> list[EligibilityRuleSet]:
    """All versions of the county and year, locked and read anew, so that two officers wait for each other."""
    return list(
        db.session.scalars(
            select(EligibilityRuleSet)
            .where(EligibilityRuleSet.county_id == draft.county_id, EligibilityRuleSet.school_year == draft.school_year)
            .order_by(EligibilityRuleSet.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def judge_all(*, actor: Actor, rule_set: EligibilityRuleSet) -> int:
    """Judge every teacher of the county and write the verdicts anew; the same facts give the same rows."""
    if rule_set.status is RuleSetStatus.SUPERSEDED:
        raise Refused(_("A superseded version keeps the verdicts of its time and is not judged again."))
    db.session.execute(
        select(EligibilityRuleSet.id).where(EligibilityRuleSet.id == rule_set.id).with_for_update()
    ).one()
    rules = rules_of(rule_set)
    digest = facts_digest(rule_set.county_id)
    verdicts = [judge(rules, facts) for facts in load_facts(rule_set.county_id)]
    _forget_verdicts(rule_set)
    _write(rule_set.id, verdicts)
    rule_set.judged_at, rule_set.judged_on_digest = utc_now(), digest
    db.session.flush()
    audit.record(
        actor=actor,
        action="eligibility.judge",
        subject=rule_set,
        after={"judged": len(verdicts), "eligible": sum(v.is_eligible for v in verdicts)},
        region_id=rule_set.county_id,
    )
    return len(verdicts)


def ensure_judged(*, actor: Actor, rule_set: EligibilityRuleSet) -> bool:
    """Judge anew where facts changed since the last time; returns whether it was needed."""
    if rule_set.status is RuleSetStatus.SUPERSEDED or not is_stale(rule_set):
        return False
    judge_all(actor=actor, rule_set=rule_set)
    return True


def _forget_verdicts(rule_set: EligibilityRuleSet) -> None:
    db.session.execute(delete(EligibilityReason).where(EligibilityReason.rule_set_id == rule_set.id))
    db.session.execute(delete(EligibilityVerdict).where(EligibilityVerdict.rule_set_id == rule_set.id))
    rule_set.judged_at = rule_set.judged_on_digest = None


def _write(rule_set_id: int, verdicts: list[Verdict]) -> None:
    if verdicts:
        db.session.execute(insert(EligibilityVerdict), [_verdict_row(rule_set_id, v) for v in verdicts])
    codes = [row for v in verdicts for row in _reason_rows(rule_set_id, v)]
    if codes:
        db.session.execute(insert(EligibilityReason), codes)


def _verdict_row(rule_set_id: int, verdict: Verdict) -> dict[str, Any]:
    return {
        "rule_set_id": rule_set_id,
        "teacher_id": verdict.teacher_id,
        "school_id": verdict.school_id,
        "is_eligible": verdict.is_eligible,
        "is_in_pool": verdict.is_in_pool,
        "is_counted": verdict.is_counted,
        "is_backbone": verdict.is_backbone,
        "is_young": verdict.is_young,
        "service_months": -1 if verdict.service_months is None else verdict.service_months,
        "age": -1 if verdict.age is None else verdict.age,
        "reasons": [reason.to_dict() for reason in verdict.reasons],
    }


def _reason_rows(rule_set_id: int, verdict: Verdict) -> list[dict[str, Any]]:
    """One row a code: two circumstances of one kind are one reason to count by."""
    against = {reason.code: reason.outcome is Outcome.EXCLUDES for reason in verdict.reasons}
    return [
        {"rule_set_id": rule_set_id, "teacher_id": verdict.teacher_id, "code": code, "is_against": is_against}
        for code, is_against in against.items()
    ]
