"""Why a move, what the rules cost, which are short, who is worse off. Pages only read what jobs have kept."""

from flask import abort, render_template

from app.access import Permission
from app.rotation import presenting_fairness as equity
from app.rotation import presenting_prices as prices
from app.rotation import presenting_short as shortage
from app.rotation import wording
from app.rotation.models import AnswerKind
from app.rotation.queries import answers
from app.rotation.queries import plans as plan_queries
from app.rotation.queries import scenarios as queries
from app.rotation.routes import bp
from app.rotation.routes.answers import question
from app.rotation.routes.proposals import frame, solved_or_back
from app.rotation.snapshot import teacher_key
from app.web.attempts import Page
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


@bp.get("/scenarios/<int:scenario_id>/short")
@requires(P.PLAN_READ)
def short(scenario_id: int) -> Page:
    """The policy rules that are short: who is missing, and what would mend it."""
    row = solved_or_back(scenario_id)
    around = frame(row, "short")
    why = question(answers.answer_to(row.id, AnswerKind.WHY_NOT))
    asked = question(answers.answer_to(row.id, AnswerKind.MENDS))
    rules, found = (why["answer"] or {}).get("short"), asked["answer"]
    told = answers.told_of(row.plan.county_id, around["names"], rules, found)
    return render_template(
        "rotation/short.html",
        **around,
        **asked,
        why=why,
        rules=None if rules is None else shortage.rule_cards(rules, told),
        mends=shortage.mend_rows(found["mends"], found["near"], told) if found else [],
        pairs=shortage.mend_rows(found["pairs"], found["near"], told) if found else [],
        numbers=plan_queries.school_numbers(row.plan.county_id),
    )


@bp.get("/scenarios/<int:scenario_id>/fairness")
@requires(P.PLAN_READ)
def fairness(scenario_id: int) -> Page:
    """Who is worse off, beside what others would have done."""
    row = solved_or_back(scenario_id)
    around = frame(row, "fairness")
    asked = question(answers.answer_to(row.id, AnswerKind.FAIRNESS))
    answer = asked["answer"]
    plans = equity.plan_rows(answer, answers.told_of(row.plan.county_id, around["names"])) if answer else []
    return render_template(
        "rotation/fairness.html",
        **around,
        **asked,
        plans=plans,
        lines=equity.figure_lines(plans) if plans else [],
        chart=equity.wishes_chart(plans),
        has_wishes=any(sum(plan["wishes"].values()) > plan["wishes"]["none_given"] for plan in plans),
        curves=equity.lorenz(answer) if answer else [],
        numbers=plan_queries.school_numbers(row.plan.county_id),
    )
