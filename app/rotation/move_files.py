"""Reading a list of moves made by hand: who goes where. Rows that cannot be understood are named with their line.

A teacher is found by identity number, by work number, or by name and present school; identity numbers are compared by
their digest and not kept.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.codes import queries as codes
from app.extensions import db
from app.rotation.snapshot import teacher_key
from app.schools.models import School
from app.tables.packages import TableFileError
from app.tables.reading import RawSheet, open_workbook
from app.teachers.identity import digest
from app.teachers.models import Teacher
from app.web.errors import Refused

HEADERS = {
    "id_number": ("身份证号", "身份证件号", "身份证件号码", "身份证号码", "证件号码", "identitynumber"),
    "staff_number": ("工号", "教师工号", "worknumber", "staffnumber"),
    "name": ("姓名", "教师姓名", "name", "teacher"),
    "school": ("学校", "原学校", "现任教学校", "派出学校", "任教单位", "school", "fromschool"),
    "to": ("派往学校", "交流学校", "接收学校", "流入学校", "交流到学校", "toschool", "to"),
    "subject": ("学科", "任教学科", "subject"),
}
HEADER_DEPTH = 6
MOST_ROWS = 5000
type Move = dict[str, Any]


@dataclass
class MoveFile:
    """What a workbook says: moves as the optimiser knows them, and the lines that were not understood."""

    moves: list[Move] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_moves(content: bytes, county_id: int) -> MoveFile:
    """Read the first sheet; a file that is no table is refused with a sentence."""
    try:
        book = open_workbook(content)
        sheet = book.sheet(book.candidates[0])
    except (TableFileError, IndexError) as error:
        raise Refused(_("The file cannot be read as a table. Save it as xlsx or csv and try again.")) from error
    top, columns = _header(sheet)
    if len(sheet.rows) - top > MOST_ROWS:
        raise Refused(_("The list has more than %(count)s rows.", count=MOST_ROWS))
    reader, found = _Reader(county_id), MoveFile()
    for line, row in enumerate(sheet.rows[top + 1 :], start=top + 2):
        cells = {key: str(row[index]).strip() if index < len(row) else "" for key, index in columns.items()}
        if not any(cells.values()):
            continue
        try:
            found.moves.append(reader.read(cells))
        except ValueError as problem:
            found.problems.append(_("Line %(line)s: %(problem)s", line=line, problem=problem))
    if not found.moves and not found.problems:
        raise Refused(_("The list holds no moves."))
    return found


def _header(sheet: RawSheet) -> tuple[int, dict[str, int]]:
    """The header's row and the columns of the fields."""
    for top, row in enumerate(sheet.rows[:HEADER_DEPTH]):
        plain = ["".join(str(cell).split()).lstrip("*").lower() for cell in row]
        columns = {key: plain.index(alias) for key, known in HEADERS.items() for alias in known if alias in plain}
        if "to" in columns and columns.keys() & {"id_number", "staff_number", "name"}:
            return top, columns
    raise Refused(_("No row holds the header 派往学校 and one of 姓名, 工号 and 身份证号."))


class _Reader:
    """Finds the people, schools and subjects that a row names, among those of one county."""

    def __init__(self, county_id: int) -> None:
        schools = db.session.execute(select(School.name, School.code).where(School.county_id == county_id)).tuples()
        self.schools = {key: code for name, code in schools for key in (name, code)}
        self.subjects = {key: code for code, name in codes.choices("subject") for key in (name, code)}
        self.id_types = list(codes.tables().get("id_type", {"1": None}))
        self.by_document: dict[str, list[int]] = defaultdict(list)
        self.by_number: dict[str, list[int]] = defaultdict(list)
        self.by_name: dict[str, list[int]] = defaultdict(list)
        self.at: dict[int, set[str]] = {}
        self._load(county_id)

    def _load(self, county_id: int) -> None:
        working, employing = aliased(School), aliased(School)
        query = (
            select(
                Teacher.id, Teacher.name, Teacher.staff_number, Teacher.id_number_digest, working.name, employing.name
            )
            .join(working, working.id == Teacher.working_school_id)
            .join(employing, employing.id == Teacher.employing_school_id)
            .where(Teacher.county_id == county_id, Teacher.left_on.is_(None))
            .order_by(Teacher.id)
        )
        for number, name, staff_number, document, *places in db.session.execute(query).tuples():
            self.by_document[document].append(number)
            self.by_name[name].append(number)
            self.at[number] = set(places)
            if staff_number:
                self.by_number[staff_number].append(number)

    def read(self, cells: dict[str, str]) -> Move:
        """One move; ValueError says what was not understood."""
        move: Move = {"teacher": teacher_key(self._teacher(cells)), "to": self._school(cells["to"])}
        if cells.get("subject"):
            if cells["subject"] not in self.subjects:
                raise ValueError(_("there is no subject “%(subject)s”.", subject=cells["subject"]))
            move["subject"] = self.subjects[cells["subject"]]
        return move

    def _school(self, name: str) -> str:
        if name not in self.schools:
            raise ValueError(_("there is no school “%(name)s”.", name=name))
        return self.schools[name]

    def _teacher(self, cells: dict[str, str]) -> int:
        document, number = cells.get("id_number", ""), cells.get("staff_number", "")
        name, school = cells.get("name", ""), cells.get("school", "")
        if document:
            digests = [digest(kind, document.replace(" ", "").upper()) for kind in self.id_types]
            found = [n for one in digests for n in self.by_document.get(one, [])]
            who = _("nobody in this county has the identity number of this line.")
        elif number:
            found, who = self.by_number.get(number, []), _("nobody has the work number “%(number)s”.", number=number)
        else:
            found = [n for n in self.by_name.get(name, []) if not school or school in self.at[n]]
            who = _("no teacher named “%(name)s” at “%(school)s”.", name=name, school=school)
        if not found:
            raise ValueError(who)
        if len(found) > 1:
            raise ValueError(_("several teachers are named “%(name)s”; write the school too.", name=name or number))
        return found[0]
