"""Making scenarios, sending them to be solved, choosing one."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from app.audit import record
from app.audit.operations import Actor
from app.extensions import db
from app.jobs.models import Job
from app.jobs.operations import enqueue, request_cancel
from app.jobs.solving import settled_status
from app.rotation.models import Decision, Publication, RotationPlan, Scenario, ScenarioStatus
from app.rotation.operations.locking import fresh_scenario, open_plan
from app.rotation.settings import complete, differences
from app.web.errors import Refused

SOLVE = "rotation.solve"


def create_scenario(*, plan: RotationPlan, name: str, settings: dict[str, Any], actor: Actor) -> Scenario:
    """Add a scenario in draft."""
    plan = open_plan(plan.id)
    _refuse_taken(plan.id, name)
    return _add(plan, actor, name=name, settings=complete(settings))


def solve_again(
    *, scenario: Scenario, name: str, settings: dict[str, Any], is_same_data: bool, actor: Actor
) -> Scenario:
    """Add a scenario based on a solved one: its moves are the reference, its decisions in force come along."""
    plan = open_plan(scenario.plan_id)
    base = fresh_scenario(scenario.id)
    if base.status is not ScenarioStatus.SOLVED:
        raise Refused(_("Only a solved scenario can be the base of another."))
    _refuse_taken(plan.id, name)
    made = _add(plan, actor, name=name, settings=complete(settings), based_on_id=base.id, is_same_data=is_same_data)
    for row in _active_decisions(base.id):
        db.session.add(
            Decision(
                scenario_id=made.id,
                kind=row.kind,
                teacher_id=row.teacher_id,
                school_id=row.school_id,
                note=row.note,
                created_by_id=row.created_by_id,
            )
        )
    db.session.flush()
    return made


def free_name(plan_id: int, wish: str) -> str:
    """`wish`, or `wish 2`, `wish 3` …, whichever no scenario of the plan has."""
    taken = set(db.session.scalars(select(Scenario.name).where(Scenario.plan_id == plan_id)))
    names = (wish if n == 1 else f"{wish} {n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _add(plan: RotationPlan, actor: Actor, **values: Any) -> Scenario:
    scenario = Scenario(plan_id=plan.id, created_by_id=actor.id, **values)
    db.session.add(scenario)
    db.session.flush()
    after = {"plan": plan.label, "settings": scenario.settings, "based_on_id": scenario.based_on_id}
    record(actor=actor, action="rotation.scenario.create", subject=scenario, after=after, region_id=plan.county_id)
    return scenario


def edit_scenario(*, scenario: Scenario, name: str, settings: dict[str, Any], actor: Actor) -> None:
    """Change the name; and the settings while it has not been solved."""
    plan = open_plan(scenario.plan_id)
    scenario = fresh_scenario(scenario.id)
    before, after = differences(scenario.settings, settings)
    if after and not scenario.status.can_be_solved:
        raise Refused(_("A scenario that is solved or being solved keeps its settings. Solve again from it instead."))
    if name != scenario.name:
        _refuse_taken(plan.id, name)
        before["name"], after["name"] = scenario.name, name
    if after:
        scenario.name, scenario.settings = name, complete(settings)
        db.session.flush()
        record(
            actor=actor,
            action="rotation.scenario.edit",
            subject=scenario,
            before=before,
            after=after,
            region_id=plan.county_id,
        )


def request_solve(*, scenario: Scenario, actor: Actor) -> Job:
    """Send a scenario to be solved with the decisions in force; a second press while it is under way is refused."""
    plan = open_plan(scenario.plan_id)
    scenario = fresh_scenario(scenario.id)
    settle(scenario)
    if scenario.status.is_under_way:
        raise Refused(_("This scenario is already being solved."))
    if scenario.status is ScenarioStatus.SOLVED:
        raise Refused(_("This scenario is solved and kept as it is. Solve again from it to change something."))
    if plan.rule_set_id is None:
        raise Refused(
            _("The plan has no eligibility rule set. Put one in force for this school year, then choose it here.")
        )
    _use_decisions(scenario.id)
    job = enqueue(
        kind=SOLVE,
        payload={"scenario_id": scenario.id},
        actor=actor,
        region_id=plan.county_id,
        subject_type=Scenario.__tablename__,
        subject_id=scenario.id,
    )
    scenario.status, scenario.job_id, scenario.report = ScenarioStatus.QUEUED, job.id, {}
    scenario.snapshot_id = scenario.problem_sha256 = None
    db.session.flush()
    record(actor=actor, action="rotation.scenario.solve", subject=scenario, region_id=plan.county_id)
    return job


def _use_decisions(scenario_id: int) -> None:
    """The decisions in force become the inputs; those taken back since an earlier try are forgotten."""
    of_scenario = Decision.scenario_id == scenario_id
    db.session.execute(delete(Decision).where(of_scenario, Decision.is_active.is_(False)))
    db.session.execute(update(Decision).where(of_scenario).values(is_input=True))


def settle(scenario: Scenario) -> None:
    """Bring a scenario whose job ended without a word (cancelled while waiting, worker gone) to the job's end."""
    job = db.session.get(Job, scenario.job_id) if scenario.job_id else None
    scenario.status = settled_status(scenario.status, job)
    db.session.flush()


def cancel_solve(*, scenario: Scenario, actor: Actor) -> None:
    """Ask the job to stop; a waiting one ends at once."""
    open_plan(scenario.plan_id)
    scenario = fresh_scenario(scenario.id)
    job = db.session.get(Job, scenario.job_id) if scenario.job_id else None
    if job is None or job.status.is_over:
        settle(scenario)
        raise Refused(_("This scenario is not being solved any more."))
    request_cancel(job, actor)
    settle(scenario)


def choose(*, scenario: Scenario, actor: Actor) -> None:
    """Make a solved scenario the one that the plan stands for."""
    plan = open_plan(scenario.plan_id)
    scenario = fresh_scenario(scenario.id)
    if scenario.status is not ScenarioStatus.SOLVED:
        raise Refused(_("Only a solved scenario can be chosen."))
    for other in db.session.scalars(select(Scenario).where(Scenario.plan_id == plan.id, Scenario.is_chosen)):
        other.is_chosen = False
    db.session.flush()
    scenario.is_chosen = True
    db.session.flush()
    record(actor=actor, action="rotation.scenario.choose", subject=scenario, region_id=plan.county_id)


def delete_scenario(*, scenario: Scenario, actor: Actor) -> None:
    """Remove a scenario that nothing depends on."""
    plan = open_plan(scenario.plan_id)
    scenario = fresh_scenario(scenario.id)
    settle(scenario)
    if scenario.status.is_under_way:
        raise Refused(_("This scenario is being solved. Cancel that first."))
    if scenario.is_chosen or _was_published(scenario.id):
        raise Refused(_("This scenario is the plan's choice or has been published, so it stays."))
    record(
        actor=actor,
        action="rotation.scenario.delete",
        subject=scenario,
        before={"name": scenario.name, "settings": scenario.settings},
        region_id=plan.county_id,
    )
    db.session.delete(scenario)
    db.session.flush()


def _was_published(scenario_id: int) -> bool:
    return bool(db.session.scalar(select(func.count()).where(Publication.scenario_id == scenario_id)))


def _refuse_taken(plan_id: int, name: str) -> None:
    if db.session.scalar(select(Scenario.id).where(Scenario.plan_id == plan_id, Scenario.name == name)):
        raise Refused(_("This plan already has a scenario named “%(name)s”.", name=name))


def _active_decisions(scenario_id: int) -> Iterable[Decision]:
    query = select(Decision).where(Decision.scenario_id == scenario_id, Decision.is_active).order_by(Decision.id)
    return db.session.scalars(query).all()
