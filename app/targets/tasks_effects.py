"""What would be: a draft's effect on every clause, and the effect of a rotation's scenarios. Both only read."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.audit.operations import Actor
from app.db.clock import today
from app.extensions import db
from app.jobs.handle import JobHandle
from app.jobs.models import Job
from app.jobs.operations import enqueue, job_kind
from app.rotation.models import ProposedMove, RotationPlan, Scenario
from app.targets.evaluators.evaluating import evaluate, evaluate_all
from app.targets.evaluators.frame import Frame, Move
from app.targets.evaluators.outcome import Outcome, PartOutcome
from app.targets.models import PolicyPack
from app.targets.packs import Clause, Pack, shipped_pack
from app.targets.queries.packs import pack_in_force, pack_of, packs_in_force
from app.web.transaction import reading

DRAFT, SCENARIOS = "targets.draft", "targets.scenarios"
STAGES = {"before": _l("As it counts now"), "after": _l("As it would count")}
type Kept = dict[str, Any]


def kept(outcome: Outcome) -> list[Kept]:
    """An outcome as a job's result keeps it."""
    return [part.kept() for part in outcome.without_rows().parts]


# --- a draft ------------------------------------------------------------------------------------------------------


def base_of(row: PolicyPack) -> tuple[PolicyPack | None, Pack | None]:
    """What a draft is compared with: the version in force, else the one it was made from, else the shipped pack."""
    base = pack_in_force(row.county_id, row.code, today())
    if base is None and row.based_on_id is not None:
        base = db.session.get(PolicyPack, row.based_on_id, options=[undefer(PolicyPack.content)])
    return (base, pack_of(base)) if base is not None else (None, shipped_pack(row.code))


def weigh_draft(row: PolicyPack, *, actor: Actor) -> Job:
    """Ask what a draft would change; its text as it stands now is what is weighed."""
    return enqueue(
        kind=DRAFT,
        payload={"pack_id": row.id, "sha256": row.sha256},
        actor=actor,
        region_id=row.county_id,
        subject_type="policy_pack",
        subject_id=row.id,
    )


def _draft_link(job: Job) -> str:
    return url_for("targets.effect", pack_id=int(job.subject_id))


@job_kind(DRAFT, label=_l("Effect of a draft pack"), link=_draft_link, stages=STAGES)
def draft(handle: JobHandle) -> dict[str, Any]:
    """Every clause by the present version and by the draft, over one reading of the facts."""
    with reading():
        row = db.session.get_one(PolicyPack, int(handle.payload["pack_id"]), options=[undefer(PolicyPack.content)])
        _base_row, base = base_of(row)
        frame = Frame([row.county_id], today())
        before = {one.clause_id: kept(one) for one in evaluate_all(base, frame)} if base else {}
        handle.raise_if_cancelled()
        after = {one.clause_id: kept(one) for one in evaluate_all(pack_of(row), frame)}
        db.session.rollback()
    return {"before": before, "after": after, "on": today().isoformat()}


# --- the scenarios of a rotation ----------------------------------------------------------------------------------


def weigh_scenarios(plan: RotationPlan, scenarios: Sequence[Scenario], *, actor: Actor) -> Job:
    """Ask what some scenarios would change."""
    return enqueue(
        kind=SCENARIOS,
        payload={"plan_id": plan.id, "scenarios": [scenario.id for scenario in scenarios]},
        actor=actor,
        region_id=plan.county_id,
        subject_type="rotation_plan",
        subject_id=plan.id,
    )


def _plan_link(job: Job) -> str:
    return url_for("targets.plan_effect", plan_id=int(job.subject_id))


@job_kind(SCENARIOS, label=_l("Effect of scenarios on the policy targets"), link=_plan_link, stages=STAGES)
def scenarios(handle: JobHandle) -> dict[str, Any]:
    """Every clause of the packs in force as it stands, and as each scenario would leave it."""
    with reading():
        plan = db.session.get_one(RotationPlan, int(handle.payload["plan_id"]))
        on = day_of(plan)
        now = Frame([plan.county_id], on)
        frames = [now.supposing(moves_of(scenario, on)) for scenario in handle.payload["scenarios"]]
        rows = packs_in_force(plan.county_id, today())
        packs = []
        for number, row in enumerate(rows):
            handle.raise_if_cancelled()
            packs.append({"pack_id": row.id, "clauses": list(_weighed(pack_of(row), now, frames))})
            handle.report((number + 1) / len(rows), "after")
        db.session.rollback()
    return {"packs": packs, "on": on.isoformat(), "scenarios": handle.payload["scenarios"]}


def day_of(plan: RotationPlan) -> date:
    """The day on which the scenarios are weighed: today, or the first day of the plan's year if that is later."""
    return max(today(), date(plan.school_year, 9, 1))


def moves_of(scenario_id: int, on: date) -> Iterable[Move]:
    """The moves of a scenario as if they began on a day."""
    query = select(ProposedMove.teacher_id, ProposedMove.from_school_id, ProposedMove.to_school_id)
    for teacher, start, end in db.session.execute(query.where(ProposedMove.scenario_id == scenario_id)).tuples():
        yield Move(teacher, start, end, on, None, "")


def _weighed(pack: Pack, now: Frame, frames: Sequence[Frame]) -> Iterable[Kept]:
    for clause in pack.clauses:
        outcomes = [evaluate(pack, clause, frame=frame) for frame in (now, *frames)]
        yield {
            "clause": clause.id,
            "is_touched": _is_touched(clause, outcomes),
            "outcomes": [kept(one) for one in outcomes],
            "units": [[_moved(*pair) for pair in zip(one.parts, outcomes[0].parts, strict=True)] for one in outcomes],
        }


def _moved(after: PartOutcome, before: PartOutcome) -> int:
    """How many schools, groups or people of a figure have another one than before."""
    then = {row.id: row.figure for row in before.rows}
    return sum(then.get(row.id, row.figure) != row.figure for row in after.rows)


def _is_touched(clause: Clause, outcomes: Sequence[Outcome]) -> bool:
    """Whether a scenario moves a figure of the clause, or the clause speaks of nothing else."""
    speaks_of_moves = any(part.measure.startswith("rotation.") for part in clause.parts)
    return speaks_of_moves or any(outcome.parts != outcomes[0].parts for outcome in outcomes[1:])
