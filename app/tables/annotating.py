"""The office's own workbook, given back with what is wrong written beside each row."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from app.tables.headers import RESULT_COLUMN, SEARCHED_ROWS
from app.tables.packages import FileKind, Limits, check_package, identify
from app.tables.problems import CellProblem, english
from app.tables.reading import RawSheet, open_workbook
from app.tables.text import normalise_header, plain

Sentence = Callable[[CellProblem], str]

_ERROR = PatternFill("solid", start_color="FFFFC7CE")
_WARNING = PatternFill("solid", start_color="FFFFEB9C")
_RED = Font(color="FF9C0006")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_AUTHOR = "青蓝"
_COMMENT_LIMIT = 500
_COMMENT_SIZE = (320, 90)


def annotate(
    original: bytes,
    problems: Iterable[CellProblem],
    *,
    header_row: int,
    sheet_name: str | None = None,
    say: Sentence = english,
    limits: Limits | None = None,
) -> bytes:
    """The same workbook as xlsx with a column 错误信息, coloured cells and a comment on each cell that is wrong.

    `header_row` is the last row of the header, from 1. A column 错误信息 of an earlier round is written anew. Files
    other than xlsx are turned into xlsx, every cell as text where the file did not tell numbers from texts.
    """
    limits = limits or Limits()
    kind = identify(original, limits)
    if kind is FileKind.XLSX:
        check_package(original, limits)
        book = openpyxl.load_workbook(io.BytesIO(original))
        page = book[sheet_name] if sheet_name is not None else book[book.sheetnames[0]]
    else:
        source = open_workbook(original, limits=limits)
        book = openpyxl.Workbook()
        page = book[book.sheetnames[0]]
        _copy_cells(source.sheet(sheet_name or source.visible[0]), page)
    _write_problems(page, problems, header_row, say)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_problems(page: Worksheet, problems: Iterable[CellProblem], header_row: int, say: Sentence) -> None:
    column = _result_column(page, header_row)
    head = page.cell(header_row, column, RESULT_COLUMN)
    head.font = Font(bold=True, color="FF9C0006")
    page.column_dimensions[get_column_letter(column)].width = 60
    by_row: dict[int, list[CellProblem]] = defaultdict(list)
    for problem in problems:
        by_row[problem.row].append(problem)
    for row, found in by_row.items():
        sentences = [say(problem) for problem in found]
        target = column
        if row == header_row:
            # The header keeps its name; what concerns whole columns is said in its comment.
            _mark(page, row, column, found, sentences)
        else:
            cell = page.cell(row, target)
            _set_text(cell, "；".join(dict.fromkeys(sentences)))
            cell.font, cell.alignment = _RED, _WRAPPED
        _mark_cells(page, row, found, sentences)


def _mark_cells(page: Worksheet, row: int, found: Sequence[CellProblem], sentences: Sequence[str]) -> None:
    at: dict[int, list[int]] = defaultdict(list)
    for index, problem in enumerate(found):
        if problem.column is not None:
            at[problem.column + 1].append(index)
    for column, indices in at.items():
        _mark(page, row, column, [found[i] for i in indices], [sentences[i] for i in indices])


def _mark(page: Worksheet, row: int, column: int, found: Sequence[CellProblem], sentences: Sequence[str]) -> None:
    row, column = _top_left(page, row, column)
    cell = page.cell(row, column)
    cell.fill = _ERROR if any(problem.is_error for problem in found) else _WARNING
    text = ILLEGAL_CHARACTERS_RE.sub("", "\n".join(dict.fromkeys(sentences)))[:_COMMENT_LIMIT]
    cell.comment = Comment(text, _AUTHOR, width=_COMMENT_SIZE[0], height=_COMMENT_SIZE[1])


def _top_left(page: Worksheet, row: int, column: int) -> tuple[int, int]:
    """The cell that holds a merged range's value; the others cannot carry a comment."""
    if page.cell(row, column).__class__.__name__ == "MergedCell":
        for area in page.merged_cells.ranges:
            if area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col:
                return area.min_row, area.min_col
    return row, column


def _result_column(page: Worksheet, header_row: int) -> int:
    """The column after the last header; that of an earlier round is emptied and used again."""
    last = 0
    for row in range(1, min(header_row, SEARCHED_ROWS) + 1):
        for cell in page[row]:
            if cell.value is None:
                continue
            if normalise_header(plain(cell.value)) == RESULT_COLUMN:
                _empty(page, cell.column, header_row)
                return int(cell.column)
            last = max(last, cell.column)
    last = max([last, *(area.max_col for area in page.merged_cells.ranges if area.min_row <= header_row)])
    for (_, column), cell in page._cells.items():
        if cell.value is not None:
            last = max(last, column)
    return int(last) + 1


def _empty(page: Worksheet, column: int, header_row: int) -> None:
    """Remove an earlier round's remarks: sentences, colours and comments."""
    for (row, at), cell in list(page._cells.items()):
        if row < header_row or cell.__class__.__name__ == "MergedCell":
            continue
        if at == column and row > header_row:
            cell.value = None
        if cell.comment is not None and cell.comment.author == _AUTHOR:
            cell.comment = None
            cell.fill = PatternFill()


def _copy_cells(raw: RawSheet, page: Worksheet) -> None:
    for row, cells in enumerate(raw.rows, 1):
        for column, value in enumerate(cells, 1):
            if value == "":
                continue
            cell = page.cell(row, column)
            if isinstance(value, int | float | date | datetime | time | timedelta):
                cell.value = value
            else:
                _set_text(cell, plain(value))
    for top, left, bottom, right in raw.merges:
        page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)


def _set_text(cell: Any, text: str) -> None:
    """Write a text as a text, even where it looks like a formula or a number."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    if cell.data_type == "f" or text[:1].isdigit():
        cell.data_type = "s"
        cell.number_format = "@"
