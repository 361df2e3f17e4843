"""Working an officer's questions out, as jobs: read, think without a transaction, keep the answer once."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from app.db.packed import unpack
from app.extensions import db
from app.jobs.handle import JobCancelled, JobHandle, JobLost
from app.jobs.models import Job
from app.jobs.operations import job_kind
from app.rotation import reasons
from app.rotation.models import Scenario, ScenarioAnswer, Snapshot
from app.rotation.near import near_eligible, service_months
from app.rotation.operations import answers
from app.rotation.reasons import Case, Watch
from app.rotation.snapshot import read_snapshot
from app.rotation.tasks import composed
from app.web.transaction import reading

WHY_SECONDS, LONG_SECONDS = 120.0, 600.0
STAGES = {"read": _l("Reading the data"), "plans": _l("Trying plans")}

type Answer = dict[str, Any]


def _link(job: Job) -> str:
    return url_for("rotation.answer", answer_id=int(job.subject_id))


@job_kind("rotation.why_not", label=_l("Working out why teachers stay"), link=_link, stages=STAGES)
def why_not(handle: JobHandle) -> None:
    """Why teachers stay and posts stay open."""
    _answer(handle, lambda case, row, watch: reasons.why_not(case, watch), WHY_SECONDS)


@job_kind("rotation.why", label=_l("Working out why a teacher moves"), link=_link, stages=STAGES)
def why(handle: JobHandle) -> None:
    """Why one teacher moves."""
    _answer(handle, lambda case, row, watch: reasons.why(case, row.key, watch), WHY_SECONDS)


@job_kind("rotation.costs", label=_l("Working out what the rules cost"), link=_link, stages=STAGES)
def costs(handle: JobHandle) -> None:
    """What the rules cost."""
    _answer(handle, lambda case, row, watch: reasons.costs(case, watch), LONG_SECONDS)


@job_kind("rotation.mends", label=_l("Working out what would mend short rules"), link=_link, stages=STAGES)
def mends(handle: JobHandle) -> None:
    """What would mend the rules that are short."""

    def work(case: Case, row: ScenarioAnswer, watch: Watch) -> Answer:
        with reading():
            near = near_eligible(row.scenario.plan.rule_set_id)
            db.session.rollback()
        return reasons.mends(case, near, watch)

    _answer(handle, work, LONG_SECONDS)


@job_kind("rotation.fairness", label=_l("Working out who is worse off"), link=_link, stages=STAGES)
def fairness(handle: JobHandle) -> None:
    """Who is worse off."""

    def work(case: Case, row: ScenarioAnswer, watch: Watch) -> Answer:
        with reading():
            months = service_months(row.scenario.plan.rule_set_id)
            db.session.rollback()
        return reasons.fairness(case, months, watch)

    _answer(handle, work, LONG_SECONDS)


@job_kind("rotation.handmade", label=_l("Checking a hand-made plan"), link=_link, stages=STAGES)
def handmade(handle: JobHandle) -> None:
    """A hand-made plan by the rules of the scenario."""
    given = {"name": handle.payload["name"], "given": handle.payload["moves"]}
    _answer(handle, lambda case, row, watch: given | reasons.plan_check(case, given["given"]), WHY_SECONDS)


def _answer(handle: JobHandle, work: Callable[[Case, ScenarioAnswer, Watch], Answer], seconds: float) -> None:
    handle.report(0.0, "read")
    with reading():
        row = _mine(handle)
        case = _case(row.scenario)
        db.session.expunge_all()
        db.session.rollback()

    def tell(share: float, done: int, total: int) -> None:
        handle.report(share, "plans", {"done": done, "total": total})

    try:
        body = work(case, row, Watch(tell, handle.is_cancelled, seconds))
    except reasons.Cancelled as ending:
        raise JobCancelled(handle.job_id) from ending
    with handle.transaction():
        mine = _mine(handle)
        answers.keep(scenario_id=mine.scenario_id, kind=mine.kind, key=mine.key, body=body)


def _mine(handle: JobHandle) -> ScenarioAnswer:
    """The question, if this job is still the one that works it out."""
    row = db.session.scalar(
        select(ScenarioAnswer)
        .where(ScenarioAnswer.id == int(handle.payload["answer_id"]), ScenarioAnswer.job_id == handle.job_id)
        .options(
            joinedload(ScenarioAnswer.scenario).options(
                undefer(Scenario.detail),
                joinedload(Scenario.snapshot).undefer(Snapshot.body),
                joinedload(Scenario.plan),
            )
        )
    )
    if row is None:
        raise JobLost(handle.job_id)
    return row


def _case(scenario: Scenario) -> Case:
    """The scenario's problem as it was solved, with its proposal."""
    detail = unpack(scenario.detail or b"")
    if scenario.snapshot is None:
        raise ValueError(f"scenario {scenario.id} is solved without a snapshot")
    picture = read_snapshot(scenario.snapshot)
    if "asked" in detail:
        problem = reasons.whole_problem(picture, detail["asked"])
    else:
        problem = reasons.whole_problem(picture, composed(scenario, picture.problem))
    return reasons.case_of(problem, detail["solution"])
