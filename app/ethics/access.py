"""Who reaches which records: narrow, by the teacher they are about."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Table, false, or_, select

from app.access import Grant, Permission
from app.ethics.models import (
    ACTIVITY_EVIDENCE,
    APPRAISAL_EVIDENCE,
    ENTRY_EVIDENCE,
    EthicsActivity,
    EthicsAppraisal,
    EthicsEntry,
)
from app.evidence.models import EvidenceFile
from app.extensions import db
from app.regions.models import Region
from app.schools.access import in_regions
from app.teachers.models import Teacher

READ, EDIT, CONFIRM = Permission.ETHICS_READ, Permission.ETHICS_EDIT, Permission.ETHICS_CONFIRM
type Record = EthicsEntry | EthicsAppraisal
type RecordModel = type[EthicsEntry] | type[EthicsAppraisal]


def records_where(model: RecordModel, grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on entries or appraisals: those about teachers of a granted region or school."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(model.county_id, held, permission)
    schools = {g.school_id for g in held if g.school_id}
    if schools:
        there = or_(Teacher.employing_school_id.in_(schools), Teacher.working_school_id.in_(schools))
        ways.append(model.teacher_id.in_(select(Teacher.id).where(there)))
    return or_(false(), *ways)


def activities_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on EthicsActivity: those of schools within reach."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(EthicsActivity.county_id, held, permission)
    schools = {g.school_id for g in held if g.school_id}
    if schools:
        ways.append(EthicsActivity.school_id.in_(schools))
    return or_(false(), *ways)


def may_confirm(grants: Iterable[Grant], county_id: int) -> bool:
    """Whether the person decides for this county."""
    path = db.session.scalar(select(Region.path).where(Region.id == county_id)) or "-"
    return any(g.region_path and path.startswith(g.region_path) for g in grants if g.allows(CONFIRM))


def evidence_where(grants: Iterable[Grant], user: Any) -> ColumnElement[bool]:
    """Condition on EvidenceFile: those of ethics records that the person may read, or that are about themselves."""
    held = list(grants)
    own = user.teacher_id or 0
    # Asked file by file along the links, so that a county's whole record is never gone through for one file.
    return or_(
        *(
            _hangs_on(model, links, or_(records_where(model, held, READ), model.teacher_id == own))
            for model, links in ((EthicsEntry, ENTRY_EVIDENCE), (EthicsAppraisal, APPRAISAL_EVIDENCE))
        ),
        _hangs_on(EthicsActivity, ACTIVITY_EVIDENCE, activities_where(held, READ)),
    )


def _hangs_on(model: Any, links: Table, reach: ColumnElement[bool]) -> ColumnElement[bool]:
    there = select(model.id).where(links.c.evidence_id == EvidenceFile.id, links.c.record_id == model.id, reach)
    return there.correlate(EvidenceFile).exists()
