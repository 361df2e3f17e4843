"""Staff by school and subject, for the workbook of all figures."""

from app.reports.content.figures import STAGE_WORDS, Figures, in_chinese, percent
from app.reports.content.layout import Cell, Column, Table
from app.reports.content.masking import Mask
from app.reports.content.tables import cut_off_note
from app.targets.queries import staffing

NORM = "编制标准：小学1:19、初中1:13.5、高中1:12.5；不足200人的乡村学校、教学点按班师比不低于1:2。"


def tables(figures: Figures, mask: Mask) -> list[Table]:
    """By school, by subject, recruits and mental health teachers."""
    return [_schools(figures, mask), _subjects(figures, mask), _recruits(figures, mask), _mental(figures, mask)]


def _schools(figures: Figures, mask: Mask) -> Table:
    heads = (
        "学生数",
        "标准应配",
        "核定编制",
        "在编",
        "在岗",
        "外派他校",
        "他校来校",
        "借出机关",
        "外出轮岗",
        "超编(+)缺编(-)",
    )
    rows: list[list[Cell]] = []
    for number, line in enumerate(figures.staff, 1):
        rows.append([
            number, line.school.name, line.pupils, line.norm, line.school.quota, mask.number(line.staff.established),
            mask.number(line.staff.working), mask.number(line.staff.lent), mask.number(line.staff.borrowed),
            mask.number(line.loan), mask.number(line.away), _gap(line.quota_gap, mask),
        ])  # fmt: skip
    columns = [Column("序号", width=6), Column("学校名称", width=26, is_left=True)]
    return Table(
        f"{figures.county.name}中小学、幼儿园编制与教职工配置（{figures.year_words}）",
        [*columns, *(Column(head, width=9) for head in heads)],
        rows,
        (NORM, cut_off_note(figures), mask.note),
        sheet="编制配置",
    )


def _gap(number: int, mask: Mask) -> Cell:
    if mask.is_small(abs(number)):
        return "＊"
    return f"{number:+d}" if number else "0"


def _subjects(figures: Figures, mask: Mask) -> Table:
    rows: list[list[Cell]] = [
        [STAGE_WORDS.get(one.stage, in_chinese("stage", one.stage.value)), in_chinese("subject", one.subject),
         mask.number(one.posts), mask.number(one.staff), mask.number(one.missing), mask.number(one.surplus)]
        for one in staffing.by_subject(figures.staff)
    ]  # fmt: skip
    heads = ("学段", "学科", "岗位数", "在岗教师", "各校缺员合计", "各校超员合计")
    return Table(
        f"{figures.county.name}学科教师配置（{figures.year_words}）",
        [Column(head, width=14) for head in heads],
        rows,
        ("缺员、超员按学校分别计算后相加，两校之间不抵消。", cut_off_note(figures), mask.note),
        sheet="学科配置",
    )


def _recruits(figures: Figures, mask: Mask) -> Table:
    rows: list[list[Cell]] = [
        [f"{one.year}—{one.year + 1}", mask.number(one.first), mask.number(one.second),
         "＊" if mask.is_small(one.second) or mask.is_small(one.first) else percent(one.share)]
        for one in figures.recruits
    ]  # fmt: skip
    return Table(
        f"{figures.county.name}新招聘教师中紧缺学科占比",
        [Column(head, width=18) for head in ("学年", "新招聘教师", "其中紧缺学科", "占比")],
        rows,
        (
            "紧缺学科：体音美、科学、劳动、信息科技；按参加工作时间所在学年统计。",
            cut_off_note(figures),
            mask.note,
        ),
        sheet="新招聘教师",
    )


def _mental(figures: Figures, mask: Mask) -> Table:
    rows: list[list[Cell]] = []
    for size in staffing.by_size(figures.staff):
        span = f"{size.least}人及以上" if size.most is None else f"{size.least}至{size.most}人"
        rows.append([span, size.schools, size.full, size.part, len(size.none)])
    heads = ("学校规模", "学校数", "有专职", "仅兼职", "尚无")
    return Table(
        f"{figures.county.name}心理健康教师配备（{figures.year_words}）",
        [Column(head, width=16) for head in heads],
        rows,
        ("专职为主教学科，兼职为兼教学科。", cut_off_note(figures), mask.note),
        sheet="心理教师",
    )
