"""The demo county's studios: a full one that the demo host runs, others on their way, lessons on request, appraisals.

Everything goes through the operations that the pages use, by the demo accounts.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.audit.operations import SYSTEM
from app.db.clock import today
from app.demo.ethics import _scan
from app.extensions import db
from app.regions.models import Region
from app.schools.models import School, Stage
from app.studios.models import (
    AppraisalReview,
    AppraisalStage,
    MeetingKind,
    MemberRole,
    Membership,
    OutcomeKind,
    PersonalMeasure,
    RequestKind,
    SpendingCategory,
    Studio,
    StudioKind,
    TargetKind,
)
from app.studios.operations import appraising, founding, lessons, money, people, work, workplace
from app.studios.queries import lessons as lesson_queries
from app.studios.queries.people import active
from app.studios.queries.work import school_year_of
from app.teachers.backbones import BACKBONE_TYPES, COUNTY_AND_ABOVE, backbone_on
from app.teachers.models import Teacher
from app.web.errors import Refused
from app.web.transaction import transaction

TOPICS = (
    ("新课标学习任务群设计", MeetingKind.SEMINAR, "3"),
    ("同课异构公开课", MeetingKind.PUBLIC_LESSON, "2.5"),
    ("单元整体教学讲座", MeetingKind.LECTURE, "4"),
    ("课题中期推进会", MeetingKind.RESEARCH, "2"),
    ("工作室风采展示", MeetingKind.SHOWCASE, "3"),
)
OUTCOMES = (
    ("乡村小学整本书阅读实践研究", OutcomeKind.RESEARCH),
    ("学习任务群视域下的单元教学", OutcomeKind.PAPER),
    ("统编教材配套课件与微课资源包", OutcomeKind.RESOURCE),
    ("县级公开课《观潮》", OutcomeKind.PUBLIC_LESSON),
    ("市级优质课评比一等奖", OutcomeKind.AWARD),
)
EXPENSES = (
    ("课程标准与教学专著", SpendingCategory.BOOKS, "2386.40"),
    ("录播设备维护", SpendingCategory.EQUIPMENT, "3150.00"),
    ("赴省城跟岗研修差旅", SpendingCategory.TRAVEL, "6820.50"),
    ("课题资料印制", SpendingCategory.RESEARCH, "1204.75"),
)
STATEMENTS = (
    "任教低段，想跟着学习任务群设计，每学期上一节研讨课。",
    "乡村学校教龄六年，希望参加同课异构和课题研究。",
    "已参加两次公开活动，想系统学习单元整体教学。",
    "承担学校青年教师培训，希望把工作室的资源带回学校。",
)
REQUESTS = (
    ("习作指导示范课", RequestKind.LESSON, "希望结合三年级习作单元，课后评课。"),
    ("集体备课专题研修", RequestKind.WORKSHOP, "教研组六位教师参加。"),
    ("整本书阅读导读课", RequestKind.LESSON, None),
    ("作业设计专题研修", RequestKind.WORKSHOP, "请带校内案例点评。"),
)


@dataclass
class Cast:
    """Who acts, and whom a studio can still take."""

    county: Region
    users: dict[str, User]
    host: Teacher
    begins_on: date
    backbones: Iterator[Teacher]
    others: Iterator[Teacher]


def fill(county_code: str) -> None:
    """Found the studios and let them work; a re-run keeps what is there."""
    with transaction() as session:
        county = session.scalars(select(Region).where(Region.code == county_code)).one()
        if session.scalar(select(Studio.id).where(Studio.county_id == county.id).limit(1)):
            return
        click.echo("\n== 名师工作室 Studios")
        cast = _cast(session, county)
        founding.set_settings(
            actor=cast.users["centre"],
            county=county,
            fields={"host_honour_types": list(BACKBONE_TYPES), "host_honour_levels": list(COUNTY_AND_ABOVE)},
        )
        chance = random.Random(cast.host.id)
        full = _studio(cast, cast.host, StudioKind.TEACHER)
        if full is None:
            return
        _fill(cast, full, members=5, mentees=15)
        _work(cast, full, chance)
        _invite_the_teacher(cast, full)
        _let_apply(cast, full)
        _others(cast, chance)
        _lessons(cast, full)
        _appraise(cast, full)
    counted = db.session.execute(select(Membership.role, func.count()).group_by(Membership.role)).tuples().all()
    click.echo("   " + ", ".join(f"{number} {role.value}" for role, number in counted))
    db.session.rollback()


def _cast(session: Any, county: Region) -> Cast:
    users = {user.username: user for user in session.scalars(select(User).where(User.is_demo))}
    host = session.get_one(Teacher, users["host"].teacher_id or 0)
    begins_on = date(school_year_of(today()) - 1, 9, 1)
    known = [user.teacher_id for user in users.values() if user.teacher_id]
    here = select(Teacher).where(Teacher.county_id == county.id, Teacher.left_on.is_(None), Teacher.id.not_in(known))
    alike = (Teacher.stage != host.stage, Teacher.subject_code != host.subject_code, Teacher.id)
    is_backbone = backbone_on(begins_on) & backbone_on(today())
    backbones = session.scalars(here.where(is_backbone).order_by(*alike).limit(80)).all()
    others = session.scalars(here.where(~backbone_on(today())).order_by(*alike).limit(200)).all()
    return Cast(county, users, host, begins_on, iter(backbones), iter(others))


def _studio(cast: Cast, host: Teacher, kind: StudioKind, *, is_approved: bool = True) -> Studio | None:
    subject = None if kind in (StudioKind.PRINCIPAL, StudioKind.CLASS_TEACHER) else host.subject_code
    words = {
        StudioKind.TEACHER: "名师",
        StudioKind.PRINCIPAL: "名校长",
        StudioKind.CLASS_TEACHER: "名班主任",
        StudioKind.PSYCHOLOGY: "心理健康",
    }
    try:
        studio = founding.apply_for(
            actor=SYSTEM,
            host=host,
            school=db.session.get_one(School, host.working_school_id),
            fields={
                "name": f"{host.name}{words[kind]}工作室",
                "kind": kind,
                "level_code": "4",
                "subject_code": "mental_health" if kind is StudioKind.PSYCHOLOGY else subject,
                "stage": host.stage,
                "statement": "聚焦课堂，带动乡村学校青年教师成长。",
                "is_network": kind is StudioKind.TEACHER,
            },
        )
    except Refused:
        return None
    if is_approved:
        founding.approve(actor=cast.users["leader"], studio=studio, begins_on=cast.begins_on)
    return studio


def _fill(cast: Cast, studio: Studio, *, members: int, mentees: int) -> None:
    _join(cast, studio, cast.backbones, MemberRole.MEMBER, members)
    _join(cast, studio, cast.others, MemberRole.MENTEE, mentees)


def _join(cast: Cast, studio: Studio, candidates: Iterator[Teacher], role: MemberRole, number: int) -> None:
    joined = 0
    for teacher in candidates:
        if joined == number:
            return
        try:
            row = people.invite(actor=cast.users["host"], studio=studio, teacher=teacher, role=role)
            people.accept_invitation(actor=SYSTEM, row=row, on=cast.begins_on + timedelta(days=7))
        except Refused:
            continue
        joined += 1
        if joined == number:
            return


def _work(cast: Cast, studio: Studio, chance: random.Random) -> None:
    """A year's plan, activities with attendance, outcomes with evidence, observed lessons, money."""
    host = cast.users["host"]
    work.save_plan(
        actor=host,
        studio=studio,
        year=school_year_of(today()),
        plan=None,
        aims="以单元整体教学为主题，开展研讨、公开课和送教，带出一批骨干。",
        summary=None,
        targets={
            TargetKind.PUBLIC_LESSON: 6,
            TargetKind.OBSERVATION: 20,
            TargetKind.OUTREACH: 4,
            TargetKind.RESEARCH: 1,
            TargetKind.PAPER: 5,
            TargetKind.RESOURCE: 5,
        },
    )
    _meetings(cast, studio, chance)
    rows = active(studio.id)
    for number, (title, kind) in enumerate(OUTCOMES):
        fields = {
            "teacher_id": rows[number % len(rows)].teacher_id,
            "kind": kind,
            "title": title,
            "level_code": "4",
            "on": today() - timedelta(days=20 * (number + 1)),
            "note": None,
        }
        proof = _scan(host, studio.county_id, f"studio-{studio.id}-{number}")
        work.save_outcome(actor=host, studio=studio, fields=fields, evidence=proof)
    _observations(studio, host, rows)
    money.save_grant(
        actor=cast.users["centre"], studio=studio, year=today().year, amount=Decimal(20000), source="县教育体育局"
    )
    for number, (purpose, category, amount) in enumerate(EXPENSES):
        money.save_spending(
            actor=host,
            studio=studio,
            spent_on=today() - timedelta(days=15 * (number + 1)),
            category=category,
            amount=Decimal(amount),
            purpose=purpose,
            beyond_reason=None,
        )
    _notes(host, rows)


def _meetings(cast: Cast, studio: Studio, chance: random.Random) -> None:
    host = cast.users["host"]
    for number, (title, kind, hours) in enumerate(TOPICS):
        fields = {"title": title, "kind": kind, "hours": Decimal(hours), "venue": "研修教室", "begins_at": None}
        day = today() - timedelta(days=14 * (len(TOPICS) - number))
        row = work.plan_meeting(actor=host, studio=studio, fields=fields | {"on": day, "agenda": None})
        shown = [one.id for one in active(studio.id)]
        present = [number for number in shown if chance.random() > 0.12]
        work.set_attendance(actor=host, row=row, shown=shown, present=present, summary="研讨充分，形成课例。")
    coming = {"title": "期末课例交流", "kind": MeetingKind.SEMINAR, "hours": Decimal(3), "venue": "研修教室"}
    work.plan_meeting(
        actor=host,
        studio=studio,
        fields=coming | {"on": today() + timedelta(days=10), "begins_at": None, "agenda": "每位成员带一节课例"},
    )


def _observations(studio: Studio, host: User, rows: Any) -> None:
    mentees = [row for row in rows if row.role is MemberRole.MENTEE]
    for number, row in enumerate(mentees[:4]):
        work.save_observation(
            actor=host,
            studio=studio,
            fields={
                "teacher_id": row.teacher_id,
                "observer_id": studio.host_id,
                "on": today() - timedelta(days=9 * (number + 1)),
                "topic": ("观潮", "走月亮", "爬山虎的脚", "蟋蟀的住宅")[number],
                "class_name": "四年级2班",
                "aims": 4,
                "content": 4 + number % 2,
                "method": 4,
                "effect": 3 + number % 3,
                "strengths": "目标集中，朗读指导细致。",
                "advice": "问题再聚焦，给学生留足思考时间。",
            },
        )


def _notes(host: User, rows: Any) -> None:
    for row in [one for one in rows if one.role is MemberRole.MENTEE][:3]:
        found = people.fresh(row.id)
        workplace.add_note(actor=host, row=found, body="课堂语言精炼，下学期安排一节县级公开课。")
        db.session.refresh(found, ["targets"])
        workplace.set_personal_plan(
            actor=host,
            row=found,
            targets={PersonalMeasure.HOURS: Decimal(30), PersonalMeasure.LESSON: Decimal(2)},
        )


def _invite_the_teacher(cast: Cast, studio: Studio) -> None:
    """The demo teacher has an invitation to answer."""
    teacher = db.session.get_one(Teacher, cast.users["teacher"].teacher_id or 0)
    try:
        people.invite(actor=cast.users["host"], studio=studio, teacher=teacher, role=MemberRole.MENTEE)
    except Refused:
        return


def _let_apply(cast: Cast, studio: Studio) -> None:
    """Some apply to the studio, though every place is taken: the host puts them on the waiting list."""
    leaders = active(studio.id, MemberRole.MEMBER)
    for words, leader in zip(STATEMENTS, leaders, strict=False):
        people.apply(
            actor=SYSTEM,
            studio=studio,
            teacher=next(cast.others),
            role=MemberRole.MENTEE,
            statement=words,
            leader=leader,
        )


def _others(cast: Cast, chance: random.Random) -> None:
    """Studios of every kind, one still applied for."""
    kinds = (StudioKind.PSYCHOLOGY, StudioKind.CLASS_TEACHER, StudioKind.PRINCIPAL, StudioKind.TEACHER)
    for number, kind in enumerate(kinds):
        host = next(cast.backbones, None)
        studio = _studio(cast, host, kind) if host else None
        if studio is not None:
            _fill(cast, studio, members=5 if number == 0 else 2 + number % 2, mentees=15 if number == 0 else 4)
    if host := next(cast.backbones, None):
        _studio(cast, host, StudioKind.TEACHER, is_approved=False)


def _lessons(cast: Cast, studio: Studio) -> None:
    """Requests of schools: open ones, one accepted, one given and confirmed."""
    schools = db.session.scalars(
        select(School)
        .where(School.county_id == cast.county.id, School.is_active, School.id != studio.school_id)
        .order_by(School.id)
        .limit(len(REQUESTS))
    ).all()
    for number, (school, (topic, kind, detail)) in enumerate(zip(schools, REQUESTS, strict=False)):
        row = lessons.ask(
            actor=cast.users["school"],
            school=school,
            fields={
                "kind": kind,
                "topic": topic,
                "detail": detail,
                "stage": studio.stage or Stage.PRIMARY,
                "subject_code": studio.subject_code or "chinese",
                "wanted_from": today(),
                "wanted_to": today() + timedelta(days=30 + 7 * number),
            },
        )
        if number < 2:
            _give(cast, studio, row.id, is_confirmed=number == 0)


def _give(cast: Cast, studio: Studio, request_id: int, *, is_confirmed: bool) -> None:
    giver = next(
        one
        for one in lesson_queries.givers(studio.county_id)
        if one.studio_id == studio.id and one.role is MemberRole.HOST
    )
    host = cast.users["host"]
    lessons.accept(actor=host, row=_request(request_id), giver=giver, on=today())
    if is_confirmed:
        lessons.give(
            actor=host, row=_request(request_id), on=today(), hours=Decimal(4), report="示范课一节，集体评课一次。"
        )
        lessons.confirm(
            actor=cast.users["school"], row=_request(request_id), rating=5, feedback="贴近我校实际，教师收获大。"
        )


def _request(request_id: int) -> Any:
    return db.session.scalars(
        select(lesson_queries.LessonRequest)
        .where(lesson_queries.LessonRequest.id == request_id)
        .options(*lesson_queries.PARTS)
        .execution_options(populate_existing=True)
    ).one()


def _appraise(cast: Cast, studio: Studio) -> None:
    """A mid-term appraisal that waits for the report; another studio's that was decided."""
    centre, leader = cast.users["centre"], cast.users["leader"]
    due_on = today() + timedelta(days=20)
    reviewers = [centre.id, leader.id]
    appraising.open_appraisal(
        actor=centre, studio=studio, stage=AppraisalStage.MIDTERM, due_on=due_on, reviewer_ids=reviewers
    )
    other = db.session.scalar(
        select(Studio).where(Studio.county_id == cast.county.id, Studio.kind == StudioKind.PSYCHOLOGY)
    )
    if other is None or not other.status.is_running:
        return
    row = appraising.open_appraisal(
        actor=centre, studio=other, stage=AppraisalStage.MIDTERM, due_on=due_on, reviewer_ids=reviewers
    )
    appraising.report(
        actor=SYSTEM, row=appraising.fresh(row.id), text="一年来开展团辅研讨与个案督导，带动各校心理教师。"
    )
    for user, score in ((centre, 88), (leader, 92)):
        review = db.session.scalars(
            select(AppraisalReview)
            .where(AppraisalReview.appraisal_id == row.id, AppraisalReview.reviewer_id == user.id)
            .options(joinedload(AppraisalReview.appraisal))
        ).one()
        appraising.review(actor=user, row=review, scores=[score] * len(row.criteria), comment="思路清晰，成效明显。")
    appraising.decide(actor=centre, row=appraising.fresh(row.id), opinion="同意评审意见。")
