"""Reading a list of results: 姓名, 身份证号, 合格状态, 成绩, 学时. Each row is matched with the session's own list.

What is wrong with a row is kept as data, so that the office's own workbook can go back with the sentences in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.codes import queries as codes
from app.extensions import db
from app.tables.annotating import annotate
from app.tables.packages import TableFileError
from app.tables.problems import CellProblem, Severity
from app.tables.specification import Field, Kind, Sheet
from app.tables.text import fold
from app.tables.tidying import Tidied, read_table
from app.tables.writing import write_template
from app.teachers.identity import digest
from app.training.models import (
    CompletionCertificate,
    Enrolment,
    EnrolmentStatus,
    RosterImport,
    TrainingProgramme,
    TrainingResult,
    TrainingSession,
)
from app.training.operations.results import Outcome, completed, problem
from app.web.errors import Refused

RESULTS = Sheet(
    "training_results",
    "培训成绩名单",
    "Training results",
    (
        Field("name", "姓名", "Name", aliases=("教师姓名", "学员姓名"), required=True, compact=True, example="林清禾"),
        Field(
            "id_number",
            "身份证号",
            "Identity number",
            Kind.ID_NUMBER,
            ("身份证", "身份证号码", "身份证件号", "身份证件号码", "教师身份证号", "证件号码"),
            required=True,
        ),
        Field(
            "result",
            "合格状态",
            "Result",
            aliases=("是否合格", "考核结果", "结业情况", "状态"),
            required=True,
            example="合格",
        ),
        Field(
            "score", "成绩", "Score", Kind.DECIMAL, ("考核成绩", "分数", "得分"), minimum=0, maximum=100, example="92"
        ),
        Field("hours", "学时", "Hours", Kind.DECIMAL, ("培训学时", "获得学时"), minimum=0, maximum=1000, example="24"),
    ),
    identity=("id_number",),
)
WORDS = {
    TrainingResult.PASSED: ("合格", "通过", "优秀", "良好", "结业", "是", "passed", "pass", "√", "1"),
    TrainingResult.FAILED: (
        "不合格",
        "未合格",
        "不通过",
        "未通过",
        "未结业",
        "否",
        "notpassed",
        "failed",
        "fail",
        "×",
        "0",
    ),
}
BY_WORD = {word: result for result, words in WORDS.items() for word in words}
FILE_SENTENCES: dict[str, LazyString] = {
    "file_empty": _l("The file is empty."),
    "file_too_large": _l("The file has %(size_mb)s MB; at most %(limit_mb)s MB can be read. Split it by school."),
    "file_unpacks_too_large": _l(
        "The workbook unpacks to more than %(limit_mb)s MB. Remove pictures and unused sheets, then upload it again."
    ),
    "file_damaged": _l("The file is damaged and cannot be opened. Open it in Excel and save it again."),
    "file_encrypted": _l("The workbook is protected by a password. Remove the password and save it again."),
    "file_not_a_table": _l("This is not an Excel workbook (xlsx, xls) or a CSV file."),
    "file_html_disguised": _l(
        "The file is a web page named like a workbook. Open it in Excel and save it as xlsx, then upload that."
    ),
    "no_data_sheet": _l("The workbook has no visible sheet with data."),
    "headers_not_found": _l(
        "No header row was found in sheet %(sheet)s. Expected columns such as %(expected)s; compare with the template."
    ),
}
SENTENCES: dict[str, LazyString] = {
    "missing_column": _l("The required column %(label)s is missing."),
    "repeated_row": _l("The row repeats row %(first)s word for word and was left out."),
    "duplicate_row": _l("Rows %(rows)s name the same record, but differ. Keep the right one and delete the others."),
    "required": _l("%(label)s must be filled in."),
    "too_long": _l("The text has %(length)s characters; at most %(limit)s are kept. Shorten it."),
    "cell_error": _l("The cell holds the Excel error %(value)s. Type the value itself."),
    "not_a_number": _l("“%(value)s” is not a number."),
    "out_of_range": _l("%(value)s is outside %(minimum)s to %(maximum)s."),
    "digits_lost": _l("Excel has dropped digits of this number. Format the column as text and type the number again."),
    "id_length": _l("An identity number has 18 characters; this one has %(length)s."),
    "id_characters": _l("An identity number has 17 digits and a digit or X; this one has other characters."),
    "id_checksum": _l("The last character does not fit the number; at least one digit is wrong. Check the card."),
    "id_birth_date": _l("The birth date inside the number does not exist. Compare with the card."),
    "id_old_form": _l("This is a 15-digit number of the old form. Write the 18-digit number of the present card."),
    "name_differs": _l("The identity number belongs to a teacher with another name. Check both."),
    "not_on_list": _l("This person is not on the list of the session. Enrol them first, then upload the list again."),
    "result_unknown": _l("“%(value)s” is no result. Write 合格 or 不合格."),
    "too_precise": _l("%(value)s has more than two decimal places."),
    "has_certificate": _l("This person holds a certificate for another result. Revoke it first."),
}


@dataclass
class RosterFile:
    """What a workbook says: rows that can be applied, and what is wrong with the others."""

    sheet_name: str
    header_row: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)


def say_file_error(error: TableFileError) -> str:
    """Why a file cannot be read, and what to do."""
    known = FILE_SENTENCES.get(error.code)
    if known is None:
        return str(_("The file cannot be read as a table. Save it as xlsx or csv and try again."))
    return str(known) % _Lenient(error.params)


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def read_roster(content: bytes, session: TrainingSession, programme: TrainingProgramme) -> RosterFile:
    """Read a list; nothing is changed. Refused where the file is no such list."""
    try:
        table = read_table(content, RESULTS, {})
    except TableFileError as error:
        raise Refused(say_file_error(error)) from error
    found = RosterFile(table.name, table.header_row)
    reader = _Reader(table, session, programme)
    rejected = table.rejected
    for number, values in table.records():
        if number not in rejected:
            reader.read(number, values)
    found.rows = reader.rows
    found.problems = [_kept(one) for one in sorted([*table.problems, *reader.problems], key=lambda one: one.row)]
    if not found.rows and not found.problems:
        raise Refused(_("The list holds no results."))
    return found


class _Reader:
    """Matches rows with the people of one session."""

    def __init__(self, table: Tidied, session: TrainingSession, programme: TrainingProgramme) -> None:
        self.table, self.session, self.programme = table, session, programme
        self.rows: list[dict[str, Any]] = []
        self.problems: list[CellProblem] = []
        self.id_types = list(codes.tables().get("id_type", {"1": None}))
        enrolled = db.session.scalars(
            select(Enrolment)
            .where(Enrolment.session_id == session.id, Enrolment.status == EnrolmentStatus.CONFIRMED)
            .options(joinedload(Enrolment.teacher))
        )
        self.by_document = {row.teacher.id_number_digest: row for row in enrolled}
        self.certified = set(
            db.session.scalars(
                select(CompletionCertificate.enrolment_id).where(
                    CompletionCertificate.session_id == session.id, CompletionCertificate.revoked_at.is_(None)
                )
            )
        )

    def read(self, number: int, values: Mapping[str, Any]) -> None:
        """One row: its result, or what is wrong."""
        enrolment = self._enrolment(values["id_number"])
        if enrolment is None:
            self._wrong(number, "id_number", "not_on_list")
            return
        if enrolment.teacher.name != values["name"]:
            self._wrong(number, "name", "name_differs")
            return
        outcome = self._outcome(number, values)
        if outcome is None:
            return
        if wrong := problem(outcome, self.session, self.programme.pass_mark):
            self._wrong(number, wrong[0], "said", sentence=wrong[1])
            return
        before, after = Outcome.of(enrolment), completed(outcome, self.session)
        if enrolment.id in self.certified and before != after:
            self._wrong(number, "result", "has_certificate")
            return
        self.rows.append(
            {
                "number": number,
                "enrolment_id": enrolment.id,
                "teacher": enrolment.teacher.name,
                "before": plain(before),
                "after": plain(after),
            }
        )

    def _enrolment(self, number: str) -> Enrolment | None:
        digests = (digest(kind, str(number).upper()) for kind in self.id_types)
        return next((self.by_document[one] for one in digests if one in self.by_document), None)

    def _outcome(self, number: int, values: Mapping[str, Any]) -> Outcome | None:
        result = BY_WORD.get(fold(values["result"]).replace(" ", ""))
        if result is None:
            self._wrong(number, "result", "result_unknown", value=str(values["result"]))
            return None
        figures: dict[str, Decimal | None] = {}
        for key in ("score", "hours"):
            value = values.get(key)
            figures[key] = None if value is None else Decimal(str(value))
            if value is not None and figures[key] != round(Decimal(str(value)), 2):
                self._wrong(number, key, "too_precise", value=str(value))
                return None
        return Outcome(result, figures["score"], figures["hours"])

    def _wrong(self, row: int, key: str, code: str, *, value: str = "", **params: Any) -> None:
        column = self.table.mapping.column_of(key)
        self.problems.append(CellProblem(code, Severity.ERROR, row, column, key, value, params))


def plain(outcome: Outcome) -> dict[str, str | None]:
    """A result as JSON keeps it, exactly."""
    return {
        "result": outcome.result.value,
        "score": None if outcome.score is None else str(outcome.score),
        "hours": None if outcome.hours is None else str(outcome.hours),
    }


def outcome_of(kept: Mapping[str, str | None]) -> Outcome:
    """A result from JSON."""
    score, hours = kept["score"], kept["hours"]
    return Outcome(
        TrainingResult(str(kept["result"])),
        None if score is None else Decimal(score),
        None if hours is None else Decimal(hours),
    )


def _kept(one: CellProblem) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": one.severity.value,
        "row": one.row,
        "column": one.column,
        "key": one.key,
        "value": one.value,
        "params": {name: str(value) for name, value in one.params.items()},
    }


def sentence(kept: Mapping[str, Any]) -> str:
    """A kept problem in the person's language."""
    if kept["code"] == "said":
        return str(kept["params"]["sentence"])
    known = SENTENCES.get(kept["code"])
    params = {"value": kept["value"], **kept["params"]}
    if known is None:
        return str(_("“%(value)s” cannot be read.", value=kept["value"]))
    return str(known) % _Lenient(params)


def annotated(roster: RosterImport) -> bytes:
    """The uploaded workbook with what is wrong written beside each row."""
    problems = [
        CellProblem(
            one["code"],
            Severity(one["severity"]),
            one["row"],
            one["column"],
            one["key"],
            one["value"],
            one["params"],
        )
        for one in roster.problems
    ]

    def say(one: CellProblem) -> str:
        return sentence({"code": one.code, "value": one.value, "params": one.params})

    sheet = None if roster.sheet_name == "CSV" else roster.sheet_name
    return annotate(roster.content, problems, header_row=roster.header_row, sheet_name=sheet, say=say)


def template() -> bytes:
    """An empty list to fill in."""
    return write_template(RESULTS, {}, lists={"result": ["合格", "不合格"]})
