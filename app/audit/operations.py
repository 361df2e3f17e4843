"""Writing the log."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import batched
from math import isfinite
from typing import Any, Protocol

from flask import current_app, has_request_context, request
from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite

from app.audit.models import AuditEntry, AuditHead
from app.db.mixins import utc_now
from app.extensions import db

GENESIS = "0" * 64
CHAINED = tuple(column.key for column in AuditEntry.__table__.columns if column.key != "digest")


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
    line = {
        "subject": subject,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "subject_label": subject_label,
        "before": before,
        "after": after,
        "reason": reason,
        "region_id": region_id,
        "school_id": school_id,
    }
    head = _locked_head()
    entry = AuditEntry(**_chained(head, _row(actor, action, line)))
    db.session.add(entry)
    db.session.flush()
    return entry


def record_many(*, actor: Actor, action: str, lines: Iterable[Mapping[str, Any]], batch: int = 1000) -> int:
    """Append one entry for each of `lines` (the arguments of `record` but actor and action); returns how many.

    A thousand entries take a handful of statements. The head stays locked until the transaction ends, so on a busy
    PostgreSQL a long operation calls this last.
    """
    head = _locked_head()
    count = 0
    for part in batched(lines, batch):
        rows = [_chained(head, _row(actor, action, line)) for line in part]
        db.session.execute(insert(AuditEntry), rows)
        count += len(rows)
    db.session.flush()
    return count


def _row(actor: Actor, action: str, line: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an entry, but its place in the chain."""
    subject = line.get("subject")
    label = line.get("subject_label") or getattr(subject, "label", "") or getattr(subject, "name", "") or ""
    return {
        "at": utc_now(),
        "actor_id": actor.id,
        "actor_label": actor.label,
        "action": action,
        "subject_type": line.get("subject_type") or (subject.__tablename__ if subject is not None else ""),
        "subject_id": str(subject.id if subject is not None else line.get("subject_id", "")),
        "subject_label": str(label),
        "before": jsonable(line.get("before")),
        "after": jsonable(line.get("after")),
        "reason": line.get("reason"),
        "region_id": line.get("region_id"),
        "school_id": line.get("school_id"),
        "address": request.remote_addr if has_request_context() else None,
    }


def _chained(head: AuditHead, row: dict[str, Any]) -> dict[str, Any]:
    """Give a row its place behind the head, which moves on to it."""
    row["position"] = head.position + 1
    row["digest"] = digest_of(row, head.digest)
    head.position, head.digest = row["position"], row["digest"]
    head.seal = seal_of(head.position, head.digest)
    return row


def _locked_head() -> AuditHead:
    """The head, locked until the transaction ends. Of two first writers one makes it and the other waits for that."""
    query = select(AuditHead).where(AuditHead.id == 1).with_for_update().execution_options(populate_existing=True)
    head = db.session.scalar(query)
    if head is not None:
        return head
    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    first = make(AuditHead).values(id=1, position=0, digest=GENESIS, seal=seal_of(0, GENESIS))
    db.session.execute(first.on_conflict_do_nothing())
    return db.session.execute(query).scalar_one()


def digest_of(row: Mapping[str, Any], previous: str) -> str:
    """The keyed digest that chains an entry (its columns by name) to the one before it (HMAC-SHA-256, hex)."""
    body = {name: row[name] for name in CHAINED}
    body["at"] = row["at"].isoformat()
    return _keyed(previous + json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


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
    if isinstance(value, float):
        # PostgreSQL writes 1e+22 and -0.0 otherwise than Python, and the digest is over what is read back.
        return value + 0.0 if "e" not in repr(value) and isfinite(value) else repr(value)
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def changes(row: Any, fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What setting `fields` on `row` would change: (before, after), changed fields only."""
    before = {k: getattr(row, k) for k, v in fields.items() if getattr(row, k) != v}
    return before, {k: fields[k] for k in before}
