"""Values, columns and problems as pages show them."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from app.codes.queries import label
from app.imports.models import ImportBatch, ImportKind
from app.imports.places import Schools
from app.imports.queries import PreviewRow
from app.imports.sentences import label_of, say, short
from app.tables.problems import CellProblem
from app.tables.specification import Kind
from app.teachers.models import Sex

__all__ = ["ShownRow", "column_letter", "shown_rows", "tally"]


@dataclass(slots=True)
class ShownRow:
    """A row of a preview in words."""

    number: int
    label: str
    detail: str
    subject_id: int | None
    changes: list[dict[str, Any]] = field(default_factory=list)
    principal: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)


# What is shown of a new record at first sight; the rest opens.
PRINCIPAL = {
    ImportKind.TEACHERS: ("employing_school", "working_school", "stage", "subject", "title_rated", "joined_school_on"),
    ImportKind.SCHOOLS: ("kind", "stages", "locality", "township", "quota"),
    ImportKind.MENTOR_PAIRS: ("mentor_name", "from_on", "to_on", "signed_on"),
}


def shown_rows(batch: ImportBatch, rows: list[PreviewRow], schools: Schools) -> list[ShownRow]:
    """Preview rows in words."""
    return [_shown(batch, row, schools) for row in rows]


def _shown(batch: ImportBatch, row: PreviewRow, schools: Schools) -> ShownRow:
    cells = {
        key: {
            "label": field_label(batch.kind, key),
            "old": in_words(batch.kind, key, old, schools),
            "new": in_words(batch.kind, key, new, schools),
        }
        for key, old, new in row.cells
    }
    principal = [cells[key] for key in PRINCIPAL.get(batch.kind, ()) if key in cells] or list(cells.values())
    return ShownRow(
        row.number,
        row.label,
        row.detail,
        row.subject_id,
        list(cells.values()),
        principal,
        [_problem(batch, problem) for problem in row.problems],
    )


def _problem(batch: ImportBatch, problem: CellProblem) -> dict[str, Any]:
    column = problem.column
    sheet = batch.kind.sheet
    return {
        "is_error": problem.is_error,
        "column": "" if column is None else f"{column_letter(column)} {_header(batch, column)}".strip(),
        "value": problem.value,
        "text": say(problem, sheet),
    }


def _header(batch: ImportBatch, column: int) -> str:
    return batch.headers[column] if column < len(batch.headers) else ""


def field_label(kind: ImportKind, key: str) -> str:
    """A field's name in the person's language."""
    return label_of(kind.sheet[key]) if key in kind.sheet else key


def in_words(kind: ImportKind, key: str, value: Any, schools: Schools) -> Any:
    """A stored value as a person says it."""
    if value is None or value == "" or value == ():
        return None
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    spec = kind.sheet[key]
    if spec.references == "school" and isinstance(value, int):
        return schools.names.get(value, value)
    if key == "sex" and value in set(Sex):
        return str(Sex(value).label)
    if spec.code_table:
        parts = value if isinstance(value, tuple) else str(value).split(";")
        return "、".join(label(spec.code_table, part) for part in parts)
    if spec.kind is Kind.MONTH:
        return f"{value:%Y-%m}"
    return value.isoformat() if spec.kind is Kind.DATE else value


def column_letter(index: int) -> str:
    """0 → A, 26 → AA: a column as Excel calls it."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def tally(batch: ImportBatch, name: str) -> list[dict[str, Any]]:
    """How often each problem, warning or changed field occurs, the commonest first."""
    found = sorted(batch.tallies.get(name, {}).items(), key=lambda item: -item[1])
    words = (lambda key: field_label(batch.kind, key)) if name == "fields" else short
    return [{"key": key, "label": words(key), "count": count} for key, count in found]
