"""Small dirty workbooks for the tests, and people who never were."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from app.tables.catalogue import CATALOGUE
from app.tables.codes import seed_lists
from app.tables.identity import check_digit
from app.tables.tidying import Tidied, read_table

CODES = seed_lists()


def id_number(birth: str = "19880312", order: int = 2) -> str:
    """A number of the made-up region with a right check digit."""
    body = f"990101{birth}{order:03d}"
    return body + check_digit(body + "0")


def book(
    rows: Sequence[Sequence[Any]],
    *,
    name: str = "Sheet1",
    merges: Sequence[tuple[int, int, int, int]] = (),
    hidden: Sequence[str] = (),
    before: Sequence[tuple[str, Sequence[Sequence[Any]]]] = (),
) -> bytes:
    """A workbook of these rows; numbers stay numbers, texts stay texts."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        for sheet, lines in (*before, (name, rows)):
            page = workbook.add_worksheet(sheet)
            _fill(page, lines, workbook)
            if sheet in hidden:
                page.hide()
            if sheet == name:
                page.activate()
                for top, left, bottom, right in merges:
                    page.merge_range(top, left, bottom, right, rows[top][left])
    return buffer.getvalue()


def _fill(page: Any, rows: Sequence[Sequence[Any]], workbook: Any) -> None:
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, bool):
                page.write_boolean(row, column, cell)
            elif isinstance(cell, str):
                page.write_string(row, column, cell)
            elif isinstance(cell, int | float):
                page.write_number(row, column, cell)
            else:
                page.write_datetime(row, column, cell, day)


def read(content: bytes, sheet: str = "teachers", **options: Any) -> Tidied:
    return read_table(content, CATALOGUE[sheet], CODES, **options)


def errors(result: Tidied) -> list[tuple[int, str, str | None]]:
    return [(problem.row, problem.code, problem.key) for problem in result.problems if problem.is_error]


def rezip(content: bytes, part: str, change: Any) -> bytes:
    """The same package with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            data = source.read(member)
            target.writestr(member, change(data) if member == part else data)
    return buffer.getvalue()
