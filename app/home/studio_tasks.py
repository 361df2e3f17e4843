"""What waits for a person in the studios: applications, answers, attendance, lessons, reviews."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.access import Permission
from app.extensions import db
from app.home.task import Source, Task
from app.studios.access import appraisals_where, requests_where, studios_where
from app.studios.models import (
    AppraisalReview,
    AppraisalStatus,
    LessonRequest,
    MeetingStatus,
    Membership,
    MembershipStatus,
    RequestStatus,
    Studio,
    StudioAppraisal,
    StudioMeeting,
    StudioStatus,
)

P = Permission
ENDING = timedelta(days=90)
MOST = 5


def _count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def studios_to_decide(user: Any, _today: date) -> Iterator[Task]:
    """Applications for studios."""
    waiting = _count(Studio, studios_where(user.grants, P.STUDIO_APPROVE), Studio.status == StudioStatus.APPLIED)
    if waiting:
        title = ngettext(
            "%(num)d studio is applied for; decide about it",
            "%(num)d studios are applied for; decide about them",
            waiting,
        )
        yield Task(title, url_for("studios.index", status="applied"), "users-group", "danger")


def studios_to_look_after(user: Any, today: date) -> Iterator[Task]:
    """Cycles that end soon, and appraisals that can be decided."""
    reach = studios_where(user.grants, P.STUDIO_EDIT)
    until = today + ENDING
    ending = _count(Studio, reach, Studio.status == StudioStatus.ACTIVE, Studio.ends_on <= until)
    if ending:
        title = ngettext(
            "%(num)d studio's cycle ends within 90 days", "%(num)d studios' cycles end within 90 days", ending
        )
        url = url_for("studios.index", status="active", ends=until.isoformat())
        yield Task(title, url, "calendar-due", "warning", _("Appraise them, then renew or close them."))
    missing = (
        select(AppraisalReview.id)
        .where(AppraisalReview.appraisal_id == StudioAppraisal.id, AppraisalReview.score.is_(None))
        .exists()
    )
    ready = _count(
        StudioAppraisal,
        appraisals_where(user.grants, P.STUDIO_EDIT),
        StudioAppraisal.status == AppraisalStatus.REVIEWING,
        ~missing,
    )
    if ready:
        title = ngettext(
            "%(num)d appraisal has every review; decide", "%(num)d appraisals have every review; decide", ready
        )
        yield Task(title, url_for("studios.appraisals", status="reviewing"), "gavel", "warning")


def hosted_studios(user: Any, today: date) -> Iterator[Task]:
    """What is due in the studios that one hosts; and the way in."""
    rows = db.session.scalars(
        select(Studio)
        .where(studios_where(user.grants, P.STUDIO_HOST), Studio.status.in_((StudioStatus.ACTIVE,)))
        .order_by(Studio.id)
        .limit(MOST)
    ).all()
    for studio in rows:
        url = url_for("studios.workplace", studio_id=studio.id)
        answered = Membership.answered_on.is_not(None) & (Membership.status == MembershipStatus.ACTIVE)
        waiting = _count(
            Membership,
            Membership.studio_id == studio.id,
            or_(Membership.status == MembershipStatus.APPLIED, answered),
        )
        if waiting:
            title = ngettext(
                "%(num)d person waits for your answer in %(studio)s",
                "%(num)d people wait for your answer in %(studio)s",
                waiting,
                studio=studio.name,
            )
            yield Task(title, url, "user-exclamation", "danger")
        yield from _meetings(studio, today)
        yield from _reports(studio)
        yield Task(_("Open my studio: %(studio)s", studio=studio.name), url, "users-group")


def _meetings(studio: Studio, today: date) -> Iterator[Task]:
    late = db.session.scalars(
        select(StudioMeeting)
        .where(
            StudioMeeting.studio_id == studio.id,
            StudioMeeting.status == MeetingStatus.PLANNED,
            StudioMeeting.on <= today,
        )
        .order_by(StudioMeeting.on)
        .limit(MOST)
    )
    for row in late:
        title = _("Enter who was there: %(title)s", title=row.title)
        yield Task(title, url_for("studios.meeting", meeting_id=row.id), "checkbox", "warning")


def _reports(studio: Studio) -> Iterator[Task]:
    rows = db.session.scalars(
        select(StudioAppraisal).where(
            StudioAppraisal.studio_id == studio.id, StudioAppraisal.status == AppraisalStatus.REPORTING
        )
    )
    for row in rows:
        title = _("Hand in the report by %(day)s: %(what)s", day=row.due_on, what=row.stage.label)
        yield Task(title, url_for("studios.report", appraisal_id=row.id), "report", "danger")


def own_places(user: Any, _today: date) -> Iterator[Task]:
    """Invitations to answer, and a host who asks one to leave."""
    mine = Membership.teacher_id == (user.teacher_id or 0)
    invited = _count(Membership, mine, Membership.status == MembershipStatus.INVITED)
    if invited:
        title = ngettext(
            "%(num)d invitation to a studio waits for you", "%(num)d invitations to studios wait for you", invited
        )
        yield Task(title, url_for("studios.my_places"), "mail", "warning")
    asked = db.session.scalars(
        select(Membership)
        .where(
            mine,
            Membership.status == MembershipStatus.ACTIVE,
            Membership.asked_on.is_not(None),
            Membership.answered_on.is_(None),
        )
        .options(joinedload(Membership.studio))
    )
    for row in asked:
        title = _("%(studio)s asks you to leave; answer", studio=row.studio.name)
        yield Task(title, url_for("studios.answer", membership_id=row.id), "user-exclamation", "danger")


def lessons_to_confirm(user: Any, _today: date) -> Iterator[Task]:
    """Lessons that were given at one's school."""
    given = _count(
        LessonRequest,
        requests_where(user.grants, P.LESSON_REQUEST),
        LessonRequest.status == RequestStatus.DELIVERED,
    )
    if given:
        title = ngettext(
            "%(num)d lesson was given at your school; confirm it",
            "%(num)d lessons were given at your school; confirm them",
            given,
        )
        yield Task(title, url_for("studios.lesson_requests", status="delivered"), "chalkboard", "warning")


def reviews_to_write(user: Any, _today: date) -> Iterator[Task]:
    """Studios that one is to review."""
    rows = db.session.scalars(
        select(AppraisalReview)
        .join(StudioAppraisal, StudioAppraisal.id == AppraisalReview.appraisal_id)
        .where(
            AppraisalReview.reviewer_id == user.id,
            AppraisalReview.submitted_at.is_(None),
            StudioAppraisal.status == AppraisalStatus.REVIEWING,
        )
        .options(joinedload(AppraisalReview.appraisal).joinedload(StudioAppraisal.studio))
        .order_by(AppraisalReview.id)
        .limit(MOST)
    )
    for row in rows:
        title = _("Review %(studio)s", studio=row.appraisal.studio.name)
        yield Task(title, url_for("studios.review", review_id=row.id), "clipboard-check", "warning")


SOURCES: tuple[tuple[Permission, Source], ...] = (
    (P.STUDIO_APPROVE, studios_to_decide),
    (P.STUDIO_EDIT, studios_to_look_after),
    (P.STUDIO_HOST, hosted_studios),
    (P.OWN_RECORD, own_places),
    (P.LESSON_REQUEST, lessons_to_confirm),
    (P.OWN_ACCOUNT, reviews_to_write),
)
