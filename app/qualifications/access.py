"""Which certificates a person reaches, and what they may do with one."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, or_, select

from app.access import Grant, Permission
from app.qualifications.models import Certificate, CertificateGap, CertificateState
from app.schools.access import in_regions
from app.teachers.access import teachers_where
from app.teachers.models import Teacher

P = Permission


def certificates_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on Certificate: those of teachers within reach. A draft is its holder's alone."""
    held = [g for g in grants if g.allows(permission)]
    ways: list[ColumnElement[bool]] = in_regions(Certificate.county_id, held, permission)
    others = [g for g in held if not g.region_id]
    if others:
        mine = select(Teacher.id).where(Teacher.id == Certificate.teacher_id, teachers_where(others, permission))
        ways.append(mine.correlate(Certificate).exists())
    reach = or_(false(), *ways)
    return reach if permission is P.OWN_RECORD else and_(reach, Certificate.state != CertificateState.DRAFT)


def gaps_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on CertificateGap: those of teachers who work at a school within reach."""
    held = [g for g in grants if g.allows(permission)]
    ways: list[ColumnElement[bool]] = in_regions(CertificateGap.county_id, held, permission)
    if schools := {g.school_id for g in held if g.school_id}:
        ways.append(CertificateGap.school_id.in_(schools))
    return or_(false(), *ways)


def acts_for_county(grants: Iterable[Grant], county_path: str) -> bool:
    """Whether the person verifies for a county, given its path in the tree of regions."""
    return any(
        g.region_path and county_path.startswith(g.region_path) for g in grants if g.allows(P.QUALIFICATION_VERIFY)
    )
