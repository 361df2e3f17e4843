"""From a raw sheet to typed columns and a list of what is wrong, row by row and cell by cell."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.tables import identity
from app.tables.codes import CodeList
from app.tables.dates import DateRefused, PartialDate
from app.tables.headers import ColumnMapping, Header, locate, propose_mapping
from app.tables.packages import Limits
from app.tables.problems import CellProblem, Severity
from app.tables.reading import RawSheet, expand_merges, open_workbook
from app.tables.rows import Skipped, sort_rows
from app.tables.specification import Field, Kind, Sheet
from app.tables.text import plain
from app.tables.values import Refused, is_blank, reader_for, split_stage_subject

_SHOWN_LENGTH = 80


@dataclass
class Tidied:
    """The data rows of a sheet. `rows` are the sheet's own row numbers from 1, parallel to every column's list.

    A cell that was refused is None; its reason is among the problems. `name` is the sheet's name in the file and
    `header_row` its last header row, from 1.
    """

    sheet: Sheet
    name: str
    mapping: ColumnMapping
    rows: list[int]
    columns: dict[str, list[Any]]
    problems: list[CellProblem] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    header_row: int = 1

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def rejected(self) -> frozenset[int]:
        """Row numbers with at least one error."""
        return frozenset(problem.row for problem in self.problems if problem.is_error)

    def records(self, *, accepted_only: bool = False) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each row's number and values by field key."""
        rejected = self.rejected if accepted_only else frozenset()
        keys = tuple(self.columns)
        for number, values in zip(self.rows, zip(*self.columns.values(), strict=True), strict=True):
            if number not in rejected:
                yield number, dict(zip(keys, values, strict=True))


def read_table(
    source: bytes | Path,
    sheet: Sheet,
    codes: Mapping[str, CodeList],
    *,
    sheet_name: str | None = None,
    remembered: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> Tidied:
    """Open a file, find its data sheet and header, map its columns and tidy its values."""
    with collector_paused():
        raw, header = locate(open_workbook(source, limits=limits), sheet, sheet_name)
        return tidy(raw, header, propose_mapping(header.texts, sheet, remembered), sheet, codes)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Millions of cells and no cycles among them: walking them again and again would double the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def tidy(raw: RawSheet, header: Header, mapping: ColumnMapping, sheet: Sheet, codes: Mapping[str, CodeList]) -> Tidied:
    """Typed values and problems of a located sheet under a mapping of its columns."""
    data, skipped = sort_rows(raw, header)
    if raw.merges:
        expand_merges(raw.rows, raw.merges, header.last_row + 1)
    reading = _Reading(raw, mapping, sheet, codes, data)
    reading.result.header_row = header.last_row + 1
    reading.report_missing(header)
    for key in _reading_order(mapping, sheet):
        reading.read(key)
    reading.finish()
    result = reading.result
    result.skipped.update({reason.value: len(indices) for reason, indices in skipped.items()})
    result.problems.sort(key=lambda problem: (problem.row, -1 if problem.column is None else problem.column))
    return result


def _reading_order(mapping: ColumnMapping, sheet: Sheet) -> list[str]:
    """The identity document's type before its number, the number before what is compared with it."""
    first = ("id_type", "id_number")
    mapped = [key for key in sheet.keys if mapping.column_of(key) is not None]
    return [key for key in first if key in mapped] + [key for key in mapped if key not in first]


def _read_once(read: Callable[[Any], Any], cell: Any) -> Any:
    return None if is_blank(cell) else read(cell)


class _Reading:
    """One pass over a sheet: the values so far and the problems so far."""

    def __init__(
        self, raw: RawSheet, mapping: ColumnMapping, sheet: Sheet, codes: Mapping[str, CodeList], data: list[int]
    ) -> None:
        self.raw = raw
        self.mapping = mapping
        self.sheet = sheet
        self.codes = codes
        self.data = data
        self.partial_births: dict[int, PartialDate] = {}
        self.cells = list(zip(*(raw.rows[index] for index in data), strict=True))
        self.result = Tidied(sheet, raw.name, mapping, [index + 1 for index in data], {})

    @property
    def columns(self) -> dict[str, list[Any]]:
        return self.result.columns

    def report_missing(self, header: Header) -> None:
        for key in self.mapping.missing:
            label = self.sheet[key].label_zh
            problem = CellProblem(
                "missing_column", Severity.ERROR, header.last_row + 1, key=key, params={"label": label}
            )
            self.result.problems.append(problem)

    def read(self, key: str) -> None:
        """Fill one field's column of values."""
        spec = self.sheet[key]
        column = self.mapping.column_of(key)
        cells = self.cells[column] if column is not None and self.cells else ()
        if spec.kind is Kind.ID_NUMBER:
            self.columns[key] = self._id_numbers(spec, cells)
        else:
            self.columns[key] = self._cells(spec, cells)
        if spec.required:
            self._require(spec, cells)

    def finish(self) -> None:
        """What can only be judged once the whole row is read."""
        if "stage_subject" in self.columns:
            self._split_stages()
        if "id_number" in self.columns and "birth_on" in self.sheet:
            self._compare_with_identity()
        for first, last in self.sheet.spans:
            self._compare_dates(first, last, "dates_reversed", Severity.ERROR)
        for first, last in self.sheet.usual_order:
            self._compare_dates(first, last, "dates_unusual", Severity.WARNING)
        self._find_duplicates()

    def add(self, code: str, position: int, key: str, severity: Severity = Severity.ERROR, **params: Any) -> None:
        """Record a problem of the row at that position, at the column of that field."""
        column = self.mapping.column_of(key)
        cell = self.raw.rows[self.data[position]][column] if column is not None else ""
        shown = identity.mask(cell) if self.sheet[key].kind is Kind.ID_NUMBER else plain(cell)[:_SHOWN_LENGTH]
        problem = CellProblem(code, severity, self.data[position] + 1, column, key, shown, params)
        self.result.problems.append(problem)

    def _cells(self, spec: Field, cells: Sequence[Any]) -> list[Any]:
        """Each distinct cell is read once; a number and a logical value that compare equal are kept apart."""
        read = reader_for(spec, self.codes.get(spec.code_table or ""), is_typed=self.raw.is_typed)
        tokens: Sequence[Any] = cells
        if set(map(type, cells)) != {str}:
            tokens = [cell if cell.__class__ is str else (cell.__class__, cell) for cell in cells]
        refusals: dict[Any, Refused | DateRefused] = {}
        values: dict[Any, Any] = {}
        for token in set(tokens):
            try:
                values[token] = _read_once(read, token if token.__class__ is str else token[1])
            except (Refused, DateRefused) as refusal:
                refusals[token] = refusal
                values[token] = refusal.kept if isinstance(refusal, Refused) else None
        if refusals:
            for position, token in enumerate(tokens):
                if token in refusals:
                    self._report(spec, position, refusals[token])
        return [values[token] for token in tokens]

    def _report(self, spec: Field, position: int, refusal: Refused | DateRefused) -> None:
        if isinstance(refusal, DateRefused):
            if spec.key == "birth_on" and refusal.partial is not None:
                self.partial_births[position] = refusal.partial
            else:
                self.add(refusal.code, position, spec.key, **refusal.params)
        else:
            self.add(refusal.code, position, spec.key, refusal.severity, **refusal.params)

    def _id_numbers(self, spec: Field, cells: Sequence[Any]) -> list[Any]:
        types = self.columns.get("id_type") or [None] * len(cells)
        values: list[Any] = []
        for position, (cell, id_type) in enumerate(zip(cells, types, strict=True)):
            if is_blank(cell):
                values.append(None)
                continue
            number, code = identity.read_id_number(cell, id_type or identity.RESIDENT_CARD)
            if code is None and len(number) > spec.max_length:
                code = "too_long"
            values.append(number if code is None else None)
            if code is not None:
                self.add(code, position, spec.key, length=len(number), limit=spec.max_length)
        return values

    def _require(self, spec: Field, cells: Sequence[Any]) -> None:
        values = self.columns[spec.key]
        if None not in values:
            return
        for position, value in enumerate(values):
            if value is None and (is_blank(cells[position]) or plain(cells[position]).strip() in ("无", "没有")):
                self.add("required", position, spec.key, label=spec.label_zh)

    def _split_stages(self) -> None:
        """A column `学段/学科` fills stage and subject where these have no value of their own."""
        size = len(self.data)
        stages = self.columns.setdefault("stage", [None] * size)
        subjects = self.columns.setdefault("subject", [None] * size)
        for position, text in enumerate(self.columns.pop("stage_subject")):
            if text is None or (stages[position] and subjects[position]):
                continue
            try:
                stage, subject = split_stage_subject(text, self.codes["stage"], self.codes["subject"])
            except Refused as refusal:
                self.add(refusal.code, position, "stage_subject")
                continue
            stages[position] = stages[position] or stage
            subjects[position] = subjects[position] or subject

    def _compare_with_identity(self) -> None:
        """Birth date and sex come from a resident card's number where they are blank, and are compared where not."""
        size = len(self.data)
        births = self.columns.setdefault("birth_on", [None] * size)
        sexes = self.columns.setdefault("sex", [None] * size)
        types = self.columns.get("id_type") or [None] * size
        refused = {p.row for p in self.result.problems if p.key in ("birth_on", "sex") and p.is_error}
        for position, number in enumerate(self.columns["id_number"]):
            partial = self.partial_births.get(position)
            if number is None or (types[position] or identity.RESIDENT_CARD) != identity.RESIDENT_CARD:
                if partial is not None:
                    self.add("day_missing", position, "birth_on")
                continue
            if self.data[position] + 1 in refused:
                continue
            born, sex = identity.birth_date(number), identity.sex_code(number)
            if partial is not None and born is not None and (partial.year, partial.month) != (born.year, born.month):
                self.add("day_missing", position, "birth_on")
            elif births[position] is None:
                births[position] = born
            elif births[position] != born:
                self.add("birth_differs_from_id", position, "birth_on", Severity.WARNING, expected=str(born))
            if sexes[position] is None:
                sexes[position] = sex
            elif sexes[position] in ("1", "2") and sexes[position] != sex:
                self.add("sex_differs_from_id", position, "sex", Severity.WARNING)

    def _compare_dates(self, first: str, last: str, code: str, severity: Severity) -> None:
        if first not in self.columns or last not in self.columns:
            return
        label = self.sheet[first].label_zh
        for position, (start, end) in enumerate(zip(self.columns[first], self.columns[last], strict=True)):
            if start is not None and end is not None and end < start:
                self.add(code, position, last, severity, label=label)

    def _find_duplicates(self) -> None:
        """Rows that name the same record: the same word for word are kept once, contradicting ones are all refused."""
        keys = [key for key in self.sheet.identity if key in self.columns]
        needed = [key for key in keys if key != "id_type"]
        if not needed or set(self.sheet.identity) - {"id_type"} - set(keys):
            return
        names = list(zip(*(self.columns[key] for key in needed), strict=True))
        if len(set(names)) == len(names):
            return
        groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for position, name in enumerate(names):
            if None not in name:
                groups[name].append(position)
        dropped: set[int] = set()
        for positions in groups.values():
            if len(positions) > 1:
                dropped |= self._judge_duplicates(positions, needed[0])
        if dropped:
            self._drop(dropped)

    def _judge_duplicates(self, positions: Sequence[int], key: str) -> set[int]:
        wholes = [tuple(values[position] for values in self.columns.values()) for position in positions]
        if all(whole == wholes[0] for whole in wholes):
            first = self.data[positions[0]] + 1
            for position in positions[1:]:
                self.add("repeated_row", position, key, Severity.WARNING, first=first)
            return set(positions[1:])
        numbers = ", ".join(str(self.data[position] + 1) for position in positions)
        for position in positions:
            self.add("duplicate_row", position, key, rows=numbers)
        return set()

    def _drop(self, dropped: set[int]) -> None:
        kept = [position for position in range(len(self.data)) if position not in dropped]
        self.result.rows = [self.data[position] + 1 for position in kept]
        for key, values in self.columns.items():
            self.columns[key] = [values[position] for position in kept]
        self.result.skipped[Skipped.REPEATED.value] += len(dropped)
