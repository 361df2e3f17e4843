"""Making and editing plans."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit import record
from app.audit.operations import Actor, changes
from app.extensions import db
from app.regions.models import Region
from app.rotation.models import RotationPlan
from app.rotation.operations.locking import open_plan
from app.rotation.settings import complete, differences
from app.web.errors import Refused


def create_plan(
    *,
    county: Region,
    school_year: int,
    name: str,
    rule_set_id: int | None,
    actor: Actor,
    settings: dict[str, Any] | None = None,
) -> RotationPlan:
    """Add a plan in draft, with the policy's settings unless others are given."""
    taken = select(RotationPlan.id).where(
        RotationPlan.county_id == county.id, RotationPlan.school_year == school_year, RotationPlan.name == name
    )
    if db.session.scalar(taken):
        raise Refused(_("This county already has a plan named “%(name)s” for that school year.", name=name))
    plan = RotationPlan(
        county_id=county.id,
        school_year=school_year,
        name=name,
        rule_set_id=rule_set_id,
        settings=complete(settings or {}),
        notice=default_notice(county.name, school_year),
        created_by_id=actor.id,
    )
    db.session.add(plan)
    db.session.flush()
    record(
        actor=actor,
        action="rotation.plan.create",
        subject=plan,
        after={"name": name, "school_year": school_year, "rule_set_id": rule_set_id},
        region_id=county.id,
    )
    return plan


def default_notice(county_name: str, school_year: int) -> dict[str, Any]:
    """What the notice says until the officer says otherwise. It is a document in Chinese, in the office's words."""
    return {
        "title": f"{county_name}{school_year}年义务教育学校教师交流轮岗人员名单公示",
        "number": "",
        "office": f"{county_name}教育局",
        "phone": "",
        "address": "",
        "kind_code": "10",
        "term_years": 1,
        "start_on": date(school_year, 9, 1).isoformat(),
    }


def edit_plan(*, plan: RotationPlan, name: str, rule_set_id: int | None, actor: Actor) -> None:
    """Change the name or the rule set."""
    plan = open_plan(plan.id)
    before, after = changes(plan, {"name": name, "rule_set_id": rule_set_id})
    if after:
        plan.name, plan.rule_set_id = name, rule_set_id
        _record(plan, actor, "rotation.plan.edit", before, after)


def edit_settings(*, plan: RotationPlan, settings: dict[str, Any], actor: Actor) -> None:
    """Change the defaults that new scenarios start from; those there already keep theirs."""
    plan = open_plan(plan.id)
    before, after = differences(plan.settings, settings)
    if after:
        plan.settings = complete(settings)
        _record(plan, actor, "rotation.plan.settings", before, after)


def edit_notice(*, plan: RotationPlan, notice: dict[str, Any], actor: Actor) -> None:
    """Change what the public notice says around the list, and the term of the postings."""
    plan = open_plan(plan.id)
    new = {**plan.notice, **notice}
    before = {key: plan.notice.get(key) for key, value in new.items() if plan.notice.get(key) != value}
    if before:
        plan.notice = new
        _record(plan, actor, "rotation.plan.notice", before, {key: new[key] for key in before})


def _record(plan: RotationPlan, actor: Actor, action: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    db.session.flush()
    record(actor=actor, action=action, subject=plan, before=before, after=after, region_id=plan.county_id)
