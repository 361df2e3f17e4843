"""Why a move, and what the rules cost. Pages only read what jobs have kept."""

from flask import abort, render_template

from app.access import Permission
from app.rotation import presenting_prices as prices
from app.rotation import wording
from app.rotation.models import AnswerKind
from app.rotation.queries import answers
from app.rotation.queries import scenarios as queries
from app.rotation.routes import bp
from app.rotation.routes.answers import question
from app.rotation.routes.common import Page
from app.rotation.routes.proposals import frame, solved_or_back
from app.rotation.snapshot import teacher_key
from app.web.guards import requires

P = Permission


@bp.get("/scenarios/<int:scenario_id>/why/<int:teacher_id>")
@requires(P.PLAN_READ)
def why_of(scenario_id: int, teacher_id: int) -> Page:
    """One move: what it serves, what the plan would lose without it, who and where would be next."""
    row = solved_or_back(scenario_id)
    move = answers.move_about(row.id, teacher_id) or abort(404)
    around = frame(row, "moves")
    asked = question(answers.answer_to(row.id, AnswerKind.WHY, teacher_key(teacher_id)))
    told = answers.told_of(row.plan.county_id, around["names"], asked["answer"])
    moves = answers.moves_by_teacher(row.id)
    return render_template(
        "rotation/why.html",
        **around,
        **asked,
        move=move,
        wording=wording,
        about=queries.decisions_about(row.id, [teacher_id]),
        why=prices.why_move(asked["answer"], told, moves) if asked["answer"] else None,
    )


@bp.get("/scenarios/<int:scenario_id>/costs")
@requires(P.PLAN_READ)
def costs(scenario_id: int) -> Page:
    """What each rule costs, and what more or fewer moves would give."""
    row = solved_or_back(scenario_id)
    asked = question(answers.answer_to(row.id, AnswerKind.COSTS))
    answer = asked["answer"]
    lines = prices.frontier_rows(answer["frontier"]) if answer else []
    return render_template(
        "rotation/costs.html",
        **frame(row, "costs"),
        **asked,
        rules=prices.rule_rows(answer["prices"]) if answer else [],
        frontier=lines,
        chart=prices.frontier_chart(lines),
    )
