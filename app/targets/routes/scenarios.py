"""What a rotation's scenarios would do to every clause, before the plan is approved."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.jobs.models import JobStatus
from app.rotation.models import RotationPlan, Scenario
from app.rotation.queries import plans as plan_queries
from app.targets import clause_views as views
from app.targets import tasks_effects as tasks
from app.targets.evaluators.outcome import Outcome, PartOutcome
from app.targets.models import PolicyPack
from app.targets.queries import boards
from app.targets.queries import packs as pack_queries
from app.targets.routes import bp
from app.targets.routes.board import job_view
from app.web.attempts import Page
from app.web.guards import requires

P = Permission
MOST_SCENARIOS = 3


def _plan_or_404(plan_id: int) -> RotationPlan:
    """A plan within reach, of a county whose targets the person may read as a whole."""
    plan = plan_queries.plan_of(current_user.grants, P.PLAN_READ, plan_id) or abort(404)
    own = boards.own_schools(plan.county, current_user.grants, P.TARGET_READ)
    return plan if own is None else abort(404)


def _chosen(plan: RotationPlan, numbers: list[int]) -> list[Scenario]:
    """The solved scenarios named, else the two that come first on the plan's page."""
    solved = plan_queries.plan_page(plan).solved
    if not numbers:
        return solved[:2]
    by_id = {scenario.id: scenario for scenario in solved}
    return [by_id[one] for one in dict.fromkeys(numbers) if one in by_id][:MOST_SCENARIOS]


@bp.get("/plans/<int:plan_id>/effect")
@requires(P.PLAN_READ)
def plan_effect(plan_id: int) -> Page:
    """Every clause that the rotation touches: now, and after each scenario; a job computes it."""
    plan = _plan_or_404(plan_id)
    job = boards.last_job(tasks.SCENARIOS, "rotation_plan", plan.id)
    asked = request.args.getlist("s", type=int)
    if not asked and job is not None:
        asked = job.payload.get("scenarios", [])
    chosen = _chosen(plan, asked)
    is_same = job is not None and job.payload.get("scenarios") == [scenario.id for scenario in chosen]
    result = job.result if job is not None and is_same and job.status is JobStatus.DONE else None
    return render_template(
        "targets/plan_effect.html",
        plan=plan,
        solved=plan_queries.plan_page(plan).solved,
        chosen=chosen,
        most=MOST_SCENARIOS,
        job=job_view(job) if is_same and result is None else None,
        at=job.ended_at if job is not None and result is not None else None,
        boards=_boards(plan, result) if result is not None else None,
    )


def _boards(plan: RotationPlan, result: dict[str, Any]) -> list[dict[str, Any]]:
    """Pack by pack: the clauses that move, and those that do not."""
    rows = {row.id: row for row in pack_queries.packs_in_force(plan.county_id, today())}
    return [_of_pack(rows[one["pack_id"]], one) for one in result["packs"] if one["pack_id"] in rows]


def _of_pack(row: PolicyPack, weighed: dict[str, Any]) -> dict[str, Any]:
    pack = pack_queries.pack_of(row)
    lines, still = [], []
    for one in weighed["clauses"]:
        clause = pack.clause(one["clause"])
        if clause is None:
            continue
        if not one["is_touched"]:
            still.append(clause)
            continue
        outcomes = [
            Outcome(clause.id, today(), tuple(PartOutcome.of(part) for part in parts)) for parts in one["outcomes"]
        ]
        lines += [
            views.beside(row.id, clause, part, outcomes, [units[number] for units in one["units"]])
            for number, part in enumerate(clause.parts)
        ]
    return {"row": row, "name": pack.name, "lines": lines, "still": still}


@bp.post("/plans/<int:plan_id>/effect")
@requires(P.PLAN_READ)
def start_plan_effect(plan_id: int) -> Response:
    """Have the effect computed; what is under way for the same scenarios is not begun twice."""
    plan = _plan_or_404(plan_id)
    chosen = _chosen(plan, request.form.getlist("s", type=int))
    if not chosen:
        flash(_("Solve a scenario first; then its effect can be computed."), "warning")
        return redirect(url_for("rotation.plan", plan_id=plan_id), 303)
    job = boards.open_job(tasks.SCENARIOS, "rotation_plan", plan.id)
    numbers = [scenario.id for scenario in chosen]
    if job is None or job.payload.get("scenarios") != numbers:
        tasks.weigh_scenarios(plan, chosen, actor=current_user)
    return redirect(url_for(".plan_effect", plan_id=plan_id, s=numbers), 303)
