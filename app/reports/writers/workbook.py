"""Tables as a workbook in the office's layout: title, group heads, heads, codes, rows, notes, and who filled it in."""

import io
import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.reports.content.layout import Cell, Table
from app.tables.writing import BODY_FONT, HEADER_FONT, TITLE_FONT

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# The height of a line of the body, in points.
LINE = 16
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def write(tables: Sequence[Table]) -> bytes:
    """A workbook with a sheet a table, set up for printing on A4 across."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        styles, names = _Styles(book), set[str]()
        for table in tables:
            _write(book.add_worksheet(_sheet_name(table, names)), table, styles)
    return buffer.getvalue()


def _sheet_name(table: Table, taken: set[str]) -> str:
    """A name that a workbook takes: at most 31 letters, none twice."""
    wanted = _NO_SHEET_NAME.sub(" ", table.sheet or table.title).strip() or "Sheet"
    name, number = wanted[:31], 1
    while name.lower() in taken:
        number += 1
        name = f"{wanted[: 31 - len(str(number)) - 1]}~{number}"
    taken.add(name.lower())
    return name


class _Styles:
    """The cell formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        def style(**more: object) -> Format:
            return book.add_format({"font_name": BODY_FONT, "font_size": 11, "valign": "vcenter", **more})

        head = {"font_name": HEADER_FONT, "align": "center", "text_wrap": True, "border": 1, "bg_color": "#F2F2F2"}
        self._style = style
        self._numbers: dict[int, Format] = {}
        self.title = style(font_name=TITLE_FONT, font_size=18, align="center")
        self.head = style(**head)
        self.code = style(border=1, align="center", font_size=9, font_color="#595959")
        self.left = style(border=1, align="left", text_wrap=True)
        self.middle = style(border=1, align="center", text_wrap=True)
        self.note = style(font_size=10, text_wrap=True, valign="top")
        self.number_of_table = style(font_size=10)

    def number(self, places: int) -> Format:
        """A number shown with so many places."""
        if places not in self._numbers:
            shown = "0" + ("." + "0" * places if places else "")
            self._numbers[places] = self._style(border=1, align="center", num_format=shown)
        return self._numbers[places]


def _write(page: Worksheet, table: Table, styles: _Styles) -> None:
    last, row = max(len(table.columns) - 1, 0), 0
    if table.number:
        page.write_string(row, 0, table.number, styles.number_of_table)
        row += 1
    _across(page, row, 0, last, table.title, styles.title)
    page.set_row(row, 34)
    row = _write_heads(page, row + 1, table, styles)
    page.freeze_panes(row, 0)
    page.repeat_rows(0, row - 1)
    for values in table.rows:
        for at, value in enumerate(values):
            _cell(page, row, at, value, styles, is_left=table.columns[at].is_left)
        page.set_row(row, LINE * _lines(table, values))
        row += 1
    for note in table.notes:
        if note:
            _across(page, row, 0, last, note, styles.note)
            page.set_row(row, LINE * (1 + _length(note) // max(60, _width(table))))
            row += 1
    if table.filled_by:
        _across(page, row, 0, last, table.filled_by, styles.note)
    for at, column in enumerate(table.columns):
        page.set_column(at, at, column.width)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    page.set_footer("&C第 &P 页，共 &N 页")


def _lines(table: Table, values: Sequence[Cell]) -> int:
    """How many lines the longest text of a row takes in its column: not every programme fits rows by itself."""
    wrapped = zip(table.columns, values, strict=False)
    return max(
        (-(-_length(str(value)) // max(1, int(column.width) - 1)) for column, value in wrapped if value), default=1
    )


def _length(text: str) -> int:
    return sum(2 if ord(letter) > 255 else 1 for letter in text)


def _width(table: Table) -> int:
    return int(sum(column.width for column in table.columns))


def _write_heads(page: Worksheet, row: int, table: Table, styles: _Styles) -> int:
    """Group heads over their columns, heads below; a column without a group has its head over both rows."""
    depth = 2 if table.has_groups else 1
    if table.has_groups:
        for group, members in groupby(enumerate(table.columns), key=lambda one: one[1].group):
            places = [at for at, _column in members]
            if group:
                _across(page, row, places[0], places[-1], group, styles.head)
            else:
                for at in places:
                    page.merge_range(row, at, row + 1, at, table.columns[at].head, styles.head)
    for at, column in enumerate(table.columns):
        if column.group or depth == 1:
            page.write_string(row + depth - 1, at, column.head, styles.head)
    page.set_row(row + depth - 1, 46)
    row += depth
    if table.has_codes:
        for at, column in enumerate(table.columns):
            page.write_string(row, at, column.code, styles.code)
        row += 1
    return row


def _across(page: Worksheet, row: int, first: int, last: int, text: str, style: Format) -> None:
    if last > first:
        page.merge_range(row, first, row, last, "", style)
    page.write_string(row, first, text, style)


def _cell(page: Worksheet, row: int, column: int, value: Cell, styles: _Styles, *, is_left: bool) -> None:
    if value is None or value == "":
        page.write_blank(row, column, None, styles.middle)
    elif isinstance(value, Decimal):
        places = max(0, -int(value.as_tuple().exponent))
        page.write_number(row, column, float(value), styles.number(places))
    elif isinstance(value, int):
        page.write_number(row, column, value, styles.number(0))
    else:
        page.write_string(row, column, value, styles.left if is_left else styles.middle)
