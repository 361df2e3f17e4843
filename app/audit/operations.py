"""Writing the log."""

import hashlib
import hmac
import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol

from flask import current_app, has_request_context, request
from sqlalchemy import select

from app.audit.models import AuditEntry, AuditHead
from app.db.mixins import utc_now
from app.extensions import db

GENESIS = "0" * 64


class Actor(Protocol):
    """Whoever does something: a user row, or `SYSTEM`."""

    @property
    def id(self) -> int | None: ...
    @property
    def label(self) -> str: ...


class _System:
    id = None
    label = "system"


SYSTEM: Actor = _System()


def record(
    *,
    actor: Actor,
    action: str,
    subject: Any = None,
    subject_type: str | None = None,
    subject_id: object = "",
    subject_label: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
    region_id: int | None = None,
    school_id: int | None = None,
) -> AuditEntry:
    """Append one entry to the chain, in the present transaction.

    `subject` is a row (its table, id and `label` are taken) or is described by the three `subject_*` arguments.
    `before` and `after` hold the changed fields only; identity numbers go in masked.
    """
    head = _locked_head()
    entry = AuditEntry(
        position=head.position + 1,
        at=utc_now(),
        actor_id=actor.id,
        actor_label=actor.label,
        action=action,
        subject_type=subject_type or (subject.__tablename__ if subject is not None else ""),
        subject_id=str(subject.id if subject is not None else subject_id),
        subject_label=subject_label or str(getattr(subject, "label", "") or getattr(subject, "name", "") or ""),
        before=jsonable(before),
        after=jsonable(after),
        reason=reason,
        region_id=region_id,
        school_id=school_id,
        address=request.remote_addr if has_request_context() else None,
    )
    entry.digest = digest_of(entry, head.digest)
    head.position, head.digest = entry.position, entry.digest
    head.seal = seal_of(head.position, head.digest)
    db.session.add(entry)
    db.session.flush()
    return entry


def _locked_head() -> AuditHead:
    head = db.session.scalar(
        select(AuditHead).where(AuditHead.id == 1).with_for_update().execution_options(populate_existing=True)
    )
    if head is None:
        head = AuditHead(id=1, position=0, digest=GENESIS, seal=seal_of(0, GENESIS))
        db.session.add(head)
    return head


def digest_of(entry: AuditEntry, previous: str) -> str:
    """The keyed digest that chains an entry to the one before it (HMAC-SHA-256, hex)."""
    body = {column.key: getattr(entry, column.key) for column in AuditEntry.__table__.columns if column.key != "digest"}
    body["at"] = entry.at.isoformat()
    text = previous + json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _keyed(text)


def seal_of(position: int, digest: str) -> str:
    """The seal of the head: without it, dropping the newest entries would not show."""
    return _keyed(f"head:{position}:{digest}")


def _keyed(text: str) -> str:
    key: str = current_app.config["AUDIT_KEY"]
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def jsonable(value: Any) -> Any:
    """A value as JSON keeps it, exactly (dates as ISO text, decimals as text)."""
    if isinstance(value, dict):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def changes(row: Any, fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What setting `fields` on `row` would change: (before, after), changed fields only."""
    before = {k: getattr(row, k) for k, v in fields.items() if getattr(row, k) != v}
    return before, {k: fields[k] for k in before}
