"""Reading the log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import ColumnElement, Select, or_, select

from app.access import Grant
from app.audit.access import entries_where
from app.audit.labels import OBJECTS, action_label
from app.audit.models import AuditEntry
from app.extensions import db
from app.web.lists import Listing


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry as a page shows it; `changes` are (field, old value, new value)."""

    position: int
    at: datetime
    actor_label: str
    action: str
    action_label: str
    reason: str | None
    changes: list[tuple[str, Any, Any]]


def history(subject_type: str, subject_id: object, *, limit: int = 100) -> Sequence[AuditEntry]:
    """What happened to one row (its table's name and id), newest first. The caller has checked the person's scope."""
    query = select(AuditEntry).where(AuditEntry.subject_type == subject_type, AuditEntry.subject_id == str(subject_id))
    return db.session.scalars(query.order_by(AuditEntry.position.desc()).limit(limit)).all()


def history_lines(
    subject_type: str, subject_id: object, *, labels: Mapping[str, Any] | None = None, limit: int = 100
) -> list[HistoryLine]:
    """The history of one row, field by field; `labels` name the fields in the person's language."""
    return [line_of(entry, labels) for entry in history(subject_type, subject_id, limit=limit)]


def line_of(entry: AuditEntry, labels: Mapping[str, Any] | None = None) -> HistoryLine:
    """One entry as a page shows it."""
    return HistoryLine(
        entry.position,
        entry.at,
        entry.actor_label,
        entry.action,
        action_label(entry.action),
        entry.reason,
        [(str((labels or {}).get(name, name)), old, new) for name, old, new in changes_of(entry)],
    )


def changes_of(entry: AuditEntry) -> list[tuple[str, Any, Any]]:
    """(field, old value, new value) in the order of the fields' names; None where there was or is nothing."""
    before, after = entry.before or {}, entry.after or {}
    return [(name, before.get(name), after.get(name)) for name in sorted(before.keys() | after.keys())]


def entry_at(grants: Iterable[Grant], position: int) -> AuditEntry | None:
    """One entry within reach."""
    return db.session.scalar(select(AuditEntry).where(AuditEntry.position == position, entries_where(grants)))


def entries(grants: Iterable[Grant], listing: Listing) -> Select[Any]:
    """The entries within reach that the filters leave."""
    query = select(AuditEntry).where(entries_where(grants))
    for condition in _conditions(listing):
        query = query.where(condition)
    return query


def _conditions(listing: Listing) -> Iterable[ColumnElement[bool]]:
    if what := listing.get("action"):
        yield or_(AuditEntry.action == what, AuditEntry.action.like(f"{what}.%"))
    if who := listing.get("actor"):
        yield _by(who)
    if table := listing.get("subject_type"):
        yield AuditEntry.subject_type == table
    if row := listing.get("subject_id"):
        yield AuditEntry.subject_id == row
    if first := listing.get("from"):
        yield AuditEntry.at >= _start_of(first)
    if last := listing.get("to"):
        yield AuditEntry.at < _start_of(last + timedelta(days=1))


def _by(who: str) -> ColumnElement[bool]:
    """Entries of the accounts with that name or user name, whatever they were called then."""
    # The log stands below the accounts, which write it; so it knows their table by name only.
    account = db.metadata.tables["user_account"].c
    ids = select(account.id).where(or_(account.username == who.lower(), account.name == who))
    return or_(AuditEntry.actor_id.in_(ids), AuditEntry.actor_label == who)


def _start_of(day: date) -> datetime:
    zone = ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def action_choices() -> list[tuple[str, str]]:
    """What the log can be narrowed to: kinds of things that are acted on."""
    return [(name, str(label)) for name, label in OBJECTS.items()]
