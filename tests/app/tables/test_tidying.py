"""Whole dirty workbooks: which rows are data, what their values are, and what is wrong where."""

from datetime import date

import pytest

from app.tables.headers import propose_mapping
from app.tables.problems import Severity
from tests.app.tables.books import book, errors, id_number, read

HEAD = ["序号", "姓名", "性别", "身份证号", "出生日期", "学校", "进本校年月"]


def person(number=1, name="林青禾", sex="女", identity=None, born="1988-03-12", school="一小", joined="2017.09"):
    return [number, name, sex, identity or id_number(), born, school, joined]


def test_a_clean_row_becomes_typed_values():
    result = read(book([HEAD, person()]))
    assert not result.problems
    assert list(result.records()) == [
        (2, {"id_number": id_number(), "name": "林青禾", "sex": "2", "birth_on": date(1988, 3, 12),
             "joined_school_on": date(2017, 9, 1), "employing_school": "一小"}),
    ]  # fmt: skip


def test_what_is_no_data_is_skipped_and_counted():
    rows = [
        ["青蓝县教师花名册", *[None] * 6],
        HEAD,
        [1, 2, 3, 4, 5, 6, 7],
        ["示例", "张三", "男", "990101199001011234", "1990-01-01", "某校", "2015-09"],
        person(),
        [None] * 7,
        ["小计", "1人", *[None] * 5],
        HEAD,
        person(2, "何云", identity=id_number(order=4)),
        [None, "合计：2", *[None] * 5],
        [None] * 7,
        ["填表人：韩老师", None, None, "审核人：", None, None, None],
        ["单位（盖章）", *[None] * 6],
        ["填表日期：2026年8月15日", *[None] * 6],
    ]
    result = read(book(rows, merges=[(0, 0, 0, 6)]))
    assert result.rows == [5, 9]
    assert result.skipped == {"header": 2, "sample": 1, "blank": 2, "total": 2, "footer": 3}
    assert not result.problems


def test_a_school_merged_down_the_column_belongs_to_every_row():
    rows = [
        HEAD,
        person(),
        person(2, "何云", identity=id_number(order=4), school=None),
        person(3, "马丽", identity=id_number(order=6), school="二小"),
    ]
    result = read(book(rows, merges=[(1, 5, 2, 5)]))
    assert result.columns["employing_school"] == ["一小", "一小", "二小"]


def test_each_problem_names_its_cell():
    rows = [
        HEAD,
        person(identity=9.9010119880312e17),
        person(name=None, identity=id_number(order=4)),
        person(identity=id_number(order=6), joined=2015.1),
        person(identity=id_number(order=8), sex="中"),
        person(identity="990101198803120000"),
    ]
    result = read(book(rows))
    assert errors(result) == [
        (2, "digits_lost", "id_number"),
        (3, "required", "name"),
        (4, "ambiguous_month", "joined_school_on"),
        (5, "unknown_code", "sex"),
        (6, "digits_lost", "id_number"),
    ]
    assert [problem.column for problem in result.problems] == [3, 1, 6, 2, 3]
    assert result.rejected == {2, 3, 4, 5, 6}
    assert list(result.records(accepted_only=True)) == []


def test_identity_numbers_are_never_shown_in_a_problem():
    number = id_number()
    result = read(book([HEAD, person(identity=number[:-1] + "Y")]))
    assert all(number[4:14] not in problem.value for problem in result.problems)


def test_contradicting_rows_are_all_refused_and_repeated_ones_kept_once():
    twice = person(3, "马丽", identity=id_number(order=6))
    rows = [HEAD, person(), person(2, "林小禾"), twice, twice]
    result = read(book(rows))
    assert errors(result) == [(2, "duplicate_row", "id_number"), (3, "duplicate_row", "id_number")]
    assert result.problems[0].params["rows"] == "2, 3"
    assert result.rows == [2, 3, 4]
    assert result.skipped["repeated"] == 1


def test_birth_and_sex_come_from_the_number_where_blank_and_are_compared_where_not():
    number = id_number("19880312", 2)
    rows = [
        HEAD,
        person(sex=None, born=None, identity=number),
        person(2, sex="男", born="1988-03-13", identity=id_number("19880312", 4)),
        person(3, born="1988.03", identity=id_number("19880312", 6)),
        person(4, born="1988.04", identity=id_number("19880312", 8)),
    ]
    result = read(book(rows))
    assert result.columns["sex"] == ["2", "1", "2", "2"]
    assert result.columns["birth_on"][0] == result.columns["birth_on"][2] == date(1988, 3, 12)
    assert [(p.row, p.code, p.severity) for p in result.problems] == [
        (3, "sex_differs_from_id", Severity.WARNING),
        (3, "birth_differs_from_id", Severity.WARNING),
        (5, "day_missing", Severity.ERROR),
    ]


def test_stage_and_subject_may_share_a_column():
    rows = [[*HEAD, "学段/学科"], [*person(), "小学语文"], [*person(2, identity=id_number(order=4)), "语文"]]
    result = read(book(rows))
    assert (result.columns["stage"], result.columns["subject"]) == (["primary", None], ["chinese", None])
    assert errors(result) == [(3, "stage_subject_unclear", "stage_subject")]


def test_a_logical_cell_and_the_number_one_are_kept_apart():
    rows = [[*HEAD, "是否在编"], [*person(), True], [*person(2, identity=id_number(order=4)), 1],
            [*person(3, identity=id_number(order=6)), "1"], [*person(4, identity=id_number(order=8)), 0]]  # fmt: skip
    assert read(book(rows)).columns["is_established"] == [True, True, True, False]


def test_other_documents_are_not_judged_as_resident_cards():
    rows = [
        ["姓名", "证件类型", "证件号码", "学校", "进本校年月"],
        ["Ann Lee", "A-护照", "E12345678", "一小", "2020-09"],
    ]
    result = read(book(rows))
    assert not result.problems
    assert result.columns["id_number"] == ["E12345678"]


def test_a_missing_required_column_is_one_error_at_the_header():
    result = read(book([["姓名", "身份证号", "学校"], ["林青禾", id_number(), "一小"]]))
    assert errors(result) == [(1, "missing_column", "joined_school_on")]


def test_the_end_before_the_beginning_is_refused():
    head = ["姓名", "身份证号", "骨干类型", "骨干级别", "认定时间", "有效期止"]
    rows = [head, ["林青禾", id_number(), "骨干教师", "县级", "2023.09", "2022.08"]]
    assert errors(read(book(rows), "honours")) == [(2, "dates_reversed", "valid_to")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_the_same_roster_as_csv_means_the_same_but_2015_1_may_have_been_october(encoding):
    lines = ["教师花名册,,,,,,", ",".join(HEAD)]
    lines.append(",".join(map(str, person())))
    lines.append(",".join(map(str, person(2, "何云", identity=id_number(order=4), joined="2015.1"))))
    result = read("\r\n".join(lines).encode(encoding))
    assert result.columns["joined_school_on"] == [date(2017, 9, 1), None]
    assert errors(result) == [(4, "ambiguous_month", "joined_school_on")]


def test_rotations_come_in_the_columns_of_the_city_template():
    head = [
        "教师姓名",
        "身份证件类型",
        "教师身份证号",
        "交流轮岗类型",
        "是否调动人事关系",
        "开始年月",
        "结束年月",
        "原单位名称",
        "交流轮岗单位名称",
    ]
    row = ["林青禾", "1-居民身份证", id_number(), "10-定期交流", "否", "2021-09", "2022-07", "一小", "云峰乡中心小学"]
    result = read(book([["交流轮岗信息", *[None] * 8], head, row], merges=[(0, 0, 0, 8)]), "rotations")
    assert not result.problems
    (_, values), = result.records()  # fmt: skip
    assert (values["kind"], values["is_transfer"], values["from_on"], values["to_on"]) == (
        "10", False, date(2021, 9, 1), date(2022, 7, 31),
    )  # fmt: skip


def test_a_mapping_made_by_hand_is_followed():
    result = read(book([["姓名", "身份证号", "老单位", "进本校年月"], ["林青禾", id_number(), "一小", "2017-09"]]),
                  remembered={"老单位": "employing_school"})  # fmt: skip
    assert not result.problems
    assert propose_mapping(result.mapping.texts, result.sheet).missing == ("employing_school",)


def test_fifty_thousand_cells_of_a_column_are_read_once_each_distinct():
    rows = [HEAD] + [
        person(n, "林青禾", identity=id_number(f"19{60 + n % 30}0312", 2 * (n // 30) % 998 + 2)) for n in range(600)
    ]
    result = read(book(rows))
    assert len(result) == 600
    assert [p.code for p in result.problems if p.is_error] == []
