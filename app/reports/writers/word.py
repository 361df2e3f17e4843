"""Reports as Word documents, in the layout of official papers (GB/T 9704)."""

import io
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt

from app.reports.content.layout import BarChart, Document, Heading, Table, Text, shown
from app.reports.writers.pictures import draw

TITLE_FONT, BODY_FONT, HEAD_FONT, SECOND_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
SIZE_2, SIZE_3, SIZE_4, SIZE_5, SIZE_6, SIZE_NOTE = Pt(22), Pt(16), Pt(14), Pt(10.5), Pt(8.5), Pt(9)
NOTHING = Pt(0)
CENTRE = WD_ALIGN_PARAGRAPH.CENTER


def write(report: Document) -> bytes:
    """The document as a docx file; charts are pictures in it."""
    word = _new(is_landscape=report.is_landscape)
    _paragraph(word, report.title, font=TITLE_FONT, size=SIZE_2, align=CENTRE, after=Pt(8))
    _paragraph(word, report.subtitle, size=SIZE_4, align=CENTRE, after=Pt(12))
    for number, block in enumerate(report.blocks):
        if isinstance(block, Heading):
            _paragraph(word, block.text, font=HEAD_FONT if block.level == 1 else SECOND_FONT, before=Pt(6), keep=True)
        elif isinstance(block, Text):
            _paragraph(word, block.text, indent=True)
        elif isinstance(block, Table):
            _table(word, block, on_new_page=report.is_landscape and number > 0)
        else:
            _chart(word, block)
    for note in report.notes:
        _note(word, note)
    return _saved(word)


def _new(*, is_landscape: bool) -> WordDocument:
    word = docx.Document()
    page = word.sections[0]
    short, long = Mm(210), Mm(297)
    page.page_width, page.page_height = (long, short) if is_landscape else (short, long)
    page.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    page.top_margin = page.bottom_margin = Mm(25) if is_landscape else Mm(32)
    page.left_margin = page.right_margin = Mm(20) if is_landscape else Mm(26)
    style = word.styles["Normal"]
    style.font.name, style.font.size = BODY_FONT, SIZE_3
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY_FONT)
    _page_numbers(page.footer.paragraphs[0])
    return word


def _page_numbers(paragraph: Any) -> None:
    paragraph.alignment = CENTRE
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = SIZE_5
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._element.append(element)


def _paragraph(
    word: Any,
    text: str,
    *,
    font: str = BODY_FONT,
    size: Length = SIZE_3,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False,
    before: Length = NOTHING,
    after: Length = NOTHING,
    keep: bool = False,
    lines: float = 1.75,
    on_new_page: bool = False,
) -> None:
    paragraph = word.add_paragraph()
    form = paragraph.paragraph_format
    form.alignment, form.space_before, form.space_after, form.keep_with_next = align, before, after, keep
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size.pt * lines)
    form.page_break_before = on_new_page
    if indent:
        form.first_line_indent = Pt(size.pt * 2)
    _run(paragraph, text, font, size)


def _note(word: Any, text: str, *, keep: bool = False, on_new_page: bool = False) -> None:
    """A line below or above a table, small and close."""
    _paragraph(word, text, size=SIZE_NOTE, lines=1.35, keep=keep, on_new_page=on_new_page)


def _run(paragraph: Any, text: str, font: str, size: Length) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, size
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _table(word: WordDocument, table: Table, *, on_new_page: bool) -> None:
    """A bordered table; its heads are repeated on every page, and no row is broken."""
    if table.number:
        _note(word, table.number, keep=True, on_new_page=on_new_page)
    first = on_new_page and not table.number
    _paragraph(word, table.title, font=HEAD_FONT, size=SIZE_4, align=CENTRE, before=Pt(6), keep=True, on_new_page=first)
    size = SIZE_5 if len(table.columns) < 10 else SIZE_6
    lines = [*_heads(table), *[[shown(value) for value in row] for row in table.rows]]
    made = word.add_table(rows=len(lines), cols=len(table.columns), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    section = word.sections[0]
    room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    whole = sum(column.width for column in table.columns)
    widths = [int(room * column.width / whole) for column in table.columns]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Length(width)
    number = len(_heads(table))
    cells = made._cells  # once for the whole table: each row's own reading walks all before it
    for at, values in enumerate(lines):
        row = cells[at * len(widths) : (at + 1) * len(widths)]
        for place, (cell, value) in enumerate(zip(row, values, strict=True)):
            cell.width, cell.vertical_alignment = widths[place], WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = cell.paragraphs[0]
            is_left = at >= number and table.columns[place].is_left
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if is_left else CENTRE
            paragraph.paragraph_format.line_spacing = 1.0
            _run(paragraph, value, HEAD_FONT if at < number else BODY_FONT, size)
    _merge_groups(made, table)
    for at, line in enumerate(made.rows):
        line.height, line.height_rule = Mm(7.5), WD_ROW_HEIGHT_RULE.AT_LEAST
        _mark(line, "w:cantSplit")
        if at < number:
            _mark(line, "w:tblHeader")
    for note in filter(None, (*table.notes, table.filled_by)):
        _note(word, note)


def _heads(table: Table) -> list[list[str]]:
    heads = [[column.head for column in table.columns]]
    if table.has_groups:
        heads = [[""] * len(table.columns), [column.head if column.group else "" for column in table.columns]]
    if table.has_codes:
        heads.append([column.code for column in table.columns])
    return heads


def _merge_groups(made: Any, table: Table) -> None:
    if not table.has_groups:
        return
    size = SIZE_5 if len(table.columns) < 10 else SIZE_6
    for group, members in groupby(enumerate(table.columns), key=lambda one: one[1].group):
        places = [at for at, _column in members]
        spans = (
            [(0, places[0], 0, places[-1], group)]
            if group
            else [(0, at, 1, at, table.columns[at].head) for at in places]
        )
        for top, left, bottom, right, text in spans:
            cell = made.cell(top, left).merge(made.cell(bottom, right))
            for paragraph in cell.paragraphs[1:]:
                paragraph._element.getparent().remove(paragraph._element)
            for run in cell.paragraphs[0].runs:
                run._element.getparent().remove(run._element)
            cell.paragraphs[0].alignment = CENTRE
            _run(cell.paragraphs[0], text, HEAD_FONT, size)


def _mark(row: Any, name: str) -> None:
    """`w:tblHeader`: repeated on every page; `w:cantSplit`: kept on one page."""
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _chart(word: WordDocument, chart: BarChart) -> None:
    section = word.sections[0]
    room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    paragraph = word.add_paragraph()
    paragraph.alignment = CENTRE
    paragraph.add_run().add_picture(io.BytesIO(draw(chart)), width=Length(room))


def _saved(word: WordDocument) -> bytes:
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def write_tables(title: str, subtitle: str, tables: Sequence[Table]) -> bytes:
    """Tables alone, across."""
    return write(Document(title, subtitle, tuple(tables), is_landscape=True))
