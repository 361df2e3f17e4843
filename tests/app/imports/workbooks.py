"""Workbooks for tests, in the columns of the sheets."""

import io

import xlsxwriter

from app.tables.catalogue import CATALOGUE
from tests.factories.people import identity_number


def workbook(kind, rows, *, title="某县名册", extra=(), headers=None, formats=None):
    """An xlsx of `rows` (dicts of field key or header to cell), below a merged title row."""
    sheet = CATALOGUE[kind]
    keys = list(dict.fromkeys(key for row in rows for key in row)) if rows else list(sheet.required)
    texts = [(headers or {}).get(key) or (sheet[key].label_zh if key in sheet else key) for key in keys]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet("名册")
        page.merge_range(0, 0, 0, max(len(keys) - 1, 1), title)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, text in enumerate(texts):
            page.write_string(1, column, text)
        for number, row in enumerate(rows, 2):
            for column, key in enumerate(keys):
                write(page, number, column, row.get(key), day)
        for number, cells in enumerate(extra, 2 + len(rows)):
            for column, value in enumerate(cells):
                write(page, number, column, value, day)
    return buffer.getvalue()


def write(page, row, column, value, day):
    """One cell, by its type."""
    if value is None:
        return
    if hasattr(value, "isoformat"):
        page.write_datetime(row, column, value, day)
    elif isinstance(value, int | float):
        page.write_number(row, column, value)
    else:
        page.write_string(row, column, value)


def teacher_row(serial, school, **more):
    """An acceptable row of a roster."""
    return {
        "name": f"张{'一二三四五六七八九十'[serial % 10]}{'甲乙丙丁戊己庚辛壬癸'[serial // 10 % 10]}",
        "id_number": identity_number(serial),
        "employing_school": school.name,
        "joined_school_on": "2017-09",
        "stage": "小学",
        "subject": "语文",
    } | more
