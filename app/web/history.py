"""What the log knows about one record, newest first."""

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.audit.models import AuditEntry
from app.extensions import db
from app.web.pagination import Page, SortKey, read_page

NEWEST = (SortKey(AuditEntry.position, "position", is_descending=True),)
# Looks are for the auditor; a record's history tells its changes.
NOT_CHANGES = ("export",)


def read(subject_type: str, subject_id: int, args: MultiDict[str, str]) -> Page[AuditEntry]:
    """One page of a record's entries."""
    query = select(AuditEntry).where(
        AuditEntry.subject_type == subject_type,
        AuditEntry.subject_id == str(subject_id),
        AuditEntry.action.not_in(NOT_CHANGES),
    )
    return read_page(
        db.session(), query, NEWEST, after_token=args.get("after") or None, before_token=args.get("before") or None
    )
