"""Which programmes, sessions, enrolments and budgets a person reaches."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from app.access import Grant, Permission
from app.extensions import db
from app.regions.access import regions_where
from app.regions.models import Region
from app.schools.access import in_regions, schools_where
from app.schools.models import School
from app.teachers.models import Teacher
from app.training.models import Enrolment, TrainingProgramme, TrainingSession, TrainingSpending

P = Permission


def sessions_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on TrainingSession.

    To change: those of the granted regions, and a school's own. To read, also those that regions above organise, for
    their places are meant for the people here.
    """
    return _organised(TrainingSession, list(grants), permission)


def programmes_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on TrainingProgramme, as for sessions."""
    return _organised(TrainingProgramme, list(grants), permission)


def _organised(model: Any, grants: list[Grant], permission: Permission) -> ColumnElement[bool]:
    held = [g for g in grants if g.allows(permission)]
    ways: list[ColumnElement[bool]] = []
    if any(g.region_path for g in held):
        ways.append(model.region_id.in_(select(Region.id).where(regions_where(held, permission))))
    if schools := {g.school_id for g in held if g.school_id}:
        ways.append(model.school_id.in_(schools))
    if permission is P.TRAINING_READ:
        ways.append(and_(model.school_id.is_(None), model.region_id.in_(_regions_above(held))))
    return or_(false(), *ways)


def offered_to(teacher: Teacher) -> ColumnElement[bool]:
    """Condition on TrainingSession: those a teacher may take part in: of the county and above, and of the school."""
    county = db.session.get_one(Region, teacher.county_id)
    return or_(
        and_(TrainingSession.school_id.is_(None), TrainingSession.region_id.in_(_ids(county.path))),
        TrainingSession.school_id == teacher.working_school_id,
    )


def _regions_above(held: list[Grant]) -> set[int]:
    """The regions whose sessions are open to the people of the grants: their own and all above."""
    found: set[int] = set()
    for grant in held:
        if grant.region_path:
            found |= _ids(grant.region_path)
    if schools := {g.school_id for g in held if g.school_id}:
        paths = select(Region.path).join(School, School.county_id == Region.id).where(School.id.in_(schools))
        for path in db.session.scalars(paths):
            found |= _ids(path)
    return found


def _ids(path: str) -> set[int]:
    return {int(part) for part in path.split("/") if part}


def enrolments_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on Enrolment: a region's own people and those of its sessions, a school's people.

    To change (`TRAINING_EDIT`): the enrolments of the sessions that one may change.
    """
    held = [g for g in grants if g.allows(permission)]
    organised = select(TrainingSession.id).where(sessions_where(held, P.TRAINING_EDIT))
    ways: list[ColumnElement[bool]] = [Enrolment.session_id.in_(organised)]
    if permission is not P.TRAINING_EDIT:
        ways += in_regions(Enrolment.county_id, held, permission)
        if any(g.region_path for g in held):
            regions = select(Region.id).where(regions_where(held, permission))
            ways.append(
                Enrolment.session_id.in_(select(TrainingSession.id).where(TrainingSession.region_id.in_(regions)))
            )
        if schools := {g.school_id for g in held if g.school_id}:
            ways.append(Enrolment.school_id.in_(schools))
    return or_(false(), *ways)


def spendings_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on TrainingSpending: the expenses of the schools within reach."""
    return TrainingSpending.school_id.in_(select(School.id).where(schools_where(grants, permission)))
