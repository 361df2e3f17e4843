"""Asking questions about a scenario, and keeping the answers."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from app.audit.operations import Actor
from app.db.mixins import utc_now
from app.db.packed import pack, unpack
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.jobs.operations import enqueue, request_cancel
from app.rotation.models import AnswerKind, Scenario, ScenarioAnswer, ScenarioStatus
from app.rotation.operations.locking import fresh_scenario, locked_plan
from app.web.errors import Refused

JOBS = {
    AnswerKind.WHY_NOT: "rotation.why_not",
    AnswerKind.WHY: "rotation.why",
    AnswerKind.COSTS: "rotation.costs",
    AnswerKind.MENDS: "rotation.mends",
    AnswerKind.FAIRNESS: "rotation.fairness",
    AnswerKind.HANDMADE: "rotation.handmade",
}
MOST_AT_ONCE = 10
OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)


def ask(
    *, scenario: Scenario, kind: AnswerKind, key: str = "", payload: dict[str, Any] | None = None, actor: Actor
) -> ScenarioAnswer:
    """Have a question worked out by a job. A second press while it is under way changes nothing.

    Asking changes neither plan nor data, so it is possible at every stage of the plan's road.
    """
    plan = locked_plan(scenario.plan_id)
    if fresh_scenario(scenario.id).status is not ScenarioStatus.SOLVED:
        raise Refused(_("Only a solved scenario can be asked about."))
    row = _row(scenario.id, kind, key)
    if row.job_id and _is_open(row.job_id):
        return row
    _refuse_too_many(scenario.id)
    job = enqueue(
        kind=JOBS[kind],
        payload={"answer_id": row.id, **(payload or {})},
        actor=actor,
        region_id=plan.county_id,
        subject_type=ScenarioAnswer.__tablename__,
        subject_id=row.id,
    )
    row.job_id = job.id
    db.session.flush()
    return row


def cancel(*, answer: ScenarioAnswer, actor: Actor) -> None:
    """Stop working a question out."""
    job = db.session.get(Job, answer.job_id) if answer.job_id else None
    if job is None:
        raise Refused(_("This question is not being worked out any more."))
    request_cancel(job, actor)


def keep(*, scenario_id: int, kind: AnswerKind, key: str = "", body: dict[str, Any]) -> ScenarioAnswer:
    """Keep an answer that is known already; it takes the place of an earlier one."""
    row = _row(scenario_id, kind, key)
    row.body, row.made_at = pack(body), utc_now()
    db.session.flush()
    return row


def kept(scenario_id: int, kind: AnswerKind, key: str = "") -> dict[str, Any] | None:
    """An answer as it was kept."""
    query = select(ScenarioAnswer.body).where(
        ScenarioAnswer.scenario_id == scenario_id, ScenarioAnswer.kind == kind, ScenarioAnswer.key == key
    )
    body = db.session.scalar(query)
    return unpack(body) if body else None


def _row(scenario_id: int, kind: AnswerKind, key: str) -> ScenarioAnswer:
    row = db.session.scalar(
        select(ScenarioAnswer)
        .where(ScenarioAnswer.scenario_id == scenario_id, ScenarioAnswer.kind == kind, ScenarioAnswer.key == key)
        .options(undefer(ScenarioAnswer.body))
    )
    if row is None:
        row = ScenarioAnswer(scenario_id=scenario_id, kind=kind, key=key)
        db.session.add(row)
        db.session.flush()
    return row


def _is_open(job_id: int) -> bool:
    return bool(db.session.scalar(select(Job.id).where(Job.id == job_id, Job.status.in_(OPEN))))


def _refuse_too_many(scenario_id: int) -> None:
    query = (
        select(func.count())
        .select_from(ScenarioAnswer)
        .join(Job, Job.id == ScenarioAnswer.job_id)
        .where(ScenarioAnswer.scenario_id == scenario_id, Job.status.in_(OPEN))
    )
    if (db.session.scalar(query) or 0) >= MOST_AT_ONCE:
        raise Refused(
            _(
                "%(count)s questions about this scenario are being worked out. Wait for some of them.",
                count=MOST_AT_ONCE,
            )
        )
