"""Versions of a county's rules: drafts, and putting one in force from its date."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.audit.operations import Actor, changes
from app.credits import ledger
from app.credits.books import BEGINNING, ensure_rules, in_force
from app.credits.models import CreditRuleSet, EntryCause, RuleStatus
from app.credits.rules import Rules, RulesError
from app.db.clock import utc_now
from app.extensions import db
from app.web.errors import Refused

LATEST = date(2100, 12, 31)


def create_draft(
    *, actor: Actor, county_id: int, valid_from: date, rules: dict[str, Any], note: str = ""
) -> CreditRuleSet:
    """A new draft."""
    _judge(rules, valid_from)
    ensure_rules(county_id)
    draft = CreditRuleSet(
        county_id=county_id,
        revision=_newest(county_id) + 1,
        valid_from=valid_from,
        rules=rules,
        note=note,
        created_by_id=actor.id,
    )
    db.session.add(draft)
    db.session.flush()
    audit.record(
        actor=actor,
        action="credit_rules.create",
        subject=draft,
        after={"valid_from": valid_from, "rules": rules},
        region_id=county_id,
    )
    return draft


def _newest(county_id: int) -> int:
    return db.session.scalar(select(func.max(CreditRuleSet.revision)).where(CreditRuleSet.county_id == county_id)) or 0


def _judge(rules: dict[str, Any], valid_from: date) -> None:
    try:
        Rules.from_dict(rules)
    except RulesError as error:
        raise Refused(" ".join(f"{path}: {text}" for path, text in error.problems.items())) from None
    if not BEGINNING <= valid_from <= LATEST:
        raise Refused(_("Rules hold from a day between %(first)s and %(last)s.", first=BEGINNING, last=LATEST))


def save_draft(*, actor: Actor, draft: CreditRuleSet, rules: dict[str, Any], valid_from: date, note: str) -> None:
    """Write a draft anew."""
    _refuse_in_force(draft)
    _judge(rules, valid_from)
    before, after = changes(draft, {"rules": rules, "valid_from": valid_from, "note": note})
    for name, value in after.items():
        setattr(draft, name, value)
    db.session.flush()
    if after:
        audit.record(
            actor=actor,
            action="credit_rules.edit",
            subject=draft,
            before=before,
            after=after,
            region_id=draft.county_id,
        )


def _refuse_in_force(draft: CreditRuleSet) -> None:
    if draft.status is not RuleStatus.DRAFT:
        raise Refused(_("What is in force is never changed. Make a new version from it."))


def discard(*, actor: Actor, draft: CreditRuleSet) -> None:
    """Delete a draft."""
    _refuse_in_force(draft)
    audit.record(
        actor=actor,
        action="credit_rules.discard",
        subject=draft,
        before={"rules": draft.rules},
        region_id=draft.county_id,
    )
    db.session.delete(draft)
    db.session.flush()


def put_in_force(*, actor: Actor, draft: CreditRuleSet) -> int:
    """Count by this version from its date on: every teacher of the county is counted anew; returns how many ledger
    lines that wrote."""
    county_id = draft.county_id
    db.session.execute(select(CreditRuleSet.id).where(CreditRuleSet.county_id == county_id).with_for_update()).all()
    db.session.refresh(draft)
    _refuse_in_force(draft)
    earlier = in_force(county_id)
    if earlier and earlier[-1].revision > draft.revision:
        # What comes into force last is the newest, also where its draft is older.
        draft.revision = _newest(county_id) + 1
    draft.status, draft.in_force_at = RuleStatus.IN_FORCE, utc_now()
    db.session.flush()
    written = ledger.recount(ledger.teachers_with_claims(county_id), cause=EntryCause.RULES)
    audit.record(
        actor=actor,
        action="credit_rules.in_force",
        subject=draft,
        before={"in_force": [row.label for row in earlier]},
        after={"in_force": draft.label, "ledger_lines": written},
        region_id=county_id,
    )
    return written
