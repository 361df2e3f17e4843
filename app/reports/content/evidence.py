"""The evidence behind the official tables, school by school."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.credits.books import book_of
from app.credits.models import CreditTotal
from app.extensions import db
from app.qualifications.models import CertificateGap
from app.reports.content.figures import STAGE_WORDS, Figures, in_chinese, percent
from app.reports.content.layout import Cell, Column, Table
from app.reports.content.masking import Mask
from app.reports.content.tables import HEADS, YES_NO, cut_off_note
from app.schools.models import School
from app.targets.balance import OF_PEOPLE, STAGES, Indicator, StageRow, rounded
from app.targets.evaluators.frame import Frame, Move
from app.targets.evaluators.periods import school_year
from app.targets.queries.guarantees import FIVE_YEARS, TARGET
from app.targets.queries.teachers import counted, full_time
from app.teachers.models import Teacher

ITEM_HEADS = {
    Indicator.DEGREE: "高于规定学历教师数",
    Indicator.BACKBONE: "县级以上骨干教师数",
    Indicator.PE_ARTS: "体育、艺术专任教师数",
    Indicator.TEACHING_AREA: "教学及辅助用房面积",
    Indicator.SPORT_AREA: "体育运动场馆面积",
    Indicator.EQUIPMENT: "教学仪器设备值",
    Indicator.ROOMS: "网络多媒体教室数",
}


def tables(figures: Figures, mask: Mask) -> list[Table]:
    """All evidence sheets. Names stand in them only within the county."""
    found = [indicators(figures, mask), rotation(figures, mask), training(figures, mask)]
    if not mask.least and figures.is_present:
        found += [people(figures, one) for one in (Indicator.BACKBONE, Indicator.PE_ARTS)]
    return found


def indicators(figures: Figures, mask: Mask) -> Table:
    """Numerator and value of each indicator, a row a school and stage."""
    columns = [Column("序号", width=5), Column("学校名称", width=24, is_left=True), Column("学段", width=6)]
    columns.append(Column("在校生数", width=9))
    for one in Indicator:
        unit = "生均" if one.per == 1 else "每百名"
        columns += [Column(ITEM_HEADS[one], HEADS[one], width=10), Column(unit, HEADS[one], width=9)]
    columns += [Column("是否达标", width=7)]
    rows = []
    for number, row in enumerate(figures.balance.rows, 1):
        rows.append([
            number, row.school, STAGE_WORDS[row.stage], row.pupils, *_pairs(row, mask),
            "—" if row.excluded else YES_NO[row.is_passed],
        ])  # fmt: skip
    return Table(
        f"{figures.county.name}资源配置指标分校佐证（{figures.year_words}）",
        columns,
        rows,
        (cut_off_note(figures), mask.note),
        sheet="指标分校佐证",
    )


def _pairs(row: StageRow, mask: Mask) -> Iterable[Cell]:
    for one in Indicator:
        item, value = row.items.get(one), row.value(one)
        if item is None or value is None:
            yield from ("缺数据", "缺数据")
        elif one in OF_PEOPLE and mask.is_small(int(item)):
            yield from (mask.word, "＊")
        else:
            yield int(item) if item.denominator == 1 else rounded(item)
            yield rounded(value)


@dataclass(frozen=True)
class _Rotated:
    """A school's part in the county's rotation."""

    school: str
    eligible: int
    gone: Sequence[Move]
    backbones: int


def rotation(figures: Figures, mask: Mask) -> Table:
    """交流轮岗: who went from each school, of how many who meet the conditions."""
    lines, names = _rotation(figures)
    named = not mask.least
    columns = [
        Column("序号", width=5),
        Column("学校名称", width=24, is_left=True),
        Column("符合交流条件教师数", width=11),
        Column("交流总数", width=9),
        Column("其中骨干教师", width=9),
        Column("占比", width=9),
    ]
    if named:
        columns += [Column("交流轮岗教师姓名", width=44, is_left=True), Column("交流时间", width=22)]
    eligible = mask.column([line.eligible for line in lines], has_sum=True)
    gone = mask.column([len(line.gone) for line in lines], has_sum=True)
    backbones = mask.column([line.backbones for line in lines], has_sum=True)
    rows: list[list[Cell]] = []
    for at, line in enumerate(lines):
        is_told = isinstance(eligible[at], int) and isinstance(gone[at], int)
        share = percent(_share(len(line.gone), line.eligible)) if is_told else "＊"
        row: list[Cell] = [at + 1, line.school, eligible[at], gone[at], backbones[at], share]
        if named:
            row += ["、".join(names.get(move.teacher_id, "") for move in line.gone), _span(line.gone)]
        rows.append(row)
    whole, sent = sum(line.eligible for line in lines), sum(len(line.gone) for line in lines)
    total: list[Cell] = [
        "合计", "", mask.number(whole), mask.number(sent), mask.number(sum(line.backbones for line in lines)),
        percent(_share(sent, whole)) if not mask.is_small(sent) else "＊",
    ]  # fmt: skip
    rows.append([*total, *([""] * (len(columns) - len(total)))])
    return Table(
        f"{figures.county.name}教师交流轮岗分校佐证（{figures.year_words}）",
        columns,
        rows,
        (
            "占比＝交流总数÷符合交流条件教师数，逐校仅供核对；比例按全县计算。",
            cut_off_note(figures),
            mask.note,
        ),
        sheet="交流轮岗佐证",
    )


def _share(number: int, whole: int) -> Fraction | None:
    return Fraction(number, whole) if whole else None


def _rotation(figures: Figures) -> tuple[list[_Rotated], dict[int, str]]:
    frame, period = Frame((figures.county.id,), figures.cut_off), school_year(figures.year)
    pool = {one: verdict for one, verdict in frame.judged.items() if verdict.is_in_pool and verdict.is_counted}
    by_school: dict[int, list[Move]] = defaultdict(list)
    seen: set[int] = set()
    for move in frame.moves:
        if move.on in period and move.teacher_id in pool and move.teacher_id not in seen:
            seen.add(move.teacher_id)
            by_school[pool[move.teacher_id].school_id].append(move)
    eligible: dict[int, int] = defaultdict(int)
    for verdict in pool.values():
        eligible[verdict.school_id] += 1
    names = dict(db.session.execute(select(Teacher.id, Teacher.name).where(Teacher.id.in_(seen))).tuples().all())
    schools = db.session.execute(
        select(School.id, School.name).where(School.id.in_(eligible)).order_by(School.name_pinyin, School.id)
    ).tuples()
    lines = [
        _Rotated(
            name, eligible[key], by_school[key], sum(move.teacher_id in frame.backbones for move in by_school[key])
        )
        for key, name in schools
    ]
    return lines, names


def _span(moves: Sequence[Move]) -> str:
    if not moves:
        return ""
    first, ends = min(move.on for move in moves), [move.until for move in moves if move.until]
    return f"{first:%Y.%m}—{max(ends):%Y.%m}" if ends else f"{first:%Y.%m}起"


def training(figures: Figures, mask: Mask) -> Table:
    """360 学时 and certificates: full-time teachers of each school, and how many have them."""
    on = figures.cut_off
    rows = _training(figures.county.id, on)
    done = mask.column([row[2] for row in rows], has_sum=True)
    valid = mask.column([row[3] for row in rows], has_sum=True)
    lines: list[list[Cell]] = [
        [number + 1, row[0], mask.number(row[1]), done[number], valid[number]] for number, row in enumerate(rows)
    ]
    sums = [sum(row[1] for row in rows), sum(row[2] for row in rows), sum(row[3] for row in rows)]
    total: list[Cell] = [mask.number(value) for value in sums]
    lines.append(["合计", "", *total])
    return Table(
        f"{figures.county.name}教师培训学时与持证上岗分校佐证（{figures.year_words}）",
        [
            Column("序号", width=5),
            Column("学校名称", width=26, is_left=True),
            Column("专任教师数", width=11),
            Column("近五年满360学时人数", width=13),
            Column("无资格缺项人数", width=12),
        ],
        lines,
        ("义务教育阶段专任教师；学时按最近五个培训年度已入账学时累计。", cut_off_note(figures), mask.note),
        sheet="学时与持证佐证",
    )


def _training(county_id: int, on: date) -> list[tuple[str, int, int, int]]:
    last = book_of(county_id).on(on).rules.year_of(on)
    enough = (
        select(CreditTotal.teacher_id)
        .where(CreditTotal.year.between(last - FIVE_YEARS + 1, last))
        .group_by(CreditTotal.teacher_id)
        .having(func.sum(CreditTotal.hours) >= TARGET)
    )
    barred = select(CertificateGap.teacher_id).where(CertificateGap.county_id == county_id, CertificateGap.is_barring)
    query = (
        select(
            School.name,
            func.count(),
            func.count().filter(Teacher.id.in_(enough)),
            func.count().filter(Teacher.id.not_in(barred)),
        )
        .select_from(Teacher)
        .join(School, School.id == Teacher.working_school_id)
        .where(Teacher.county_id == county_id, Teacher.stage.in_(STAGES), full_time(on))
        .group_by(School.id, School.name, School.name_pinyin)
        .order_by(School.name_pinyin, School.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.session.execute(query)]


def people(figures: Figures, one: Indicator) -> Table:
    """The names behind an indicator, for use within the county."""
    query = (
        select(Teacher)
        .where(Teacher.county_id == figures.county.id, Teacher.stage.in_(STAGES), counted(one, figures.cut_off))
        .options(joinedload(Teacher.working_school))
        .join(School, School.id == Teacher.working_school_id)
        .order_by(School.name_pinyin, School.id, Teacher.name_pinyin, Teacher.id)
    )
    rows: list[list[Cell]] = [
        [number, teacher.working_school.name, STAGE_WORDS[teacher.stage], teacher.name,
         in_chinese("subject", teacher.subject_code), in_chinese("education_level", teacher.highest_degree_code)]
        for number, teacher in enumerate(db.session.scalars(query), 1)
    ]  # fmt: skip
    return Table(
        f"{figures.county.name}{ITEM_HEADS[one]}名单（{figures.year_words}）",
        [
            Column("序号", width=6),
            Column("学校名称", width=26, is_left=True),
            Column("学段", width=8),
            Column("姓名", width=12),
            Column("任教学科", width=14),
            Column("最高学历", width=18),
        ],
        rows,
        (cut_off_note(figures), "本名单仅供县内核对使用，不得外传。"),
        sheet=f"{'骨干教师' if one is Indicator.BACKBONE else '体艺教师'}名单",
    )
