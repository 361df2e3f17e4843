"""Opening an office's file: xlsx, xls or csv, by content and within limits."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from app.tables.packages import FileKind, Limits, TableFileError, check_package, check_size, identify

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column of a merged range, from 0."""

_NOT_DATA = re.compile(
    "说明|字典|填写规范|填表须知|代码表|数据源|下拉|选项|hidden|sheet_hidden|codes?$|instructions", re.I
)
_DELIMITERS = ",\t;|"


@dataclass(slots=True)
class RawSheet:
    """The cells of a sheet as they stand in the file, first row first; blank cells are empty texts.

    `is_typed` tells whether the file distinguishes numbers from texts: a csv does not.
    """

    name: str
    rows: list[list[Any]]
    merges: tuple[Merge, ...] = ()
    is_typed: bool = True

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


@dataclass
class Workbook:
    """An opened file; sheets are parsed when they are asked for."""

    kind: FileKind
    visible: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    encoding: str = ""
    limits: Limits = field(default_factory=Limits)
    _source: CalamineWorkbook | None = None
    _parsed: dict[str, RawSheet] = field(default_factory=dict)

    def sheet(self, name: str) -> RawSheet:
        """The sheet of that name; KeyError where there is none."""
        if name not in self._parsed:
            if self._source is None or name not in (*self.visible, *self.hidden):
                raise KeyError(name)
            self._parsed[name] = _parse_sheet(self._source, name, self.limits)
        return self._parsed[name]

    @property
    def candidates(self) -> tuple[str, ...]:
        """Visible sheets that may hold data; those named like instructions or dictionaries come last."""
        return tuple(sorted(self.visible, key=lambda name: bool(_NOT_DATA.search(name))))


def open_workbook(source: bytes | Path, *, limits: Limits | None = None) -> Workbook:
    """Open a file from its bytes or its path. Raises TableFileError with a code that tells what to mend."""
    limits = limits or Limits()
    content = _content(source, limits)
    kind = identify(content, limits)
    if kind is FileKind.CSV:
        return _open_csv(content, limits)
    if kind is FileKind.XLSX:
        check_package(content, limits)
    return _open_excel(content, kind, limits)


def expand_merges(rows: list[list[Any]], merges: Iterable[Merge], first_row: int) -> None:
    """Repeat the value of each merged range below `first_row` in all of its cells, in place."""
    height, width = len(rows), len(rows[0]) if rows else 0
    budget = 4 * height * width
    for top, left, bottom, right in merges:
        if top < first_row or top >= height or left >= width:
            continue
        value = rows[top][left]
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        budget -= (bottom - top + 1) * (right - left + 1)
        if value == "" or budget < 0:
            continue
        filling = [value] * (right - left + 1)
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = filling


def _content(source: bytes | Path, limits: Limits) -> bytes:
    if isinstance(source, bytes):
        return source
    size = source.stat().st_size
    if size > limits.file_bytes:
        megabytes = round(size / 1024 / 1024, 1)
        raise TableFileError("file_too_large", size_mb=megabytes, limit_mb=limits.file_bytes // 1024 // 1024)
    return source.read_bytes()


def _open_excel(content: bytes, kind: FileKind, limits: Limits) -> Workbook:
    try:
        source = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [entry for entry in source.sheets_metadata if entry.typ == SheetTypeEnum.WorkSheet]
    except PasswordError as error:
        raise TableFileError("file_encrypted") from error
    except (CalamineError, OSError, ValueError) as error:
        raise TableFileError("file_damaged") from error
    if len(sheets) > limits.sheets:
        raise TableFileError("too_many_sheets", count=len(sheets), limit=limits.sheets)
    visible = tuple(entry.name for entry in sheets if entry.visible == SheetVisibleEnum.Visible)
    hidden = tuple(entry.name for entry in sheets if entry.visible != SheetVisibleEnum.Visible)
    return Workbook(kind, visible, hidden, limits=limits, _source=source)


def _parse_sheet(source: CalamineWorkbook, name: str, limits: Limits) -> RawSheet:
    try:
        sheet = source.get_sheet_by_name(name)
    except (CalamineError, OSError, ValueError) as error:
        raise TableFileError("file_damaged") from error
    if sheet.end is None:
        return RawSheet(name, [])
    check_size(name, sheet.end[0] + 1, sheet.end[1] + 1, limits)
    merges = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
    return RawSheet(name, sheet.to_python(skip_empty_area=False), merges)


def _open_csv(content: bytes, limits: Limits) -> Workbook:
    text, encoding = _decode(content)
    rows = _csv_rows(text, limits)
    return Workbook(FileKind.CSV, ("CSV",), encoding=encoding, limits=limits,
                    _parsed={"CSV": RawSheet("CSV", rows, is_typed=False)})  # fmt: skip


def _decode(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise TableFileError("file_encoding_unknown")


def _csv_rows(text: str, limits: Limits) -> list[list[Any]]:
    rows: list[list[Any]] = []
    width = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            rows.append(row)
            width = max(width, len(row))
            if len(rows) > limits.rows or width > limits.columns:
                break
    except csv.Error as error:
        raise TableFileError("file_damaged") from error
    check_size("CSV", len(rows), width, limits)
    while rows and not any(rows[-1]):
        rows.pop()
    return [_unwrapped(row) + [""] * (width - len(row)) for row in rows]


def _delimiter(text: str) -> str:
    sample = text[:20_000]
    return max(_DELIMITERS, key=sample.count)


def _unwrapped(row: Sequence[str]) -> list[Any]:
    """Texts that were protected against Excel, as `="0123"` or with a leading apostrophe, without that wrapping."""
    return [_unwrap(cell) if cell[:1] in ("=", "'", "\t") else cell for cell in row]


def _unwrap(cell: str) -> str:
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1]
    return cell.lstrip("'\t")
