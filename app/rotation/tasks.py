"""Solving a scenario, as a job: read, solve without a transaction, verify, write once."""

import logging
from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from app.accounts.models import User
from app.audit.operations import SYSTEM
from app.eligibility.operations import ensure_judged
from app.extensions import db
from app.jobs.handle import JobCancelled, JobHandle, JobLost
from app.jobs.models import Job
from app.jobs.operations import job_kind
from app.jobs.solving import reporter
from app.rotation import publish, reasons
from app.rotation.models import (
    AnswerKind,
    Decision,
    ProposedMove,
    RotationPlan,
    Scenario,
    ScenarioStatus,
    Snapshot,
)
from app.rotation.operations import answers
from app.rotation.snapshot import Picture, compose, keep, read_snapshot, take_picture, teacher_number
from app.rotation.wording import STEPS
from app.schools.models import School
from app.web.errors import Refused
from app.web.transaction import reading
from optimizer import Cancelled, Problem, ProblemRefused, SolverFailed, Start, explain, solve, verify
from optimizer.solution import OPTIMAL, Solution

SHARES = {"read": 0.02, "arcs": 0.04, "build": 0.06, "solve": 0.08, "strict": 0.6, "verify": 0.94, "explain": 0.97}
SOLVING_SHARE = 0.86
CONFLICT_SECONDS = 30.0
# Under this key of the plan to start from: what the solver left for the next solve.
LEFT = "solver"
logger = logging.getLogger("qinglan.rotation")


def _link(job: Job) -> str:
    return url_for("rotation.scenario", scenario_id=int(job.subject_id))


@job_kind("rotation.solve", label=_l("Solving a rotation scenario"), link=_link, stages=STEPS)
def solve_scenario(handle: JobHandle) -> dict[str, Any]:
    """Solve one scenario. Safe to take up again: until the last transaction nothing but its status has changed."""
    scenario_id = int(handle.payload["scenario_id"])
    try:
        problem = _prepare(handle, scenario_id)
        solution, strict, start = _solve(handle, Problem.from_dict(problem), _start(scenario_id))
    except (Cancelled, JobCancelled) as ending:
        _end(handle, scenario_id, ScenarioStatus.CANCELLED, {})
        raise JobCancelled(handle.job_id) from ending
    except ProblemRefused as refusal:
        findings = [finding.to_dict() for finding in refusal.findings]
        _end(handle, scenario_id, ScenarioStatus.FAILED, {"findings": findings})
        raise Refused(_("The data cannot be solved as they are: %(count)s problems.", count=len(findings))) from refusal
    except SolverFailed as failure:
        _end(handle, scenario_id, ScenarioStatus.FAILED, {"faults": [str(failure)]})
        raise Refused(_unverified()) from failure
    try:
        return _write(handle, scenario_id, problem, solution, strict, start)
    except JobCancelled:
        _end(handle, scenario_id, ScenarioStatus.CANCELLED, {})
        raise


def _solve(
    handle: JobHandle, problem: Problem, given: Start | None
) -> tuple[dict[str, Any], dict[str, Any] | None, Start | None]:
    """The best plan, the aims of the one that gives nothing up where the settings allow giving up, and what the next
    solve may build on."""
    solution = solve(
        problem, progress=reporter(handle, SHARES, SOLVING_SHARE), cancelled=handle.is_cancelled, start=given
    )
    start = solution.start
    strict = None
    if problem.settings.tolerances and solution.status != "infeasible":
        handle.report(SHARES["strict"], "strict")
        plain = replace(problem, settings=replace(problem.settings, tolerances=()))
        strict = solve(plain, cancelled=handle.is_cancelled)
        solution = without_waste(solution, strict)
    handle.report(SHARES["verify"], "verify")
    found = explain(problem, solution).to_dict() if solution.status != "infeasible" else solution.to_dict()
    if strict is None:
        return found, None, start
    return found, {"status": strict.status, "tiers": [tier.to_dict() for tier in strict.tiers]}, start


def without_waste(solution: Solution, strict: Solution) -> Solution:
    """The plan that gives nothing up, where giving up has won nothing: then it is as good in every aim."""
    if not solution.status == strict.status == OPTIMAL:
        return solution
    values = {tier.name: tier.value for tier in strict.tiers}
    if any(tier.value < values[tier.name] - 2e-6 * abs(tier.value) for tier in solution.tiers):
        return solution
    tiers = tuple(replace(tier, value=values[tier.name]) for tier in solution.tiers)
    return replace(solution, tiers=tiers, moves=strict.moves, shortfalls=strict.shortfalls)


def _start(scenario_id: int) -> Start | None:
    """What the solve of the scenario this one is based on has proven, if it was kept in today's format."""
    with reading():
        based_on = db.session.scalar(select(Scenario.based_on_id).where(Scenario.id == scenario_id))
        kept = answers.kept(based_on, AnswerKind.REFERENCE, LEFT) if based_on is not None else None
        db.session.rollback()
    try:
        return Start.from_dict(kept) if kept is not None else None
    except (ValueError, KeyError, TypeError):
        return None


def _prepare(handle: JobHandle, scenario_id: int) -> dict[str, Any]:
    """Mark the scenario as being solved, take or find its snapshot, and put the problem together."""
    handle.report(SHARES["read"], "read")
    with handle.transaction():
        scenario = _mine(handle, scenario_id)
        scenario.status = ScenarioStatus.SOLVING
        if scenario.plan.rule_set is not None and not scenario.is_same_data:
            actor = db.session.get(User, handle.requested_by_id) if handle.requested_by_id else None
            ensure_judged(actor=actor or SYSTEM, rule_set=scenario.plan.rule_set)
    with reading():
        scenario = _mine(handle, scenario_id)
        picture = _picture(scenario)
        problem = composed(scenario, picture.problem)
        db.session.rollback()
    with handle.transaction():
        scenario = _mine(handle, scenario_id)
        scenario.snapshot_id = keep(scenario.plan.county_id, picture).id
    handle.raise_if_cancelled()
    return problem


def _picture(scenario: Scenario) -> Picture:
    """The data of the base scenario where the officer asked for the same, else of now."""
    if scenario.is_same_data and scenario.based_on_id is not None:
        kept = db.session.scalar(
            select(Snapshot)
            .join(Scenario, Scenario.snapshot_id == Snapshot.id)
            .where(Scenario.id == scenario.based_on_id)
            .options(undefer(Snapshot.body))
        )
        if kept is not None:
            return read_snapshot(kept)
    return take_picture(scenario.plan, scenario.settings["priority"])


def composed(scenario: Scenario, base: Problem) -> dict[str, Any]:
    """The problem of a scenario from its data: settings, decisions, and the moves it stays close to."""
    decisions = db.session.scalars(
        select(Decision).where(Decision.scenario_id == scenario.id, Decision.is_input).order_by(Decision.id)
    ).all()
    codes = select(School.id, School.code).where(School.county_id == scenario.plan.county_id)
    code_of = dict(db.session.execute(codes).tuples().all())
    return compose(base, scenario.settings, decisions, _reference(scenario, code_of), code_of)


def _reference(scenario: Scenario, code_of: dict[int, str]) -> list[tuple[int, str]]:
    """A hand-made plan to start from, else the proposal the scenario is based on."""
    given = answers.kept(scenario.id, AnswerKind.REFERENCE)
    if given is not None:
        return [(teacher_number(move["teacher"]), move["to"]) for move in given["moves"]]
    rows = db.session.execute(
        select(ProposedMove.teacher_id, ProposedMove.to_school_id)
        .where(ProposedMove.scenario_id == scenario.based_on_id)
        .order_by(ProposedMove.teacher_id)
    ).tuples()
    return [(teacher, code_of[school]) for teacher, school in rows]


def _write(
    handle: JobHandle,
    scenario_id: int,
    problem: dict[str, Any],
    solution: dict[str, Any],
    strict: dict[str, Any] | None,
    start: Start | None,
) -> dict[str, Any]:
    """Write what came out: the proposal, or the decisions that contradict each other, or why it is not shown."""
    if faults := verify.faults(problem, solution):
        _end(handle, scenario_id, ScenarioStatus.FAILED, {"faults": faults})
        raise Refused(_unverified())
    if solution["status"] == "infeasible":
        clashes = _explained(handle, problem, solution, reasons.contradiction)
        _end(handle, scenario_id, ScenarioStatus.INFEASIBLE, {"conflict": solution["conflict"], "clashes": clashes})
        return {"status": "infeasible"}
    report = verify.report(problem, solution)
    why_not = _explained(handle, problem, solution, reasons.why_not)
    with handle.transaction():
        scenario = _mine(handle, scenario_id)
        publish.store(scenario, problem, solution, report, strict)
        if why_not is not None:
            answers.keep(scenario_id=scenario_id, kind=AnswerKind.WHY_NOT, body=why_not)
        if start is not None:
            answers.keep(scenario_id=scenario_id, kind=AnswerKind.REFERENCE, key=LEFT, body=start.to_dict())
    return {"status": solution["status"], "moves": len(solution["moves"]), "seconds": solution["seconds"]}


def _explained(handle: JobHandle, problem: dict[str, Any], solution: dict[str, Any], ask: Any) -> Any:
    """The reasons of a result. They never cost a result: what fails here can be asked for later."""
    handle.report(SHARES["explain"], "explain")
    watch = reasons.Watch(lambda *_step: None, handle.is_cancelled, CONFLICT_SECONDS)
    try:
        return ask(reasons.case_of(Problem.from_dict(problem), solution), watch)
    except Cancelled as ending:
        raise JobCancelled(handle.job_id) from ending
    except Exception:
        logger.exception("the reasons of job %s could not be worked out", handle.job_id)
        return None


def _unverified() -> str:
    text: str = _("The independent verifier did not confirm the solver's result, so nothing was stored.")
    return text


def _end(handle: JobHandle, scenario_id: int, status: ScenarioStatus, report: dict[str, Any]) -> None:
    db.session.rollback()
    with handle.transaction():
        scenario = _mine(handle, scenario_id)
        scenario.status, scenario.report = status, report


def _mine(handle: JobHandle, scenario_id: int) -> Scenario:
    """The scenario, if this job is still the one that solves it."""
    scenario = db.session.scalar(
        select(Scenario)
        .where(Scenario.id == scenario_id, Scenario.job_id == handle.job_id)
        .options(
            joinedload(Scenario.plan).joinedload(RotationPlan.rule_set),
            joinedload(Scenario.plan).joinedload(RotationPlan.county),
        )
        .execution_options(populate_existing=True)
    )
    if scenario is None:
        raise JobLost(handle.job_id)
    return scenario
