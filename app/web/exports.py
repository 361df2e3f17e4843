"""Sending a list as a workbook: read without holding a lock, written safely, and put on record.

An export is a POST: it leaves an entry in the log, and a link that is followed by accident should not.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from flask import Response, request, send_file
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from app import audit
from app.access import Grant
from app.audit.operations import Actor
from app.db.clock import today
from app.extensions import db
from app.schools.models import School
from app.tables.writing import Column as SheetColumn
from app.tables.writing import ExportSheet, write_csv, write_export, write_sheets
from app.web.errors import Refused
from app.web.transaction import reading

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
ROW_LIMITS = {"xlsx": 50_000, "csv": 200_000}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export; `value` is an attribute (through dots) or a function of the row."""

    label: LazyString | str
    value: str | Callable[[Any], Any]

    def of(self, row: Any) -> Any:
        """The row's value in this column."""
        found = attrgetter(self.value)(row) if isinstance(self.value, str) else self.value(row)
        if isinstance(found, bool):
            return _("Yes") if found else _("No")
        return str(found.label) if hasattr(found, "label") else found


class _Known:
    """The actor's id and name, read before the transaction ends."""

    def __init__(self, actor: Actor) -> None:
        self.id, self.label = actor.id, actor.label


def asked_format() -> str:
    """The format that the request names; xlsx where it names none that is known."""
    asked = request.args.get("format", "xlsx")
    return asked if asked in FORMATS else "xlsx"


def send_table(
    columns: Sequence[Column],
    rows: Callable[[], Iterable[Any]],
    name: str,
    *,
    actor: Actor,
    subject: str,
    fmt: str = "xlsx",
    filters: dict[str, Any] | None = None,
    grants: Iterable[Grant] = (),
    region_id: int | None = None,
    school_id: int | None = None,
) -> Response:
    """Send the rows as a file called `name` and the day, and record who took what.

    The log of each place concerned has its entry: those of `grants` where the list follows a person's reach, else
    the one that `region_id` and `school_id` name.

    `rows` is called after the request's transaction has ended, so that a long reading blocks nobody; it must query
    anew. `subject` is the kind of thing exported, `filters` what the list was narrowed to. Identity numbers may
    only be among the columns in their masked form.
    """
    known = _Known(actor)
    db.session.commit()
    counted = _Counted(rows, columns, ROW_LIMITS[fmt])
    with reading():
        body = _written(fmt, name, columns, counted)
        db.session.commit()
    taken = {"rows": counted.number, "format": fmt, "columns": [str(c.label) for c in columns], **(filters or {})}
    for region, school in _places(grants) or [(region_id, school_id)]:
        audit.record(
            actor=known,
            action="export",
            subject_type=subject,
            subject_label=name,
            after=taken,
            region_id=region,
            school_id=school,
        )
    return send_file(
        io.BytesIO(body),
        mimetype=FORMATS[fmt],
        as_attachment=True,
        download_name=f"{name}-{today():%Y%m%d}.{fmt}",
    )


def _places(grants: Iterable[Grant]) -> list[tuple[int | None, int | None]]:
    """The regions and schools of the grants, a school with its county, whose auditor reads of it."""
    held = list(grants)
    schools = [grant.school_id for grant in held if grant.school_id]
    counties = select(School.county_id, School.id).where(School.id.in_(schools)).order_by(School.id)
    regions = [(grant.region_id, None) for grant in held if grant.region_id]
    return list(dict.fromkeys([*regions, *db.session.execute(counties).tuples()]))


def send_sheets(
    sheets: Callable[[], Sequence[ExportSheet]], name: str, *, actor: Actor, subject: str, region_id: int | None = None
) -> Response:
    """Send several sheets as one workbook, and record who took which; `sheets` is called as `rows` of `send_table`."""
    known = _Known(actor)
    db.session.commit()
    with reading():
        made = sheets()
        body = write_sheets(made)
        db.session.commit()
    audit.record(
        actor=known,
        action="export",
        subject_type=subject,
        subject_label=name,
        after={"format": "xlsx", "sheets": [sheet.sheet_name for sheet in made]},
        region_id=region_id,
    )
    file = io.BytesIO(body)
    return send_file(file, mimetype=FORMATS["xlsx"], as_attachment=True, download_name=f"{name}-{today():%Y%m%d}.xlsx")


def _written(fmt: str, name: str, columns: Sequence[Column], counted: "_Counted") -> bytes:
    headers = [str(column.label) for column in columns]
    if fmt == "csv":
        return write_csv(headers, counted)
    return write_export(name, [SheetColumn(header) for header in headers], counted)


class _Counted:
    """The rows as lists of values, counted while they pass."""

    def __init__(self, rows: Callable[[], Iterable[Any]], columns: Sequence[Column], limit: int) -> None:
        self.rows, self.columns, self.limit, self.number = rows, columns, limit, 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.rows():
            self.number += 1
            if self.number > self.limit:
                raise Refused(
                    _(
                        "More than %(limit)s rows cannot be written to one file. Filter the list, for example by"
                        " county or school, and export the parts.",
                        limit=f"{self.limit:,}",
                    )
                )
            yield [column.of(row) for column in self.columns]
