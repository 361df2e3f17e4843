"""Opening files: what they are by content, how much is accepted, what is refused with which words."""

import io
import zipfile

import pytest

from app.tables.packages import FileKind, Limits, TableFileError
from app.tables.reading import expand_merges, open_workbook
from tests.app.tables.books import book, rezip

SHEET_XML = "xl/worksheets/sheet1.xml"


def code_of(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(TableFileError) as refused:
        opened = open_workbook(content, limits=limits)
        for name in opened.visible:
            opened.sheet(name)
    assert "?" not in str(refused.value), "a parameter of the sentence is missing"
    return refused.value.code


def test_rows_keep_their_place_in_the_sheet():
    sheet = open_workbook(book([[None], [None, "姓名"], ["", "林青禾", 3]])).sheet("Sheet1")
    assert sheet.rows == [["", "", ""], ["", "姓名", ""], ["", "林青禾", 3.0]]


def test_the_type_is_judged_by_content_not_by_name(tmp_path):
    path = tmp_path / "名册.csv"
    path.write_bytes(book([["姓名"]]))
    assert open_workbook(path).kind is FileKind.XLSX


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_of_offices(encoding):
    opened = open_workbook("姓名,学校\r\n林青禾,青蓝县第一小学\r\n".encode(encoding))
    assert opened.kind is FileKind.CSV
    assert opened.sheet("CSV").rows == [["姓名", "学校"], ["林青禾", "青蓝县第一小学"]]


def test_csv_cells_lose_the_wrapping_that_kept_excel_off():
    rows = open_workbook('姓名\t身份证号\n林\t"=""0123"""\n'.encode()).sheet("CSV").rows
    assert rows[1] == ["林", "0123"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"  \r\n", "file_empty"),
        (b"%PDF-1.7 ...", "file_not_a_table"),
        (b"\x00\x01\x02\x03", "file_not_a_table"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "file_html_disguised"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "file_html_disguised",
        ),
        (b"PK\x03\x04 but then nothing", "file_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not a workbook", "file_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
        ("姓名".encode() + b"\xff\xff\xff", "file_encoding_unknown"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(content, code):
    assert code_of(content) == code


def test_other_packages_are_named():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("content.xml", "<x/>")
    assert code_of(buffer.getvalue()) == "file_format_unsupported"


def test_a_file_beyond_the_size_limit_is_refused():
    assert code_of(book([["姓名"]]), Limits(file_bytes=100)) == "file_too_large"


def test_a_bomb_is_refused_before_it_is_parsed():
    bomb = rezip(book([["姓名"]]), "xl/styles.xml", lambda data: data + b" " * 30_000_000)
    assert len(bomb) < 200_000
    assert code_of(bomb, Limits(unpacked_bytes=20_000_000)) == "file_unpacks_too_large"


def test_a_part_that_lies_about_its_size_is_counted_as_it_is():
    bomb = bytearray(rezip(book([["姓名"]]), "xl/styles.xml", lambda data: data + b" " * 30_000_000))
    with zipfile.ZipFile(io.BytesIO(bytes(bomb))) as package:
        true_size = package.getinfo("xl/styles.xml").file_size.to_bytes(4, "little")
    lying = bytes(bomb).replace(true_size, (1000).to_bytes(4, "little"))
    assert code_of(lying, Limits(unpacked_bytes=20_000_000)) == "file_unpacks_too_large"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (b'<row r="1"><c r="XFD1"', "too_many_columns"),
        (b"<row r='1'><c r='XFD1'", "too_many_columns"),
        (b'<row r = "1"><c r = "XFD1"', "too_many_columns"),
        (b'<row r="1048576"><c r="A1048576"', "too_many_rows"),
        (b'<row r="1"><c r="A1048576"', "too_many_rows"),
    ],
)
def test_a_far_flung_cell_is_refused_before_memory_is_taken(address, code):
    content = rezip(book([["姓名"]]), SHEET_XML, lambda xml: xml.replace(b'<row r="1" spans="1:1"><c r="A1"', address))
    assert code_of(content) == code


def test_more_rows_than_allowed_are_counted():
    assert code_of(book([["a"]] * 30), Limits(rows=20)) == "too_many_rows"
    assert code_of(("a\n" * 30).encode(), Limits(rows=20)) == "too_many_rows"
    assert code_of(book([["a"] * 30]), Limits(columns=26)) == "too_many_columns"
    assert code_of(book([["a"] * 10] * 10), Limits(cells=99)) == "too_many_cells"


def test_sheets_of_instructions_come_last_and_hidden_ones_are_left_out():
    content = book(
        [["a"]], name="教师", hidden=["hiddenSheet"], before=[("填写说明", [["x"]]), ("hiddenSheet", [["y"]])]
    )
    opened = open_workbook(content)
    assert opened.candidates == ("教师", "填写说明")
    assert opened.hidden == ("hiddenSheet",)


def test_merged_values_are_repeated_below_the_header_only():
    rows = [["标题", ""], ["校", "名"], ["甲校", "a"], ["", "b"]]
    expand_merges(rows, [(0, 0, 0, 1), (2, 0, 3, 0)], 2)
    assert rows == [["标题", ""], ["校", "名"], ["甲校", "a"], ["甲校", "b"]]
