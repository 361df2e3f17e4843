"""Who hears of what, and what the log keeps of it: which fields changed, never the words about somebody's conduct."""

from typing import Any

from app import audit
from app.access import Permission
from app.audit.operations import Actor
from app.ethics.models import EthicsAppraisal, EthicsEntry, EthicsRemark, RemarkKind
from app.extensions import db
from app.notices.operations import notify, users_of_teachers, users_with
from app.schools.models import School

type Record = EthicsEntry | EthicsAppraisal
SEALED = {"facts", "findings"}


def part_of(record: Record) -> str:
    """How addresses name the kind of record."""
    return "entry" if isinstance(record, EthicsEntry) else "appraisal"


def tell_teacher(record: Record, kind: str) -> None:
    """Tell the teacher the record is about; each state of the record once."""
    users = users_of_teachers([record.teacher_id])[record.teacher_id]
    notify(users=users, kind=kind, params=_params(record), key=_key(record, kind))


def tell_county(record: Record, kind: str) -> None:
    """Tell those who decide in the county."""
    users = users_with(Permission.ETHICS_CONFIRM, county_id=record.county_id)
    school = db.session.get(School, record.school_id)
    params = _params(record) | {"school": school.name if school else ""}
    notify(users=users, kind=kind, params=params, key=_key(record, kind))


def tell_school(record: Record, kind: str) -> None:
    """Tell those who keep the school's records."""
    users = users_with(Permission.ETHICS_EDIT, school_id=record.school_id)
    notify(users=users, kind=kind, params=_params(record), key=_key(record, kind))


def _params(record: Record) -> dict[str, Any]:
    return {"part": part_of(record), "id": record.id}


def _key(record: Record, kind: str) -> str:
    return f"{kind}:{part_of(record)}:{record.id}:{record.version}"


def log(
    actor: Actor,
    action: str,
    record: Any,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """One entry of the log; sealed words appear only as having changed."""
    audit.record(
        actor=actor,
        action=action,
        subject=record,
        before=_open(before),
        after=_open(after),
        reason=reason,
        region_id=record.county_id,
        school_id=getattr(record, "school_id", None),
    )


def _open(fields: dict[str, Any] | None) -> dict[str, Any] | None:
    if fields is None:
        return None
    return {name: "••••" if name in SEALED and value else value for name, value in fields.items()}


def remark(actor: Actor, record: Record, kind: RemarkKind, said: str) -> EthicsRemark:
    """Add to the thread of a record."""
    row = EthicsRemark(
        entry_id=record.id if isinstance(record, EthicsEntry) else None,
        appraisal_id=record.id if isinstance(record, EthicsAppraisal) else None,
        kind=kind,
        author_id=actor.id,
        author_name=getattr(actor, "name", actor.label),
        said=said,
    )
    db.session.add(row)
    db.session.flush()
    return row
