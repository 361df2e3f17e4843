"""Finding files."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import or_, select

from app.access import Grant
from app.evidence.access import drafts_where, files_where
from app.evidence.models import EvidenceFile
from app.extensions import db


def find_file(grants: Iterable[Grant], user: Any, file_id: int) -> EvidenceFile | None:
    """One file, where the person may open it."""
    return db.session.scalar(select(EvidenceFile).where(EvidenceFile.id == file_id, files_where(grants, user)))


def offered(user: Any, county_id: int, ids: Collection[int], already: Collection[int] = ()) -> Sequence[EvidenceFile]:
    """Those of `ids` that the person may hang on a record: their own drafts, and what it carries already."""
    if not ids:
        return []
    mine = or_(drafts_where(user), EvidenceFile.id.in_(already))
    query = select(EvidenceFile).where(EvidenceFile.id.in_(ids), EvidenceFile.county_id == county_id, mine)
    return db.session.scalars(query.order_by(EvidenceFile.id)).all()
