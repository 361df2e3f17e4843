"""The road of a studio: application, approval and licence, renewal, merger, suspension, closing."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite

from app import audit
from app.access import Role
from app.accounts.models import RoleGrant, User
from app.accounts.operations import give_role, take_role
from app.audit.operations import Actor, changes
from app.db.clock import today
from app.extensions import db
from app.notices.operations import users_of_teachers
from app.regions.models import Region
from app.schools.models import School
from app.schools.pinyin import school_pinyin
from app.studios import gates, telling
from app.studios.models import (
    RUNNING,
    AppraisalResult,
    AppraisalStage,
    LicenceCounter,
    MemberRole,
    Membership,
    MembershipStatus,
    Studio,
    StudioAppraisal,
    StudioKind,
    StudioSettings,
    StudioStatus,
)
from app.studios.operations.common import locked, locked_teacher, move, note, years_after
from app.studios.operations.people import end_all, join_host
from app.teachers.backbones import BACKBONE_TYPES, COUNTY_AND_ABOVE
from app.teachers.models import Teacher
from app.web.errors import Refused

S = StudioStatus
KIND_LETTERS = {
    StudioKind.TEACHER: "MS",
    StudioKind.PRINCIPAL: "XZ",
    StudioKind.CLASS_TEACHER: "BZ",
    StudioKind.PSYCHOLOGY: "XL",
}


def settings_of(county_id: int) -> StudioSettings:
    """What the county lays down; where it said nothing, the defaults, not yet kept."""
    found = db.session.scalar(select(StudioSettings).where(StudioSettings.county_id == county_id))
    if found is not None:
        return found
    return StudioSettings(
        county_id=county_id,
        cycle_years=3,
        member_places=5,
        mentee_places=3,
        honour_types=list(BACKBONE_TYPES),
        honour_levels=list(COUNTY_AND_ABOVE),
        host_honour_types=[],
        host_honour_levels=[],
        answer_days=7,
        host_credit="studio_host",
        member_credit="studio_member",
        outreach_credit="outreach",
    )


def set_settings(*, actor: Actor, county: Region, fields: Mapping[str, Any]) -> StudioSettings:
    """Lay down what holds for studios that are founded from now on."""
    row = settings_of(county.id)
    before, after = changes(row, dict(fields))
    for name, value in fields.items():
        setattr(row, name, value)
    is_new = row.id is None
    db.session.add(row)
    db.session.flush()
    if after or is_new:
        audit.record(
            actor=actor,
            action="studio.settings",
            subject_type=StudioSettings.__tablename__,
            subject_id=row.id,
            subject_label=county.name,
            before=None if is_new else before,
            after=dict(fields) if is_new else after,
            region_id=county.id,
        )
    return row


def apply_for(*, actor: Actor, host: Teacher, school: School, fields: Mapping[str, Any]) -> Studio:
    """Apply for a studio; what the county lays down is taken over, as far as `fields` says nothing else."""
    _check_host(host, fields["kind"])
    _check_name(host.county_id, fields["name"])
    rules = settings_of(host.county_id)
    taken_over = {
        "cycle_years": rules.cycle_years,
        "member_places": rules.member_places,
        "mentee_places": rules.mentee_places,
        "honour_types": list(rules.honour_types),
        "honour_levels": list(rules.honour_levels),
    }
    studio = Studio(
        county_id=host.county_id,
        school_id=school.id,
        host_id=host.id,
        name_pinyin=school_pinyin(fields["name"]),
        **(taken_over | dict(fields)),
    )
    _check_assistant(studio)
    db.session.add(studio)
    db.session.flush()
    note(actor, "studio.apply", studio, studio, after={"host": host.label, **_plain(fields)})
    telling.applied_for(studio)
    return studio


def edit(*, actor: Actor, studio: Studio, fields: Mapping[str, Any]) -> None:
    """Change what a studio is; places cannot fall below those that are taken."""
    if (name := fields.get("name")) and name != studio.name:
        _check_name(studio.county_id, name)
        studio.name_pinyin = school_pinyin(name)
    if (places := fields.get("member_places")) is not None and places < studio.members_taken:
        raise Refused(
            _(
                "%(taken)s members have their place already; there cannot be only %(places)s.",
                taken=studio.members_taken,
                places=places,
            )
        )
    if fields.get("kind", studio.kind) is not studio.kind and studio.licence_number:
        raise Refused(_("The licence is for this kind of studio. Close it and apply for one of another kind."))
    before, after = changes(studio, dict(fields))
    assisted = studio.assistant_id
    for key, value in fields.items():
        setattr(studio, key, value)
    _check_assistant(studio)
    db.session.flush()
    if studio.assistant_id != assisted and studio.status.is_running:
        _open_workplace(actor, studio)
        _close_workplace(actor, assisted)
    if after:
        note(actor, "studio.edit", studio, studio, before=before, after=_plain(after))


def send_again(*, actor: Actor, studio: Studio) -> None:
    """Send a returned application in again."""
    move(studio, since=[S.RETURNED], to=S.APPLIED, reason=None)
    note(actor, "studio.apply", studio, studio)
    telling.applied_for(studio)


def send_back(*, actor: Actor, studio: Studio, reason: str) -> None:
    """Return an application to be completed."""
    move(studio, since=[S.APPLIED], to=S.RETURNED, reason=reason)
    note(actor, "studio.return", studio, studio, reason=reason)
    telling.decided(studio, "returned", reason)


def decline(*, actor: Actor, studio: Studio, reason: str) -> None:
    """Refuse an application for good."""
    move(studio, since=[S.APPLIED, S.RETURNED], to=S.DECLINED, reason=reason)
    note(actor, "studio.decline", studio, studio, reason=reason)
    telling.decided(studio, "declined", reason)


def approve(*, actor: Actor, studio: Studio, begins_on: date) -> None:
    """Approve: the studio gets its licence number, its host a place in it and the host's pages."""
    studio, host = locked(studio.id), locked_teacher(studio.host_id)
    if any(actor.id in users for users in users_of_teachers(studio.host_ids).values()):
        raise Refused(_("Nobody approves a studio of their own. Ask somebody else of the bureau."))
    _check_host(host, studio.kind, studio)
    number = _next_licence(studio, begins_on.year)
    ends_on = years_after(begins_on, studio.cycle_years)
    move(
        studio,
        since=[S.APPLIED],
        to=S.ACTIVE,
        licence_number=number,
        begins_on=begins_on,
        ends_on=ends_on,
        reason=None,
    )
    join_host(studio, host, begins_on)
    _open_workplace(actor, studio)
    note(actor, "studio.approve", studio, studio, after={"licence_number": number, "ends_on": ends_on})
    telling.decided(studio, "approved", number)


def suspend(*, actor: Actor, studio: Studio, reason: str) -> None:
    """Let a studio rest: nobody joins and nothing is credited until it goes on."""
    move(studio, since=[S.ACTIVE], to=S.SUSPENDED, reason=reason)
    note(actor, "studio.suspend", studio, studio, reason=reason)
    telling.decided(studio, "suspended", reason)


def resume(*, actor: Actor, studio: Studio) -> None:
    """Let a suspended studio go on."""
    move(studio, since=[S.SUSPENDED], to=S.ACTIVE, reason=None)
    note(actor, "studio.resume", studio, studio)
    telling.decided(studio, "resumed", "")


def renew(*, actor: Actor, studio: Studio) -> None:
    """Begin the next cycle where the final appraisal of the present one was passed."""
    studio = locked(studio.id)
    result = db.session.scalar(
        select(StudioAppraisal.result).where(
            StudioAppraisal.studio_id == studio.id,
            StudioAppraisal.cycle_no == studio.cycle_no,
            StudioAppraisal.stage == AppraisalStage.FINAL,
        )
    )
    if result not in (AppraisalResult.EXCELLENT, AppraisalResult.PASSED):
        raise Refused(
            _("A studio is renewed once its final appraisal came to “meets the standard” or better. Appraise it first.")
        )
    ends_on = years_after(studio.ends_on or today(), studio.cycle_years)
    before = {"cycle_no": studio.cycle_no, "ends_on": studio.ends_on}
    move(studio, since=[S.ACTIVE], to=S.ACTIVE, cycle_no=studio.cycle_no + 1, ends_on=ends_on)
    note(actor, "studio.renew", studio, studio, before=before,
         after={"cycle_no": studio.cycle_no, "ends_on": ends_on})  # fmt: skip
    telling.decided(studio, "renewed", str(ends_on))


def merge(*, actor: Actor, studio: Studio, into: Studio, reason: str) -> int:
    """Merge a studio into another: its people are invited there. Returns how many."""
    if studio.id == into.id:
        raise Refused(_("A studio cannot be merged into itself."))
    for number in sorted((studio.id, into.id)):
        locked(number)
    if into.county_id != studio.county_id or into.kind is not studio.kind or into.status is not S.ACTIVE:
        raise Refused(_("A studio can only be merged into a running one of the same kind in the same county."))
    day = today()
    move(studio, since=RUNNING, to=S.MERGED, closed_on=day, successor_id=into.id, reason=reason)
    people = end_all(studio, day, reason)
    _close_workplace(actor, studio.assistant_id)
    note(actor, "studio.merge", studio, studio, after={"into": into.name}, reason=reason)
    telling.decided(studio, "merged", into.name)
    return _invite_over(into, people)


def _invite_over(into: Studio, people: Collection[Membership]) -> int:
    known = set(
        db.session.scalars(
            select(Membership.teacher_id).where(
                Membership.studio_id == into.id,
                Membership.status.in_((MembershipStatus.ACTIVE, MembershipStatus.INVITED)),
            )
        )
    )
    invited = [
        Membership(
            studio_id=into.id,
            teacher_id=row.teacher_id,
            name_pinyin=row.name_pinyin,
            kind=into.kind,
            role=MemberRole.MENTEE if row.role is MemberRole.MENTEE else MemberRole.MEMBER,
            status=MembershipStatus.INVITED,
        )
        for row in people
        if row.teacher_id not in known
    ]
    db.session.add_all(invited)
    db.session.flush()
    for row in invited:
        telling.invited(into, row)
    return len(invited)


def close(*, actor: Actor, studio: Studio, reason: str) -> None:
    """Close a studio; everybody's membership ends with it."""
    studio, day = locked(studio.id), today()
    move(studio, since=RUNNING, to=S.CLOSED, closed_on=day, reason=reason)
    end_all(studio, day, reason)
    _close_workplace(actor, studio.assistant_id)
    note(actor, "studio.close", studio, studio, after={"closed_on": day}, reason=reason)
    telling.decided(studio, "closed", reason)


def _check_host(host: Teacher, kind: StudioKind, studio: Studio | None = None) -> None:
    if host.left_on is not None:
        raise Refused(_("%(name)s has left.", name=host.name))
    if refusal := gates.vetoed(host, today()):
        raise Refused(refusal)
    if refusal := gates.host_lacks(settings_of(host.county_id), host, today()):
        raise Refused(refusal)
    if refusal := gates.elsewhere(host, kind, but=studio.id if studio else None):
        raise Refused(refusal)


def _check_name(county_id: int, name: str) -> None:
    if db.session.scalar(select(Studio.id).where(Studio.county_id == county_id, Studio.name == name)):
        raise Refused(_("There is a studio of this name in the county already: %(name)s.", name=name))


def _check_assistant(studio: Studio) -> None:
    if studio.assistant_id is not None and studio.assistant_id == studio.host_id:
        raise Refused(_("The assistant is another person than the host."))


def _next_licence(studio: Studio, year: int) -> str:
    """County code, kind, year and serial, such as 530112-MS-2026-003."""
    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    serial = db.session.scalar(
        make(LicenceCounter)
        .values(county_id=studio.county_id, year=year, last=1)
        .on_conflict_do_update(index_elements=["county_id", "year"], set_={"last": LicenceCounter.last + 1})
        .returning(LicenceCounter.last)
    )
    code = db.session.scalar(select(Region.code).where(Region.id == studio.county_id))
    return f"{code}-{KIND_LETTERS[studio.kind]}-{year}-{serial:03d}"


def _open_workplace(actor: Actor, studio: Studio) -> None:
    """The licence opens the host's pages to the accounts of host and assistant; they see the studios of their own."""
    for teacher_id, users in users_of_teachers(studio.host_ids).items():
        for user_id in users:
            if db.session.scalar(_workplace_grants(teacher_id).where(RoleGrant.user_id == user_id)) is None:
                user = db.session.get_one(User, user_id)
                give_role(actor=actor, user=user, role=Role.STUDIO_HOST, teacher_id=teacher_id)


def _close_workplace(actor: Actor, teacher_id: int | None) -> None:
    """Somebody who assists in no running studio any more, and hosts none, has no host's pages."""
    mine = (Studio.host_id == (teacher_id or 0)) | (
        (Studio.assistant_id == (teacher_id or 0)) & Studio.status.in_(RUNNING)
    )
    if teacher_id is None or db.session.scalar(select(Studio.id).where(mine).limit(1)):
        return
    for row in db.session.scalars(_workplace_grants(teacher_id)):
        take_role(actor=actor, user=db.session.get_one(User, row.user_id), row=row)


def _workplace_grants(teacher_id: int) -> Select[RoleGrant]:
    return select(RoleGrant).where(RoleGrant.role == Role.STUDIO_HOST, RoleGrant.teacher_id == teacher_id)


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "statement"}
