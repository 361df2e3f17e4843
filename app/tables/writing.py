"""Workbooks that go out: templates to fill in, and exports. Nothing written can turn into a formula."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from app.tables.codes import CodeList
from app.tables.specification import Field, Kind, Sheet

TITLE_FONT, HEADER_FONT, BODY_FONT = "方正小标宋简体", "黑体", "宋体"
LISTS_SHEET, GUIDE_SHEET = "字典", "填写说明"
SAMPLE_MARK = "示例"
TEMPLATE_ROWS = 5000
_WIDTHS = (8, 40)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_YES_NO = ("是", "否")
_TEXT_KINDS = {Kind.TEXT, Kind.ID_NUMBER, Kind.PHONE, Kind.MONTH, Kind.DATE}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export: its header, whether it is marked as required, and a width in characters or 0."""

    header: str
    is_required: bool = False
    width: float = 0


@dataclass(frozen=True, slots=True)
class ExportSheet:
    """One sheet of an export: its title, header and rows; the note stands below them."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    sheet_name: str = "Sheet1"
    note: str = ""


def write_export(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, sheet_name: str = "Sheet1", note: str = ""
) -> bytes:
    """A workbook of one sheet: title, header, rows; frozen, filtered and set up for printing on A4 across."""
    return write_sheets([ExportSheet(title, columns, rows, sheet_name, note)])


def write_sheets(sheets: Iterable[ExportSheet]) -> bytes:
    """A workbook of several sheets, each as `write_export` writes it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        styles = _Styles(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.sheet_name), styles, sheet)
    return buffer.getvalue()


def _write_sheet(page: Worksheet, styles: _Styles, sheet: ExportSheet) -> None:
    columns = sheet.columns
    _write_title(page, styles, sheet.title, len(columns))
    for index, column in enumerate(columns):
        page.write_string(1, index, column.header, styles.required if column.is_required else styles.header)
    widths = [column.width or _text_width(column.header) for column in columns]
    last = 1
    for last, row in enumerate(sheet.rows, 2):
        for index, value in enumerate(row):
            write_cell(page, last, index, value, styles)
            if not columns[index].width and last < 200:
                widths[index] = max(widths[index], _text_width(_shown(value)))
    for index, width in enumerate(widths):
        page.set_column(index, index, _bounded(width + 2))
    page.autofilter(1, 0, max(last, 1), max(len(columns) - 1, 0))
    if sheet.note:
        page.write_string(last + 1, 0, sheet.note, styles.note)
    _set_up_printing(page)


def write_template(
    sheet: Sheet,
    codes: Mapping[str, CodeList],
    *,
    title: str = "",
    lists: Mapping[str, Sequence[str]] | None = None,
    fields: Sequence[str] | None = None,
) -> bytes:
    """An empty form for a sheet: required headers red with `*`, formats as comments, drop-downs, a sample row.

    `lists` gives the choices of columns that refer to records, by field key; `fields` restricts and orders columns.
    """
    chosen = [sheet[key] for key in fields] if fields is not None else [f for f in sheet if f.key != "stage_subject"]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        page = book.add_worksheet(sheet.label_zh)
        guide = book.add_worksheet(GUIDE_SHEET)
        choices = book.add_worksheet(LISTS_SHEET)
        choices.hide()
        styles = _Styles(book)
        _write_title(page, styles, title or f"{sheet.label_zh}（导入模板）", len(chosen))
        written = 0
        for index, field in enumerate(chosen):
            _write_template_column(page, styles, index, field)
            options = _options(field, codes, lists or {})
            if options:
                _validate(page, choices, index, written, options)
                written += 1
        _write_guide(guide, styles, chosen, codes)
        _set_up_printing(page)
    return buffer.getvalue()


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a byte order mark, as Excel needs it; texts that could start a formula get an apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([guard(header) for header in headers])
    for row in rows:
        writer.writerow([guard(_shown(value)) if isinstance(value, str) else _shown(value) for value in row])
    return buffer.getvalue().encode("utf-8-sig")


def guard(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def write_cell(page: Worksheet, row: int, column: int, value: Any, styles: _Styles) -> None:
    """One value by its type; texts are written as texts whatever they look like."""
    if value is None or value == "":
        page.write_blank(row, column, None, styles.body)
    elif isinstance(value, bool):
        page.write_string(row, column, _YES_NO[0] if value else _YES_NO[1], styles.body)
    elif isinstance(value, int | float) and math.isfinite(value) and abs(value) < 1e15:
        page.write_number(row, column, value, styles.number)
    elif isinstance(value, datetime):
        page.write_datetime(row, column, value.replace(tzinfo=None), styles.moment)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, styles.day)
    else:
        page.write_string(row, column, _shown(value), styles.body)


class _Styles:
    """The cell formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        def style(**more: Any) -> Format:
            return book.add_format({"font_name": BODY_FONT, "font_size": 11, "valign": "vcenter", **more})

        heading = {"font_name": HEADER_FONT, "align": "center", "text_wrap": True, "border": 1, "bg_color": "#F2F2F2"}
        self.title = style(font_name=TITLE_FONT, font_size=18, align="center")
        self.header = style(**heading)
        self.required = style(**heading, font_color="#C00000")
        self.body = style(border=1, num_format="@")
        self.text = style(num_format="@")
        self.plain = style()
        self.number = style(border=1)
        self.day = style(border=1, num_format="yyyy-mm-dd")
        self.moment = style(border=1, num_format="yyyy-mm-dd hh:mm")
        self.sample = style(num_format="@", font_color="#7F7F7F", italic=True)
        self.note = style(font_color="#7F7F7F")


_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def _write_title(page: Worksheet, styles: _Styles, title: str, width: int) -> None:
    page.set_row(0, 32)
    page.set_row(1, 34)
    if width > 1:
        page.merge_range(0, 0, 0, width - 1, "", styles.title)
    page.write_string(0, 0, title, styles.title)
    page.freeze_panes(2, 1)


def _write_template_column(page: Worksheet, styles: _Styles, index: int, field: Field) -> None:
    label = ("*" if field.required else "") + field.label_zh
    header = f"{label}\n({field.hint})" if field.hint else label
    page.write_string(1, index, header, styles.required if field.required else styles.header)
    sample = f"{SAMPLE_MARK}：{field.example}" if index == 0 else field.example
    page.write_string(2, index, sample, styles.sample)
    is_text = field.kind in _TEXT_KINDS
    width = max(_text_width(label), _text_width(sample), 20 if field.kind is Kind.ID_NUMBER else 0)
    page.set_column(index, index, _bounded(width + 2), styles.text if is_text else styles.plain)
    if field.hint:
        page.write_comment(1, index, f"请按 {field.hint} 填写，例如 {field.example}")
    elif field.kind is Kind.ID_NUMBER:
        page.write_comment(1, index, "请按文本填写，勿用数字格式，否则后几位会变成 0")
    elif field.kind is Kind.CODES:
        page.write_comment(1, index, "可填多项，用“；”分隔")


def _options(field: Field, codes: Mapping[str, CodeList], lists: Mapping[str, Sequence[str]]) -> list[str]:
    if field.key in lists:
        return list(lists[field.key])
    if field.kind is Kind.BOOLEAN:
        return list(_YES_NO)
    table = codes.get(field.code_table or "")
    if field.kind is Kind.CODE and table is not None:
        return [table.option(item.code) for item in table]
    return []


def _validate(page: Worksheet, choices: Worksheet, index: int, position: int, options: Sequence[str]) -> None:
    """A drop-down down to the last row; lists stand on a hidden sheet, for a list in the cell ends at 255 letters."""
    for row, option in enumerate(options):
        choices.write_string(row, position, option)
    name = xl_col_to_name(position, col_abs=True)
    rule = {
        "validate": "list",
        "source": f"='{LISTS_SHEET}'!{name}$1:{name}${len(options)}",
        "error_type": "warning",
        "error_title": "不在列表中",
        "error_message": "请从下拉列表中选择。",
    }
    page.data_validation(2, index, 2 + TEMPLATE_ROWS, index, rule)


def _write_guide(guide: Worksheet, styles: _Styles, fields: Sequence[Field], codes: Mapping[str, CodeList]) -> None:
    for column, (heading, width) in enumerate((("列名", 24), ("是否必填", 10), ("填写要求", 60), ("示例", 28))):
        guide.write_string(0, column, heading, styles.header)
        guide.set_column(column, column, width)
    for row, field in enumerate(fields, 1):
        rule = [f"格式 {field.hint}"] if field.hint else []
        if field.code_table in codes:
            rule.append("从下拉列表选择" if field.kind is Kind.CODE else "可填多项，用“；”分隔")
        if field.kind is Kind.BOOLEAN:
            rule.append("是 或 否")
        if field.kind is Kind.ID_NUMBER:
            rule.append("18 位居民身份证号按文本填写；其他证件原样填写")
        cells = (field.label_zh, "是" if field.required else "", "；".join(rule), field.example)
        for column, text in enumerate(cells):
            guide.write_string(row, column, text, styles.body)
    guide.write_string(len(fields) + 2, 0, f"以“{SAMPLE_MARK}”开头的行不会导入。", styles.note)


def _set_up_printing(page: Worksheet) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, 1)
    page.set_footer("&C第 &P 页，共 &N 页")
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)


def _text_width(text: str) -> float:
    return max((sum(2 if east_asian_width(c) in "WF" else 1 for c in line) for line in text.split("\n")), default=0)


def _bounded(width: float) -> float:
    return min(max(width, _WIDTHS[0]), _WIDTHS[1])


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _YES_NO[0] if value else _YES_NO[1]
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return "；".join(map(str, value))
    return str(value)
