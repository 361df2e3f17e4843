"""The demo county's workbooks, as its offices would send them, with a list of what in them must be rejected."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.demo.county import County
from app.demo.people import Teacher
from app.demo.places import School
from app.demo.rosters import make_rosters
from app.demo.sheets import Cell, Layout, Line, write_book
from app.tables.catalogue import STAGES
from app.tables.codes import seed_list


@dataclass(frozen=True, slots=True)
class Dirty:
    """A row that must be rejected: where it is, and with which problem code at which field."""

    file: str
    row: int
    code: str
    key: str
    name: str
    id_number: str


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A workbook in the folder: the sheet of the catalogue it holds and how many rows of data."""

    path: Path
    sheet: str
    data_rows: int


@dataclass(frozen=True)
class Manifest:
    """What was written, in the order in which it is to be imported."""

    county: County
    folder: Path
    files: tuple[WrittenFile, ...]
    dirty: tuple[Dirty, ...] = field(default=())

    def of_sheet(self, sheet: str) -> tuple[WrittenFile, ...]:
        return tuple(file for file in self.files if file.sheet == sheet)

    @property
    def accepted_teachers(self) -> tuple[Teacher, ...]:
        """The teachers whose rows are clean."""
        spoilt = {entry.id_number for entry in self.dirty}
        return tuple(teacher for teacher in self.county.teachers if teacher.id_number not in spoilt)


def write_workbooks(county: County, folder: Path, *, seed: int = 1, with_dirt: bool = True) -> Manifest:
    """Write every workbook of the county into the folder and tell what was made dirty."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [
        _write_schools(county, folder / "学校名册.xlsx"),
        _write_posts(county, folder / "学科岗位.xlsx"),
    ]
    dirty: list[Dirty] = []
    for roster in make_rosters(county, seed=seed, with_dirt=with_dirt):
        path = folder / f"教师名册-{roster.district}.xlsx"
        write_book(path, roster.layout, roster.lines)
        files.append(WrittenFile(path, "teachers", roster.data_rows))
        for row, entry in roster.spoilt:
            person = entry.teacher
            dirty.append(Dirty(path.name, row, entry.problem, entry.key, person.name, person.id_number))
    files.append(_write_honours(county, folder / "骨干教师.xlsx"))
    files.append(_write_rotations(county, folder / "交流轮岗经历.xlsx"))
    files.append(_write_circumstances(county, folder / "特殊情况.xlsx"))
    return Manifest(county, folder, tuple(files), tuple(dirty))


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _write_schools(county: County, path: Path) -> WrittenFile:
    plain = (
        "学校标识码", "学校名称", "办学类型", "学段", "城乡分类", "是否城镇优质学校", "是否薄弱学校", "所在乡镇",
        "纬度", "经度", "所属教育集团", "核定编制数",
    )  # fmt: skip
    counts = ("在校生数", "寄宿生数", "班级数")
    groups = ("",) * len(plain) + tuple(label for label in STAGES.values() for _ in counts)
    layout = Layout(
        "学校名册", (f"青蓝县{county.year}年学校基本情况表",), plain + counts * len(STAGES), groups,
        footers=("填表人：教育局人事股", f"填表日期：{county.census_on.isoformat()}"),
    )  # fmt: skip
    lines = [Line(_school_cells(school)) for school in county.schools]
    total: list[Cell] = ["合计", None, *([None] * 9), float(sum(school.quota for school in county.schools))]
    write_book(path, layout, [*lines, Line(total + [None] * (len(layout.headers) - len(total)), is_data=False)])
    return WrittenFile(path, "schools", len(lines))


def _school_cells(school: School) -> list[Cell]:
    cells: list[Cell] = [
        school.code, school.name, seed_list("school_kind").option(school.kind),
        "、".join(STAGES[stage] for stage in school.stages), seed_list("locality").option(school.locality),
        _yes(school.is_sending), _yes(school.is_weak), school.township, school.lat, school.lng, school.group,
        school.quota,
    ]  # fmt: skip
    for stage in STAGES:
        cells += [counts.get(stage) for counts in (school.pupils, school.boarders, school.classes)]
    return cells


def _write_posts(county: County, path: Path) -> WrittenFile:
    layout = Layout(
        "学科岗位",
        ("青蓝县中小学学科岗位设置表",),
        ("学校", "学段", "学科", "核定岗位数"),
        merged=(0,),
        footers=("注：岗位数按师生比测算。",),
    )
    subjects = seed_list("subject")
    lines = [
        Line((school.name, STAGES[stage], subjects[subject].label_zh, float(count)))
        for school in county.schools
        for stage, posts in school.posts.items()
        for subject, count in posts.items()
    ]
    total = Line(("总计", None, None, float(sum(school.quota for school in county.schools))), is_data=False)
    write_book(path, layout, [*lines, total])
    return WrittenFile(path, "posts", len(lines))


def _mixed(day: date, index: int) -> str:
    """A date as three different people would type it; a whole month is often written without its day."""
    return (day.isoformat(), f"{day:%Y.%m}", f"{day.year}年{day.month}月")[index % 3]


def _write_honours(county: County, path: Path) -> WrittenFile:
    headers = (
        "序号", "姓名", "身份证号", "学校名称", "骨干类型", "骨干级别", "称号名称", "认定时间", "有效期止",
    )  # fmt: skip
    types, levels = seed_list("honour_type"), seed_list("honour_level")
    rows = [
        (
            teacher.name, teacher.id_number, county.school(teacher.employing_school).name, types[honour.type].label_zh,
            levels[honour.level].label_zh, honour.title, honour.valid_from, honour.valid_to,
        )
        for teacher in county.teachers for honour in teacher.honours
    ]  # fmt: skip
    lines = [
        Line((float(index + 1), *row[:6], _mixed(row[6], index), _mixed(row[7], index)))
        for index, row in enumerate(rows)
    ]
    write_book(path, Layout("骨干教师", ("青蓝县骨干教师一览表",), headers), lines)
    return WrittenFile(path, "honours", len(lines))


def _write_rotations(county: County, path: Path) -> WrittenFile:
    headers = (
        "*教师姓名", "身份证件类型", "*教师身份证号", "*交流轮岗类型", "是否调动人事关系", "*开始年月\n(yyyy-MM)",
        "结束年月\n(yyyy-MM)",
        "*原单位名称", "*交流轮岗单位名称",
    )  # fmt: skip
    names = {school.code: school.name for school in county.schools}
    kinds = seed_list("rotation_kind")
    lines = [
        Line((
            teacher.name, "1-居民身份证", teacher.id_number, kinds.option(rotation.kind), _yes(rotation.is_transfer),
            f"{rotation.from_on:%Y-%m}", f"{rotation.to_on:%Y-%m}" if rotation.to_on else "",
            names[rotation.from_school], names[rotation.to_school],
        ))
        for teacher in county.teachers for rotation in teacher.rotations
    ]  # fmt: skip
    write_book(path, Layout("交流轮岗", ("交流轮岗信息导入表",), headers), lines)
    return WrittenFile(path, "rotations", len(lines))


def _write_circumstances(county: County, path: Path) -> WrittenFile:
    headers = ("姓名", "身份证号码", "特殊情况类型", "证明材料", "开始日期", "结束日期")
    kinds = seed_list("circumstance_kind")
    lines = [
        Line((
            teacher.name, teacher.id_number, kinds[item.kind].label_zh, item.evidence,
            item.from_on.isoformat(), item.to_on,
        ))
        for teacher in county.teachers for item in teacher.circumstances
    ]  # fmt: skip
    layout = Layout("特殊情况", (f"{county.year}年不参加交流轮岗教师情况表",), headers, footers=("审核：",))
    write_book(path, layout, lines)
    return WrittenFile(path, "circumstances", len(lines))
