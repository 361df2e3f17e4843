"""The proposal of a solved scenario: verdicts, moves, balance, flows, what changed."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.rotation import presenting, presenting_changes, wording
from app.rotation import presenting_balance as figures
from app.rotation import wording_conflicts as conflicts
from app.rotation.models import AnswerKind, ProposedMove, Scenario, ScenarioStatus
from app.rotation.presenting_reasons import stayed_rows
from app.rotation.queries import answers
from app.rotation.queries import plans as plan_queries
from app.rotation.queries import scenarios as queries
from app.rotation.routes import bp
from app.rotation.routes.common import may_edit, scenario_or_404
from app.web import lists
from app.web.attempts import Page
from app.web.exports import asked_format, send_table
from app.web.guards import requires
from app.web.lists import shown

P = Permission


def frame(row: Scenario, tab: str) -> dict[str, Any]:
    """What every tab of a proposal shows around its own part."""
    decisions = queries.decisions_of(row.id)
    return {
        "scenario": row,
        "plan": row.plan,
        "tab": tab,
        "decisions": decisions,
        "pending": queries.pending_count(row, decisions),
        "can_edit": may_edit(row.plan) and row.plan.status.is_open,
        "names": plan_queries.names_in(row.plan.county_id),
    }


def solved_or_back(scenario_id: int) -> Scenario:
    """A solved scenario within reach; one without a proposal leads back to its own page."""
    row = scenario_or_404(scenario_id)
    if row.status is not ScenarioStatus.SOLVED:
        abort(redirect(url_for(".scenario", scenario_id=scenario_id), 303))
    return row


def exported_or_404(scenario_id: int) -> Scenario:
    """A solved scenario that the person may both see and take away."""
    row = solved_or_back(scenario_id)
    return row if may_edit(row.plan, P.EXPORT) else abort(404)


@bp.get("/scenarios/<int:scenario_id>")
@requires(P.PLAN_READ)
def scenario(scenario_id: int) -> Page:
    """One scenario: the proposal's verdicts, or how far the solve is, or why there is no proposal."""
    row = scenario_or_404(scenario_id)
    around = frame(row, "summary")
    job = queries.job_of(row)
    status = queries.real_status(row, job)
    if status is not ScenarioStatus.SOLVED:
        card = presenting.job_view(row, job, status)
        return render_template("rotation/unsolved.html", **around, status=status, card=card, **_hindrances(row, around))
    numbers = plan_queries.school_numbers(row.plan.county_id)
    shown = presenting.summary(row, around["names"], numbers)
    may_export = may_edit(row.plan, P.EXPORT)
    return render_template("rotation/summary.html", **around, **shown, may_export=may_export)


def _hindrances(row: Scenario, around: dict[str, Any]) -> dict[str, Any]:
    """Why there is no proposal: faults of the data, decisions that contradict each other."""
    report, names = row.report, around["names"]
    people = queries.people_named(report.get("conflict", []), report.get("findings", []))
    return {
        "faults": presenting.findings_in_words(report.get("findings", []), people, names),
        "conflict": presenting.conflict_in_words(report.get("conflict", []), people, names),
        **conflicts.clashes_in_words(report.get("clashes"), people, names),
    }


@bp.get("/scenarios/<int:scenario_id>/moves")
@requires(P.PLAN_READ)
def moves(scenario_id: int) -> Page:
    """The proposed moves, each with why."""
    row = solved_or_back(scenario_id)
    listing = queries.MOVES.read(request.args)
    statement = queries.moves_listed(listing, row)
    found = lists.fetch(db.session(), statement, listing, key=ProposedMove.id, options=queries.MOVE_PARTS)
    return render_template(
        "rotation/moves.html",
        **frame(row, "moves"),
        **shown(listing, found),
        about=queries.decisions_about(row.id, [move.teacher_id for move in found.items]),
        explained=answers.keys_answered(row.id, AnswerKind.WHY),
        schools=plan_queries.school_choices(row.plan.county_id),
        wording=wording,
        may_export=may_edit(row.plan, P.EXPORT),
    )


@bp.post("/scenarios/<int:scenario_id>/moves/export")
@requires(P.EXPORT)
def export_moves(scenario_id: int) -> Response:
    """The moves that the list shows now, as a workbook."""
    row = exported_or_404(scenario_id)
    listing = queries.MOVES.read(request.args)
    statement = queries.moves_listed(listing, row)
    names = plan_queries.names_in(row.plan.county_id)
    county_id = row.plan.county_id
    return send_table(
        presenting.move_columns(names),
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.MOVE_PARTS)),
        queries.export_name(row),
        actor=current_user,
        subject="proposed_move",
        fmt=asked_format(),
        filters={"scenario": scenario_id, **listing.in_words()},
        region_id=county_id,
    )


@bp.get("/scenarios/<int:scenario_id>/settings")
@requires(P.PLAN_READ)
def scenario_settings(scenario_id: int) -> Page:
    """The settings a scenario was or will be solved with."""
    row = scenario_or_404(scenario_id)
    around = frame(row, "settings")
    return render_template("rotation/scenario_settings.html", **around, lines=presenting.settings_lines(row.settings))


@bp.get("/scenarios/<int:scenario_id>/balance")
@requires(P.PLAN_READ)
def balance(scenario_id: int) -> Page:
    """The official CV, and each school's backbone teachers per 100 pupils, before and after."""
    row = solved_or_back(scenario_id)
    around = frame(row, "balance")
    spread = queries.detail_of(row)["spread"]
    numbers = plan_queries.school_numbers(row.plan.county_id)
    stages = figures.spread_by_stage(row, spread, around["names"], numbers)
    return render_template("rotation/balance.html", **around, stages=stages)


@bp.get("/scenarios/<int:scenario_id>/flows")
@requires(P.PLAN_READ)
def flows(scenario_id: int) -> Page:
    """How many go from which school to which."""
    row = solved_or_back(scenario_id)
    around = frame(row, "flows")
    numbers = plan_queries.school_numbers(row.plan.county_id)
    detail = queries.detail_of(row)
    lines = figures.flow_lines(row, detail["flows"], around["names"], numbers)
    chart = figures.flow_chart(lines, detail["schools"])
    return render_template("rotation/flows.html", **around, lines=lines, chart=chart)


@bp.get("/scenarios/<int:scenario_id>/changes")
@requires(P.PLAN_READ)
def changes(scenario_id: int) -> Page:
    """What distinguishes this proposal from the one it is based on."""
    row = solved_or_back(scenario_id)
    base = row.based_on
    if base is None or base.status is not ScenarioStatus.SOLVED:
        abort(404)
    around, found = frame(row, "changes"), queries.changes_between(base, row)
    answer = answers.answer_to(row.id, AnswerKind.WHY_NOT).body
    moved = {move.teacher_id for move in found.removed}
    told = answers.told_of(row.plan.county_id, around["names"], list(stayed_rows(answer, moved).values()))
    return render_template(
        "rotation/changes.html",
        **around,
        base=base,
        changes=found,
        basis=presenting_changes.basis(base, row),
        why=presenting_changes.causes(found, around["decisions"], answer, told, around["names"]),
        moves={move.teacher_id for move in (*found.added, *(new for _old, new in found.redirected))},
    )
