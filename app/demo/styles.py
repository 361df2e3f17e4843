"""The habits of each district's office: its headers, and how it writes dates, codes, names and yes or no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.demo.sheets import Cell
from app.tables.catalogue import TEACHERS
from app.tables.codes import seed_list

ROSTER_KEYS = tuple(key for key in TEACHERS.keys if key != "stage_subject")
_SERIAL_EPOCH = date(1899, 12, 30)
_FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789()-"}
_OLD_TITLES = {
    "primary": {"senior": "小中高", "first": "小学高级", "second": "小学一级"},
    "junior": {"senior": "中学高级", "first": "中学一级", "second": "中学二级"},
}


def code_and_label(table: str, code: str) -> Cell:
    return seed_list(table).option(code)


def label(table: str, code: str) -> Cell:
    return seed_list(table)[code].label_zh


def code_as_number(table: str, code: str) -> Cell:
    return float(code) if code.isdigit() else label(table, code)


def short(table: str, code: str) -> Cell:
    """The shortest word people use for a code."""
    item = seed_list(table)[code]
    if table == "post_grade" and item.aliases:
        return item.aliases[0]
    return (
        {"21": "本科", "31": "大专", "14": "硕士研究生"}.get(code, item.label_zh)
        if table == "education_level"
        else item.label_zh
    )


def path_grade(table: str, code: str) -> Cell:
    text = str(label(table, code))
    return f"教师岗位-{text}" if table == "post_grade" and text.startswith("专业") else text


def dashes(day: date) -> Cell:
    return day.isoformat()


def month_dashes(day: date) -> Cell:
    return f"{day:%Y-%m}"


def chinese_day(day: date) -> Cell:
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_month(day: date) -> Cell:
    return f"{day.year}年{day.month}月"


def dotted_day(day: date) -> Cell:
    return f"{day:%Y.%m.%d}"


def dotted_month(day: date) -> Cell:
    return f"{day:%Y.%m}"


def slashed(day: date) -> Cell:
    return f"{day:%Y/%m/%d}"


def itself(day: date) -> Cell:
    return day


def serial(day: date) -> Cell:
    return float((day - _SERIAL_EPOCH).days)


def month_number(day: date) -> Cell:
    """2017.09 typed into a number cell; October cannot be typed so, for 2017.10 becomes 2017.1."""
    return f"{day.year}.10" if day.month == 10 else float(f"{day.year}.{day.month:02d}")


def full_width(text: str) -> str:
    return text.translate(_FULL_WIDTH)


def spaced(text: str) -> str:
    """Two-character names are often stretched to the width of three."""
    return f"{text[0]}  {text[1]} " if len(text) == 2 else f" {text}"


@dataclass(frozen=True)
class Style:
    """One office's way of filling in a roster."""

    headers: Mapping[str, str]
    groups: Mapping[str, str] = field(default_factory=dict)
    code: Callable[[str, str], Cell] = label
    month: Callable[[date], Cell] = month_dashes
    day: Callable[[date], Cell] = dashes
    yes_no: tuple[str, str] = ("是", "否")
    on_establishment: tuple[str, str] = ("是", "否")
    name: Callable[[str], str] = str
    id_number: Callable[[str], str] = str
    phone_as_number: bool = False
    schools_by_code: bool = False
    joins_stage_and_subject: bool = False
    uses_old_titles: bool = False
    merges_schools: bool = False
    has_subtotals: bool = False
    has_sample: bool = False
    has_instructions: bool = False
    has_dictionary: bool = False
    titles: tuple[str, ...] = ("{district}学区教师基本信息表",)
    footers: tuple[str, ...] = ()

    def title_word(self, code: str, stage: str) -> Cell:
        """A title as this office calls it, old names included."""
        if self.uses_old_titles:
            return _OLD_TITLES.get(stage, {}).get(code, str(label("title", code)))
        return self.code("title", code)


def _official_header(key: str) -> str:
    spec = TEACHERS[key]
    hint = f"\n({spec.hint})" if spec.hint else ""
    return ("*" if spec.required else "") + spec.label_zh + hint


OFFICIAL = {key: _official_header(key) for key in ROSTER_KEYS}
_PLAIN = {key: TEACHERS[key].label_zh for key in ROSTER_KEYS}
_GROUPS = {
    "基本信息": ("name", "former_name", "sex", "id_type", "id_number", "birth_on", "ethnic_group", "political_status",
              "highest_degree"),
    "任职信息": ("started_work_on", "joined_school_on", "staff_category", "is_established", "employing_school",
              "working_school", "stage", "subject", "further_subjects", "school_position", "state", "is_class_teacher"),
    "职称与岗位": ("title_rated", "title_employed", "title_employed_on", "post_category", "post_grade"),
    "联系方式": ("phone", "email", "home_township", "home_lat", "home_lng"),
}  # fmt: skip

STYLES: dict[str, Style] = {
    "城区一": Style(
        headers=OFFICIAL,
        code=code_and_label,
        titles=("青蓝县{district}学区教师基本信息采集表", "填表说明：带*号的为必填项；身份证件号请按文本填写。"),
        has_sample=True,
        has_dictionary=True,
    ),
    "城区二": Style(
        headers=_PLAIN
        | {
            "name": "教师姓名",
            "id_type": "证件类型",
            "id_number": "身份证号码",
            "birth_on": "出生年月日",
            "highest_degree": "学历",
            "started_work_on": "参工时间",
            "joined_school_on": "进入本校日期",
            "staff_category": "人员类别",
            "is_established": "编制状态",
            "employing_school": "编制单位",
            "working_school": "工作单位",
            "stage": "学段",
            "subject": "教授科目",
            "further_subjects": "兼任学科",
            "title_rated": "职称（评）",
            "title_employed": "职称（聘）",
            "title_employed_on": "聘任时间",
            "school_position": "行政职务",
            "state": "在岗状态",
            "phone": "联系电话",
            "email": "邮 箱",
            "staff_number": "教师编号",
        },
        groups={key: group for group, keys in _GROUPS.items() for key in keys},
        code=path_grade,
        month=chinese_month,
        day=chinese_day,
        yes_no=("√", "×"),
        on_establishment=("在编", "非编"),
    ),
    "东片": Style(
        headers=_PLAIN
        | {
            "name": "姓 名",
            "id_number": "身份证",
            "employing_school": "学校名称",
            "working_school": "现任教学校",
            "joined_school_on": "本校任教起始时间",
            "title_rated": "（评）教师职称",
            "title_employed": "（聘）教师职称",
            "phone": "手机号码",
            "staff_number": "标识码",
            "started_work_on": "参加工作时间",
        },
        month=dotted_month,
        day=dotted_day,
        merges_schools=True,
        has_subtotals=True,
        footers=("填表人：韩老师        审核人：", "填表日期：2026年8月15日", "单位（盖章）"),
    ),
    "西片": Style(
        headers=_PLAIN
        | {
            "name": "姓　名",
            "id_number": "身份证件号\n(18位)",
            "employing_school": "单位",
            "joined_school_on": "进 本 校 年 月",
            "title_rated": "职称",
            "title_employed": "现任专业技术职务",
            "phone": "手机号",
            "subject": "学科",
            "is_class_teacher": "班主任",
        },
        month=slashed,
        day=slashed,
        yes_no=("有", "无"),
        on_establishment=("1", "0"),
        name=spaced,
        id_number=full_width,
        has_instructions=True,
    ),
    "南片": Style(
        headers=_PLAIN
        | {
            "id_number": "身份证号",
            "employing_school": "学校代码",
            "phone": "手机号",
            "stage": "学段/学科",
            "title_rated": "专业技术资格",
            "title_employed": "现聘专业技术职务",
        },
        code=code_as_number,
        month=itself,
        day=itself,
        phone_as_number=True,
        schools_by_code=True,
        joins_stage_and_subject=True,
    ),
    "北片": Style(
        headers=_PLAIN
        | {
            "id_number": "公民身份号码",
            "employing_school": "所在学校",
            "phone": "电话",
            "joined_school_on": "到校时间",
            "highest_degree": "最高学历",
            "school_position": "职务",
            "title_rated": "已评职称",
            "title_employed": "已聘职称",
        },
        code=short,
        month=month_number,
        day=serial,
        yes_no=("1", "0"),
        uses_old_titles=True,
        has_subtotals=True,
        footers=("制表：北片中心校", "联系人：邱老师 19900000000"),
    ),
}
