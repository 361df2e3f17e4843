"""Writing one office workbook: titles, headers of one or two rows, blocks merged down a column, totals, footers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

Cell = str | float | int | date | None


@dataclass
class Layout:
    """How an office lays its sheet out. `groups` holds the upper header of each column, where there are two rows.

    `merged` are the columns whose equal cells in neighbouring rows are merged downwards.
    """

    sheet_name: str
    titles: tuple[str, ...]
    headers: tuple[str, ...]
    groups: tuple[str, ...] = ()
    merged: tuple[int, ...] = ()
    sample: tuple[Cell, ...] = ()
    footers: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()
    dictionary: tuple[tuple[str, ...], ...] = ()
    text_columns: frozenset[int] = field(default_factory=frozenset)

    @property
    def first_data_row(self) -> int:
        """The sheet's row number of the first row after header and sample, from 1."""
        return len(self.titles) + (2 if self.groups else 1) + (1 if self.sample else 0) + 1


@dataclass(frozen=True)
class Line:
    """A row of cells; one that is not data, such as a subtotal, breaks a merged block."""

    cells: Sequence[Cell]
    is_data: bool = True


def write_book(path: Path, layout: Layout, lines: Sequence[Line]) -> None:
    """Write the workbook; the first line lands on `layout.first_data_row`."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        if layout.instructions:
            guide = book.add_worksheet("填写说明")
            for row, text in enumerate(layout.instructions):
                guide.write_string(row, 0, text)
        page = book.add_worksheet(layout.sheet_name)
        page.activate()
        style = _Style(book)
        row = _write_head(page, layout, style)
        _write_lines(page, layout, lines, row, style)
        row += len(lines) + 1
        for text in layout.footers:
            page.write_string(row, 0, text, style.plain)
            row += 1
        _write_dictionary(book, layout)
        page.set_column(0, len(layout.headers) - 1, 14)
        page.freeze_panes(layout.first_data_row - 1, 1)


class _Style:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title: Format = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.header: Format = book.add_format({"bold": True, "align": "center", "text_wrap": True, "border": 1})
        self.required: Format = book.add_format(
            {"bold": True, "align": "center", "text_wrap": True, "border": 1, "font_color": "red"}
        )
        self.block: Format = book.add_format({"valign": "vcenter"})
        self.text: Format = book.add_format({"num_format": "@"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self.plain: Format = book.add_format()


def _write_head(page: Any, layout: Layout, style: _Style) -> int:
    width = len(layout.headers)
    for row, title in enumerate(layout.titles):
        page.merge_range(row, 0, row, width - 1, title, style.title)
    row = len(layout.titles)
    if layout.groups:
        _write_groups(page, layout, row, style)
        row += 1
    for column, header in enumerate(layout.headers):
        if not layout.groups or layout.groups[column]:
            page.write_string(row, column, header, style.required if "*" in header else style.header)
    row += 1
    if layout.sample:
        for column, cell in enumerate(layout.sample):
            _write(page, row, column, cell, style)
        row += 1
    return row


def _write_groups(page: Any, layout: Layout, row: int, style: _Style) -> None:
    """Upper headers span their columns; a column without one spans both rows."""
    column = 0
    while column < len(layout.groups):
        group = layout.groups[column]
        if not group:
            page.merge_range(row, column, row + 1, column, layout.headers[column], style.header)
            column += 1
            continue
        last = column
        while last + 1 < len(layout.groups) and layout.groups[last + 1] == group:
            last += 1
        if last > column:
            page.merge_range(row, column, row, last, group, style.header)
        else:
            page.write_string(row, column, group, style.header)
        column = last + 1


def _write_lines(page: Any, layout: Layout, lines: Sequence[Line], first: int, style: _Style) -> None:
    for offset, line in enumerate(lines):
        for column, cell in enumerate(line.cells):
            if column in layout.merged and line.is_data:
                continue
            _write(page, first + offset, column, cell, style)
    for column in layout.merged:
        _write_merged(page, lines, column, first, style)


def _write_merged(page: Any, lines: Sequence[Line], column: int, first: int, style: _Style) -> None:
    start = 0
    while start < len(lines):
        line = lines[start]
        stop = start + 1
        if line.is_data:
            while stop < len(lines) and lines[stop].is_data and lines[stop].cells[column] == line.cells[column]:
                stop += 1
            if stop - start > 1:
                page.merge_range(first + start, column, first + stop - 1, column, line.cells[column], style.block)
            else:
                _write(page, first + start, column, line.cells[column], style)
        start = stop


def _write_dictionary(book: xlsxwriter.Workbook, layout: Layout) -> None:
    if not layout.dictionary:
        return
    page = book.add_worksheet("基础信息")
    for column, values in enumerate(layout.dictionary):
        for row, value in enumerate(values):
            page.write_string(row, column, value)
    page.hide()


def _write(page: Any, row: int, column: int, cell: Cell, style: _Style) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        page.write_string(row, column, cell, style.text)
    elif isinstance(cell, date):
        page.write_datetime(row, column, datetime.combine(cell, time()), style.day)
    else:
        page.write_number(row, column, cell)
