"""What imports did to a teacher or a school, for the history on the record's own page."""

from itertools import groupby

from flask_babel import gettext as _
from sqlalchemy import select

from app.extensions import db
from app.imports.models import ChangeOperation
from app.imports.queries import RecordChange, changes_for
from app.imports.undoing import label_of
from app.regions.models import Region
from app.schools.models import School
from app.teachers.models import Teacher
from app.web.history import Change

COUNTIES = {"teacher": Teacher.county_id, "school": School.county_id}


def tell(subject_type: str, subject_id: int) -> list[Change]:
    """One change for each batch, table and kind of operation."""
    column = COUNTIES.get(subject_type)
    if column is None:
        return []
    county_id = db.session.scalar(select(column).where(column.class_.id == subject_id).join(Region))
    if county_id is None:
        return []
    found = changes_for(subject_type, subject_id, county_id)
    grouped = groupby(found, key=lambda c: (c.batch_id, c.table_name, c.operation))
    return [_change(subject_type, list(group)) for _key, group in grouped]


def _change(subject_type: str, fields: list[RecordChange]) -> Change:
    first = fields[0]
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for change in fields:
        if change.field:
            before[change.field], after[change.field] = change.before, change.after
        elif first.table_name != subject_type:
            # What came or went with the record's own row is the record itself; of the rest, every column is told.
            before |= change.before or {}
            after |= change.after or {}
    action, reason = f"{subject_type}.import", _reason(subject_type, first)
    return Change(first.at, first.actor_label, action, before or None, after or None, reason)


def _reason(subject_type: str, change: RecordChange) -> str:
    words = {
        ChangeOperation.INSERT: _("added"),
        ChangeOperation.UPDATE: _("changed"),
        ChangeOperation.DELETE: _("removed"),
    }
    said = _("Import no. %(number)s, %(file)s: %(what)s", number=change.batch_id, file=change.file_name,
             what=words[change.operation])  # fmt: skip
    if change.table_name != subject_type:
        said = f"{said} ({label_of(change.table_name)})"
    return f"{said} – {_('undone later')}" if change.undone_at else str(said)
