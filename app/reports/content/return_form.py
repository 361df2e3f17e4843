"""The county's return form 县级填报表, and each school's self-appraisal 学校自评表 with numerators and values."""

from collections.abc import Iterable
from fractions import Fraction

from app.reports.content.evidence import ITEM_HEADS
from app.reports.content.figures import STAGE_WORDS, Figures, percent
from app.reports.content.layout import Cell, Column, Table
from app.reports.content.masking import Mask
from app.reports.content.tables import HEADS, YES_NO, cut_off_note, part_words
from app.schools.models import Stage
from app.targets.balance import OF_PEOPLE, Indicator, StageRow, rounded
from app.targets.guarantees import OFFICIAL

UNITS = {
    Indicator.DEGREE: "人",
    Indicator.BACKBONE: "人",
    Indicator.PE_ARTS: "人",
    Indicator.TEACHING_AREA: "平方米",
    Indicator.SPORT_AREA: "平方米",
    Indicator.EQUIPMENT: "元",
    Indicator.ROOMS: "间",
}
SIGNED = "填表人：　　　　　　审核人：　　　　　　填表日期：　　　　年　　月　　日"


def tables(figures: Figures, mask: Mask) -> list[Table]:
    """The county's form first, then one sheet a school."""
    schools: dict[int, list[StageRow]] = {}
    for row in figures.balance.rows:
        schools.setdefault(row.school_id, []).append(row)
    return [county(figures, mask), *(school(figures, rows, mask) for rows in schools.values())]


def county(figures: Figures, mask: Mask) -> Table:
    """序号 | 类别 | 填报项目 | 单位 | 填报值 | 是否必填 | 备注说明."""
    lines = [*_stages(figures, mask), *_staff(figures, mask), *_guarantees(figures, mask)]
    return Table(
        f"{figures.county.name}义务教育优质均衡发展县级填报表（{figures.year_words}）",
        [
            Column("序号", width=6),
            Column("类别", width=16),
            Column("填报项目", width=46, is_left=True),
            Column("单位", width=8),
            Column("填报值", width=22),
            Column("是否必填", width=9),
            Column("备注说明", width=34, is_left=True),
        ],
        [[number, *line] for number, line in enumerate(lines, 1)],
        (cut_off_note(figures), mask.note),
        sheet="县级填报",
        filled_by=SIGNED,
    )


type Line = tuple[Cell, ...]


def _stages(figures: Figures, mask: Mask) -> Iterable[Line]:
    for stage, words in STAGE_WORDS.items():
        rows = figures.balance.counted(stage)
        if not rows:
            continue
        kind = f"{words}资源配置"
        yield kind, f"纳入计算的{words}数", "所", len(rows), "是", "含一贯制学校相应学段"
        yield kind, f"{words}在校生数", "人", sum(row.pupils for row in rows), "是", ""
        yield kind, f"{words}班级数", "个", sum(row.classes for row in rows), "是", ""
        yield kind, f"达标{words}数", "所", figures.balance.passed(stage), "是", "7项指标至少6项达标，余项≥85%"
        for one in Indicator:
            yield from _indicator(figures, stage, rows, one, kind, mask)


def _indicator(
    figures: Figures, stage: Stage, rows: list[StageRow], one: Indicator, kind: str, mask: Mask
) -> Iterable[Line]:
    known = [row.items[one] for row in rows if one in row.items]
    missing = f"{len(rows) - len(known)}所学校缺数据" if len(known) < len(rows) else ""
    whole = sum(known, Fraction(0))
    shown: Cell = mask.number(int(whole)) if one in OF_PEOPLE else rounded(whole) if known else "缺数据"
    spread = figures.balance.spreads[stage, one]
    yield kind, ITEM_HEADS[one], UNITS[one], shown, "是", missing
    yield (
        kind,
        HEADS[one] + "（全县平均）",
        "",
        "缺数据" if spread.mean is None else rounded(spread.mean),
        "是",
        missing,
    )
    yield (
        kind, f"指标{one.number}校际差异系数", "", "缺数据" if spread.cv is None else rounded(spread.cv, 3), "是",
        f"不高于{spread.limit}；{YES_NO[spread.is_met]}达标" if spread.is_met is not None else missing,
    )  # fmt: skip


def _staff(figures: Figures, mask: Mask) -> Iterable[Line]:
    totals, kind = figures.totals, "教师队伍"
    yield kind, "核定编制数", "人", totals.quota, "是", f"按标准应配{totals.norm}人"
    yield kind, "在编教职工数", "人", totals.established, "是", ""
    yield kind, "在岗教职工数", "人", totals.working, "是", ""
    yield kind, "借出到机关事业单位人数", "人", mask.number(totals.loan), "否", ""
    if figures.recruits:
        now = figures.recruits[0]
        share = percent(now.share) if not mask.is_small(now.second) else "＊"
        yield kind, "本学年新招聘教师数", "人", mask.number(now.first), "是", ""
        yield kind, "其中紧缺学科教师数", "人", mask.number(now.second), "是", f"占比{share}"
    if figures.mental:
        yield kind, "专职心理健康教师数", "人", mask.number(figures.mental[0].first), "是", ""
        yield kind, "兼职心理健康教师数", "人", mask.number(figures.mental[0].second), "是", ""


def _guarantees(figures: Figures, mask: Mask) -> Iterable[Line]:
    for line in figures.guarantees:
        if line.is_measured:
            value: Cell = "；".join(part_words(part, mask) for part in line.parts)
        else:
            value = line.entry.figure or YES_NO[line.entry.is_met] if line.entry else ""
        verdict = {True: "达标", False: "未达标", None: "待填报"}[line.is_met]
        yield "政府保障程度", f"{line.number}. {OFFICIAL[line.number]}", "", value, "是", verdict


def school(figures: Figures, rows: list[StageRow], mask: Mask) -> Table:
    """One school: numerator and value of each indicator for each of its stages."""
    name = rows[0].school
    lines: list[list[Cell]] = []
    for row in rows:
        for one in Indicator:
            value = row.value(one)
            is_small = one in OF_PEOPLE and mask.is_small(int(row.items.get(one, 0)))
            lines.append([
                STAGE_WORDS[row.stage], one.number, HEADS[one],
                "" if one not in row.items else mask.word if is_small else rounded(row.items[one]), UNITS[one],
                row.pupils, row.threshold(one), "" if value is None else "＊" if is_small else rounded(value),
                YES_NO[row.is_met(one)],
            ])  # fmt: skip
    return Table(
        f"{name}义务教育优质均衡发展学校自评表（{figures.year_words}）",
        [
            Column("学段", width=8),
            Column("序号", width=6),
            Column("指标", width=40, is_left=True),
            Column("分子（总数）", width=14),
            Column("单位", width=8),
            Column("在校生数", width=10),
            Column("标准值", width=10),
            Column("每百名/生均值", width=13),
            Column("是否达标", width=9),
        ],
        lines,
        ("多学段学校的校舍、场馆、设备、教室已按学段分摊。" if len(rows) > 1 else "", cut_off_note(figures), mask.note),
        sheet=name,
        filled_by=SIGNED,
    )
