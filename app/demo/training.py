"""Training of the demo county: programmes, sessions from enrolment to certificates, and schools' budgets, all through
the operations and the import of results that people use."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.access import Role
from app.accounts.models import RoleGrant, User
from app.db.clock import today
from app.regions.models import Region
from app.schools.models import School
from app.tables.writing import Column, write_export
from app.teachers.models import Teacher
from app.training.models import (
    QUESTIONS,
    Admission,
    Enrolment,
    EnrolmentStatus,
    SessionStatus,
    TrainingProgramme,
    TrainingSession,
)
from app.training.operations import attendance, certificates, enrolments, feedback, money, rosters, sessions
from app.web.transaction import transaction

SEED, ORGANISER, OPEN_PLACES, BUDGETS = 21, "县教师发展中心", 8, 40
HEADERS = ("姓名", "身份证号", "合格状态", "成绩", "学时")
REMARKS = ("案例贴近课堂，希望增加跟岗观摩。", "建议提供课后资料。", "时间安排可以再紧凑一些。")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts, and whom it is about."""

    county: Region
    school: School
    teacher: Teacher
    centre: User
    head: User
    others: Sequence[Teacher]
    colleagues: Sequence[Teacher]


def fill(county_code: str) -> None:
    """Run the demo county's training; nothing where there is some already."""
    with transaction() as session:
        county = session.scalars(select(Region).where(Region.code == county_code)).one()
        there = select(TrainingProgramme.id).where(TrainingProgramme.region_id == county.id).limit(1)
        cast = None if session.scalar(there) else _cast(session, county)
        if cast is None:
            return
        click.echo("\n== 办理教师培训 Running training sessions")
        chance = random.Random(SEED)
        _finished(cast, chance)
        _open(cast)
        _of_the_school(cast)
        _budgets(session, cast, chance)


def _cast(session: Any, county: Region) -> Cast | None:
    people = {
        role: session.execute(
            select(User, RoleGrant)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(User.is_demo, RoleGrant.role == role)
            .limit(1)
        ).first()
        for role in (Role.TEACHER, Role.SCHOOL_ADMINISTRATOR, Role.DEVELOPMENT_CENTRE)
    }
    if None in people.values():
        return None
    (_person, teacher_grant), (head, school_grant), (centre, _scope) = people.values()
    teacher = session.get_one(Teacher, teacher_grant.teacher_id)
    here = select(Teacher).where(
        Teacher.county_id == county.id, Teacher.left_on.is_(None), Teacher.id != teacher.id, Teacher.id_type_code == "1"
    )
    mine = Teacher.working_school_id == school_grant.school_id
    others = session.scalars(
        here.where(~mine).options(undefer(Teacher.id_number)).order_by(Teacher.id).limit(400)
    ).all()
    colleagues = session.scalars(here.where(mine).options(undefer(Teacher.id_number)).order_by(Teacher.id).limit(20))
    school = session.get_one(School, school_grant.school_id)
    return Cast(county, school, teacher, centre, head, others, colleagues.all())


def _programme(cast: Cast, name: str, kind: str, level: str = "40", school: School | None = None) -> TrainingProgramme:
    return sessions.add_programme(
        actor=cast.head if school else cast.centre,
        region_id=cast.county.id,
        school_id=school.id if school else None,
        year=today().year,
        name=name,
        level_code=level,
        kind_code=kind,
        organiser=school.name if school else ORGANISER,
        pass_mark=80,
        description=None,
    )


def _session(
    cast: Cast, programme: TrainingProgramme, name: str, begins: date, days: int, **more: Any
) -> TrainingSession:
    fields: dict[str, Any] = {
        "name": name,
        "mode_code": "1",
        "begins_on": begins,
        "ends_on": begins + timedelta(days=days - 1),
        "daily_from": time(8, 30),
        "daily_to": time(17, 30),
        "is_on_site": True,
        "venue": "县教师进修学校",
        "lecturers": "省级学科名师、县教研员",
        "hours": Decimal(8 * days),
        "places": 40,
        "admission": Admission.CENTRE,
        "enrol_until": None,
        "note": "请携带笔记本电脑和一份近期教学设计。",
    }
    actor = cast.head if programme.school_id else cast.centre
    row = sessions.add_session(actor=actor, programme=programme, **(fields | more))
    sessions.set_status(actor=actor, session=row, status=SessionStatus.OPEN)
    return row


def _finished(cast: Cast, chance: random.Random) -> None:
    """A session that went all its way: places, attendance, a list of results, certificates, feedback."""
    programme = _programme(cast, f"{today().year}年中小学教师全员培训", "03")
    row = _session(cast, programme, "小学语文骨干班", today() - timedelta(days=45), 3)
    people = [cast.teacher, *cast.colleagues[:4], *chance.sample(list(cast.others), min(30, len(cast.others)))]
    enrolled = enrolments.enrol(actor=cast.centre, session=row, teachers=people)
    keys = [one.id for one in enrolled if one.status is EnrolmentStatus.CONFIRMED]
    for number in range(3):
        here = [key for key in keys if chance.random() > 0.06]
        day = row.begins_on + timedelta(days=number)
        attendance.set_day(actor=cast.centre, session=row, day=day, shown=keys, present=here)
    _results(cast, row, programme, people, chance)
    certificates.issue(actor=cast.centre, session=row, programme=programme)
    _feedback(row, enrolled, people, chance)
    sessions.set_status(actor=cast.centre, session=row, status=SessionStatus.FINISHED)


def _results(
    cast: Cast, row: TrainingSession, programme: TrainingProgramme, people: Sequence[Teacher], chance: random.Random
) -> None:
    """The list of results as an office writes it, uploaded and applied."""
    lines = []
    for number, teacher in enumerate(people):
        has_passed = number % 13 != 12
        score = chance.randint(82, 98) if has_passed else chance.randint(55, 75)
        result = "合格" if has_passed else "不合格"
        lines.append((teacher.name, teacher.id_number, result, score, row.hours if has_passed else 0))
    content = write_export("培训成绩名单", [Column(header) for header in HEADERS], lines)
    actor = cast.head if programme.school_id else cast.centre
    roster = rosters.upload(
        actor=actor, session=row, programme=programme, file_name=f"{row.name}成绩.xlsx", content=content
    )
    rosters.apply(actor=actor, roster=roster, programme=programme, leaves_out_rejected=True)


def _feedback(
    row: TrainingSession, enrolled: Sequence[Enrolment], people: Sequence[Teacher], chance: random.Random
) -> None:
    for number, (one, teacher) in enumerate(zip(enrolled, people, strict=True)):
        if one.status is EnrolmentStatus.CONFIRMED and 0 < number < 24:
            answers = {name: chance.choice((3, 4, 4, 5, 5)) for name in QUESTIONS}
            comment = REMARKS[number % len(REMARKS)] if number % 6 == 1 else None
            feedback.give(enrolment=one, session=row, teacher=teacher, answers=answers, comment=comment)


def _open(cast: Cast) -> None:
    """A session that fills: places set aside, nominations to decide, a waiting list; and one for everybody."""
    programme = _programme(cast, "心理健康教育C证培训", "06")
    begins = today() + timedelta(days=21)
    row = _session(cast, programme, "第一期", begins, 2, places=OPEN_PLACES, enrol_until=begins - timedelta(days=5))
    sessions.set_quotas(actor=cast.centre, session=row, wanted={("school", cast.school.id): 3})
    enrolments.enrol(actor=cast.centre, session=row, teachers=list(cast.others[:7]))
    enrolments.apply(actor=cast.centre, session=row, teacher=cast.teacher)
    if len(cast.colleagues) > 2:
        enrolments.nominate(actor=cast.head, session=row, teachers=list(cast.colleagues[:2]))
    lecture = _programme(cast, f"{today().year}年师德与思政专题", "05")
    _session(
        cast,
        lecture,
        "新时代教师职业行为十项准则",
        begins + timedelta(days=7),
        1,
        mode_code="7",
        places=300,
        admission=Admission.DIRECT,
        venue="县第一中学报告厅",
    )
    shared = _programme(cast, f"{today().year}年教育数字化提升", "12")
    _session(
        cast,
        shared,
        "人工智能助力备课（网络研修）",
        today() - timedelta(days=3),
        30,
        mode_code="2",
        hours=Decimal(24),
        is_on_site=False,
        daily_from=None,
        daily_to=None,
        places=500,
        admission=Admission.SCHOOL,
        venue=None,
    )


def _of_the_school(cast: Cast) -> None:
    """A session that the school of the demo account ran for its own people."""
    people = list(cast.colleagues[4:12])
    if not people:
        return
    programme = _programme(cast, "校本研修：大单元教学设计", "08", "60", cast.school)
    row = _session(
        cast,
        programme,
        "第一次集中研修",
        today() - timedelta(days=20),
        1,
        mode_code="6",
        hours=Decimal(4),
        venue="本校",
    )
    enrolments.enrol(actor=cast.head, session=row, teachers=people)
    _results(cast, row, programme, people, random.Random(SEED))
    sessions.set_status(actor=cast.head, session=row, status=SessionStatus.FINISHED)


def _budgets(session: Any, cast: Cast, chance: random.Random) -> None:
    """Public funds and what of them is for training: most schools keep the 5 %, some do not, some say nothing."""
    query = (
        select(School).where(School.county_id == cast.county.id, School.is_active).order_by(School.id).limit(BUDGETS)
    )
    schools = list(session.scalars(query))
    for number, school in enumerate([cast.school, *(one for one in schools if one.id != cast.school.id)]):
        if number % 9 == 8:
            continue
        funds = Decimal(chance.randint(200, 1500) * 1000)
        share = Decimal("0.045") if number % 6 == 5 else Decimal("0.05") + Decimal(chance.randint(0, 15)) / 1000
        year = today().year
        money.set_budget(
            actor=cast.centre, school=school, year=year, public_funds=funds, planned=funds * share, budget=None
        )
        for purpose in ("外出培训差旅费", "专家讲课费")[: 1 + number % 2]:
            amount = (funds * Decimal("0.018")).quantize(Decimal("0.01"))
            spent_on = max(date(year, 1, 2), today() - timedelta(days=chance.randint(10, 90)))
            money.save_spending(
                actor=cast.centre,
                school=school,
                spent_on=min(spent_on, today()),
                amount=amount,
                purpose=purpose,
                session_id=None,
            )
