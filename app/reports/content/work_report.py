"""The yearly work report: what the figures say, in sentences, tables and charts."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from app.reports.content import clauses, tables
from app.reports.content.figures import STAGE_WORDS, Figures, chinese_day, in_chinese, percent
from app.reports.content.layout import BarChart, Block, Cell, Column, Document, Heading, Series, Table, Text
from app.reports.content.masking import Mask
from app.schools.models import Stage
from app.targets.balance import CV_LIMITS, Indicator, StageRow, rounded
from app.targets.queries import staffing

SHORT = {
    Indicator.DEGREE: "高学历",
    Indicator.BACKBONE: "骨干教师",
    Indicator.PE_ARTS: "体艺教师",
    Indicator.TEACHING_AREA: "教辅用房",
    Indicator.SPORT_AREA: "体育场馆",
    Indicator.EQUIPMENT: "仪器设备",
    Indicator.ROOMS: "多媒体室",
}
SUBJECTS_SHOWN, SCHOOLS_SHOWN = 12, 12
OFFICE = "教育体育局"


def document(figures: Figures, mask: Mask) -> Document:
    """The whole report."""
    return Document(
        f"{figures.county.name}教师队伍建设与义务教育优质均衡发展年度工作报告",
        f"（{figures.year_words}　数据截止{figures.cut_off_words}）",
        tuple(_parts(figures, mask)),
        tuple(
            note
            for note in (tables.cut_off_note(figures), tables.PASSING, tables.DEFINITIONS, tables.ROUNDING, mask.note)
            if note
        ),
    )


def _parts(figures: Figures, mask: Mask) -> Iterator[Block]:
    yield from _overview(figures, mask)
    yield from _balance(figures, mask)
    yield from _staff(figures, mask)
    yield from _guarantees(figures, mask)
    yield from _clauses(figures)
    yield from _next_steps(figures)
    yield Text(f"{figures.county.name}{OFFICE}　{chinese_day(figures.cut_off)}")


def _overview(figures: Figures, mask: Mask) -> Iterator[Block]:
    yield Heading("一、基本情况")
    said = []
    for stage, words in STAGE_WORDS.items():
        rows = figures.balance.counted(stage)
        if rows:
            said.append(
                f"{words}{len(rows)}所（部），在校生{sum(row.pupils for row in rows)}人，"
                f"班级{sum(row.classes for row in rows)}个"
            )
    totals = figures.totals
    yield Text(f"{figures.year_words}，纳入优质均衡监测的" + "；".join(said) + "。")
    yield Text(
        f"全县中小学、幼儿园核定教职工编制{totals.quota}名，按标准应配{totals.norm}名；在编{totals.established}人，"
        f"实际在岗{totals.working}人，借出到机关事业单位{mask.number(totals.loan)}人，"
        f"外出交流轮岗{mask.number(totals.away)}人。"
    )


def _balance(figures: Figures, mask: Mask) -> Iterator[Block]:
    yield Heading("二、义务教育优质均衡发展指标")
    yield Heading("（一）学校达标情况", 2)
    for stage, words in STAGE_WORDS.items():
        if figures.balance.counted(stage):
            yield Text(_passed(figures, stage, words))
    stages = [stage for stage in STAGE_WORDS if figures.balance.counted(stage)]
    yield BarChart(
        "各项指标未达标学校数（所）",
        [SHORT[one] for one in Indicator],
        [
            Series(STAGE_WORDS[stage], [float(figures.balance.below(stage, one)) for one in Indicator])
            for stage in stages
        ],
        places=0,
    )
    failing = [row for row in figures.balance.counted() if row.is_passed is not True]
    if failing:
        yield _failing(failing, figures, mask)
    yield Heading("（二）校际差异系数", 2)
    for stage in stages:
        yield Text(_variation(figures, stage))
    yield BarChart(
        "小学、初中校际差异系数",
        [SHORT[one] for one in Indicator],
        [Series(STAGE_WORDS[stage], [_cv(figures, stage, one) for one in Indicator]) for stage in stages],
        [(f"{STAGE_WORDS[stage]}{CV_LIMITS[stage]}", float(CV_LIMITS[stage])) for stage in stages],
        places=3,
    )
    yield tables.table_3(figures)
    if figures.earlier.rows:
        yield _year_on_year(figures)


def _passed(figures: Figures, stage: Stage, words: str) -> str:
    rows, passed = figures.balance.counted(stage), figures.balance.passed(stage)
    said = f"{words}{len(rows)}所中达标{passed}所，达标比例{percent(Fraction(passed, len(rows)))}"
    if unknown := figures.balance.unknown(stage):
        said += f"；{unknown}所因数据缺项待定"
    if figures.earlier.counted(stage):
        change = passed - figures.earlier.passed(stage)
        said += f"；比上学年{'增加' if change >= 0 else '减少'}{abs(change)}所"
    return said + "。"


def _failing(rows: list[StageRow], figures: Figures, mask: Mask) -> Table:
    lines: list[list[Cell]] = [
        [number, row.school, STAGE_WORDS[row.stage], "未达标" if row.is_passed is False else "待定",
         tables.remark(row, mask)]
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip
    return Table(
        "未达标和待定学校",
        [
            Column("序号", width=6),
            Column("学校名称", width=26, is_left=True),
            Column("学段", width=8),
            Column("状态", width=9),
            Column("缺项", width=50, is_left=True),
        ],
        lines,
        (tables.cut_off_note(figures),),
    )


def _variation(figures: Figures, stage: Stage) -> str:
    spreads = [figures.balance.spreads[stage, one] for one in Indicator]
    beyond = [SHORT[spread.indicator] for spread in spreads if spread.is_met is False]
    words, limit = STAGE_WORDS[stage], CV_LIMITS[stage]
    known = [spread for spread in spreads if spread.is_met is not None]
    if beyond:
        return f"{words}差异系数标准为不高于{limit}，{'、'.join(beyond)}{len(beyond)}项超出，需重点调控。"
    if len(known) < len(spreads):
        return f"{words}差异系数标准为不高于{limit}，已可判定的{len(known)}项均在标准以内，其余因数据缺项待定。"
    return f"{words}7项指标差异系数均不高于{limit}，全部达标。"


def _cv(figures: Figures, stage: Stage, one: Indicator) -> float | None:
    cv = figures.balance.spreads[stage, one].cv
    return None if cv is None else float(rounded(cv, 3))


def _year_on_year(figures: Figures) -> Table:
    lines: list[list[Cell]] = []
    for stage, words in STAGE_WORDS.items():
        if not (figures.balance.counted(stage) and figures.earlier.counted(stage)):
            continue
        for one in Indicator:
            now, was = figures.balance.spreads[stage, one], figures.earlier.spreads[stage, one]
            lines.append([
                words, tables.HEADS[one], *_pair(was.mean, now.mean, 2), *_pair(was.cv, now.cv, 3),
            ])  # fmt: skip
    return Table(
        "与上学年比较",
        [
            Column("学段", width=8),
            Column("指标", width=36, is_left=True),
            Column("上学年", "全县平均值", width=11),
            Column("本学年", "全县平均值", width=11),
            Column("上学年", "差异系数", width=11),
            Column("本学年", "差异系数", width=11),
        ],
        lines,
        (f"上学年为系统留存的{figures.year - 1}—{figures.year}学年数据。",),
    )


def _pair(was: Fraction | None, now: Fraction | None, places: int) -> tuple[Cell, Cell]:
    first: Cell = "—" if was is None else rounded(was, places)
    second: Cell = "—" if now is None else rounded(now, places)
    return first, second


def _staff(figures: Figures, mask: Mask) -> Iterator[Block]:
    yield Heading("三、编制与师资配置")
    over = [line for line in figures.staff if line.quota_gap > 0]
    under = [line for line in figures.staff if line.quota_gap < 0]
    yield Text(
        f"在编人数超过核定编制的学校{len(over)}所，共超{mask.number(figures.totals.over)}人；"
        f"有空编的学校{len(under)}所，共空编{mask.number(figures.totals.under)}名。"
    )
    told = [line for line in figures.staff if not mask.is_small(line.staff.established)]
    found = sorted(told, key=lambda line: -abs(line.quota_gap))[:SCHOOLS_SHOWN]
    if found:
        yield BarChart(
            f"编制偏差较大的{len(found)}所学校：在编人数与核定编制",
            [line.school.name.removeprefix(figures.county.name) for line in found],
            [
                Series("核定编制", [float(line.school.quota) for line in found]),
                Series("在编人数", [float(line.staff.established) for line in found]),
            ],
            places=0,
        )
    subjects = [one for one in staffing.by_subject(figures.staff) if one.missing]
    if subjects:
        missing = sum(one.missing for one in subjects)
        yield Text(f"按学科岗位，各校共缺教师{mask.number(missing)}人，缺口较大的学科见下表。")
        yield _subjects(subjects[:SUBJECTS_SHOWN], mask)
    yield from _recruits(figures, mask)
    yield Text(_mental(figures))


def _subjects(found: Iterable[staffing.SubjectLine], mask: Mask) -> Table:
    words = {**STAGE_WORDS}
    lines: list[list[Cell]] = [
        [words.get(one.stage, in_chinese("stage", one.stage.value)), in_chinese("subject", one.subject),
         mask.number(one.posts), mask.number(one.staff), mask.number(one.missing), mask.number(one.surplus)]
        for one in found
    ]  # fmt: skip
    return Table(
        "学科教师缺口",
        [
            Column("学段", width=10),
            Column("学科", width=16),
            Column("岗位数", width=10),
            Column("在岗教师", width=10),
            Column("各校缺员合计", width=13),
            Column("各校超员合计", width=13),
        ],
        lines,
        ("缺员、超员按学校分别计算后相加，两校之间不抵消。",),
    )


def _recruits(figures: Figures, mask: Mask) -> Iterator[Block]:
    told = [one for one in figures.recruits if one.first]
    if not told:
        return
    now = told[0]
    share = "＊" if mask.is_small(now.second) or mask.is_small(now.first) else percent(now.share)
    yield Text(
        f"{now.year}—{now.year + 1}学年新招聘教师{mask.number(now.first)}人，其中体育、音乐、美术、科学、劳动、"
        f"信息科技等紧缺学科{mask.number(now.second)}人，占{share}（要求不低于30%）。"
    )
    if not mask.least:
        yield BarChart(
            "新招聘教师与紧缺学科教师（人）",
            [f"{one.year}学年" for one in reversed(told)],
            [
                Series("新招聘", [float(one.first) for one in reversed(told)]),
                Series("其中紧缺学科", [float(one.second) for one in reversed(told)]),
            ],
            places=0,
        )


def _mental(figures: Figures) -> str:
    sizes = staffing.by_size(figures.staff)
    schools = sum(size.schools for size in sizes)
    without = sum(len(size.none) for size in sizes)
    part = sum(len(size.only_part) for size in sizes)
    return (
        f"{schools}所学校（园）中，配备专职或兼职心理健康教师的{schools - without}所，尚无的{without}所；"
        f"按规模应配专职而只有兼职的{part}所。"
    )


def _guarantees(figures: Figures, mask: Mask) -> Iterator[Block]:
    yield Heading("四、政府保障程度")
    met = sum(line.is_met is True for line in figures.guarantees)
    failed = [line.number for line in figures.guarantees if line.is_met is False]
    waiting = sum(line.is_met is None for line in figures.guarantees)
    said = f"15项政府保障指标中，达标{met}项"
    if failed:
        said += f"，未达标{len(failed)}项（第{'、'.join(map(str, failed))}项）"
    yield Text(said + (f"，待填报或暂无数据{waiting}项。" if waiting else "。"))
    yield tables.table_4(figures, mask)


def _clauses(figures: Figures) -> Iterator[Block]:
    found = clauses.tables(figures.county.id)
    if found:
        yield Heading("五、政策条款完成情况")
        yield from found


def _next_steps(figures: Figures) -> Iterator[Block]:
    """Nothing but what the figures themselves ask for."""
    yield Heading("六、需要解决的事项")
    numbers = iter(range(1, 100))
    for stage, words in STAGE_WORDS.items():
        for one in Indicator:
            if below := figures.balance.below(stage, one):
                yield Text(f"{next(numbers)}.{words}{below}所学校{tables.HEADS[one]}未达标，须逐校补足。")
    for line in figures.guarantees:
        if line.is_met is None:
            yield Text(f"{next(numbers)}.政府保障第{line.number}项尚未填报或暂无数据。")
        elif line.is_met is False:
            yield Text(f"{next(numbers)}.政府保障第{line.number}项未达标。")
    missing = sum(bool(row.missing) for row in figures.balance.counted())
    if missing:
        yield Text(f"{next(numbers)}.{missing}所学校（部）办学条件数据缺项，须尽快填报。")
