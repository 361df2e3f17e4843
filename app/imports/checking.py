"""From a mapped upload to verdicts: which rows are new, changed, unchanged or rejected, and why."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.codes import queries as codes
from app.imports.inspection import reopen
from app.imports.kinds import PLANS, Context, Existing, Plan, Rows
from app.imports.models import ImportKind, Outcome
from app.tables.codes import CodeItem, CodeList
from app.tables.headers import ColumnMapping
from app.tables.problems import CellProblem
from app.tables.specification import Sheet
from app.tables.tidying import tidy

Step = Callable[[float], None]


def ignore(_share: float) -> None:
    """A step that tells nobody."""


@dataclass
class Checked:
    """The verdicts of a check, by outcome, in the form in which they are staged."""

    staged: dict[Outcome, list[list[Any]]] = field(default_factory=lambda: {outcome: [] for outcome in Outcome})
    fields: list[str] = field(default_factory=list)
    skipped: int = 0
    warnings: int = 0
    tallies: dict[str, Counter[str]] = field(
        default_factory=lambda: {"problems": Counter(), "warnings": Counter(), "fields": Counter()}
    )


def code_lists(sheet: Sheet) -> dict[str, CodeList]:
    """The code tables that a sheet needs, as the database has them now."""
    tables = codes.tables()
    return {name: _code_list(name, tables.get(name, {})) for name in sheet.code_tables}


def _code_list(name: str, items: Mapping[str, codes.Code]) -> CodeList:
    return CodeList(
        name,
        tuple(
            CodeItem(c.code, c.label_zh, c.label_en, c.national_code or "", c.parent_code or "", c.aliases)
            for c in items.values()
            if c.is_active
        ),
    )


def check(
    *,
    kind: ImportKind,
    content: bytes,
    sheet_name: str,
    layout: Mapping[str, Any],
    mapping: Mapping[str, str],
    context: Context,
    step: Step = ignore,
) -> Checked:
    """Read, tidy, resolve and compare a sheet; `step` tells the share done and may end the work by raising."""
    sheet = kind.sheet
    raw, header = reopen(content, sheet_name, layout)
    step(0.25)
    columns = {int(column): key for column, key in mapping.items()}
    # Which columns are needed depends on whether a row is new, so that is judged row by row below.
    tidied = tidy(raw, header, ColumnMapping(columns, texts=header.texts), sheet, context.codes)
    step(0.5)
    plan = PLANS[kind](context)
    rows = Rows(tidied, raw.rows)
    plan.resolve(rows)
    rows.refuse_repeated_keys()
    records = plan.existing(rows)
    step(0.7)
    checked = _compare(plan, rows, records)
    checked.skipped = sum(tidied.skipped.values()) + len(rows.skipped)
    step(0.9)
    return checked


def _compare(plan: Plan, rows: Rows, records: Mapping[Hashable, Existing]) -> Checked:
    checked = Checked()
    new: list[int] = []
    known: list[int] = []
    for position in rows.alive():
        (known if rows.keys[position] in records else new).append(position)
    _judge_new(plan, rows, new, checked)
    _judge_known(plan, rows, known, records, checked)
    _stage_rejected(rows, checked)
    checked.staged[Outcome.NEW].sort(key=_number)
    return checked


def _judge_new(plan: Plan, rows: Rows, positions: Sequence[int], checked: Checked) -> None:
    """Fill in what follows, refuse what lacks something, stage the rest column by column."""
    fields = list(dict.fromkeys((*rows.values, *rows.fallbacks, *plan.defaults)))
    columns = [_filled(plan, rows, key, positions) for key in fields]
    for key in plan.required:
        column = columns[fields.index(key)] if key in fields else [None] * len(positions)
        for position, value in zip(positions, column, strict=True):
            if value is None:
                rows.refuse(position, "required", key, label=plan.kind.sheet[key].label_zh)
    staged = checked.staged[Outcome.NEW]
    for position, values in zip(positions, zip(*columns, strict=True), strict=True):
        if position in rows.refused:
            continue
        plan.judge(rows, position, dict(zip(fields, values, strict=True)), None)
        if position not in rows.refused:
            staged.append([*_head(rows, position, checked), list(values)])
    checked.fields = fields


def _filled(plan: Plan, rows: Rows, key: str, positions: Sequence[int]) -> list[Any]:
    given, fallback, default = rows.values.get(key), rows.fallbacks.get(key), plan.defaults.get(key)
    if given is not None and fallback is None and default is None:
        return [given[p] for p in positions]
    filled = []
    for position in positions:
        value = given[position] if given is not None else None
        if value is None and fallback is not None:
            value = fallback[position]
        filled.append(default if value is None else value)
    return filled


def _judge_known(
    plan: Plan, rows: Rows, positions: Sequence[int], records: Mapping[Hashable, Existing], checked: Checked
) -> None:
    compared = [(key, column) for key, column in rows.values.items() if key not in ("id_type", "id_number", "_teacher")]
    clears = plan.context.does_empty_clear
    clearable = {key for key, _column in compared if clears and key not in plan.fixed and rows.is_mapped(key)}
    for position in positions:
        record = records[rows.keys[position]]
        changes = _differences(record.values, compared, position, clearable)
        if not any(key[0] != "_" for key in changes):
            checked.staged[Outcome.UNCHANGED].append([*_head(rows, position, checked), record.subject_id])
            continue
        plan.judge(rows, position, {**record.values, **{key: new for key, (_old, new) in changes.items()}}, record)
        if position in rows.refused:
            continue
        checked.tallies["fields"].update(key for key in changes if key[0] != "_")
        place = (record.id, record.subject_id, record.version)
        checked.staged[Outcome.CHANGED].append([*_head(rows, position, checked), *place, changes])


def _differences(
    present: Mapping[str, Any], compared: Sequence[tuple[str, list[Any]]], position: int, clearable: set[str]
) -> dict[str, tuple[Any, Any]]:
    changes = {}
    for key, column in compared:
        value = column[position]
        # Links (with an underscore) go with a visible field and may become nothing with it.
        if value is None and key not in clearable and key[0] != "_":
            continue
        old = present.get(key)
        if value != old:
            changes[key] = (old, value)
    return changes


def _stage_rejected(rows: Rows, checked: Checked) -> None:
    staged = checked.staged[Outcome.REJECTED]
    for position in sorted(rows.refused - rows.skipped):
        found = rows.problems[position]
        checked.tallies["problems"].update({problem.code for problem in found if problem.is_error})
        staged.append([rows.numbers[position], rows.labels[position], rows.details[position], _frozen(found)])


def _head(rows: Rows, position: int, checked: Checked) -> Iterator[Any]:
    """Row number, label, detail and warnings, as every staged row begins."""
    found = rows.problems.get(position, [])
    if found:
        checked.warnings += 1
        checked.tallies["warnings"].update({problem.code for problem in found})
    yield rows.numbers[position]
    yield rows.labels[position]
    yield rows.details[position]
    yield _frozen(found)


def _frozen(problems: Sequence[CellProblem]) -> list[list[Any]]:
    return [
        [p.code, p.severity, p.column, p.key, p.value, {k: _shown(v) for k, v in p.params.items()}] for p in problems
    ]


def _shown(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _number(row: Sequence[Any]) -> Any:
    return row[0]
