"""Titles, yearly appraisals and studies of teachers who are on record."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, ClassVar

from app.db.clock import today
from app.imports import bulk
from app.imports.kinds.base import ChangedRow, Existing, NewRow, Rows
from app.imports.kinds.facts import FactPlan
from app.imports.ledger import Ledger, Update
from app.imports.models import ImportKind
from app.qualifications.models import TitleKind, TitleRecord
from app.qualifications.operations.records import present_titles


class TitlePlan(FactPlan):
    """Titles in which teachers are employed. The newest becomes the present one on the teacher's record."""

    kind = ImportKind.TITLES
    needs: ClassVar = (("id_number",), ("title",), ("from_on",))
    required: ClassVar = ("title", "from_on")
    fixed: ClassVar = frozenset(required)
    nothing: ClassVar = {"title": "none"}
    table: ClassVar = "title_record"
    columns: ClassVar = {"title": "title_code", "from_on": "from_on", "to_on": "to_on", "given_by": "given_by"}
    names: ClassVar = ("from_on",)
    constants: ClassVar = {"kind": TitleKind.EMPLOYED.value}

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """Nobody is employed in the future."""
        super().judge(rows, position, values, record)
        if values.get("from_on") and values["from_on"] > today():
            rows.refuse(position, "date_out_of_range", "from_on", first=1950, last=today().isoformat())

    def write_new(self, ledger: Ledger, new: Sequence[NewRow]) -> None:
        """Insert titles, and bring the teachers' present ones up to them."""
        super().write_new(ledger, new)
        _follow(ledger, sorted({row.values["_teacher"] for row in new}))

    def write_changed(self, ledger: Ledger, changed: Sequence[ChangedRow]) -> None:
        """Update titles, and bring the teachers' present ones up to them."""
        super().write_changed(ledger, changed)
        _follow(ledger, sorted({row.subject_id for row in changed}))


def _follow(ledger: Ledger, teachers: Sequence[int]) -> None:
    """The teachers' present titles follow their history; the undo puts both back."""
    if not teachers:
        return
    found = bulk.read_rows(ledger.connection, bulk.raw_table("title_record"), "teacher_id", teachers)
    ordered = sorted(found, key=lambda row: row.teacher_id)
    histories = {
        teacher: [
            TitleRecord(kind=TitleKind(r.kind), title_code=r.title_code, from_on=r.from_on, to_on=r.to_on) for r in rows
        ]
        for teacher, rows in groupby(ordered, key=lambda row: row.teacher_id)
    }
    names = ("title_employed_code", "title_employed_on")
    columns = ["id", "version", *names]
    updates = []
    for row in bulk.read_rows(ledger.connection, bulk.raw_table("teacher"), "id", teachers, columns=columns):
        said = present_titles(histories.get(row.id, []), today())
        after = {name: said[name] for name in names if name in said and said[name] != row._mapping[name]}
        if after:
            updates.append(Update((row.id,), row.id, {"version": row.version}, after))
    ledger.update("teacher", updates, "teacher")


class AppraisalPlan(FactPlan):
    """Yearly appraisals: one a teacher and year."""

    kind = ImportKind.APPRAISALS
    needs: ClassVar = (("id_number",), ("year",), ("result",))
    required: ClassVar = ("year", "result")
    fixed: ClassVar = frozenset(required)
    table: ClassVar = "yearly_appraisal"
    columns: ClassVar = {"year": "year", "result": "result_code", "unit": "unit_name", "confirmed_on": "confirmed_on"}
    names: ClassVar = ("year",)

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """No year is appraised before it has begun."""
        if values.get("year") and values["year"] > today().year:
            rows.refuse(position, "out_of_range", "year", minimum=1950, maximum=today().year)


class DegreePlan(FactPlan):
    """Courses of study: one a teacher, level and institution."""

    kind = ImportKind.DEGREES
    needs: ClassVar = (("id_number",), ("level",), ("institution",))
    required: ClassVar = ("level", "institution")
    fixed: ClassVar = frozenset({"level", "institution", "is_teacher_training"})
    defaults: ClassVar = {"is_teacher_training": False}
    table: ClassVar = "teacher_degree"
    columns: ClassVar = {
        "level": "level_code",
        "institution": "institution",
        "major": "major",
        "is_teacher_training": "is_teacher_training",
        "started_on": "started_on",
        "graduated_on": "graduated_on",
        "degree_level": "degree_level_code",
        "degree_on": "degree_on",
        "study_mode": "study_mode_code",
    }
    names: ClassVar = ("level", "institution")

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """Nobody graduates before beginning."""
        began, ended = values.get("started_on"), values.get("graduated_on")
        if began and ended and ended < began:
            rows.refuse(position, "dates_reversed", "graduated_on")
