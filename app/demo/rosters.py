"""The teacher rosters of the districts, and the dirt that must not get in."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app.demo.county import County
from app.demo.people import Teacher
from app.demo.places import School
from app.demo.sheets import Cell, Layout, Line
from app.demo.styles import ROSTER_KEYS, STYLES, Style
from app.tables.catalogue import STAGES, TEACHERS
from app.tables.codes import seed_list
from app.tables.identity import check_digit

UNKNOWN_SCHOOL = "青蓝县第九十九小学"
_CODE_TABLES = {field.key: field.code_table or "" for field in TEACHERS if field.code_table}


@dataclass(frozen=True)
class Entry:
    """A roster row to be: the teacher, the cells that are spoilt, and the problem that must come of it."""

    teacher: Teacher
    spoilt: Mapping[str, Cell] = field(default_factory=dict)
    problem: str = ""
    key: str = ""


@dataclass(frozen=True)
class Roster:
    """A district's roster ready to be written; `spoilt` pairs each dirty entry with its row number."""

    district: str
    layout: Layout
    lines: tuple[Line, ...]
    data_rows: int
    spoilt: tuple[tuple[int, Entry], ...]


def make_rosters(county: County, *, seed: int = 1, with_dirt: bool = True) -> list[Roster]:
    """One roster a district that has schools."""
    schools = {school.code: school for school in county.schools}
    by_district: dict[str, list[Teacher]] = {}
    for teacher in county.teachers:
        by_district.setdefault(schools[teacher.employing_school].district, []).append(teacher)
    chance = random.Random(seed)
    rosters = []
    for district, style in STYLES.items():
        teachers = by_district.get(district)
        if not teachers:
            continue
        entries = [Entry(teacher) for teacher in teachers]
        if with_dirt:
            entries = _spoil(chance, district, entries)
        rosters.append(_lay_out(district, style, entries, schools))
    return rosters


def _lay_out(district: str, style: Style, entries: Sequence[Entry], schools: Mapping[str, School]) -> Roster:
    keys = _keys(style)
    headers = ("序号", *(style.headers[key] for key in keys))
    layout = Layout(
        sheet_name="教师名册",
        titles=tuple(title.format(district=district) for title in style.titles),
        headers=headers,
        groups=("", *(style.groups.get(key, "") for key in keys)) if style.groups else (),
        merged=(1 + keys.index("employing_school"),) if style.merges_schools else (),
        sample=_sample(keys) if style.has_sample else (),
        footers=style.footers,
        instructions=("填写说明", "一、请按身份证填写姓名。", "二、日期请写成 2017/09/01。")
        if style.has_instructions
        else (),
        dictionary=_dictionary() if style.has_dictionary else (),
    )
    lines: list[Line] = []
    spoilt: list[tuple[int, Entry]] = []
    number = 0
    for school_entries in _blocks(entries):
        for entry in school_entries:
            number += 1
            if entry.problem:
                spoilt.append((layout.first_data_row + len(lines), entry))
            lines.append(Line((float(number), *_cells(style, keys, entry, schools))))
        if style.has_subtotals:
            lines.append(_total("小计", len(school_entries), len(headers)))
    if style.has_subtotals:
        lines.append(_total("合计", number, len(headers)))
    return Roster(district, layout, tuple(lines), number, tuple(spoilt))


def _keys(style: Style) -> tuple[str, ...]:
    hidden = {"subject"} if style.joins_stage_and_subject else set()
    return tuple(key for key in ROSTER_KEYS if key not in hidden)


def _blocks(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries school by school, a spoilt school being a block of its own."""
    block: list[Entry] = []
    last: tuple[str, Cell] | None = None
    for entry in entries:
        school = (entry.teacher.employing_school, entry.spoilt.get("employing_school"))
        if block and school != last:
            yield block
            block = []
        block.append(entry)
        last = school
    if block:
        yield block


def _cells(style: Style, keys: Sequence[str], entry: Entry, schools: Mapping[str, School]) -> list[Cell]:
    return [entry.spoilt[key] if key in entry.spoilt else _cell(style, key, entry.teacher, schools) for key in keys]


def _cell(style: Style, key: str, teacher: Teacher, schools: Mapping[str, School]) -> Cell:
    """One field of a teacher as this office writes it."""
    if key == "stage" and style.joins_stage_and_subject:
        return STAGES[teacher.stage] + seed_list("subject")[teacher.subject].label_zh
    if key in ("title_rated", "title_employed"):
        return style.title_word(getattr(teacher, key), teacher.stage)
    if key in _CODE_TABLES:
        return _code_cell(style, key, teacher)
    if key in ("employing_school", "working_school"):
        school = schools[getattr(teacher, key)]
        return float(school.code) if style.schools_by_code and key == "employing_school" else school.name
    if key == "is_established":
        return style.on_establishment[0 if teacher.is_established else 1]
    if key == "is_class_teacher":
        return style.yes_no[0 if teacher.is_class_teacher else 1]
    if key == "birth_on":
        return style.day(teacher.birth_on)
    value = _plain(key, teacher)
    if isinstance(value, date):
        return style.month(value)
    if key == "name":
        return style.name(teacher.name)
    if key == "id_number":
        return style.id_number(teacher.id_number)
    if key == "phone" and style.phone_as_number:
        return float(teacher.phone)
    return value


def _plain(key: str, teacher: Teacher) -> Cell:
    if key in ("home_lat", "home_lng"):
        return teacher.home[0 if key == "home_lat" else 1] if teacher.home else None
    if key == "former_name":
        return teacher.former_name or "无"
    value: Cell = getattr(teacher, key)
    return value


def _code_cell(style: Style, key: str, teacher: Teacher) -> Cell:
    table = _CODE_TABLES[key]
    constant = {"id_type": "1", "staff_category": "A1", "post_category": "1"}
    value = constant.get(key) or getattr(teacher, key)
    if isinstance(value, tuple):
        return "；".join(str(style.code(table, code)) for code in value)
    return style.code(table, value)


def _sample(keys: Sequence[str]) -> tuple[Cell, ...]:
    examples: list[Cell] = [TEACHERS[key].example for key in keys]
    examples[keys.index("id_number")] = "99010119880312002X"
    return ("示例", *examples)


def _dictionary() -> tuple[tuple[str, ...], ...]:
    tables = ("sex", "ethnic_group", "teacher_state", "title")
    return tuple((name, *(seed_list(name).option(item.code) for item in seed_list(name))) for name in tables)


def _total(word: str, count: int, width: int) -> Line:
    return Line((word, f"{count}人", *([None] * (width - 2))), is_data=False)


def _spoil(chance: random.Random, district: str, entries: list[Entry]) -> list[Entry]:
    """Spoil a few rows of teachers of whom no other workbook speaks."""
    quiet = [
        index for index, entry in enumerate(entries)
        if not (entry.teacher.honours or entry.teacher.rotations or entry.teacher.circumstances)
        and entry.teacher.state == "100"
    ]  # fmt: skip
    chosen = iter(chance.sample(quiet, min(4, len(quiet))))
    doubles: list[tuple[int, Entry]] = []
    for kind in _DIRT[district]:
        index = next(chosen, None)
        if index is None:
            break
        teacher = entries[index].teacher
        if kind == "duplicate_row":
            entries[index] = Entry(teacher, {}, kind, "id_number")
            other = replace(teacher, name=teacher.name[0] + "小" + teacher.name[-1], phone="19900001111")
            doubles.append((index + 1, Entry(other, {}, kind, "id_number")))
        else:
            entries[index] = _spoilt(kind, teacher)
    for index, entry in sorted(doubles, key=lambda pair: -pair[0]):
        entries.insert(index, entry)
    return entries


_DIRT: dict[str, tuple[str, ...]] = {
    "城区一": ("digits_lost", "unknown_code"),
    "城区二": ("impossible_date", "duplicate_row"),
    "东片": ("ambiguous_month", "unknown_school"),
    "西片": ("digits_lost_text", "id_checksum"),
    "南片": ("unknown_school", "impossible_birth"),
    "北片": ("ambiguous_month", "id_old_form"),
}


def _spoilt(kind: str, teacher: Teacher) -> Entry:
    number = teacher.id_number
    if kind == "digits_lost":
        return Entry(teacher, {"id_number": float(number[:15] + "000")}, "digits_lost", "id_number")
    if kind == "digits_lost_text":
        return Entry(teacher, {"id_number": _cut_short(number)}, "digits_lost", "id_number")
    if kind == "id_checksum":
        wrong = "0" if number[-1] != "0" else "1"
        return Entry(teacher, {"id_number": number[:-1] + wrong}, "id_checksum", "id_number")
    if kind == "id_old_form":
        return Entry(teacher, {"id_number": number[:6] + number[8:17]}, "id_old_form", "id_number")
    if kind == "ambiguous_month":
        return Entry(teacher, {"joined_school_on": 2015.1}, "ambiguous_month", "joined_school_on")
    if kind == "impossible_date":
        return Entry(teacher, {"joined_school_on": "2018年13月"}, "impossible_date", "joined_school_on")
    if kind == "impossible_birth":
        return Entry(teacher, {"birth_on": "1985-02-30"}, "impossible_date", "birth_on")
    if kind == "unknown_school":
        return Entry(teacher, {"employing_school": UNKNOWN_SCHOOL}, "unknown_school", "employing_school")
    return Entry(teacher, {"subject": "书法"}, "unknown_code", "subject")


def _cut_short(number: str) -> str:
    """Fifteen digits and three zeros that are not, by chance, another right number."""
    cut = number[:15] + "000"
    if check_digit(cut) != "0":
        return cut
    return number[:14] + str((int(number[14]) + 1) % 10) + "000"
