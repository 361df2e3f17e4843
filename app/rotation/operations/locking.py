"""Putting writers in line: whoever changes a plan or anything below it holds the plan's row first."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.rotation.models import RotationPlan, Scenario
from app.web.errors import Refused


def locked_plan(plan_id: int) -> RotationPlan:
    """The plan as it is now, held until the transaction ends."""
    return db.session.execute(
        select(RotationPlan)
        .where(RotationPlan.id == plan_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def open_plan(plan_id: int) -> RotationPlan:
    """The plan, held, if the officer may still change it."""
    plan = locked_plan(plan_id)
    if not plan.status.is_open:
        raise Refused(
            _(
                "This plan is “%(status)s” and cannot be changed. Withdraw it, wait until it comes back, or open a"
                " revision.",
                status=plan.status.label,
            )
        )
    return plan


def fresh_scenario(scenario_id: int) -> Scenario:
    """The scenario as it is now; its plan must be held already."""
    return db.session.execute(
        select(Scenario)
        .where(Scenario.id == scenario_id)
        .options(joinedload(Scenario.plan))
        .execution_options(populate_existing=True)
    ).scalar_one()
