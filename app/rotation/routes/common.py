"""What the pages of this room share: rows within reach or 404, and refusals shown where they can be mended."""

from flask import abort
from flask_login import current_user

from app.access import Permission
from app.rotation.models import RotationPlan, Scenario
from app.rotation.queries import plans, scenarios

P = Permission


def plan_or_404(plan_id: int, permission: Permission = P.PLAN_READ) -> RotationPlan:
    """A plan within the person's reach."""
    return plans.plan_of(current_user.grants, permission, plan_id) or abort(404)


def scenario_or_404(scenario_id: int, permission: Permission = P.PLAN_READ) -> Scenario:
    """A scenario within the person's reach."""
    return scenarios.scenario_of(current_user.grants, permission, scenario_id) or abort(404)


def may_edit(plan: RotationPlan, permission: Permission = P.PLAN_EDIT) -> bool:
    """Whether the person may change this very plan."""
    return plans.plan_of(current_user.grants, permission, plan.id) is not None
