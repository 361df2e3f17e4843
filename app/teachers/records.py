"""What is recorded about a teacher beside the columns: honours, rotations, circumstances. Each is a row with dates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.operations import Actor, changes
from app.extensions import db
from app.teachers.models import BackboneHonour, Circumstance, RotationRecord, Teacher
from app.teachers.operations import record
from app.web.errors import Refused

type Record = BackboneHonour | RotationRecord | Circumstance

# Circumstances that may last until somebody decides otherwise; all others end on a day that is known.
OPEN_ENDED = frozenset({"investigation", "punishment", "ethics_failed"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its model, the object of its actions in the log, and what makes two of them the same."""

    model: type[Any]
    name: str
    same: tuple[str, ...]
    told: Mapping[str, str]


HONOUR = Kind(BackboneHonour, "honour", ("type_code", "level_code", "valid_from"), {})
ROTATION = Kind(RotationRecord, "rotation", ("from_on", "to_school_name"), {"kind_code": "rotation_kind"})
CIRCUMSTANCE = Kind(Circumstance, "circumstance", ("kind_code", "from_on"), {"kind_code": "circumstance_kind"})
KINDS: dict[type[Any], Kind] = {kind.model: kind for kind in (HONOUR, ROTATION, CIRCUMSTANCE)}


# Later rooms that may speak against an honour: (teacher, the day it begins) → why not, or None.
_HONOUR_CHECKS: list[Callable[[Teacher, date], str | None]] = []


def before_honours(check: Callable[[Teacher, date], str | None]) -> None:
    """Ask `check` before an honour is granted; a room registers once."""
    if check not in _HONOUR_CHECKS:
        _HONOUR_CHECKS.append(check)


def add(*, actor: Actor, teacher: Teacher, kind: Kind, **fields: Any) -> Any:
    """Add a record to a teacher."""
    _check(kind, teacher, fields, None)
    row = kind.model(teacher_id=teacher.id, **fields)
    db.session.add(row)
    db.session.flush()
    record(actor, f"{kind.name}.add", teacher, {}, _told(kind, fields))
    return row


def change(*, actor: Actor, teacher: Teacher, row: Record, **fields: Any) -> bool:
    """Change a record; only what differs is written. Tells whether anything did."""
    kind = KINDS[type(row)]
    _check(kind, teacher, {c.key: getattr(row, c.key) for c in kind.model.__table__.columns} | fields, row.id)
    before, after = changes(row, fields)
    for name, value in after.items():
        setattr(row, name, value)
    db.session.flush()
    if after:
        record(actor, f"{kind.name}.edit", teacher, _told(kind, before), _told(kind, after))
    return bool(after)


def remove(*, actor: Actor, teacher: Teacher, row: Record) -> None:
    """Remove a record that should not be there; the log keeps what it said."""
    kind = KINDS[type(row)]
    names = [c.key for c in kind.model.__table__.columns if c.key not in ("id", "teacher_id")]
    before = {name: getattr(row, name) for name in names if not name.endswith("_school_id")}
    db.session.delete(row)
    db.session.flush()
    record(actor, f"{kind.name}.remove", teacher, _told(kind, before), {})


def problems(kind: Kind, teacher: Teacher, fields: Mapping[str, Any], own_id: int | None) -> dict[str, str]:
    """Why a record cannot stand: field → sentence."""
    found: dict[str, str] = {}
    start, end = ("valid_from", "valid_to") if kind is HONOUR else ("from_on", "to_on")
    if fields.get(end) and fields[end] < fields[start]:
        found[end] = _("The end lies before the beginning.")
    if kind is ROTATION and fields["from_school_name"] == fields["to_school_name"]:
        found["to_school_name"] = _("A rotation leads to another school.")
    if kind is CIRCUMSTANCE and not fields.get("to_on") and fields["kind_code"] not in OPEN_ENDED:
        found["to_on"] = _("Give the day on which this ends; only investigations and punishments may stay open.")
    if kind is CIRCUMSTANCE and not (fields.get("evidence") or "").strip():
        found["evidence"] = _("Name the evidence, such as a hospital's certificate and its date.")
    if kind is HONOUR and (refusal := _refusal(teacher, fields, own_id)):
        found[start] = refusal
    if _twin(kind, teacher, fields, own_id):
        found[kind.same[-1]] = _("The same is already on record with this beginning.")
    return found


def _check(kind: Kind, teacher: Teacher, fields: Mapping[str, Any], own_id: int | None) -> None:
    if found := problems(kind, teacher, fields, own_id):
        raise Refused(next(iter(found.values())))


def _refusal(teacher: Teacher, fields: Mapping[str, Any], own_id: int | None) -> str | None:
    """What speaks against granting an honour from its first day; one that was granted keeps that day."""
    known = next((row for row in teacher.honours if row.id == own_id), None) if own_id else None
    if known is not None and known.valid_from == fields["valid_from"]:
        return None
    return next((said for check in _HONOUR_CHECKS if (said := check(teacher, fields["valid_from"]))), None)


def _twin(kind: Kind, teacher: Teacher, fields: Mapping[str, Any], own_id: int | None) -> bool:
    same = [getattr(kind.model, name) == fields[name] for name in kind.same]
    query = select(kind.model.id).where(kind.model.teacher_id == teacher.id, kind.model.id != (own_id or 0), *same)
    return db.session.scalar(query) is not None


def _told(kind: Kind, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the log keeps them; a code's name says which table it is of."""
    return {kind.told.get(name, name): value for name, value in fields.items() if not name.endswith("_school_id")}
