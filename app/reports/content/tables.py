"""The official tables 表Ⅱ-2, 表Ⅲ and 表Ⅳ (教督〔2017〕6号 申报表)."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from app.reports.content.figures import STAGE_WORDS, Figures, percent
from app.reports.content.layout import Cell, Column, Table
from app.reports.content.masking import Mask
from app.schools.models import Stage
from app.targets.balance import CV_LIMITS, OF_PEOPLE, Indicator, Spread, StageRow, rounded
from app.targets.guarantees import OFFICIAL, POSTS, GuaranteeLine, Part

HEADS = {
    Indicator.DEGREE: "每百名学生拥有高于规定学历教师数",
    Indicator.BACKBONE: "每百名学生拥有县级以上骨干教师数",
    Indicator.PE_ARTS: "每百名学生拥有体育、艺术专任教师数",
    Indicator.TEACHING_AREA: "生均教学及辅助用房面积(平方米)",
    Indicator.SPORT_AREA: "生均体育运动场馆面积(平方米)",
    Indicator.EQUIPMENT: "生均教学仪器设备值(元)",
    Indicator.ROOMS: "每百名学生拥有网络多媒体教室数",
}
ROUNDING = (
    "数值修约：各校指标值、全县平均值保留2位小数，差异系数保留3位小数，比例保留1位小数，均为四舍五入后列示；"
    "达标与否按未舍入的数值判定。"
)
PASSING = (
    "学校达标：7项指标至少6项达标，余项不低于标准值的85%。九年一贯制、完全中学、十二年一贯制学校的校舍、场馆、设备、"
    "教室按1:1.1、1:1.2、1:1.1:1.32的权重在各学段间分摊。"
)
LEFT_OUT = "特殊教育学校、中等职业学校和不足50人的教学点不纳入计算。"
DEFINITIONS = (
    "指标1：专任教师中高于规定学历者（小学为专科及以上，初中为本科及以上）÷在校生数×100。"
    "指标2：县级及以上骨干教师（称号在有效期内）÷在校生数×100。"
    "指标3：体育、音乐、美术专任教师÷在校生数×100；50至99人的乡村学校另计兼任和走教教师。"
    "指标4：教学及辅助用房面积（不含室内体育用房）÷在校生数。指标5：体育运动场馆面积÷在校生数，主城区学校可计租用面积。"
    "指标6：教学仪器设备账面值÷在校生数。指标7：网络多媒体教室间数÷在校生数×100。"
)
YES_NO = {True: "是", False: "否", None: "待定"}
REASONS = {"special": "特殊教育学校", "vocational": "中等职业学校", "point": "不足50人教学点", "pupils": "无在校生"}


def cut_off_note(figures: Figures) -> str:
    """The line that every report carries."""
    source = "按系统数据计算" if figures.is_present else "按系统留存的该学年数据列示"
    return f"数据截止日期：{figures.cut_off_words}，{source}。"


def official(figures: Figures, mask: Mask) -> list[Table]:
    """All of them, in order."""
    stages = [stage for stage in STAGE_WORDS if figures.balance.counted(stage)]
    return [*(table_2(figures, stage, mask) for stage in stages), table_3(figures), table_4(figures, mask)]


def table_2(figures: Figures, stage: Stage, mask: Mask) -> Table:
    """表Ⅱ-2: every school of a stage with its seven values."""
    rows = [row for row in figures.balance.rows if row.stage is stage]
    counted = [row for row in rows if not row.excluded]
    basic, seven = "学校基本情况", "资源配置7项指标"
    columns = [
        Column("序号", width=5),
        Column("学校名称", basic, "L1", 22, is_left=True),
        Column("举办者类型", basic, "L2", 8),
        Column("在校生数", basic, "L3", 8),
        Column("年级数", basic, "L4", 6),
        Column("班级数", basic, "L5", 6),
        *(Column(HEADS[one], seven, f"L{number}", 10) for number, one in enumerate(Indicator, 6)),
        Column("是否达标", "", "L13", 7),
        Column("备注", "", "L14", 16, is_left=True),
    ]
    passed = figures.balance.passed(stage)
    share = Fraction(passed, len(counted)) if counted else None
    return Table(
        f"{figures.county.name}义务教育优质均衡发展{STAGE_WORDS[stage]}资源配置达标情况（{figures.year_words}）",
        columns,
        [_row_2(number, row, mask) for number, row in enumerate(rows, 1)],
        (
            f"纳入计算的{STAGE_WORDS[stage]}（含一贯制学校{STAGE_WORDS[stage]}部）{len(counted)}所，达标{passed}所，"
            f"达标比例{percent(share)}。",
            cut_off_note(figures),
            PASSING,
            LEFT_OUT,
            DEFINITIONS,
            ROUNDING,
            mask.note,
        ),
        sheet=f"表Ⅱ-2{STAGE_WORDS[stage]}",
        number=f"表Ⅱ-2（{STAGE_WORDS[stage]}）",
        filled_by="填表人：　　　　　　审核人：　　　　　　单位负责人（签字）：　　　　　　（盖章）",
    )


def _row_2(number: int, row: StageRow, mask: Mask) -> list[Cell]:
    values = [_value(row, one, mask) for one in Indicator]
    return [
        number, row.school, row.sponsor_code or "", row.pupils, row.grades, row.classes, *values,
        "—" if row.excluded else YES_NO[row.is_passed], remark(row, mask),
    ]  # fmt: skip


def _value(row: StageRow, one: Indicator, mask: Mask) -> Cell:
    """A value as it is printed; one that would tell of a small group of people is hidden."""
    value = row.value(one)
    if value is None:
        return "缺数据"
    if one in OF_PEOPLE and mask.is_small(int(row.items[one])):
        return mask.word
    return rounded(value)


def remark(row: StageRow, mask: Mask) -> str:
    """What the last column says: why a stage is left out, which indicators it lacks, whether it shares its rooms."""
    if row.excluded:
        return f"{REASONS[row.excluded]}，不纳入计算"
    said = []
    if row.lacking:
        said.append("未达标：" + "、".join(_lacking(row, one, mask) for one in row.lacking))
    if row.missing:
        said.append("缺数据：" + "、".join(f"指标{one.number}" for one in row.missing))
    if row.is_split:
        said.append("校舍设备按学段分摊")
    return "；".join(said)


def _lacking(row: StageRow, one: Indicator, mask: Mask) -> str:
    if one in OF_PEOPLE and mask.is_small(int(row.items[one])):
        return f"指标{one.number}"
    return f"指标{one.number}（{percent(row.reached(one))}）"


def table_3(figures: Figures) -> Table:
    """表Ⅲ: the county's means and CVs."""
    columns = [
        Column("学段", width=8),
        Column("项目", width=14),
        *(Column(HEADS[one], "资源配置7项指标", f"L{one.number}", 12) for one in Indicator),
    ]
    rows: list[list[Cell]] = []
    for stage, words in STAGE_WORDS.items():
        if figures.balance.counted(stage):
            rows += _rows_3(figures, stage, words)
    return Table(
        f"{figures.county.name}义务教育优质均衡发展县域内小学、初中校际差异系数（{figures.year_words}）",
        columns,
        rows,
        (
            "差异系数CV=S/X̄，S为以在校生数加权的标准差，X̄为全县平均值；小学不高于0.50，初中不高于0.45为达标。",
            "缺数据的学校未计入相应指标，该指标暂不判定。" if _is_missing(figures) else "",
            cut_off_note(figures),
            LEFT_OUT,
            DEFINITIONS,
            ROUNDING,
        ),
        sheet="表Ⅲ",
        number="表Ⅲ",
        filled_by="填表人：　　　　　　审核人：　　　　　　单位负责人（签字）：　　　　　　（盖章）",
    )


def _is_missing(figures: Figures) -> bool:
    return any(spread.missing for spread in figures.balance.spreads.values())


def _rows_3(figures: Figures, stage: Stage, words: str) -> Iterable[list[Cell]]:
    spreads = [figures.balance.spreads[stage, one] for one in Indicator]
    yield [words, "全县平均值", *(_rounded(spread.mean, 2) for spread in spreads)]
    yield [words, "差异系数", *(_rounded(spread.cv, 3) for spread in spreads)]
    yield [words, f"是否达标（≤{CV_LIMITS[stage]}）", *(_verdict(spread) for spread in spreads)]


def _rounded(value: Fraction | None, places: int) -> Decimal | str:
    return "—" if value is None else rounded(value, places)


def _verdict(spread: Spread) -> str:
    return YES_NO[spread.is_met]


def table_4(figures: Figures, mask: Mask) -> Table:
    """表Ⅳ: the fifteen guarantees."""
    columns = [
        Column("序号", width=5),
        Column("指标内容", "", "L1", 52, is_left=True),
        Column("指标值", "", "L2", 34, is_left=True),
        Column("是否达标", "", "L3", 9),
        Column("数据来源和佐证材料", "", "L4", 34, is_left=True),
    ]
    return Table(
        f"{figures.county.name}义务教育优质均衡发展政府保障程度（{figures.year_words}）",
        columns,
        [_row_4(line, mask) for line in figures.guarantees],
        (
            "第9项：最近五个培训年度累计满360学时的专任教师÷专任教师总数。第11项：本学年交流轮岗教师÷符合交流条件教师总数；"
            "交流轮岗教师中的骨干教师÷交流轮岗教师总数。第12项：无资格缺项的专任教师÷专任教师总数。",
            _money(figures),
            cut_off_note(figures),
            ROUNDING,
            mask.note,
        ),
        sheet="表Ⅳ",
        number="表Ⅳ",
        filled_by="填表人：　　　　　　审核人：　　　　　　单位负责人（签字）：　　　　　　（盖章）",
    )


PARTS = {
    "hours": "完成率",
    "rotation": "交流轮岗比例",
    "rotation_backbone": "其中骨干教师比例",
    "certificates": "持证上岗率",
}


def _row_4(line: GuaranteeLine, mask: Mask) -> list[Cell]:
    if line.is_measured:
        figure, source = "；".join(part_words(part, mask) for part in line.parts), "系统计算"
    else:
        figure = line.entry.figure if line.entry else ""
        source = line.entry.evidence if line.entry else "待填报"
    if line.number == POSTS and line.entry is None:
        source = "待填报（系统数据：编制与标准见编制配置表）"
    return [line.number, OFFICIAL[line.number], figure, YES_NO[line.is_met], source]


def part_words(part: Part, mask: Mask) -> str:
    """A measured figure: name, share, and the numbers it is made of."""
    name = PARTS.get(part.name, part.name)
    if part.share is None or part.numerator is None or part.denominator is None:
        return f"{name}：暂无数据"
    rest = part.denominator - part.numerator
    if mask.is_small(part.numerator) or mask.is_small(rest):
        return f"{name}：{'达标' if part.is_met else '未达标'}（相关人数{mask.word}，不予列示）"
    return f"{name}{percent(part.share)}（{part.numerator}/{part.denominator}）"


def _money(figures: Figures) -> str:
    money = figures.money
    spent = Fraction(money.spent) / Fraction(money.public_funds) if money.public_funds else None
    planned = Fraction(money.planned) / Fraction(money.public_funds) if money.public_funds else None
    return (
        f"附（教育质量第4项）：已编制预算的学校{money.with_budget}所，其中教师培训经费不低于公用经费预算总额5%的{money.reached}所；"
        f"全县预算占比{percent(planned)}，决算占比{percent(spent)}。"
    )
