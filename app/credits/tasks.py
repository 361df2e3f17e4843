"""Counting a large county in the background: what rules would change, and putting them in force."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import User
from app.audit.operations import SYSTEM, Actor
from app.credits.books import parsed
from app.credits.effects import effect_of
from app.credits.models import CreditRuleSet, RuleStatus
from app.credits.operations.rule_sets import put_in_force
from app.extensions import db
from app.jobs.handle import JobHandle
from app.jobs.models import Job
from app.jobs.operations import enqueue, job_kind
from app.web.errors import Refused
from app.web.transaction import reading

PREVIEW, PUT_IN_FORCE = "credits.preview", "credits.put_in_force"


def start(kind: str, row: CreditRuleSet, *, actor: Actor) -> Job:
    """Ask for the work; the version of the draft stands in the payload, so that a later change is noticed."""
    return enqueue(
        kind=kind,
        payload={"rule_set_id": row.id, "version": row.version},
        actor=actor,
        region_id=row.county_id,
        subject_type="credit_rule_set",
        subject_id=row.id,
    )


def _effect_link(job: Job) -> str:
    return url_for("credits.effect", credit_rule_id=int(job.subject_id))


def _rules_link(job: Job) -> str:
    return url_for("credits.show_rules", credit_rule_id=int(job.subject_id))


def _draft(handle: JobHandle) -> CreditRuleSet:
    row = db.session.get(CreditRuleSet, int(handle.payload["rule_set_id"]))
    if row is None or row.status is not RuleStatus.DRAFT or row.version != handle.payload["version"]:
        raise Refused(_("The draft was changed or put in force meanwhile. Look at it again."))
    return row


@job_kind(PREVIEW, label=_l("Whose training hours new rules would change"), link=_effect_link)
def preview(handle: JobHandle) -> dict[str, Any]:
    """Count everybody by the draft, without writing."""
    with reading():
        row = _draft(handle)
        found = effect_of(row.county_id, parsed(row.rules), row.valid_from)
        db.session.rollback()
    handle.raise_if_cancelled()
    return {"effect": found.to_dict()}


@job_kind(PUT_IN_FORCE, label=_l("Putting credit rules in force"), link=_rules_link)
def bring_in_force(handle: JobHandle) -> dict[str, Any]:
    """Put the draft in force and count everybody anew, in one transaction."""
    with handle.transaction():
        row = _draft(handle)
        actor = db.session.get(User, handle.requested_by_id or 0) or SYSTEM
        return {"lines": put_in_force(actor=actor, draft=row)}
