"""What waits for a person on the ladder: opinions, reviews, rounds that can go on, rounds to apply in."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from app.access import Permission
from app.extensions import db
from app.growth.models import LadderApplication, LadderReview, LadderRound, LadderStatus, RoundStatus
from app.growth.queries.ladder import applications_of, applications_where, open_rounds, rounds_where
from app.home.task import Source, Task
from app.teachers.models import Teacher

P = Permission
MOST = 5


def opinions_to_say(user: Any, _today: date) -> Iterator[Task]:
    """Applications of one's school that wait for its opinion."""
    open_ones = select(LadderRound.id).where(LadderRound.status == RoundStatus.OPEN)
    waiting = db.session.scalar(
        select(func.count()).where(
            applications_where(user.grants, P.GROWTH_NOMINATE),
            LadderApplication.status == LadderStatus.APPLIED,
            LadderApplication.round_id.in_(open_ones),
        )
    )
    if waiting:
        title = ngettext(
            "%(num)d teacher applies for a rung of the ladder; say the school's opinion",
            "%(num)d teachers apply for a rung of the ladder; say the school's opinion",
            waiting,
        )
        yield Task(title, url_for("growth.ladder_applications", status="applied"), "trophy", "warning")


def rounds_to_go_on_with(user: Any, today: date) -> Iterator[Task]:
    """Rounds whose applications are in, whose reviews are in, or whose public notice is over."""
    rows = db.session.scalars(
        select(LadderRound)
        .where(
            rounds_where(user.grants, P.GROWTH_EDIT),
            LadderRound.status.in_((RoundStatus.OPEN, RoundStatus.REVIEWING, RoundStatus.NOTICE)),
        )
        .order_by(LadderRound.id)
        .limit(MOST)
    ).all()
    missing = _missing([row.id for row in rows])
    for row in rows:
        title = ""
        if row.status is RoundStatus.OPEN and today > row.closes_on:
            title = _("The applications are in; begin the review: %(round)s", round=row.label)
        elif row.status is RoundStatus.REVIEWING and not missing.get(row.id):
            title = _("Every review is in; rank and announce: %(round)s", round=row.label)
        elif row.status is RoundStatus.NOTICE and row.notice_to and today > row.notice_to:
            title = _("The public notice is over; recognise: %(round)s", round=row.label)
        if title:
            yield Task(title, url_for("growth.ladder_round", round_id=row.id), "trophy", "warning")


def _missing(round_ids: list[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(LadderApplication.round_id, func.count())
        .join(LadderReview, LadderReview.application_id == LadderApplication.id)
        .where(LadderApplication.round_id.in_(round_ids), LadderReview.score.is_(None))
        .group_by(LadderApplication.round_id)
    ).tuples()
    return dict(rows.all())


def applications_to_score(user: Any, _today: date) -> Iterator[Task]:
    """Applications that one is to score."""
    waiting = db.session.scalar(
        select(func.count())
        .select_from(LadderReview)
        .join(LadderReview.application)
        .join(LadderApplication.round)
        .where(
            LadderReview.reviewer_id == user.id,
            LadderReview.score.is_(None),
            LadderRound.status == RoundStatus.REVIEWING,
        )
    )
    if waiting:
        title = ngettext("%(num)d application to score", "%(num)d applications to score", waiting)
        yield Task(title, url_for("growth.ladder_reviews"), "clipboard-check", "warning")


def own_way_up(user: Any, today: date) -> Iterator[Task]:
    """Rounds that are open to one, and an application that was returned."""
    teacher = db.session.get(Teacher, user.teacher_id or 0)
    if teacher is None or teacher.left_on:
        return
    mine = applications_of(teacher.id)
    for one in mine:
        if one.status is LadderStatus.RETURNED and one.round.status is RoundStatus.OPEN:
            title = _("Complete your application: %(round)s", round=one.round.label)
            yield Task(title, url_for("growth.my_application", own_application_id=one.id), "arrow-back-up", "danger")
    applied = {one.round_id for one in mine if one.status is not LadderStatus.WITHDRAWN}
    for row in open_rounds(teacher, today)[:MOST]:
        if row.id not in applied:
            title = _("Open for applications until %(day)s: %(round)s", day=row.closes_on, round=row.label)
            yield Task(title, url_for("growth.my_ladder"), "trophy")


SOURCES: tuple[tuple[Permission, Source], ...] = (
    (P.GROWTH_NOMINATE, opinions_to_say),
    (P.GROWTH_EDIT, rounds_to_go_on_with),
    (P.OWN_ACCOUNT, applications_to_score),
    (P.OWN_RECORD, own_way_up),
)
