"""Which studios, people, requests and appraisals a person reaches."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from app.access import Grant, Permission
from app.evidence.models import EvidenceFile
from app.schools.access import in_regions
from app.schools.models import School
from app.studios.models import (
    RUNNING,
    LessonRequest,
    MemberRole,
    Membership,
    MembershipStatus,
    OutcomeEvidence,
    Studio,
    StudioAppraisal,
    StudioOutcome,
)
from app.teachers.models import Teacher

P = Permission


def studios_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on Studio: those of a granted region; those at a granted school, or where its people are; for a host
    (`STUDIO_HOST`), those that the person hosts or assists in."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(Studio.county_id, held, permission)
    if permission is P.STUDIO_READ and (schools := {g.school_id for g in held if g.school_id}):
        theirs = (
            select(Membership.studio_id)
            .join(Teacher, Teacher.id == Membership.teacher_id)
            .where(Teacher.working_school_id.in_(schools), Membership.status == MembershipStatus.ACTIVE)
        )
        ways += [Studio.school_id.in_(schools), Studio.id.in_(theirs)]
    if permission is P.STUDIO_HOST and (own := _own(held)):
        ways += [Studio.host_id.in_(own), Studio.assistant_id.in_(own)]
    return or_(false(), *ways)


def _own(held: Iterable[Grant]) -> set[int]:
    return {g.teacher_id for g in held if g.teacher_id}


def open_to(teacher: Teacher) -> ColumnElement[bool]:
    """Condition on Studio: those a teacher may see and apply to."""
    return and_(Studio.county_id == teacher.county_id, Studio.status.in_(RUNNING))


def memberships_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on Membership: those of the studios within reach; with `OWN_RECORD`, one's own."""
    held = list(grants)
    if permission is P.OWN_RECORD:
        return Membership.teacher_id.in_(_own(g for g in held if g.allows(permission)))
    return Membership.studio_id.in_(select(Studio.id).where(studios_where(held, permission)))


def requests_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on LessonRequest: a region's, a school's own (`LESSON_REQUEST` and `STUDIO_READ`); for somebody of a
    studio (`OWN_RECORD`), those of the county where the studio is."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(LessonRequest.county_id, held, permission)
    if schools := {g.school_id for g in held if g.school_id}:
        ways.append(LessonRequest.school_id.in_(schools))
    if permission is P.OWN_RECORD and (own := _own(held)):
        counties = (
            select(Studio.county_id)
            .join(Membership, Membership.studio_id == Studio.id)
            .where(giving(), Membership.teacher_id.in_(own))
        )
        ways.append(LessonRequest.county_id.in_(counties))
    return or_(false(), *ways)


def giving() -> ColumnElement[bool]:
    """Condition on Membership: somebody who may go to a school for the studio."""
    return and_(Membership.status == MembershipStatus.ACTIVE, Membership.role.in_((MemberRole.HOST, MemberRole.MEMBER)))


def appraisals_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on StudioAppraisal: those of the studios within reach."""
    return StudioAppraisal.studio_id.in_(select(Studio.id).where(studios_where(grants, permission)))


def evidence_where(grants: Iterable[Grant], user: Any) -> ColumnElement[bool]:
    """Condition on EvidenceFile: what hangs on outcomes of studios that the person may read, hosts, or belongs to."""
    held = list(grants)
    ways = or_(
        studios_where(held, P.STUDIO_READ),
        studios_where(held, P.STUDIO_HOST),
        Studio.id.in_(
            select(Membership.studio_id).where(
                Membership.teacher_id == (user.teacher_id or 0), Membership.status == MembershipStatus.ACTIVE
            )
        ),
    )
    links = (
        select(OutcomeEvidence.evidence_id)
        .join(StudioOutcome, StudioOutcome.id == OutcomeEvidence.outcome_id)
        .join(Studio, Studio.id == StudioOutcome.studio_id)
        .where(ways)
    )
    return EvidenceFile.id.in_(links)


def seats_where(teacher: Teacher) -> ColumnElement[bool]:
    """Condition on School: where a studio of this teacher can have its seat."""
    return and_(School.county_id == teacher.county_id, School.is_active)
