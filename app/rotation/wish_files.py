"""Reading a workbook of wishes: 姓名, 学校, 志愿1 … 志愿5. Rows that cannot be understood are named with their line."""

from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.rotation.operations.wishes import MOST
from app.schools.models import School
from app.tables.packages import TableFileError
from app.tables.reading import RawSheet, open_workbook
from app.teachers.models import Teacher
from app.web.errors import Refused

NAME = ("姓名", "教师姓名", "name")
SCHOOL = ("学校", "单位", "学校名称", "任教单位", "school")
WISHES = tuple((f"志愿{n}", f"第{'一二三四五'[n - 1]}志愿", f"志愿学校{n}", f"wish{n}") for n in range(1, MOST + 1))
HEADER_DEPTH = 6


@dataclass
class WishFile:
    """What a workbook says: wishes by teacher, and the lines that were not understood."""

    wishes: list[tuple[Teacher, list[School]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_wishes(content: bytes, county_id: int) -> WishFile:
    """Read the first sheet; a file that is no table is refused with a sentence."""
    try:
        book = open_workbook(content)
        sheet = book.sheet(book.candidates[0])
    except (TableFileError, IndexError) as error:
        raise Refused(_("The file cannot be read as a table. Save it as xlsx or csv and try again.")) from error
    top, columns = _header(sheet)
    reader = _Reader(county_id)
    found = WishFile()
    for line, row in enumerate(sheet.rows[top + 1 :], start=top + 2):
        cells = {key: str(row[index]).strip() for key, index in columns.items()}
        if not any(cells.values()) or not cells["name"]:
            continue
        try:
            found.wishes.append(reader.read(cells))
        except ValueError as problem:
            found.problems.append(_("Line %(line)s: %(problem)s", line=line, problem=problem))
    return found


def _header(sheet: RawSheet) -> tuple[int, dict[str, int]]:
    """The header's row and the columns of the fields."""
    for top, row in enumerate(sheet.rows[:HEADER_DEPTH]):
        plain = ["".join(str(cell).split()).lstrip("*").lower() for cell in row]
        names = {"name": NAME, "school": SCHOOL} | {f"wish{n}": aliases for n, aliases in enumerate(WISHES, 1)}
        columns = {key: plain.index(alias) for key, known in names.items() for alias in known if alias in plain}
        if {"name", "wish1"} <= columns.keys():
            return top, columns
    raise Refused(_("No row holds the headers 姓名 and 志愿1."))


class _Reader:
    """Finds the people and schools that a row names."""

    def __init__(self, county_id: int) -> None:
        self.county_id = county_id
        rows = db.session.scalars(select(School).where(School.county_id == county_id, School.is_active))
        self.schools = {key: school for school in rows for key in (school.name, school.code)}

    def read(self, cells: dict[str, str]) -> tuple[Teacher, list[School]]:
        """The teacher and the schools of one row; ValueError says what was not understood."""
        teacher = self._teacher(cells["name"], cells.get("school", ""))
        wished = [cells.get(f"wish{n}", "") for n in range(1, MOST + 1)]
        schools = [self._school(name) for name in wished if name]
        return teacher, schools

    def _teacher(self, name: str, school: str) -> Teacher:
        query = (
            select(Teacher)
            .where(Teacher.county_id == self.county_id, Teacher.name == name, Teacher.left_on.is_(None))
            .options(joinedload(Teacher.working_school), joinedload(Teacher.employing_school))
        )
        found = list(db.session.scalars(query.limit(50)))
        if school:
            found = [t for t in found if school in (t.working_school.name, t.employing_school.name)]
        if not found:
            raise ValueError(_("no teacher named “%(name)s” at “%(school)s”.", name=name, school=school))
        if len(found) > 1:
            raise ValueError(_("several teachers are named “%(name)s”; write the school too.", name=name))
        return found[0]

    def _school(self, name: str) -> School:
        school = self.schools.get(name)
        if school is None:
            raise ValueError(_("there is no school “%(name)s”.", name=name))
        return school
