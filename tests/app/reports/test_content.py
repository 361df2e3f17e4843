"""What stands in the official tables, cell by cell; and what is hidden from those outside the county."""

import io
from datetime import date
from decimal import Decimal

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.content import evidence, return_form, tables, work_report
from app.reports.content.figures import gather
from app.reports.content.masking import Mask, hidden
from app.reports.making import make
from app.reports.models import ReportFormat, ReportKind
from app.schools.models import Stage

OPEN, OUTSIDE = Mask(), Mask(5)
TODAY = date(2026, 11, 22)


@pytest.fixture
def figures(county, schools):
    return gather(county.id, 2026, TODAY)


def sheet(content, name):
    return openpyxl.load_workbook(io.BytesIO(content))[name]


def test_table_2_in_the_offices_layout(figures):
    content = make(ReportKind.OFFICIAL_TABLES, ReportFormat.XLSX, figures, OPEN).content
    page = sheet(content, "表Ⅱ-2小学")
    rows = list(page.iter_rows(values_only=True))
    assert rows[0][0] == "表Ⅱ-2（小学）"
    assert rows[1][0] == "青蓝县义务教育优质均衡发展小学资源配置达标情况（2026—2027学年）"
    assert (rows[2][0], rows[2][1], rows[2][6], rows[2][13]) == ("序号", "学校基本情况", "资源配置7项指标", "是否达标")
    assert rows[3][1:4] == ("学校名称", "举办者类型", "在校生数")
    assert rows[4][1:] == tuple(f"L{number}" for number in range(1, 15))
    # 9 of 200 are 4.5; 2 are 1; areas, money and rooms at the threshold but for the rooms: 2.5.
    assert rows[5] == (1, "城关小学", "7", 200, 6, 6, 4.5, 1, 1, 4.5, 7.5, 2000, 2.5, "是", None)
    assert rows[6][:2] == (2, "山后小学")
    assert rows[6][6:14] == (4.5, 0.5, 0, 4.5, 7.5, 2000, 2.5, "否")
    assert rows[6][14] == "未达标：指标2（50.0%）、指标3（0.0%）"
    notes = "".join(str(row[0]) for row in rows[7:])
    assert "达标1所，达标比例50.0%" in notes
    assert "数据截止日期：2026年11月22日" in notes
    assert "四舍五入" in notes
    merged = {str(span) for span in page.merged_cells.ranges}
    assert {"A2:O2", "B3:F3", "G3:M3", "A3:A4", "N3:N4"} <= merged


def test_table_3_has_means_and_variation(figures):
    table = tables.table_3(figures)
    mean, variation, verdict = table.rows
    # Backbone teachers: 3 of 400 pupils are 0.75 per hundred; deviation 0.25, so CV 1/3. PE: 2 of 400, CV 1.
    assert mean[2:5] == [Decimal("4.50"), Decimal("0.75"), Decimal("0.50")]
    assert variation[2:5] == [Decimal("0.000"), Decimal("0.333"), Decimal("1.000")]
    assert verdict[1:5] == ["是否达标（≤0.50）", "是", "是", "否"]
    assert [column.code for column in table.columns] == ["", "", *(f"L{n}" for n in range(1, 8))]


def test_table_4_measures_ours_and_leaves_the_others_to_the_county(figures):
    table = tables.table_4(figures, OPEN)
    assert [row[0] for row in table.rows] == list(range(1, 16))
    hours, posts, rotation = table.rows[8], table.rows[9], table.rows[10]
    assert hours[2:] == ["完成率0.0%（0/18）", "否", "系统计算"]
    assert posts[3:] == ["待定", "待填报（系统数据：编制与标准见编制配置表）"]
    assert "暂无数据" in rotation[2]


def test_small_groups_are_hidden_outside_the_county(figures):
    inside = evidence.indicators(figures, OPEN).rows[0]
    outside = evidence.indicators(figures, OUTSIDE).rows[0]
    assert inside[4:10] == [9, Decimal("4.50"), 2, Decimal("1.00"), 2, Decimal("1.00")]
    assert outside[4:10] == [9, Decimal("4.50"), "少于5", "＊", "少于5", "＊"]
    assert outside[10:12] == [900, Decimal("4.50")]  # rooms are no people
    table = tables.table_2(figures, Stage.PRIMARY, OUTSIDE)
    assert table.rows[0][7:9] == ["少于5", "少于5"]
    assert table.rows[1][7:9] == ["少于5", Decimal("0.00")]  # nobody is no group
    assert table.rows[1][14] == "未达标：指标2、指标3（0.0%）"  # no share from which one could be worked out
    assert any("县外使用" in note for note in table.notes)
    assert "0.50" not in str(return_form.school(figures, [figures.balance.rows[1]], OUTSIDE).rows)


def test_names_stand_only_in_what_stays_in_the_county(figures, schools):
    assert [table.sheet for table in evidence.tables(figures, OPEN)][-2:] == ["骨干教师名单", "体艺教师名单"]
    outside = evidence.tables(figures, OUTSIDE)
    assert [table.sheet for table in outside] == ["指标分校佐证", "交流轮岗佐证", "学时与持证佐证"]
    assert "交流轮岗教师姓名" not in [column.head for column in outside[1].columns]


@pytest.mark.parametrize(
    ("numbers", "has_sum", "places"),
    [
        ([3, 10, 20], False, {0}),
        ([3, 10, 20], True, {0, 1}),  # 33 - 30 would tell the three
        ([3, 4, 20], True, {0, 1}),
        ([0, 10, 20], True, set()),
        ([4, 0, 0], True, {0}),
        ([5, 10], True, set()),
        ([], True, set()),
    ],
)
def test_which_numbers_are_hidden(numbers, has_sum, places):
    assert hidden(numbers, 5, has_sum=has_sum) == places


@given(st.lists(st.integers(0, 30), max_size=12))
def test_with_a_sum_beside_them_no_single_number_stays_to_be_worked_out(numbers):
    places = hidden(numbers, 5, has_sum=True)
    assert {at for at, number in enumerate(numbers) if 0 < number < 5} <= places
    others = [number for at, number in enumerate(numbers) if at not in places and number]
    assert len(places) != 1 or not others


def test_the_work_report_says_what_the_figures_say(figures):
    report = work_report.document(figures, OPEN)
    said = "".join(getattr(block, "text", "") for block in report.blocks)
    assert "小学2所中达标1所，达标比例50.0%" in said
    assert "小学差异系数标准为不高于0.50，体艺教师1项超出" in said
    assert "小学1所学校每百名学生拥有县级以上骨干教师数未达标" in said
    assert any("数据截止日期" in note for note in report.notes)


@pytest.mark.parametrize("fmt", [ReportFormat.DOCX, ReportFormat.PDF])
def test_the_work_report_becomes_a_file_with_charts(figures, fmt):
    made = make(ReportKind.WORK_REPORT, fmt, figures, OUTSIDE)
    assert made.file_name == f"青蓝县年度工作报告2026-20261122（县外）.{fmt.value}"
    assert made.summary == {"primary": [1, 2]}
    if fmt is ReportFormat.PDF:
        assert made.content.startswith(b"%PDF")
        return
    word = docx.Document(io.BytesIO(made.content))
    assert word.paragraphs[0].text == "青蓝县教师队伍建设与义务教育优质均衡发展年度工作报告"
    assert len(word.inline_shapes) >= 3
    assert any("资源配置7项指标" in cell.text for cell in word.tables[1].rows[0].cells)


def test_every_kind_and_form_can_be_written(figures):
    for kind in ReportKind:
        for fmt in kind.formats:
            assert make(kind, fmt, figures, OPEN).content
    sheets = openpyxl.load_workbook(
        io.BytesIO(make(ReportKind.RETURN_FORM, ReportFormat.XLSX, figures, OPEN).content)
    ).sheetnames
    assert sheets == ["县级填报", "城关小学", "山后小学"]


def test_the_return_form_asks_numerator_and_value(figures):
    form = return_form.school(figures, [figures.balance.rows[0]], OPEN)
    assert form.rows[0] == ["小学", 1, "每百名学生拥有高于规定学历教师数", Decimal("9.00"), "人", 200, Decimal("4.2"),
                            Decimal("4.50"), "是"]  # fmt: skip
    county = return_form.county(figures, OPEN)
    assert [column.head for column in county.columns] == [
        "序号",
        "类别",
        "填报项目",
        "单位",
        "填报值",
        "是否必填",
        "备注说明",
    ]


def test_nothing_in_a_workbook_turns_into_a_formula(figures, schools, county):
    schools[0].name = "=1+1小学"
    fresh = gather(county.id, 2026, TODAY)
    content = make(ReportKind.RETURN_FORM, ReportFormat.XLSX, fresh, OPEN).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)
