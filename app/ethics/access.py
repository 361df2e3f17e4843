"""Who reaches which records: narrow, by the teacher they are about."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

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
from app.schools.access import in_regions, schools_where
from app.schools.models import School
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
    ways = []
    for model, links in ((EthicsEntry, ENTRY_EVIDENCE), (EthicsAppraisal, APPRAISAL_EVIDENCE)):
        mine = model.teacher_id == own
        seen = select(model.id).where(or_(records_where(model, held, READ), mine))
        ways.append(EvidenceFile.id.in_(select(links.c.evidence_id).where(links.c.record_id.in_(seen))))
    done = select(EthicsActivity.id).where(activities_where(held, READ))
    ways.append(
        EvidenceFile.id.in_(select(ACTIVITY_EVIDENCE.c.evidence_id).where(ACTIVITY_EVIDENCE.c.record_id.in_(done)))
    )
    return or_(*ways)


def schools_to_record(grants: Iterable[Grant]) -> ColumnElement[bool]:
    """Condition on School: those for which the person records activities and appraisals."""
    return schools_where(grants, EDIT) & School.is_active
