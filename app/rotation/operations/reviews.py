"""The road of a plan: submit, withdraw, return, approve, open again."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit import record
from app.audit.operations import Actor
from app.db.mixins import utc_now
from app.extensions import db
from app.rotation.models import PlanReview, PlanStatus, ReviewAction, RotationPlan, Scenario
from app.rotation.operations.locking import locked_plan
from app.web.errors import Refused

S, A = PlanStatus, ReviewAction
ROAD: dict[ReviewAction, tuple[tuple[PlanStatus, ...], PlanStatus]] = {
    A.SUBMIT: ((S.DRAFT, S.RETURNED), S.SUBMITTED),
    A.WITHDRAW: ((S.SUBMITTED,), S.DRAFT),
    A.RETURN: ((S.SUBMITTED,), S.RETURNED),
    A.APPROVE: ((S.SUBMITTED,), S.APPROVED),
    A.PUBLISH: ((S.APPROVED,), S.PUBLISHED),
    A.REOPEN: ((S.APPROVED, S.PUBLISHED), S.DRAFT),
}


def submit(*, plan: RotationPlan, actor: Actor, note: str = "") -> None:
    """Send the chosen scenario to the leader."""
    plan = locked_plan(plan.id)
    if chosen_scenario(plan.id) is None:
        raise Refused(_("Choose one of the solved scenarios first: that is what the leader decides about."))
    step(plan, A.SUBMIT, actor, note)
    plan.submitted_by_id = actor.id


def withdraw(*, plan: RotationPlan, actor: Actor) -> None:
    """Take a submitted plan back before the leader decides."""
    step(locked_plan(plan.id), A.WITHDRAW, actor, "")


def approve(*, plan: RotationPlan, actor: Actor, note: str = "") -> None:
    """Approve a submitted plan. Nobody approves what they submitted themselves."""
    plan = locked_plan(plan.id)
    if plan.submitted_by_id is not None and plan.submitted_by_id == actor.id:
        raise Refused(_("You submitted this plan yourself; somebody else has to approve it."))
    step(plan, A.APPROVE, actor, note)


def send_back(*, plan: RotationPlan, actor: Actor, reason: str) -> None:
    """Return a submitted plan to the officer with a reason."""
    step(locked_plan(plan.id), A.RETURN, actor, _with_reason(reason))


def reopen(*, plan: RotationPlan, actor: Actor, reason: str) -> None:
    """Open an approved or published plan for a revision. What is published stays as it is until the next version."""
    step(locked_plan(plan.id), A.REOPEN, actor, _with_reason(reason))


def chosen_scenario(plan_id: int) -> Scenario | None:
    """The scenario the plan stands for."""
    return db.session.scalar(select(Scenario).where(Scenario.plan_id == plan_id, Scenario.is_chosen))


def step(plan: RotationPlan, action: ReviewAction, actor: Actor, reason: str) -> PlanReview:
    """Take one step of the road; the plan must be held. A step from the wrong place is refused with where it stands."""
    allowed, target = ROAD[action]
    if plan.status not in allowed:
        raise Refused(
            _("This plan is “%(status)s” now; somebody was faster. Reload the page.", status=plan.status.label)
        )
    before, plan.status = plan.status, target
    chosen = chosen_scenario(plan.id)
    review = PlanReview(
        plan_id=plan.id,
        action=action,
        scenario_id=chosen.id if chosen else None,
        actor_id=actor.id,
        actor_label=actor.label,
        reason=reason,
        at=utc_now(),
    )
    db.session.add(review)
    db.session.flush()
    record(
        actor=actor,
        action=f"rotation.plan.{action.value}",
        subject=plan,
        before={"status": before},
        after={"status": target, "scenario": chosen.name if chosen else None},
        reason=reason or None,
        region_id=plan.county_id,
    )
    return review


def _with_reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Give a reason, so that the others know what to do."))
    return reason.strip()
