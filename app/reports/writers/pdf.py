"""Reports as PDF, with the letters of an embedded font, so that they look the same on every machine."""

import io
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from app.reports.content.layout import BarChart, Document, Heading, Table, Text, shown
from app.reports.writers.pictures import HEIGHT, WIDTH, draw
from app.training.certificate_pdf import FONT, font, missing_characters

MISSING = "□"
HEAD_LINES = 2  # title and subtitle


def write(report: Document) -> bytes:
    """The document as a PDF file. Letters that the font lacks are shown as □, and a note says which."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    font()
    lacking = missing_characters(_texts(report))
    size = landscape(A4) if report.is_landscape else A4
    buffer = io.BytesIO()
    margin = 16 * mm if report.is_landscape else 22 * mm
    page = SimpleDocTemplate(
        buffer, pagesize=size, leftMargin=margin, rightMargin=margin, topMargin=18 * mm, bottomMargin=18 * mm,
        title=report.title,
    )  # fmt: skip
    page.build(_story(report, lacking, size[0] - 2 * margin), onFirstPage=_numbered, onLaterPages=_numbered)
    return buffer.getvalue()


def _numbered(canvas: Any, page: Any) -> None:
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(page.pagesize[0] / 2, 26, f"— {canvas.getPageNumber()} —")


def _texts(report: Document) -> list[str]:
    found = [report.title, report.subtitle, *report.notes]
    for block in report.blocks:
        if isinstance(block, Heading | Text):
            found.append(block.text)
        elif isinstance(block, Table):
            found += [block.title, block.number, block.filled_by, *block.notes]
            found += [text for column in block.columns for text in (column.head, column.group)]
            found += [shown(value) for row in block.rows for value in row]
    return found


def _story(report: Document, lacking: set[str], room: float) -> list[Any]:
    from reportlab.platypus import PageBreak, Spacer

    style = _styles()
    known = {ord(letter): MISSING for letter in lacking}
    story: list[Any] = [_said(report.title, style["title"], known), _said(report.subtitle, style["subtitle"], known)]
    for block in report.blocks:
        if isinstance(block, Heading):
            story.append(_said(block.text, style["heading" if block.level == 1 else "second"], known))
        elif isinstance(block, Text):
            story.append(_said(block.text, style["body"], known))
        elif isinstance(block, Table):
            if report.is_landscape and len(story) > HEAD_LINES:
                story.append(PageBreak())
            story += [*_table(block, style, known, room), Spacer(1, 8)]
        else:
            story += [_picture(block, room), Spacer(1, 6)]
    if lacking:
        story.append(_said(f"字库缺字以“{MISSING}”代替。", style["note"], {}))
    return story + [_said(note, style["note"], known) for note in report.notes]


def _styles() -> dict[str, Any]:
    from reportlab.lib.enums import TA_CENTER
    from reportlab.lib.styles import ParagraphStyle

    def style(name: str, size: float, **more: Any) -> ParagraphStyle:
        return ParagraphStyle(name, fontName=FONT, fontSize=size, leading=size * 1.6, wordWrap="CJK", **more)

    return {
        "title": style("title", 20, alignment=TA_CENTER, spaceAfter=4),
        "subtitle": style("subtitle", 11, alignment=TA_CENTER, spaceAfter=10),
        "heading": style("heading", 15, spaceBefore=10, spaceAfter=4, keepWithNext=True),
        "second": style("second", 12.5, spaceBefore=6, spaceAfter=2, keepWithNext=True),
        "body": style("body", 11.5, firstLineIndent=23, spaceAfter=3),
        "note": style("note", 8.5, textColor="#52606d"),
        "number": style("number", 8.5, textColor="#52606d", keepWithNext=True),
        "caption": style("caption", 12, alignment=TA_CENTER, spaceBefore=6, spaceAfter=4, keepWithNext=True),
        "cell": style("cell", 8.5, alignment=TA_CENTER),
        "left": style("left", 8.5),
        "narrow": style("narrow", 7.2, alignment=TA_CENTER),
        "narrow_left": style("narrow_left", 7.2),
    }


def _said(text: str, style: Any, known: dict[int, str]) -> Any:
    from xml.sax.saxutils import escape

    from reportlab.platypus import Paragraph

    return Paragraph(escape(text.translate(known)).replace("\n", "<br/>").replace("　", "&nbsp;&nbsp;"), style)


def _table(table: Table, style: dict[str, Any], known: dict[int, str], room: float) -> list[Any]:
    from reportlab.platypus import LongTable, Spacer, TableStyle

    is_wide = len(table.columns) >= 10
    middle, left = (style["narrow"], style["narrow_left"]) if is_wide else (style["cell"], style["left"])
    heads, spans = _heads(table)
    lines = [[_said(text, middle, known) for text in head] for head in heads]
    for row in table.rows:
        lines.append(
            [
                _said(shown(value), left if column.is_left else middle, known)
                for value, column in zip(row, table.columns, strict=True)
            ]
        )
    whole = sum(column.width for column in table.columns)
    made = LongTable(lines, colWidths=[room * column.width / whole for column in table.columns], repeatRows=len(heads))
    made.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, "#52606d"),
                ("BACKGROUND", (0, 0), (-1, len(heads) - 1), "#eef2f6"),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2),
                *(("SPAN", *span) for span in spans),
            ]
        )
    )
    above = [_said(table.number, style["number"], known)] if table.number else []
    below = [_said(note, style["note"], known) for note in (*table.notes, table.filled_by) if note]
    return [*above, _said(table.title, style["caption"], known), made, Spacer(1, 4), *below]


def _heads(table: Table) -> tuple[list[list[str]], list[tuple[tuple[int, int], tuple[int, int]]]]:
    """The rows of heads, and which of their cells are one."""
    names = [column.head for column in table.columns]
    codes = [[column.code for column in table.columns]] if table.has_codes else []
    if not table.has_groups:
        return [names, *codes], []
    upper, spans = [""] * len(names), []
    for group, members in groupby(enumerate(table.columns), key=lambda one: one[1].group):
        places = [at for at, _column in members]
        if group:
            upper[places[0]] = group
            spans.append(((places[0], 0), (places[-1], 0)))
        else:
            for at in places:
                upper[at] = names[at]
                spans.append(((at, 0), (at, 1)))
    return [upper, [column.head if column.group else "" for column in table.columns], *codes], spans


def _picture(chart: BarChart, room: float) -> Any:
    from reportlab.platypus import Image

    return Image(io.BytesIO(draw(chart)), width=room, height=room * HEIGHT / WIDTH)


def write_tables(title: str, subtitle: str, tables: Sequence[Table]) -> bytes:
    """Tables alone, across."""
    return write(Document(title, subtitle, tuple(tables), is_landscape=True))
