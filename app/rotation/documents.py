"""The public notice 公示名单 and the roster 花名册 as Word and Excel, in the layout that offices use (GB/T 9704).

The documents are in Chinese whatever the person's language: they are what the bureau publishes. They are written from
the frozen rows of a publication alone, so a version looks the same for ever; no identity number is in them.
"""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from app.rotation.models import Publication
from app.rotation.working_days import weekdays
from app.tables.writing import Column, write_export

TITLE_FONT, BODY_FONT, HEAD_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体"
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = Pt(22), Pt(16), Pt(14), Pt(10.5)
NO_SPACE = Pt(0)
SEXES = {"male": "男", "female": "女", "unknown": ""}
STAGES = {"kindergarten": "学前", "primary": "小学", "junior": "初中", "senior": "高中"}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

type Row = dict[str, Any]
NOTICE_COLUMNS = ("序号", "姓名", "性别", "学校", "学科", "派往学校")
NOTICE_WIDTHS = (14, 22, 14, 44, 22, 48)
ROSTER_COLUMNS = (
    "序号", "姓名", "性别", "出生年月", "职称", "骨干称号", "学段", "任教学科", "原学校", "派往学校", "交流形式",
    "起止时间",
)  # fmt: skip
ROSTER_WIDTHS = (12, 18, 12, 21, 20, 27, 13, 20, 34, 36, 20, 24)


def notice_row(row: Row) -> list[str]:
    """The six fields that a public notice shows."""
    return [str(row["number"]), row["name"], SEXES[row["sex"]], row["from_school"], row["subject"], row["to_school"]]


def roster_row(row: Row) -> list[str]:
    """The fields of the roster."""
    return [
        str(row["number"]), row["name"], SEXES[row["sex"]], row["birth_month"].replace("-", "."), row["title"],
        "；".join(row["honours"]), STAGES[row["stage"]], row["subject"], row["from_school"], row["to_school"],
        row["kind"], f"{_month(row['start_on'])}—{_month(row['end_on'])}",
    ]  # fmt: skip


def chinese_date(text: str) -> str:
    """2026-08-20 → 2026年8月20日."""
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"


def _month(text: str) -> str:
    return text[:7].replace("-", ".")


def notice_paragraphs(publication: Publication) -> list[str]:
    """The text around the list."""
    notice = publication.notice
    first, last = notice["notice_from"], notice["notice_to"]
    days = weekdays(date.fromisoformat(first), date.fromisoformat(last))
    period = f"{chinese_date(first)}至{chinese_date(last)}"
    if not notice.get("has_holidays"):
        period += f"（{days}个工作日）"
    year = publication.school_year
    whole = [
        f"根据义务教育学校校长教师交流轮岗有关规定，经资格审查、统筹安排和集体研究，现将{year}—{year + 1}学年"
        f"教师交流轮岗人员名单（共{publication.row_count}人）予以公示，接受社会监督。",
        f"公示时间：{period}。",
        f"公示期内如有异议，请以书面或电话形式实名向{notice['office']}反映，并提供必要的依据和联系方式，以便核实。",
        f"监督电话：{notice['phone']}。",
    ]
    if notice.get("address"):
        whole.append(f"来信地址：{notice['address']}。")
    if publication.revision > 1:
        whole.append(f"本名单为第{publication.revision}版，修订原因：{publication.reason.rstrip('。')}。")
    return whole


def notice_docx(publication: Publication) -> bytes:
    """The public notice as a Word document, upright."""
    document = _document(is_landscape=False)
    _head(document, publication, publication.notice["title"])
    for text in notice_paragraphs(publication):
        _paragraph(document, text, indent=True)
    rows = [notice_row(row) for row in publication.rows]
    _table(document, NOTICE_COLUMNS, NOTICE_WIDTHS, rows, SIZE_4)
    _signature(document, publication)
    return _saved(document)


def roster_docx(publication: Publication) -> bytes:
    """The roster as a Word document, across."""
    document = _document(is_landscape=True)
    _head(document, publication, roster_title(publication))
    _table(document, ROSTER_COLUMNS, ROSTER_WIDTHS, [roster_row(row) for row in publication.rows], SIZE_5)
    _paragraph(document, "填表人：　　　　　　审核人：　　　　　　负责人（签字）：　　　　　　（盖章）", size=SIZE_4)
    _signature(document, publication)
    return _saved(document)


def roster_title(publication: Publication) -> str:
    """The roster's title."""
    return f"{publication.school_year}—{publication.school_year + 1}学年教师交流人员花名册"


def notice_xlsx(publication: Publication) -> bytes:
    """The public notice as a workbook."""
    rows = [[row["number"], *notice_row(row)[1:]] for row in publication.rows]
    note = " ".join(notice_paragraphs(publication)[1:])
    return write_export(
        publication.notice["title"], [Column(c) for c in NOTICE_COLUMNS], rows, sheet_name="公示名单", note=note
    )


def roster_xlsx(publication: Publication) -> bytes:
    """The roster as a workbook."""
    rows = [[row["number"], *roster_row(row)[1:]] for row in publication.rows]
    note = f"{publication.notice['office']}　填表人：　　　　审核人：　　　　填表日期：{_published_on(publication)}"
    return write_export(
        roster_title(publication), [Column(c) for c in ROSTER_COLUMNS], rows, sheet_name="花名册", note=note
    )


def _published_on(publication: Publication) -> str:
    day = publication.published_at
    return f"{day.year}年{day.month}月{day.day}日"


# --- Word ---------------------------------------------------------------------------------------------------------


def _document(*, is_landscape: bool) -> DocumentType:
    document = Document()
    page = document.sections[0]
    short, long = Mm(210), Mm(297)
    page.page_width, page.page_height = (long, short) if is_landscape else (short, long)
    page.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    page.top_margin, page.bottom_margin = (Mm(28), Mm(26)) if is_landscape else (Mm(37), Mm(35))
    page.left_margin, page.right_margin = (Mm(22), Mm(22)) if is_landscape else (Mm(28), Mm(26))
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY_FONT, SIZE_3
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY_FONT)
    return document


def _head(document: DocumentType, publication: Publication, title: str) -> None:
    if publication.notice.get("number"):
        _paragraph(document, publication.notice["number"], align=WD_ALIGN_PARAGRAPH.CENTER)
    _paragraph(document, title, font=TITLE_FONT, size=SIZE_2, align=WD_ALIGN_PARAGRAPH.CENTER, after=Pt(16))


def _signature(document: DocumentType, publication: Publication) -> None:
    _paragraph(document, "")
    for text in (publication.notice["office"], _published_on(publication)):
        _paragraph(document, text, align=WD_ALIGN_PARAGRAPH.RIGHT)


def _paragraph(
    document: DocumentType,
    text: str,
    *,
    font: str = BODY_FONT,
    size: Pt = SIZE_3,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False,
    after: Pt = NO_SPACE,
) -> None:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.alignment, form.space_after, form.space_before = align, after, Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28) if size != SIZE_2 else Pt(36)
    if indent:
        form.first_line_indent = size * 2
    _write(paragraph, text, font, size)


def _write(paragraph: Paragraph, text: str, font: str, size: Pt) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, size
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _table(
    document: DocumentType, heads: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]], size: Pt
) -> None:
    """A bordered table whose head is repeated on every page."""
    table = document.add_table(rows=0, cols=len(heads), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for index, values in enumerate([heads, *rows]):
        row = table.add_row()
        row.height, row.height_rule = Mm(9), WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell, width, value in zip(row.cells, widths, values, strict=True):
            cell.width, cell.vertical_alignment = Mm(width), WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.line_spacing = 1.0
            _write(paragraph, value, HEAD_FONT if index == 0 else BODY_FONT, size)
    first = table.rows[0]._tr.get_or_add_trPr()
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    first.append(mark)


def _saved(document: DocumentType) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
