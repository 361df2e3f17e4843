"""Growth groups of schools, and the schools at which researchers are stationed."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import audit
from app.audit.operations import Actor, changes
from app.extensions import db
from app.growth.models import (
    GRADES,
    GroupMember,
    GroupRole,
    GrowthGroup,
    PlaceStatus,
    ProgrammeKind,
    ProgrammePlace,
    StationedSchool,
)
from app.growth.operations.common import insert
from app.schools.models import School, Stage
from app.teachers.models import Teacher
from app.web.errors import Refused

TAKEN = {
    "uq_growth_group_member_once": "once",
    "uq_growth_group_member_grade": "grade",
    "uq_growth_group_member_psychology": "psychology",
}
# SQLite names the columns of an index, not the index.
COLUMNS = {"group_id, growth_group_member.teacher_id": "once", "group_id, growth_group_member.grade": "grade"}


def found_group(*, school: School, stage: Stage, from_on: date, about: str, actor: Actor) -> GrowthGroup:
    """Set a school's group of a stage up."""
    if stage not in GRADES:
        raise Refused(_("Growth groups are for primary and secondary schools."))
    group = GrowthGroup(school_id=school.id, stage=stage, grades=GRADES[stage], from_on=from_on, about=about)
    insert(group, _("The school has a growth group of this stage already."))
    group.school = school
    _log(actor, "growth_group.add", group, after={"stage": stage, "from_on": from_on})
    return group


def change_group(*, group: GrowthGroup, actor: Actor, **fields: Any) -> None:
    """Change what a group is for, or since when there is one."""
    before, after = changes(group, fields)
    for name, value in after.items():
        setattr(group, name, value)
    db.session.flush()
    if after:
        _log(actor, "growth_group.edit", group, before=before, after=after)


def end_group(*, group: GrowthGroup, on: date, reason: str, actor: Actor) -> None:
    """End a group and everybody's place in it."""
    _must_run(group)
    members = db.session.scalars(
        select(GroupMember).where(GroupMember.group_id == group.id, GroupMember.to_on.is_(None))
    ).all()
    if on < max([group.from_on, *(one.from_on for one in members)]):
        raise Refused(_("The end lies before the beginning."))
    for one in members:
        one.to_on, one.reason = on, reason
    group.to_on, group.reason = on, reason
    db.session.flush()
    _log(actor, "growth_group.end", group, after={"to_on": on}, reason=reason)


def add_member(
    *, group: GrowthGroup, teacher: Teacher, role: GroupRole, grade: int | None, from_on: date, actor: Actor
) -> GroupMember:
    """Add a teacher of the school to a group: one mental health teacher, one head a grade, any number of others."""
    _must_run(group)
    if teacher.working_school_id != group.school_id or teacher.left_on:
        raise Refused(_("%(name)s does not work at the school.", name=teacher.name))
    if from_on < group.from_on:
        raise Refused(_("The group begins on %(day)s.", day=group.from_on))
    if (role is GroupRole.GRADE_HEAD) != (grade is not None) or not 1 <= (grade or 1) <= group.grades:
        raise Refused(_("The head of a grade has a grade from 1 to %(last)s; the others have none.", last=group.grades))
    member = GroupMember(
        group_id=group.id, grades=group.grades, teacher_id=teacher.id, role=role, grade=grade, from_on=from_on
    )
    try:
        with db.session.begin_nested():
            db.session.add(member)
    except IntegrityError as error:
        raise Refused(_taken(str(error.orig), teacher)) from error
    _log(actor, "growth_group.add_member", group, after={"teacher": teacher.label, "role": role, "grade": grade})
    return member


def _taken(error: str, teacher: Teacher) -> str:
    which = next((kind for name, kind in (TAKEN | COLUMNS).items() if name in error), "psychology")
    return {
        "once": str(_("%(name)s is in the group already.", name=teacher.name)),
        "grade": str(_("This grade has its head in the group already; end that membership first.")),
        "psychology": str(_("The group has its mental health teacher already; end that membership first.")),
    }[which]


def end_member(*, member: GroupMember, group: GrowthGroup, on: date, reason: str, actor: Actor) -> None:
    """End somebody's place in a group."""
    if member.to_on is not None:
        raise Refused(_("This ended already, on %(day)s.", day=member.to_on))
    if on < member.from_on:
        raise Refused(_("The end lies before the beginning."))
    member.to_on, member.reason = on, reason
    db.session.flush()
    _log(actor, "growth_group.end_member", group, after={"teacher": member.teacher.label, "to_on": on}, reason=reason)


def _must_run(group: GrowthGroup) -> None:
    if group.to_on is not None:
        raise Refused(_("This ended already, on %(day)s.", day=group.to_on))


def station(*, place: ProgrammePlace, school: School, from_on: date, actor: Actor) -> StationedSchool:
    """Station a researcher who was taken in at a school; a school has one at a time."""
    if place.programme.kind is not ProgrammeKind.STATIONING or place.status is not PlaceStatus.ADMITTED:
        raise Refused(_("Only researchers who were taken into a stationing programme are stationed."))
    if place.from_on is None or from_on < place.from_on:
        raise Refused(_("The stay begins on %(day)s at the earliest.", day=place.from_on or "–"))
    if school.county_id != place.programme.county_id:
        raise Refused(_("The school lies in another county."))
    row = StationedSchool(place_id=place.id, school_id=school.id, from_on=from_on)
    insert(row, _("%(school)s has its researcher already; end that stay first.", school=school.name))
    audit.record(
        actor=actor,
        action="stationing.add",
        subject=row,
        after={"teacher": place.teacher.label, "school": school.label, "from_on": from_on},
        region_id=school.county_id,
        school_id=school.id,
    )
    return row


def end_stationing(*, row: StationedSchool, school: School, on: date, reason: str, actor: Actor) -> None:
    """End a researcher's stay at a school."""
    if row.to_on is not None:
        raise Refused(_("This ended already, on %(day)s.", day=row.to_on))
    if on < row.from_on:
        raise Refused(_("The end lies before the beginning."))
    row.to_on, row.reason = on, reason
    db.session.flush()
    audit.record(
        actor=actor,
        action="stationing.end",
        subject=row,
        after={"to_on": on},
        reason=reason,
        region_id=school.county_id,
        school_id=school.id,
    )


def end_all_stays(*, place: ProgrammePlace, on: date, reason: str) -> None:
    """The stays at schools end with the place in the programme."""
    rows = select(StationedSchool).where(StationedSchool.place_id == place.id, StationedSchool.to_on.is_(None))
    for row in db.session.scalars(rows):
        row.to_on, row.reason = max(on, row.from_on), reason
    db.session.flush()


def _log(actor: Actor, action: str, group: GrowthGroup, **told: Any) -> None:
    school = group.school
    audit.record(actor=actor, action=action, subject=group, region_id=school.county_id, school_id=school.id, **told)
