"""What the demo county's schools have: a workbook of rooms and equipment, last year's official figures on record, and
what the bureau says of the government's guarantees.

Most schools reach the thresholds of rooms and equipment; some rural ones lack sports grounds or classrooms, and two
have not filled in everything yet.
"""

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
from sqlalchemy import select

from app.accounts.models import User
from app.audit.operations import SYSTEM
from app.db.clock import today
from app.demo.places import School
from app.demo.sheets import Cell, Layout, Line, write_book
from app.demo.workbooks import Manifest, WrittenFile
from app.extensions import db
from app.regions.models import Region
from app.targets.balance import TEACHING_POINT
from app.targets.evaluators.periods import school_year, school_year_of
from app.targets.models import BalanceRecord
from app.targets.operations.resources import record_balance, state_guarantee
from app.web.transaction import transaction

HEADERS = (
    "学校名称", "学年", "举办者类型", "年级数", "教学及辅助用房面积\n(平方米)", "其中：室内体育用房面积",
    "体育运动场馆面积\n(平方米)", "租用体育场馆面积", "教学仪器设备值\n(元)", "网络多媒体教室数",
)  # fmt: skip
NEEDS = {"primary": (4.5, 7.5, 2000, 2.3), "junior": (5.8, 10.2, 2500, 2.4), "senior": (6.5, 11.0, 3000, 2.6)}
GRADES = {"primary": 6, "junior": 3, "senior": 3}
UNFINISHED = 2
STATED = (
    (1, True, "", "《青蓝县义务教育学校布局专项规划（2023—2030年）》"),
    (2, True, "", "县教体局、县财政局〔2024〕6号"),
    (5, False, "小学48人以上大班额3个", "2026年秋季学籍系统班额统计"),
    (6, True, "", "县财政局2026年生均公用经费核拨表"),
    (7, True, "9200元", "县财政局2026年生均公用经费核拨表"),
    (8, True, "比值1.03", "县人社局2025年工资统计"),
    (10, True, "", "县委编办〔2026〕4号，教职工编制分配方案"),
    (14, True, "55.0%", "青蓝县2026年高中阶段学校招生方案"),
)


def write_workbook(manifest: Manifest, folder: Path, *, seed: int) -> WrittenFile:
    """Write the planning office's list of this school year and the last; the same seed makes the same list."""
    chance, now = random.Random(seed * 17 + 3), school_year_of(today())
    schools = [school for school in manifest.county.schools if {"primary", "junior"} & set(school.stages)]
    lines = [Line(cells) for cells in _rows(chance, schools, now)]
    path = folder / "学校办学条件.xlsx"
    layout = Layout("办学条件", ("青蓝县义务教育学校办学条件统计表",), HEADERS, footers=("填表人：教育局计财股",))
    write_book(path, layout, lines)
    return WrittenFile(path, "resources", len(lines))


def _rows(chance: random.Random, schools: list[School], now: int) -> Iterator[tuple[Cell, ...]]:
    for number, school in enumerate(schools):
        figures = _figures(chance, school)
        grades = sum(GRADES.get(stage, 0) for stage in school.stages)
        for year in (now - 1, now):
            area, sport, equipment, rooms = (
                figures
                if year == now
                else tuple(round(value * share) for value, share in zip(figures, GROWN, strict=True))
            )
            is_open = year == now and number < UNFINISHED
            yield (
                school.name, f"{year}-{year + 1}", "县级教育部门", grades, area, round(area * 0.05), sport, None,
                None if is_open else equipment, None if is_open else rooms,
            )  # fmt: skip


GROWN = (1.0, 1.0, 0.94, 0.93)  # what there was a year ago of rooms, grounds, equipment and multimedia rooms


def _figures(chance: random.Random, school: School) -> tuple[int, ...]:
    """Areas, equipment and rooms around what the school's pupils need: more in small schools, less in crowded ones."""
    needed = [0.0, 0.0, 0.0, 0.0]
    for stage, pupils in school.pupils.items():
        for at, need in enumerate(NEEDS.get(stage, (0.0,) * 4)):
            needed[at] += pupils * need / (100 if at == 3 else 1)
    generous = 1.15 if school.is_urban else 1.3
    found = [round(need * generous * chance.uniform(0.88, 1.25)) for need in needed]
    if not school.is_urban and school.kind != TEACHING_POINT and chance.random() < 0.25:
        found[chance.choice((0, 1))] = round(needed[1] * 0.8)
    return tuple(found)


def fill(county_code: str) -> None:
    """Put last year's figures on record and state the guarantees; a re-run keeps what is there."""
    county = db.session.scalars(select(Region).where(Region.code == county_code)).one()
    officer = db.session.scalars(select(User).where(User.username == "officer")).one()
    if db.session.scalar(select(BalanceRecord.id).where(BalanceRecord.county_id == county.id)):
        return
    click.echo("\n== 优质均衡指标与政府保障 Balance indicators and guarantees")
    year = school_year_of(today())
    with transaction():
        rows = record_balance(actor=SYSTEM, county=county, day=_autumn(year - 1))
    with transaction():
        for item, is_met, figure, evidence in STATED:
            state_guarantee(
                actor=officer, county=county, school_year=year, item=item, entry=None, is_met=is_met, figure=figure,
                evidence=evidence,
            )  # fmt: skip
    click.echo(f"   {rows} rows of {year - 1} on record, {len(STATED)} guarantees stated")


def _autumn(year: int) -> date:
    """When the yearly statistics are taken."""
    return school_year(year).first.replace(day=30)
