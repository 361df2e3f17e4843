"""What a studio does: plans, activities and their attendance, observed lessons, outcomes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from app.audit.operations import Actor, changes
from app.credits import operations as credits
from app.credits.books import ensure_rules, rules_on
from app.credits.models import ClaimSource
from app.db.clock import today, utc_now
from app.evidence.models import EvidenceFile
from app.evidence.operations import settle
from app.extensions import db
from app.studios import telling
from app.studios.models import (
    LessonObservation,
    MeetingAttendance,
    MeetingKind,
    MeetingStatus,
    MemberRole,
    Membership,
    MembershipStatus,
    PlanTarget,
    Studio,
    StudioMeeting,
    StudioOutcome,
    StudioPlan,
    TargetKind,
)
from app.studios.operations.common import move, must_run, note
from app.studios.operations.founding import settings_of
from app.web.errors import Refused

SOURCE = ClaimSource.STUDIO_SESSION
M = MeetingStatus


def save_plan(
    *,
    actor: Actor,
    studio: Studio,
    year: int,
    plan: StudioPlan | None,
    aims: str,
    summary: str | None,
    targets: Mapping[TargetKind, int],
) -> StudioPlan:
    """Write the plan of a school year, or change it."""
    is_new = plan is None
    if plan is None:
        plan = StudioPlan(studio_id=studio.id, year=year, aims=aims)
        db.session.add(plan)
        before: dict[str, Any] = {}
    else:
        before = {one.kind.value: one.number for one in plan.targets} | {"aims": plan.aims, "summary": plan.summary}
        plan.aims = aims
    plan.summary = summary
    db.session.flush()
    db.session.execute(delete(PlanTarget).where(PlanTarget.plan_id == plan.id))
    db.session.add_all(PlanTarget(plan_id=plan.id, kind=kind, number=number) for kind, number in targets.items())
    db.session.flush()
    after = {kind.value: number for kind, number in targets.items()} | {"aims": aims, "summary": summary}
    label = f"{studio.name} {year}"
    note(actor, "studio.plan.save", plan, studio, label=label, before=None if is_new else before, after=after)
    return plan


def plan_meeting(*, actor: Actor, studio: Studio, fields: Mapping[str, Any]) -> StudioMeeting:
    """Put an activity on the calendar; everybody of the studio is told."""
    must_run(studio)
    _check_hours(fields["hours"])
    row = StudioMeeting(studio_id=studio.id, **fields)
    db.session.add(row)
    db.session.flush()
    note(actor, "studio.meeting.add", row, studio, after={"on": row.on, "hours": row.hours, "kind": row.kind})
    if row.on >= today():
        telling.meeting(studio, row, _everybody(studio.id))
    return row


def edit_meeting(*, actor: Actor, row: StudioMeeting, fields: Mapping[str, Any]) -> None:
    """Change an activity. Where it was held, other hours change what was credited."""
    if row.status is M.CANCELLED:
        raise Refused(_("A cancelled activity stays as it is."))
    _check_hours(fields["hours"])
    if row.status is M.HELD and fields["on"] != row.on:
        raise Refused(_("It was held on %(day)s; its day stays.", day=row.on))
    before, after = changes(row, dict(fields))
    is_moved = row.status is M.PLANNED and bool({"on", "begins_at", "venue"} & after.keys())
    for name, value in fields.items():
        setattr(row, name, value)
    db.session.flush()
    if after:
        note(actor, "studio.meeting.edit", row, row.studio, before=before, after=after)
    if row.status is M.HELD and "hours" in after:
        _change_hours(actor, row)
    if is_moved:
        telling.meeting(row.studio, row, _everybody(row.studio_id))


def cancel_meeting(*, actor: Actor, row: StudioMeeting, reason: str) -> None:
    """Cancel an activity that was not held."""
    move(row, since=[M.PLANNED], to=M.CANCELLED, cancelled_reason=reason)
    note(actor, "studio.meeting.cancel", row, row.studio, reason=reason)
    telling.meeting(row.studio, row, _everybody(row.studio_id), is_cancelled=True)


def set_attendance(
    *, actor: Actor, row: StudioMeeting, shown: Collection[int], present: Collection[int], summary: str | None = None
) -> tuple[int, int]:
    """Say who was there, of those that were shown: each is credited by the county's rules, once. (added, removed)."""
    row = locked_meeting(row.id)
    must_run(row.studio)
    if row.status is M.CANCELLED:
        raise Refused(_("A cancelled activity has no attendance."))
    if row.on > today():
        raise Refused(_("%(title)s takes place on %(day)s; who was there is entered after that.",
                        title=row.title, day=row.on))  # fmt: skip
    belonged = {
        one.id: one
        for one in db.session.scalars(
            select(Membership).where(
                Membership.studio_id == row.studio_id,
                Membership.id.in_(shown),
                Membership.from_on <= row.on,
                (Membership.to_on.is_(None)) | (Membership.to_on >= row.on),
            )
        )
    }
    standing = {one.membership_id: one for one in row.attendances if one.membership_id in belonged}
    added = [belonged[number] for number in sorted((set(present) & belonged.keys()) - standing.keys())]
    removed = [standing[number] for number in sorted(standing.keys() - set(present))]
    if row.status is M.PLANNED:
        move(row, since=[M.PLANNED], to=M.HELD)
    row.summary = summary or row.summary
    _credit(actor, row, added)
    for one in removed:
        _withdraw(actor, row, one, belonged[one.membership_id])
    db.session.flush()
    if added or removed:
        after = {"added": [one.id for one in added], "removed": [one.membership_id for one in removed]}
        note(actor, "studio.meeting.attend", row, row.studio, after=after)
    return len(added), len(removed)


def locked_meeting(meeting_id: int) -> StudioMeeting:
    """The activity as it is now, locked, with its studio and who was there."""
    db.session.flush()
    db.session.execute(select(StudioMeeting.id).where(StudioMeeting.id == meeting_id).with_for_update())
    return (
        db.session.scalars(
            select(StudioMeeting)
            .where(StudioMeeting.id == meeting_id)
            .options(joinedload(StudioMeeting.studio), joinedload(StudioMeeting.attendances))
            .execution_options(populate_existing=True)
        )
        .unique()
        .one()
    )


def _credit(actor: Actor, row: StudioMeeting, people: Sequence[Membership]) -> None:
    groups: dict[str, list[Membership]] = {}
    for one in people:
        groups.setdefault(_credit_kind(row, one.role), []).append(one)
    for kind_code, rows in groups.items():
        credits.credit_many_from_source(
            actor=actor,
            hours={one.teacher_id: row.hours for one in rows},
            source=SOURCE,
            source_id=row.id,
            kind_code=kind_code,
            on=row.on,
            title=f"{row.studio.name} · {row.title}",
            level_code=row.studio.level_code,
        )
    db.session.add_all(
        MeetingAttendance(meeting_id=row.id, membership_id=one.id, credited_hours=row.hours, at=utc_now())
        for one in people
    )
    db.session.flush()


def _credit_kind(row: StudioMeeting, role: MemberRole) -> str:
    """The kind of credit, by what the county laid down for studios; where its credit rules know no kind for lessons
    brought to schools, these count as work of the studio."""
    settings = settings_of(row.studio.county_id)
    of_role = settings.host_credit if role is MemberRole.HOST else settings.member_credit
    if row.kind is not MeetingKind.OUTREACH:
        return of_role
    ensure_rules(row.studio.county_id)
    known = rules_on(row.studio.county_id, row.on).kinds
    return settings.outreach_credit if settings.outreach_credit in known else of_role


def _withdraw(actor: Actor, row: StudioMeeting, attendance: MeetingAttendance, person: Membership) -> None:
    credits.withdraw_source(
        actor=actor,
        source=SOURCE,
        source_id=row.id,
        teacher_id=person.teacher_id,
        reason=_("Was not there: %(title)s", title=row.title),
    )
    db.session.delete(attendance)


def _change_hours(actor: Actor, row: StudioMeeting) -> None:
    row = locked_meeting(row.id)
    people = dict(
        db.session.execute(
            select(Membership.id, Membership.teacher_id).where(
                Membership.id.in_([one.membership_id for one in row.attendances])
            )
        )
        .tuples()
        .all()
    )
    for one in row.attendances:
        credits.change_source_hours(
            actor=actor,
            source=SOURCE,
            source_id=row.id,
            teacher_id=people[one.membership_id],
            hours=row.hours,
            reason=_("The hours of the activity were corrected."),
        )
        one.credited_hours = row.hours
    db.session.flush()


def _check_hours(hours: Decimal) -> None:
    if not 0 < hours <= 100 or hours != round(hours, 2):
        raise Refused(_("Hours are more than 0 and at most 100, with at most two decimal places, such as 1.5."))


def _everybody(studio_id: int) -> Sequence[int]:
    return db.session.scalars(
        select(Membership.teacher_id)
        .where(
            Membership.studio_id == studio_id,
            Membership.status == MembershipStatus.ACTIVE,
            Membership.role != MemberRole.HOST,
        )
        .order_by(Membership.id)
    ).all()


def save_observation(
    *, actor: Actor, studio: Studio, row: LessonObservation | None = None, fields: Mapping[str, Any]
) -> LessonObservation:
    """Enter an observed lesson, or change one."""
    if fields["teacher_id"] == fields["observer_id"]:
        raise Refused(_("Nobody observes a lesson of their own."))
    _check_past(fields["on"])
    if row is None:
        row = LessonObservation(studio_id=studio.id, **fields)
        db.session.add(row)
        db.session.flush()
        note(actor, "studio.observation.add", row, studio)
        return row
    for name, value in fields.items():
        setattr(row, name, value)
    db.session.flush()
    note(actor, "studio.observation.edit", row, studio)
    return row


def save_outcome(
    *,
    actor: Actor,
    studio: Studio,
    row: StudioOutcome | None = None,
    fields: Mapping[str, Any],
    evidence: Sequence[EvidenceFile],
) -> StudioOutcome:
    """Enter an outcome with its evidence, or change one."""
    _check_past(fields["on"])
    is_new = row is None
    if row is None:
        row = StudioOutcome(studio_id=studio.id, evidence=list(evidence), **fields)
        db.session.add(row)
    else:
        for name, value in fields.items():
            setattr(row, name, value)
        row.evidence = list(evidence)
    db.session.flush()
    settle(evidence)
    note(actor, "studio.outcome.add" if is_new else "studio.outcome.edit", row, studio,
         after=dict(fields) | {"evidence": len(evidence)})  # fmt: skip
    return row


def remove(*, actor: Actor, studio: Studio, row: LessonObservation | StudioOutcome, what: str) -> None:
    """Delete an observation or an outcome that was entered by mistake."""
    note(actor, f"studio.{what}.delete", row, studio)
    db.session.delete(row)
    db.session.flush()


def _check_past(day: date) -> None:
    if day > today():
        raise Refused(_("%(day)s has not come yet.", day=day))
