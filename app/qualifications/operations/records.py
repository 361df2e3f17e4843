"""Degrees, titles and appraisals: rows beside the certificates. The newest title of each kind is the present one on
the teacher's own record, so both are written together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import batched
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.audit.operations import SYSTEM, Actor, changes
from app.db.clock import today
from app.extensions import db
from app.qualifications.models import TeacherDegree, TitleKind, TitleRecord, YearlyAppraisal
from app.teachers.models import Teacher
from app.teachers.operations import record
from app.web.errors import Refused


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its model, its name in the log, what makes two the same, its dates in order."""

    model: type[Any]
    name: str
    same: tuple[str, ...]
    span: tuple[str, str]
    told: Mapping[str, str]


DEGREE = Kind(TeacherDegree, "degree", ("level_code", "institution"), ("started_on", "graduated_on"),
              {"level_code": "education_level"})  # fmt: skip
TITLE = Kind(TitleRecord, "title", ("kind", "from_on"), ("from_on", "to_on"), {"kind": "title_kind"})
APPRAISAL = Kind(YearlyAppraisal, "appraisal", ("year",), ("year", "year"), {"year": "appraisal_year"})
KINDS = {kind.model: kind for kind in (DEGREE, TITLE, APPRAISAL)}


def problems(kind: Kind, teacher: Teacher, fields: Mapping[str, Any], own_id: int | None) -> dict[str, str]:
    """Why a record cannot stand: field → sentence."""
    found: dict[str, str] = {}
    first, last = kind.span
    if fields.get(first) and fields.get(last) and fields[last] < fields[first]:
        found[last] = _("The end lies before the beginning.")
    if kind is not APPRAISAL:
        for name in (first, last):
            if fields.get(name) and teacher.birth_on and fields[name] <= teacher.birth_on:
                found[name] = _("This day is not after the teacher's birth.")
    if kind is TITLE and fields["from_on"] > today():
        found["from_on"] = _("The beginning lies in the future.")
    if kind is APPRAISAL and not 1950 <= fields["year"] <= today().year:
        found["year"] = _("Give a year up to %(year)s.", year=today().year)
    same = [getattr(kind.model, name) == fields[name] for name in kind.same]
    twin = select(kind.model.id).where(kind.model.teacher_id == teacher.id, kind.model.id != (own_id or 0), *same)
    if not found and db.session.scalar(twin):
        found[kind.same[-1]] = _("The same is already on record.")
    return found


def add(*, actor: Actor, teacher: Teacher, what: Kind, **fields: Any) -> Any:
    """Add a record of a kind to a teacher."""
    _check(what, teacher, fields, None)
    row = what.model(teacher_id=teacher.id, **fields)
    db.session.add(row)
    db.session.flush()
    told = {name: value for name, value in fields.items() if value is not None}
    record(actor, f"{what.name}.add", teacher, {}, _told(what, told))
    _follow(actor, what, teacher)
    return row


def change(*, actor: Actor, teacher: Teacher, row: Any, **fields: Any) -> bool:
    """Change a record. Tells whether anything did."""
    kind = KINDS[type(row)]
    _check(kind, teacher, {c.key: getattr(row, c.key) for c in kind.model.__table__.columns} | fields, row.id)
    before, after = changes(row, fields)
    for name, value in after.items():
        setattr(row, name, value)
    db.session.flush()
    if after:
        record(actor, f"{kind.name}.edit", teacher, _told(kind, before), _told(kind, after))
        _follow(actor, kind, teacher)
    return bool(after)


def remove(*, actor: Actor, teacher: Teacher, row: Any) -> None:
    """Remove a record that should not be there; the log keeps what it said."""
    kind = KINDS[type(row)]
    names = [c.key for c in kind.model.__table__.columns if c.key not in ("id", "teacher_id")]
    before = {name: getattr(row, name) for name in names if getattr(row, name) is not None}
    db.session.delete(row)
    db.session.flush()
    record(actor, f"{kind.name}.remove", teacher, _told(kind, before), {})
    _follow(actor, kind, teacher)


def titles_of(teacher_id: int) -> Sequence[TitleRecord]:
    """The titles of a teacher, the newest first."""
    return db.session.scalars(
        select(TitleRecord).where(TitleRecord.teacher_id == teacher_id).order_by(TitleRecord.from_on.desc())
    ).all()


def present_titles(titles: Sequence[TitleRecord], on: date) -> dict[str, Any]:
    """What the history says about the teacher's present columns; kinds without any history say nothing."""
    found: dict[str, Any] = {}
    for kind in TitleKind:
        rows = sorted((row for row in titles if row.kind is kind), key=lambda row: row.from_on)
        if not rows:
            continue
        newest = rows[-1] if not rows[-1].to_on or rows[-1].to_on >= on else None
        if kind is TitleKind.RATED:
            found["title_rated_code"] = rows[-1].title_code
        else:
            found["title_employed_code"] = newest.title_code if newest else None
            found["title_employed_on"] = newest.from_on if newest else None
    return found


def _follow(actor: Actor, kind: Kind, teacher: Teacher) -> None:
    """The teacher's present titles follow their history."""
    if kind is not TITLE:
        return
    before, after = changes(teacher, present_titles(titles_of(teacher.id), today()))
    for name, value in after.items():
        setattr(teacher, name, value)
    db.session.flush()
    if after:
        record(actor, "teacher.edit", teacher, before, after)


def take_in(*, actor: Actor = SYSTEM, teachers: Sequence[Teacher]) -> int:
    """Take present titles into the history, where a roster or an edit brought them past it; returns how many.

    An employed title begins when the teacher's record says so; where it says nothing, no row is made up.
    """
    newest: dict[int, TitleRecord] = {}
    for piece in batched([teacher.id for teacher in teachers], 1000):
        found = db.session.scalars(
            select(TitleRecord)
            .where(TitleRecord.teacher_id.in_(piece), TitleRecord.kind == TitleKind.EMPLOYED)
            .order_by(TitleRecord.from_on)
        )
        newest |= {row.teacher_id: row for row in found}
    lines = [line for teacher in teachers if (line := _taken_in(teacher, newest.get(teacher.id)))]
    db.session.flush()
    audit.record_many(actor=actor, action="title.add", lines=lines)
    return len(lines)


def _taken_in(teacher: Teacher, newest: TitleRecord | None) -> dict[str, Any] | None:
    code, since = teacher.title_employed_code, teacher.title_employed_on
    if not code or code == "none" or since is None or (newest is not None and newest.from_on > since):
        return None
    if newest is not None and newest.from_on == since:
        if newest.title_code == code:
            return None
        newest.title_code = code
    else:
        if newest is not None and newest.to_on is None:
            newest.to_on = date.fromordinal(since.toordinal() - 1)
        db.session.add(TitleRecord(teacher_id=teacher.id, kind=TitleKind.EMPLOYED, title_code=code, from_on=since))
    return {
        "subject": teacher,
        "after": {"title_kind": TitleKind.EMPLOYED, "title_code": code, "from_on": since},
        "region_id": teacher.county_id,
        "school_id": teacher.employing_school_id,
    }


def _check(kind: Kind, teacher: Teacher, fields: Mapping[str, Any], own_id: int | None) -> None:
    if found := problems(kind, teacher, fields, own_id):
        raise Refused(next(iter(found.values())))


def _told(kind: Kind, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {kind.told.get(name, name): value for name, value in fields.items()}
