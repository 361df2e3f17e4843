"""Finding headers under titles and in several rows, and knowing columns by any of their names."""

import pytest

from app.tables.catalogue import CATALOGUE
from app.tables.headers import find_header, locate, propose_mapping
from app.tables.packages import TableFileError
from app.tables.reading import open_workbook
from app.tables.text import normalise_header
from tests.app.tables.books import book

TEACHERS, SCHOOLS = CATALOGUE["teachers"], CATALOGUE["schools"]


def header_of(content, sheet=TEACHERS):
    return find_header(open_workbook(content).sheet("Sheet1"), sheet)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("*姓 名", "姓名"),
        ("出生日期\n(yyyy-MM-dd)", "出生日期"),
        ("出生日期（yyyy-MM-dd）*", "出生日期"),
        ("参训率（%）", "参训率"),
        ("（评）教师职称", "(评)教师职称"),
        ("学校（机构）标识码", "学校标识码"),
        ("身份证号：", "身份证号"),
        ("姓名(必填)", "姓名"),
    ],
)
def test_headers_are_stripped_of_marks_hints_and_spaces(typed, known):
    assert normalise_header(typed) == known


def test_the_header_is_found_below_title_and_instruction_rows():
    rows = [
        ["教师花名册", None, None],
        ["说明：请认真填写", None, None],
        ["序号", "姓 名", "身份证号", "学校", "进本校年月"],
        [1, "林青禾", "x", "一小", "2017.09"],
    ]
    header = header_of(book(rows, merges=[(0, 0, 0, 4)]))
    assert (header.first_row, header.last_row) == (2, 2)
    assert propose_mapping(header.texts, TEACHERS).columns == {
        1: "name",
        2: "id_number",
        3: "employing_school",
        4: "joined_school_on",
    }


def test_a_header_of_two_rows_is_joined():
    rows = [
        ["学校标识码", "学校名称", "办学类型", "城乡分类", "编制数", "小学", None, "初中", None],
        [None, None, None, None, None, "在校生数", "班级数", "在校生数", "班级数"],
        ["2199000001", "一小", "小学", "111", 30, 500, 12, None, None],
    ]
    merges = [(0, c, 1, c) for c in range(5)] + [(0, 5, 0, 6), (0, 7, 0, 8)]
    header = header_of(book(rows, merges=merges), SCHOOLS)
    assert header.last_row == 1
    assert header.texts[5:] == ("小学›在校生数", "小学›班级数", "初中›在校生数", "初中›班级数")
    mapping = propose_mapping(header.texts, SCHOOLS)
    assert [mapping.columns[c] for c in range(5, 9)] == [
        "pupils_primary",
        "classes_primary",
        "pupils_junior",
        "classes_junior",
    ]
    assert mapping.missing == ()


def test_a_header_of_three_rows_without_merged_cells_is_joined():
    rows = [
        ["学校标识码", "学校名称", "办学类型", "城乡分类", "编制数", "学生情况", None],
        [None, None, None, None, None, "小学", "小学"],
        [None, None, None, None, None, "在校生数", "寄宿生数"],
        ["2199000001", "一小", "小学", "111", 30, 500, 12],
    ]
    header = header_of(book(rows, merges=[(0, 5, 0, 6)]), SCHOOLS)
    assert (header.first_row, header.last_row) == (0, 2)
    mapping = propose_mapping(header.texts, SCHOOLS)
    assert (mapping.column_of("pupils_primary"), mapping.column_of("boarders_primary")) == (5, 6)


def test_rated_and_employed_titles_are_two_columns():
    mapping = propose_mapping(("姓名", "（聘）教师职称", "(评)教师职称"), TEACHERS)
    assert mapping.columns == {0: "name", 1: "title_employed", 2: "title_rated"}


def test_a_second_column_of_the_same_name_is_numbered_and_left_unmapped():
    header = header_of(
        book([["姓名", "身份证号", "学校", "进本校年月", "学历", "学历"], ["a", "b", "c", "d", "e", "f"]])
    )
    assert header.texts[4:] == ("学历", "学历(2)")
    assert propose_mapping(header.texts, TEACHERS).unmapped == (5,)


def test_the_working_unit_stands_in_where_no_employing_school_is_given():
    both = propose_mapping(("姓名", "工作单位", "编制单位"), TEACHERS)
    assert both.columns == {0: "name", 1: "working_school", 2: "employing_school"}
    alone = propose_mapping(("姓名", "工作单位"), TEACHERS)
    assert alone.columns == {0: "name", 1: "employing_school"}


def test_what_is_missing_and_what_is_left_over_is_told():
    mapping = propose_mapping(("姓名", "血型", "序号", "错误信息"), TEACHERS)
    assert mapping.missing == ("id_number", "joined_school_on", "employing_school")
    assert mapping.unmapped == (1,)


def test_a_remembered_choice_wins():
    mapping = propose_mapping(("姓名", "单位", "老单位"), TEACHERS, {"老单位": "employing_school"})
    assert mapping.column_of("employing_school") == 2


def test_no_header_is_an_error_that_names_what_was_expected():
    with pytest.raises(TableFileError) as refused:
        header_of(book([["随便", "写写"], ["a", "b"]]))
    assert refused.value.code == "headers_not_found"
    assert "姓名" in str(refused.value)


def test_the_sheet_with_the_best_header_is_chosen():
    rows = [["姓名", "身份证号", "学校", "进本校年月"], ["a", "b", "c", "d"]]
    content = book(rows, name="名单", before=[("汇总", [["姓名", "学校"], ["x", "y"]]), ("空", [])])
    raw, _ = locate(open_workbook(content), TEACHERS)
    assert raw.name == "名单"
