"""Locks, bans and keeps: what an officer decides about one teacher before the next solve."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit import record
from app.audit.operations import Actor
from app.extensions import db
from app.rotation.models import Decision, DecisionKind, RotationPlan, Scenario
from app.rotation.operations.locking import fresh_scenario, open_plan
from app.schools.models import School
from app.teachers.models import Teacher
from app.web.errors import Refused


def decide(
    *,
    scenario: Scenario,
    kind: DecisionKind,
    teacher: Teacher,
    school: School | None,
    actor: Actor,
    note: str = "",
) -> Decision:
    """Record a decision for the next solve. A new lock or keep takes the place of an earlier one of that teacher."""
    plan = open_plan(scenario.plan_id)
    scenario = fresh_scenario(scenario.id)
    if scenario.status.is_under_way:
        raise Refused(_("This scenario is being solved. Wait for it, or cancel it, before deciding more."))
    target = None if kind is DecisionKind.KEEP else school
    _check(plan, kind, teacher, target)
    for earlier in _in_the_way(scenario.id, kind, teacher.id, target):
        _take_back(earlier)
    row = Decision(
        scenario_id=scenario.id,
        kind=kind,
        teacher_id=teacher.id,
        school_id=target.id if target else None,
        note=note,
        created_by_id=actor.id,
    )
    db.session.add(row)
    db.session.flush()
    _record(plan, row, actor, "rotation.decision.add")
    return row


def undo(*, decision: Decision, actor: Actor) -> None:
    """Take a decision back: the next solve is free of it."""
    scenario = fresh_scenario(decision.scenario_id)
    plan = open_plan(scenario.plan_id)
    decision = (
        db.session.execute(
            select(Decision).where(Decision.id == decision.id).execution_options(populate_existing=True)
        ).scalar_one_or_none()
        or _gone()
    )
    if not decision.is_active:
        _gone()
    if scenario.status.is_under_way:
        raise Refused(_("This scenario is being solved. Wait for it, or cancel it, before deciding more."))
    _record(plan, decision, actor, "rotation.decision.undo")
    _take_back(decision)


def _gone() -> Decision:
    raise Refused(_("Somebody has already taken this decision back."))


def _check(plan: RotationPlan, kind: DecisionKind, teacher: Teacher, school: School | None) -> None:
    if kind is not DecisionKind.KEEP and school is None:
        raise Refused(_("Say which school this decision is about."))
    if {teacher.county_id, school.county_id if school else plan.county_id} != {plan.county_id}:
        raise Refused(_("Teacher and school must belong to the county of the plan."))
    if kind is DecisionKind.LOCK and school and school.id == teacher.working_school_id:
        raise Refused(_("%(name)s already works there. Keep the teacher in place instead.", name=teacher.name))


def _in_the_way(scenario_id: int, kind: DecisionKind, teacher_id: int, school: School | None) -> list[Decision]:
    """Decisions in force that the new one replaces: its own like, and a ban or lock that it contradicts."""
    query = select(Decision).where(
        Decision.scenario_id == scenario_id, Decision.teacher_id == teacher_id, Decision.is_active
    )
    found = []
    for row in db.session.scalars(query):
        is_place = row.kind is not DecisionKind.BAN
        is_same_school = school is not None and row.school_id == school.id
        if (kind is DecisionKind.BAN and is_same_school) or (
            kind is not DecisionKind.BAN and (is_place or is_same_school)
        ):
            found.append(row)
    return found


def _take_back(row: Decision) -> None:
    if row.is_input:
        row.is_active = False
    else:
        db.session.delete(row)
    db.session.flush()


def _record(plan: RotationPlan, row: Decision, actor: Actor, action: str) -> None:
    teacher = db.session.get_one(Teacher, row.teacher_id)
    school = db.session.get(School, row.school_id) if row.school_id else None
    record(
        actor=actor,
        action=action,
        subject=row,
        subject_label=teacher.label,
        after={"kind": row.kind, "school": school.label if school else None, "note": row.note},
        region_id=plan.county_id,
        school_id=teacher.working_school_id,
    )
