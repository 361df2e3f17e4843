"""Rows that hang on a studio, with believable values."""

from datetime import date
from decimal import Decimal

from app.db.clock import utc_now
from app.schools.models import Stage
from app.studios.models import (
    AppraisalReview,
    AppraisalStage,
    LessonObservation,
    LessonRequest,
    MeetingKind,
    MemberNote,
    OutcomeKind,
    RequestKind,
    SpendingCategory,
    StudioAppraisal,
    StudioGrant,
    StudioMeeting,
    StudioOutcome,
    StudioSpending,
)
from tests.factories.people import TeacherFactory

DAY = date(2026, 10, 14)


def note(studio, host):
    return MemberNote(membership_id=host.id, at=utc_now(), body="按计划推进")


def meeting(studio, host=None, **fields):
    fields = {"kind": MeetingKind.SEMINAR, "on": DAY, "title": "主题研讨", "hours": Decimal("2.5")} | fields
    return StudioMeeting(studio_id=studio.id, **fields)


def observation(studio, host=None):
    return LessonObservation(
        studio_id=studio.id,
        teacher_id=studio.host_id,
        observer_id=TeacherFactory().id,
        on=DAY,
        topic="观潮",
        aims=5,
        content=4,
        method=4,
        effect=5,
        strengths="朗读指导细",
        advice="留白再多一些",
    )


def outcome(studio, host=None, **fields):
    fields = {"kind": OutcomeKind.PAPER, "title": "单元整体教学", "level_code": "4", "on": DAY} | fields
    return StudioOutcome(studio_id=studio.id, teacher_id=studio.host_id, **fields)


def spending(studio, host=None):
    return StudioSpending(
        studio_id=studio.id,
        year=DAY.year,
        spent_on=DAY,
        category=SpendingCategory.BOOKS,
        amount=Decimal("128.50"),
        purpose="课程标准解读",
    )


def funding(studio, host=None, amount=Decimal(20000)):
    return StudioGrant(studio_id=studio.id, year=DAY.year, amount=amount, source="县教体局")


def request(studio, host=None, **fields):
    fields = {
        "kind": RequestKind.LESSON,
        "subject_code": "chinese",
        "stage": Stage.PRIMARY,
        "topic": "习作指导课",
        "wanted_from": date(2026, 12, 1),
        "wanted_to": date(2026, 12, 18),
        "school_id": studio.school_id,
        "county_id": studio.county_id,
    } | fields
    return LessonRequest(**fields)


def appraisal(studio, host=None, cycle_no=9, **fields):
    fields = {"stage": AppraisalStage.MIDTERM, "due_on": date(2026, 12, 31)} | fields
    return StudioAppraisal(
        studio_id=studio.id,
        cycle_no=cycle_no,
        criteria=[{"name": "研修", "weight": 100}],
        pass_mark=60,
        excellent_mark=90,
        **fields,
    )


def review(row, user):
    return AppraisalReview(appraisal_id=row.id, reviewer_id=user.id, scores=[])
