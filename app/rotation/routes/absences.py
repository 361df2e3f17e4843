"""Who was not moved and which posts stay open, each with why."""

from collections.abc import Iterator
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.rotation import presenting
from app.rotation import presenting_balance as figures
from app.rotation import presenting_reasons as reasons
from app.rotation.models import AnswerKind, Scenario
from app.rotation.queries import answers
from app.rotation.queries import plans as plan_queries
from app.rotation.queries import scenarios as queries
from app.rotation.routes import bp
from app.rotation.routes.answers import question
from app.rotation.routes.common import may_edit
from app.rotation.routes.proposals import exported_or_404, frame, solved_or_back
from app.rotation.wording import Names
from app.rotation.wording_reasons import POST_CODES, TEACHER_CODES
from app.teachers.models import Teacher
from app.web import lists
from app.web.attempts import Page
from app.web.exports import asked_format, send_table
from app.web.guards import requires
from app.web.lists import Listing, shown

P = Permission
MOST_SHOWN = 60


@bp.get("/scenarios/<int:scenario_id>/stayed")
@requires(P.PLAN_READ)
def stayed(scenario_id: int) -> Page:
    """Eligible teachers whom the proposal does not move, and why."""
    row = solved_or_back(scenario_id)
    listing, who = queries.STAYED.read(request.args), queries.stayed_of(row)
    asked = question(answers.answer_to(row.id, AnswerKind.WHY_NOT))
    codes = reasons.stayed_codes(asked["answer"])
    statement = queries.stayed_listed(listing, who, codes)
    found = lists.fetch(db.session(), statement, listing, key=Teacher.id, options=queries.STAYED_PARTS)
    return render_template(
        "rotation/stayed.html",
        **frame(row, "stayed"),
        **shown(listing, found),
        **asked,
        **_why_stayed(row, asked["answer"], [teacher.id for teacher in found.items]),
        who=who,
        code_choices=reasons.code_choices([codes[n] for n in codes if n in who.everyone], TEACHER_CODES),
        schools=plan_queries.school_choices(row.plan.county_id),
        may_export=may_edit(row.plan, P.EXPORT),
    )


def _why_stayed(row: Scenario, answer: dict[str, Any] | None, teacher_ids: list[int]) -> dict[str, Any]:
    """Why the teachers of one page stay, and what was decided about them."""
    rows = reasons.stayed_rows(answer, teacher_ids)
    told = answers.told_of(row.plan.county_id, plan_queries.names_in(row.plan.county_id), list(rows.values()))
    return {"why": reasons.stayed_words(rows, told), "about": queries.decisions_about(row.id, teacher_ids)}


@bp.post("/scenarios/<int:scenario_id>/stayed/export")
@requires(P.EXPORT)
def export_stayed(scenario_id: int) -> Response:
    """The teachers that the list shows now, with why they stay, as a workbook."""
    row = exported_or_404(scenario_id)
    listing, who = queries.STAYED.read(request.args), queries.stayed_of(row)
    answer = answers.answer_to(row.id, AnswerKind.WHY_NOT).body
    statement = queries.stayed_listed(listing, who, reasons.stayed_codes(answer))
    why = reasons.stayed_rows(answer, who.everyone)
    told = answers.told_of(row.plan.county_id, plan_queries.names_in(row.plan.county_id), list(why.values()))
    return send_table(
        [*presenting.stayed_columns(who), *reasons.why_columns(lambda t: why.get(t.id, []), told, TEACHER_CODES)],
        lambda: _read_all(statement, listing),
        _("Eligible, not moved"),
        actor=current_user,
        subject="teacher",
        fmt=asked_format(),
        filters={"scenario": scenario_id, **listing.in_words()},
        region_id=row.plan.county_id,
    )


def _read_all(statement: Any, listing: Listing) -> Iterator[Teacher]:
    rows: Iterator[Teacher] = db.session.scalars(lists.ordered(statement, listing).options(*queries.STAYED_PARTS))
    return rows


@bp.get("/scenarios/<int:scenario_id>/vacancies")
@requires(P.PLAN_READ)
def vacancies(scenario_id: int) -> Page:
    """Vacant posts by subject before and after, and the posts that stay vacant, each with why."""
    row = solved_or_back(scenario_id)
    around = frame(row, "vacancies")
    asked = question(answers.answer_to(row.id, AnswerKind.WHY_NOT))
    return render_template(
        "rotation/vacancies.html",
        **around,
        **asked,
        **_open_posts(row, around["names"], asked["answer"]),
        gaps=row.report["gaps"],
        chart=figures.gap_chart(row),
        schools=list(around["names"].schools.items()),
        numbers=plan_queries.school_numbers(row.plan.county_id),
        may_export=may_edit(row.plan, P.EXPORT),
    )


def _open_posts(row: Scenario, names: Names, answer: dict[str, Any] | None) -> dict[str, Any]:
    """The posts that stay vacant as the filter narrows them, with their reasons, and the filter's choices."""
    posts, why = queries.detail_of(row)["posts"], reasons.post_rows(answer)
    found = reasons.with_reasons(figures.open_posts(posts, names, **_narrowed()), why, _reason())
    told = answers.told_of(row.plan.county_id, names, [post["reasons"] for post in found[:MOST_SHOWN]])
    return {
        **figures.post_choices(posts),
        "open_posts": reasons.post_lines(found[:MOST_SHOWN], told),
        "open_total": len(found),
        "code_choices": reasons.code_choices([rows[0]["code"] for rows in why.values()], POST_CODES),
    }


def _narrowed() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("subject", "stage", "school")}


def _reason() -> str:
    return request.args.get("reason", "")


@bp.post("/scenarios/<int:scenario_id>/vacancies/export")
@requires(P.EXPORT)
def export_vacancies(scenario_id: int) -> Response:
    """The posts that the list shows now, with why they stay open, as a workbook."""
    row = exported_or_404(scenario_id)
    names = plan_queries.names_in(row.plan.county_id)
    why = reasons.post_rows(answers.answer_to(row.id, AnswerKind.WHY_NOT).body)
    posts = figures.open_posts(queries.detail_of(row)["posts"], names, **_narrowed())
    found = reasons.with_reasons(posts, why, _reason())
    told = answers.told_of(row.plan.county_id, names, [post["reasons"] for post in found])
    lines = reasons.post_lines(found, told)
    return send_table(
        reasons.vacancy_columns(told),
        lambda: lines,
        _("Posts that stay vacant"),
        actor=current_user,
        subject="school",
        fmt=asked_format(),
        filters={"scenario": scenario_id, **{k: v for k, v in request.args.items() if k != "format"}},
        region_id=row.plan.county_id,
    )
