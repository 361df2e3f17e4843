"""Who may open a file: whoever may open the record it hangs on, and its uploader while it hangs on none."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, or_

from app.access import Grant
from app.db import Base
from app.evidence.models import EvidenceContent, EvidenceFile

type Where = Callable[[Iterable[Grant], Any], ColumnElement[bool]]
OWNERS: dict[str, Where] = {}


def register_owner(name: str, where: Where) -> None:
    """A room whose records carry files: `where(grants, user)` is the condition on `EvidenceFile.id` that the person
    may open one of the records that the file hangs on."""
    OWNERS[name] = where


def files_where(grants: Iterable[Grant], user: Any) -> ColumnElement[bool]:
    """Condition on EvidenceFile: those that the person may open."""
    held = list(grants)
    return or_(drafts_where(user), *(where(held, user) for where in OWNERS.values()))


def drafts_where(user: Any) -> ColumnElement[bool]:
    """Condition on EvidenceFile: what the person uploaded and no record carries yet."""
    return and_(EvidenceFile.uploaded_by_id == user.id, EvidenceFile.is_draft, ~is_carried())


def is_carried() -> ColumnElement[bool]:
    """Condition on EvidenceFile: some room's link table names the file."""
    target = EvidenceFile.__table__.c.id
    links = [
        exists().where(key.parent == EvidenceFile.id)
        for table in Base.metadata.tables.values()
        if isinstance(table, Table) and table.name != EvidenceContent.__tablename__
        for key in table.foreign_keys
        if key.column is target
    ]
    return or_(*links) if links else EvidenceFile.id < 0
