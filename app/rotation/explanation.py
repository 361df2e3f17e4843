"""Everything that is known about why a proposal is as it is, as the sheets of a workbook.

Only kept answers are written: a sheet whose question nobody asked is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.codes.queries import label
from app.extensions import db
from app.rotation import presenting_balance as figures
from app.rotation import presenting_fairness as equity
from app.rotation import presenting_prices as prices
from app.rotation import presenting_reasons as reasons
from app.rotation import presenting_short as shortage
from app.rotation import wording
from app.rotation import wording_reasons as words
from app.rotation.models import AnswerKind, Scenario
from app.rotation.queries import answers, scenarios
from app.rotation.snapshot import teacher_key
from app.rotation.wording import Names
from app.rotation.wording_reasons import Told
from app.tables.writing import Column, ExportSheet
from app.teachers.models import Teacher

type Rows = list[list[Any]]


def sheets(scenario: Scenario, names: Names) -> list[ExportSheet]:
    """The sheets of a solved scenario."""
    found = {kind: answers.answer_to(scenario.id, kind).body for kind in AnswerKind}
    why = {asked.row.key: asked.body for asked in answers.answers_of(scenario.id, AnswerKind.WHY) if asked.row}
    told = answers.told_of(scenario.plan.county_id, names, list(found.values()), list(why.values()))
    made = [_moves(scenario, names, why, told)]
    if not_moved := found[AnswerKind.WHY_NOT]:
        made += [_stayed(scenario, not_moved, told), _vacancies(scenario, names, not_moved, told)]
        made += _short(not_moved["short"], found[AnswerKind.MENDS], told)
    if costs := found[AnswerKind.COSTS]:
        made += [_rules(costs), _frontier(costs)]
    if fairness := found[AnswerKind.FAIRNESS]:
        made.append(_fairness(fairness, told))
    return made


def _sheet(name: str, headers: Sequence[str], rows: Rows) -> ExportSheet:
    return ExportSheet(name, [Column(header) for header in headers], rows, name[:31])


def _moves(scenario: Scenario, names: Names, why: Mapping[str, Any], told: Told) -> ExportSheet:
    rows: Rows = []
    for move in scenarios.all_moves(scenario.id):
        answer = why.get(teacher_key(move.teacher_id))
        shown = prices.why_move(answer, told, {}) if answer else None
        rows.append(
            [
                move.teacher.name,
                move.from_school.name,
                move.to_school.name,
                label("subject", move.subject_code),
                " ".join(wording.reason(item, names) for item in move.why),
                shown["loss"]["text"] if shown else "",
                _best(shown["teachers"], "name") if shown else "",
                _best(shown["schools"], "to") if shown else "",
            ]
        )
    headers = [_("Name"), _("From school"), _("To school"), _("Subject"), _("Why this move"), _("Without this move"),
               _("Next best teachers for this post"), _("Next best schools for this teacher")]  # fmt: skip
    return _sheet(_("Why this move"), headers, rows)


def _best(rows: Sequence[Mapping[str, Any]], key: str) -> str:
    return "; ".join(f"{row[key]}: {row['price']['text']}" for row in rows)


def _stayed(scenario: Scenario, answer: Mapping[str, Any], told: Told) -> ExportSheet:
    who = scenarios.stayed_of(scenario)
    why = reasons.stayed_rows(answer, who.everyone)
    rows: Rows = [
        [
            teacher.name,
            teacher.working_school.name,
            label("stage", teacher.stage),
            label("subject", teacher.subject_code),
            str(words.TEACHER_CODES[why[teacher.id][0]["code"]]),
            " ".join(words.teacher_reasons(why[teacher.id], told)),
        ]
        for teacher in _teachers(sorted(why))
    ]
    headers = [_("Name"), _("School"), _("Stage"), _("Subject"), _("Main reason"), _("Why not")]
    return _sheet(_("Eligible, not moved"), headers, rows)


def _teachers(numbers: Sequence[int]) -> Iterator[Teacher]:
    for start in range(0, len(numbers), 1000):
        query = select(Teacher).where(Teacher.id.in_(numbers[start : start + 1000])).order_by(Teacher.id)
        yield from db.session.scalars(query.options(joinedload(Teacher.working_school)))


def _vacancies(scenario: Scenario, names: Names, answer: Mapping[str, Any], told: Told) -> ExportSheet:
    posts = figures.open_posts(scenarios.detail_of(scenario)["posts"], names, subject="", stage="", school="")
    lines = reasons.post_lines(reasons.with_reasons(posts, reasons.post_rows(answer), ""), told)
    columns = reasons.vacancy_columns(told)
    rows = [[column.of(line) for column in columns] for line in lines]
    return _sheet(_("Posts that stay vacant"), [str(column.label) for column in columns], rows)


def _short(short: Sequence[Mapping[str, Any]], mends: Mapping[str, Any] | None, told: Told) -> list[ExportSheet]:
    if not short:
        return []
    rows: Rows = [
        [str(rule["name"]), rule["scope_name"], rule["needed"], rule["reached"], rule["missing"], str(row["label"]),
         len(row["people"]), told.several(teacher_key(one["id"]) for one in row["people"])]
        for rule in shortage.rule_cards(short, told)
        for row in rule["people"]
    ]  # fmt: skip
    headers = [
        _("Rule"),
        _("Where"),
        _("Needed"),
        _("Reached"),
        _("Persons short"),
        _("Why not"),
        _("Teachers"),
        _("Names"),
    ]
    made = [_sheet(_("Short rules"), headers, rows)]
    if mends:
        lines = shortage.mend_rows([*mends["mends"], *mends["pairs"]], mends["near"], told)
        found: Rows = [
            ["; ".join(line["changes"]), line["before"], line["after"], "; ".join(line["still"])] for line in lines
        ]
        made.append(
            _sheet(_("What would mend it"), [_("Change"), _("Persons short"), _("After"), _("Still short")], found)
        )
    return made


def _rules(answer: Mapping[str, Any]) -> ExportSheet:
    binding = {True: _("It costs something"), False: _("Free"), None: _("Not known")}
    rows: Rows = [
        [
            row["rule"],
            row["how"],
            row["price"]["text"],
            "; ".join(f"{t['label']}: {t['change']}" for t in row["price"]["tiers"] if t["is_changed"]),
            binding[row["binding"]],
        ]
        for row in prices.rule_rows(answer["prices"])
    ]
    headers = [_("Rule"), _("Change of the rule"), _("What would change"), _("Aim by aim"), _("Binding")]
    return _sheet(_("What the rules cost"), headers, rows)


def _frontier(answer: Mapping[str, Any]) -> ExportSheet:
    rows: Rows = [
        [
            _("The county as it is") if row["is_still"] else row["cap"],
            row["moves"],
            row["rules"],
            row["gaps"],
            float(row["primary"]),
            float(row["junior"]),
            row["cost"],
        ]
        for row in prices.frontier_rows(answer["frontier"])
    ]
    headers = [_("At most so many moves"), _("Moves"), _("Persons short"), _("Vacant posts"), _("CV, primary"),
               _("CV, junior secondary"), _("Ways and wishes")]  # fmt: skip
    return _sheet(_("What more moves give"), headers, rows)


def _fairness(answer: Mapping[str, Any], told: Told) -> ExportSheet:
    plans = equity.plan_rows(answer, told)
    rows: Rows = [[name, *cells] for name, cells in equity.figure_lines(plans)]
    return _sheet(_("Who is worse off"), [_("Figure"), *(str(plan["name"]) for plan in plans)], rows)
