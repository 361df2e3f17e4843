"""The demo county's ladder, growth groups and stationed researchers, through the operations that the pages use.

One rung has its recognised teachers, one is under review, one is open; some schools' groups lack somebody.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.audit.operations import SYSTEM
from app.db.clock import today
from app.demo.counting import count_of
from app.extensions import db
from app.growth.models import (
    GroupMember,
    GroupRole,
    GrowthGroup,
    LadderApplication,
    LadderReview,
    LadderRound,
    LadderRung,
    LadderStatus,
    PlaceStatus,
    ProgrammeKind,
    ProgrammePlace,
)
from app.growth.operations import groups, ladder, ladder_people
from app.growth.queries.groups import is_covered, is_rural, needs_group
from app.growth.queries.programmes import PLACE_PARTS
from app.regions.models import Region
from app.schools.models import School, SchoolStage
from app.teachers.models import Teacher, TeacherSubject
from app.web.errors import Refused
from app.web.transaction import transaction

RUNGS: tuple[tuple[str, str, int, int, dict[str, Any]], ...] = (
    ("教坛新秀", "rising_star", 30, 60, {"age_to": 35, "years_from": 2}),
    ("教学能手", "teaching_expert", 20, 70, {"title": "second", "years_from": 5}),
    ("学科带头人", "subject_leader", 10, 75, {"backbone": "county", "title": "first", "years_from": 8}),
    ("名师", "famous_teacher", 5, 80, {"honour": "subject_leader", "honour_years": 3, "title": "senior"}),
)
STATEMENT = "近三年执教县级公开课六节，主持县级课题一项，指导青年教师两名，送教下乡四次。"
OPINION = "该同志师德高尚，业务精湛，群众认可，同意推荐。"
SCHOOLS, RESEARCHERS_SCHOOLS = 24, 3
APPLICANTS = 12


def fill(county_code: str) -> None:
    """Set the ladder up and let it work; a re-run keeps what is there."""
    county = db.session.scalars(select(Region).where(Region.code == county_code)).one()
    users = {user.username: user for user in db.session.scalars(select(User).where(User.is_demo))}
    if db.session.scalar(select(LadderRung.id).where(LadderRung.county_id == county.id)):
        return
    click.echo("\n== 骨干教师梯队与成长小组 Ladder, growth groups, stationing")
    with transaction():
        rungs = [_rung(county, users["centre"], number, *one) for number, one in enumerate(RUNGS, start=1)]
    with transaction():
        _recognised(rungs[0], users)
    with transaction():
        _under_review(rungs[1], users)
    with transaction():
        _open(rungs[2], users)
    with transaction():
        _groups(county)
    with transaction():
        _stations(county, users["centre"])
    recognised = LadderApplication.status == LadderStatus.RECOGNISED
    click.echo(
        f"   {count_of(LadderApplication)} applications, {count_of(LadderApplication, recognised)} recognised,"
        f" {count_of(GrowthGroup)} groups with {count_of(GroupMember)} members"
    )


def _rung(
    county: Region,
    centre: User,
    position: int,
    name: str,
    type_code: str,
    target: int,
    mark: int,
    asked: dict[str, Any],
) -> LadderRung:
    return ladder.save_rung(
        county=county,
        actor=centre,
        criteria=ladder.DEFAULT_CRITERIA,
        position=position,
        name=name,
        type_code=type_code,
        level_code="4",
        valid_years=3,
        yearly_target=target,
        requirements=asked,
        pass_mark=mark,
        notice_days=5,
        is_open=True,
    )


def _round(rung: LadderRung, users: dict[str, User], places: int) -> LadderRound:
    return ladder.open_round(
        rung=rung,
        year=today().year,
        places=places,
        opens_on=today() - timedelta(days=60),
        closes_on=today() + timedelta(days=10),
        reviewer_ids=[users[name].id for name in ("centre", "officer", "host")],
        actor=users["centre"],
    )


def _recognised(rung: LadderRung, users: dict[str, User]) -> None:
    """A round that is over: three quarters of those who applied are recognised."""
    row = _round(rung, users, places=APPLICANTS * 3 // 4)
    if not _apply(row, users, APPLICANTS):
        return
    _review(row, users, until=today() - timedelta(days=25))
    _score(row, users, all_of_them=True)
    ladder.announce(row=row, begins=today() - timedelta(days=12), actor=users["centre"])
    ladder_people.recognise_all(row=row, actor=users["centre"])


def _under_review(rung: LadderRung, users: dict[str, User]) -> None:
    """A round whose reviewers have not all scored yet."""
    row = _round(rung, users, places=6)
    if _apply(row, users, 8):
        _review(row, users, until=today() - timedelta(days=3))
        _score(row, users, all_of_them=False)


def _open(rung: LadderRung, users: dict[str, User]) -> None:
    """A round that takes applications; some wait for their school."""
    row = _round(rung, users, places=5)
    _apply(row, users, 6, waiting=2)


def _apply(row: LadderRound, users: dict[str, User], wanted: int, waiting: int = 0) -> int:
    """The first who lack nothing apply; their schools recommend all but the last few."""
    known = [user.teacher_id for user in users.values() if user.teacher_id]
    people = db.session.scalars(
        select(Teacher)
        .where(
            Teacher.county_id == row.county_id,
            Teacher.left_on.is_(None),
            Teacher.id % 4 == row.rung.position % 4,
            Teacher.id.not_in(known),
        )
        .options(selectinload(Teacher.honours), joinedload(Teacher.working_school))
        .order_by(Teacher.id)
        .limit(300)
    )
    found = 0
    for teacher in people:
        if found == wanted:
            break
        if ladder_people.obstacles(row, teacher, today()):
            continue
        one = ladder_people.apply(row=row, teacher=teacher, statement=STATEMENT, evidence=[], actor=SYSTEM)
        found += 1
        if found <= wanted - waiting:
            ladder_people.support(one=ladder_people.fresh(one.id), opinion=OPINION, actor=users["school"])
    return found


def _review(row: LadderRound, users: dict[str, User], *, until: date) -> None:
    held = ladder.locked(row.id)
    reviewers = [one.user_id for one in held.reviewers]
    ladder.change_round(row=held, reviewer_ids=reviewers, closes_on=until, actor=users["centre"])
    ladder.begin_review(row=row, actor=users["centre"])


def _score(row: LadderRound, users: dict[str, User], *, all_of_them: bool) -> None:
    by_id = {user.id: user for user in users.values()}
    reviews = db.session.scalars(
        select(LadderReview)
        .join(LadderReview.application)
        .where(LadderApplication.round_id == row.id)
        .order_by(LadderReview.id)
    ).all()
    for number, review in enumerate(reviews):
        if all_of_them or number % 2:
            scores = [min(100, 78 + (review.application_id * 7 + number * 3 + part * 5) % 20) for part in range(4)]
            comment = "课堂教学扎实，示范作用明显。" if number % 3 == 0 else None
            ladder_people.review(row=review, scores=scores, comment=comment, actor=by_id[review.reviewer_id])


def _groups(county: Region) -> None:
    """Groups of the first schools' stages: some lack a head or the mental health teacher, the rest have none."""
    stages = db.session.scalars(
        select(SchoolStage)
        .join(School, School.id == SchoolStage.school_id)
        .where(School.county_id == county.id, School.is_active, needs_group())
        .options(joinedload(SchoolStage.school))
        .order_by(SchoolStage.id)
        .limit(SCHOOLS)
    ).all()
    for number, stage in enumerate(stages):
        people = _staff(stage)
        begins = today() - timedelta(days=80)
        group = groups.found_group(
            school=stage.school, stage=stage.stage, from_on=begins, about="学生心理健康教育与家校协同", actor=SYSTEM
        )
        roles: list[tuple[GroupRole, int | None]] = [
            (GroupRole.GRADE_HEAD, grade) for grade in range(1, group.grades + (number % 4 != 3))
        ]
        roles += [(GroupRole.TEACHER, None)] * 3
        counsellor = people[0] if number % 3 else None
        others = iter([one for one in people if one is not counsellor])
        if counsellor is not None:
            groups.add_member(
                group=group, teacher=counsellor, role=GroupRole.PSYCHOLOGY, grade=None, from_on=begins, actor=SYSTEM
            )
        for (role, grade), teacher in zip(roles, others, strict=False):
            groups.add_member(group=group, teacher=teacher, role=role, grade=grade, from_on=begins, actor=SYSTEM)


def _staff(stage: SchoolStage) -> Sequence[Teacher]:
    """Those who counsel first, then class teachers, then the others of the stage."""
    further = select(TeacherSubject.teacher_id).where(TeacherSubject.subject_code == "mental_health")
    counsels = (Teacher.subject_code == "mental_health") | Teacher.id.in_(further)
    return db.session.scalars(
        select(Teacher)
        .where(
            Teacher.working_school_id == stage.school_id,
            Teacher.left_on.is_(None),
            or_(Teacher.stage == stage.stage, counsels),
        )
        .order_by(~counsels, Teacher.is_class_teacher.desc(), Teacher.id)
        .limit(14)
    ).all()


def _stations(county: Region, centre: User) -> None:
    """Each researcher who was taken in has two more schools."""
    open_schools = _waiting_schools(county)
    places = db.session.scalars(
        select(ProgrammePlace)
        .join(ProgrammePlace.programme)
        .where(ProgrammePlace.programme.has(kind=ProgrammeKind.STATIONING, county_id=county.id),
               ProgrammePlace.status == PlaceStatus.ADMITTED)
        .options(*PLACE_PARTS, joinedload(ProgrammePlace.programme))
        .order_by(ProgrammePlace.id)
    ).all()  # fmt: skip
    for place in places:
        for _more in range(RESEARCHERS_SCHOOLS - 1):
            school = next(open_schools, None)
            if school is not None and place.from_on is not None:
                try:
                    groups.station(place=place, school=school, from_on=place.from_on, actor=centre)
                except Refused as refusal:
                    click.echo(f"   {refusal.message}")


def _waiting_schools(county: Region) -> Iterator[School]:
    needing = or_(is_rural(), School.is_weak)
    found = select(School).where(School.county_id == county.id, School.is_active, needing, ~is_covered())
    return iter(db.session.scalars(found.order_by(School.id)).all())
