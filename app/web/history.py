"""What is known about the changes of one record, newest first: the log's entries and what later rooms add to them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from werkzeug.datastructures import MultiDict

from app.audit.models import AuditEntry
from app.extensions import db
from app.web.pagination import Page, SortKey, decode, read_page

NEWEST = (SortKey(AuditEntry.position, "position", is_descending=True),)
# Looks are for the auditor; a record's history tells its changes.
NOT_CHANGES = ("export",)


@dataclass(frozen=True, slots=True)
class Change:
    """A change that stands elsewhere than in the log, in the log's words."""

    at: datetime
    actor_label: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None


Source = Callable[[str, int], Iterable[Change]]
_sources: list[Source] = []


def provide(source: Source) -> None:
    """Let a later room tell changes it keeps itself: `source(subject type, subject id)`."""
    if source not in _sources:
        _sources.append(source)


def read(subject_type: str, subject_id: int, args: MultiDict[str, str]) -> Page[Any]:
    """One page of a record's entries; changes kept elsewhere stand between them, where their moment belongs."""
    mine = (
        AuditEntry.subject_type == subject_type,
        AuditEntry.subject_id == str(subject_id),
        AuditEntry.action.not_in(NOT_CHANGES),
    )
    page = read_page(
        db.session(),
        select(AuditEntry).where(*mine),
        NEWEST,
        after_token=args.get("after") or None,
        before_token=args.get("before") or None,
    )
    elsewhere = [change for source in _sources for change in source(subject_type, subject_id)]
    if not elsewhere:
        return page
    newer, oldest = _moment_before(page, mine, args), page.items[-1].at if page.next_cursor else None
    between = [c for c in elsewhere if (newer is None or c.at < newer) and (oldest is None or c.at >= oldest)]
    return replace(page, items=sorted([*page.items, *between], key=lambda entry: entry.at, reverse=True))


def _moment_before(page: Page[Any], mine: Sequence[ColumnElement[bool]], args: MultiDict[str, str]) -> datetime | None:
    """The moment of the entry just above this page; None on the first page."""
    if page.items:
        first = page.items[0].position
    else:
        values = decode(args.get("after"), NEWEST)
        first = values[0] - 1 if values else None
    if first is None:
        return None
    return db.session.scalar(
        select(AuditEntry.at).where(*mine, AuditEntry.position > first).order_by(AuditEntry.position).limit(1)
    )
