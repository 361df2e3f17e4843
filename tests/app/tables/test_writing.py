"""What goes out: forms that come back clean, exports that hold no formula, errors beside the office's own rows."""

import csv
import io
import time
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tables.annotating import annotate
from app.tables.catalogue import CATALOGUE
from app.tables.headers import RESULT_COLUMN
from app.tables.problems import CellProblem, Severity, english
from app.tables.writing import Column, guard, write_csv, write_export, write_template
from tests.app.tables.books import CODES, book, id_number, read
from tests.app.tables.test_tidying import HEAD, person


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_empty_template_is_read_back_with_every_column_and_no_row(name):
    result = read(write_template(CATALOGUE[name], CODES), name)
    assert set(result.mapping.columns.values()) == set(CATALOGUE[name].keys) - {"stage_subject"}
    assert (len(result), result.skipped, result.problems) == (0, {"sample": 1}, [])


def test_a_template_marks_what_is_required_and_offers_the_codes():
    workbook = opened(write_template(CATALOGUE["teachers"], CODES, lists={"employing_school": ["一小", "二小"]}))
    page = workbook.worksheets[0]
    headers = {cell.value: cell for cell in page[2]}
    assert headers["*姓名"].font.color.rgb == "FFC00000"
    assert headers["*进本校年月\n(yyyy-MM)"].comment is not None
    assert page.freeze_panes == "B3"
    assert workbook["字典"].sheet_state == "hidden"
    lists = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    column = headers["性别"].column_letter
    assert lists[f"{column}3:{column}5003"].startswith("'字典'!")
    assert ["一小", "二小"] in [[c.value for c in col if c.value] for col in workbook["字典"].columns]
    assert page[f"{headers['*身份证件号'].column_letter}3"].number_format == "@"


EVIL = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "{=1}", "http://example.cn"]


def test_an_export_holds_texts_as_texts():
    page = opened(
        write_export("名单", [Column("姓名", True), Column("日期")], [(text, date(2026, 9, 1)) for text in EVIL])
    ).active
    cells = [row[0] for row in page.iter_rows(min_row=3)]
    assert [cell.value for cell in cells] == EVIL
    assert {cell.data_type for cell in cells} == {"s"}
    assert page["A1"].value == "名单"
    assert page["B3"].number_format == "yyyy-mm-dd"


@given(st.text(min_size=1, max_size=20))
def test_no_csv_cell_begins_like_a_formula(text):
    written = write_csv(["列"], [[text]])
    cell = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))[1][0]
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell in (text, "'" + text)
    assert guard("普通") == "普通"


def test_numbers_and_dates_in_csv_stay_what_they_are():
    written = write_csv(["a", "b", "c"], [[-5, date(2026, 9, 1), True]]).decode("utf-8-sig")
    assert written == "a,b,c\r\n-5,2026-09-01,是\r\n"


def problem(row, column, code="id_checksum", severity=Severity.ERROR, **params):
    return CellProblem(code, severity, row, column, "id_number", "", params)


def test_errors_are_written_beside_the_row_and_on_the_cell():
    original = book([["花名册", *[None] * 6], HEAD, person(), person(2)], merges=[(0, 0, 0, 6)])
    page = opened(annotate(original, [problem(4, 3), problem(4, 6, "not_a_date", form="yyyy-MM")], header_row=2)).active
    assert page.cell(2, 8).value == RESULT_COLUMN
    assert page.cell(3, 8).value is None
    assert page.cell(4, 8).value.count("；") == 1
    assert page.cell(4, 4).fill.start_color.rgb == "FFFFC7CE"
    assert page.cell(4, 4).comment.text == english(problem(4, 3))
    assert page.cell(4, 4).value == id_number()
    assert "A1:G1" in [str(area) for area in page.merged_cells.ranges]


def test_a_second_round_replaces_the_first():
    original = book([HEAD, person(), person(2)])
    first = annotate(original, [problem(2, 3), problem(3, 3)], header_row=1)
    page = opened(annotate(first, [problem(3, 3)], header_row=1)).active
    assert page.max_column == 8
    assert [page.cell(row, 8).value is None for row in (2, 3)] == [True, False]
    assert page.cell(2, 4).comment is None


def test_an_annotated_workbook_can_be_imported_again():
    rows = [HEAD, person(), person(2, "何云", identity=id_number(order=4))]
    result = read(annotate(book(rows), [problem(2, 3), CellProblem("required", Severity.ERROR, 1)], header_row=1))
    assert result.problems == []
    assert result.mapping.unmapped == ()


def test_a_csv_comes_back_as_a_workbook_of_texts():
    content = ",".join(HEAD) + "\n" + ",".join(map(str, person(name="=1+1"))) + "\n"
    page = opened(annotate(content.encode("gb18030"), [problem(2, 3)], header_row=1)).active
    assert (page["B2"].value, page["B2"].data_type) == ("=1+1", "s")
    assert (page["D2"].value, page["D2"].data_type) == (id_number(), "s")
    assert page.cell(2, 8).value


def test_a_problem_in_a_merged_block_is_marked_where_its_value_stands():
    original = book([HEAD, person(), person(2, school=None)], merges=[(1, 5, 2, 5)])
    page = opened(annotate(original, [problem(3, 5, "unknown_school")], header_row=1)).active
    assert page.cell(2, 6).comment is not None
    assert page.cell(3, 8).value


def test_a_sentence_that_looks_like_a_formula_stays_a_text():
    page = opened(annotate(book([HEAD, person()]), [problem(2, 3)], header_row=1, say=lambda _: "=HYPERLINK(1)")).active
    assert (page.cell(2, 8).value, page.cell(2, 8).data_type) == ("=HYPERLINK(1)", "s")


def test_four_thousand_rows_are_annotated_in_seconds():
    original = book([HEAD, *(person(n) for n in range(4000))])
    begun = time.process_time()
    annotate(original, [problem(row, 3) for row in range(2, 4002, 10)], header_row=1)
    assert time.process_time() - begun < 6
