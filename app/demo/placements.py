"""The demo county's mentor pairs and placement rounds, through the operations that the pages use.

A round of studios stands solved, with one lock for the next solve; a round of mentors is open for wishes.
"""

import contextlib
import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.audit.operations import SYSTEM
from app.db.clock import today
from app.demo.ethics import _scan
from app.extensions import db
from app.growth.models import Mentor, MentorPair, PairSide
from app.growth.operations import mentors
from app.growth.queries.mentors import MENTOR_PARTS, has_mentor, newcomer_where
from app.growth.terms import term_of, terms_between
from app.jobs.worker import run_pending_jobs
from app.regions.models import Region
from app.schools.models import School, Stage
from app.studios.models import (
    AppraisalResult,
    MemberRole,
    Membership,
    MembershipStatus,
    PlacementDecisionKind,
    PlacementKind,
    PlacementRound,
    ProposedPlace,
    Studio,
    StudioKind,
    StudioStatus,
)
from app.studios.operations import founding, people
from app.studios.operations import placement_proposals as proposals
from app.studios.operations import placement_rounds as rounds
from app.studios.placement_settings import DEFAULTS
from app.studios.queries.placement import asking_for
from app.studios.queries.work import school_year_of
from app.teachers.backbones import backbone_on
from app.teachers.models import Teacher
from app.web.errors import Refused
from app.web.transaction import transaction

STUDIOS, WISHING, ASKING = 4, 40, 5
MENTORS, PAIRS = 24, 14
GOALS = "第一年站稳讲台：每周听师傅两节课，每学期上一节汇报课；第二年能独立命题；第三年参加县级优质课评比。"


def fill(county_code: str) -> None:
    """Pairs and rounds; a re-run keeps what is there."""
    with transaction() as session:
        county = session.scalars(select(Region).where(Region.code == county_code)).one()
        if session.scalar(select(PlacementRound.id).where(PlacementRound.county_id == county.id).limit(1)):
            return
        click.echo("\n== 师徒结对与双选 Mentor pairs and placements")
        users = {user.username: user for user in session.scalars(select(User).where(User.is_demo))}
        chance = random.Random(county.id)
        _pairs(county, users, chance)
        one = _studio_round(county, users, chance)
        _mentor_round(county, users["officer"])
    if one is not None:
        _solve(one, users["centre"].id)
    with transaction() as session:
        counted = [session.scalar(select(func.count()).select_from(model)) for model in (MentorPair, ProposedPlace)]
    click.echo(f"   {counted[0]} pairs, {counted[1]} proposed places")


# --- mentor pairs -------------------------------------------------------------------------------------------------


def _pairs(county: Region, users: dict[str, User], chance: random.Random) -> None:
    """Mentors among the backbone teachers; pairs at every stage, one of them the demo teacher's to sign."""
    centre, known = users["centre"], users["teacher"].teacher_id or 0
    newcomers = list(
        db.session.scalars(
            select(Teacher)
            .where(Teacher.county_id == county.id, Teacher.left_on.is_(None), newcomer_where(today()), ~has_mentor())
            .options(joinedload(Teacher.working_school))
            .order_by(Teacher.working_school_id, Teacher.id)
            .limit(PAIRS * 3)
        )
    )
    guides = _guides(county, known, newcomers)
    for number, guide in enumerate(guides[:PAIRS]):
        person = min(newcomers, key=lambda one: _far(guide, one), default=None)
        if person is None:
            return
        newcomers.remove(person)
        begins = max(date(school_year_of(today()), 9, 1), person.started_work_on or today()) - timedelta(days=120)
        try:
            pair = mentors.make_pair(
                mentor=guide,
                newcomer=person,
                from_on=begins,
                to_on=begins.replace(year=begins.year + 3, day=1),
                goals=GOALS,
                actor=centre,
            )
        except Refused:
            continue
        if guide.teacher_id == known:
            mentors.sign(pair=pair, side=PairSide.NEWCOMER, actor=SYSTEM)
        elif number % 5 != 4:
            _work(pair, county, centre, chance, is_completed=number % 7 == 3)


def _far(guide: Mentor, person: Teacher) -> tuple[bool, bool, int]:
    """How little somebody fits a mentor: the same school first, then the same subject."""
    teacher = guide.teacher
    return (
        person.working_school_id != teacher.working_school_id,
        (person.stage, person.subject_code) != (teacher.stage, teacher.subject_code),
        person.id,
    )


def _guides(county: Region, known: int, newcomers: Sequence[Teacher]) -> list[Mentor]:
    schools = {one.working_school_id for one in newcomers}
    found = db.session.scalars(
        select(Teacher)
        .where(Teacher.county_id == county.id, Teacher.left_on.is_(None), backbone_on(today()))
        .order_by(Teacher.id != known, Teacher.working_school_id.not_in(schools), Teacher.id)
        .limit(MENTORS)
    ).all()
    named = []
    for teacher in found:
        try:
            row = mentors.add_mentor(teacher=teacher, places=2, actor=SYSTEM)
        except Refused:
            continue
        named.append(db.session.get_one(Mentor, row.id, options=MENTOR_PARTS, populate_existing=True))
    return named


def _work(pair: MentorPair, county: Region, centre: User, chance: random.Random, *, is_completed: bool) -> None:
    for side in (*PairSide, None):
        pair = mentors.sign(pair=pair, side=side, actor=centre if side is None else SYSTEM)
    for term in terms_between(pair.from_on, today()):
        for side in PairSide:
            if not is_completed and term == term_of(today()) and chance.random() < 0.4:
                continue  # the report of this term is still due
            proof = _scan(centre, county.id, f"mentor-{pair.id}-{side}-{term}") if side is PairSide.NEWCOMER else []
            mentors.save_report(
                pair=pair, side=side, term=term, done="互听互评课十余节，指导汇报课一节，课堂组织明显进步。",
                plans="下学期重点研究作业设计。", evidence=proof, actor=SYSTEM,
            )  # fmt: skip
    for number in range(chance.randint(2, 6)):
        mentors.save_lesson(
            pair=pair,
            fields={
                "on": max(pair.from_on, today() - timedelta(days=6 * number + 3)),
                "given_by": PairSide.NEWCOMER if number % 3 else PairSide.MENTOR,
                "topic": ("观潮", "分数的初步认识", "Unit 3 My friends", "走月亮", "圆的面积", "爬山虎的脚")[number],
                "remarks": "目标清楚，提问可再聚焦。",
            },
            actor=SYSTEM,
        )
    if is_completed:
        mentors.appraise(
            pair=pair, result=AppraisalResult.EXCELLENT, opinion="成长迅速，已能独立承担教学。", actor=centre
        )


# --- placements ---------------------------------------------------------------------------------------------------


def _studio_round(county: Region, users: dict[str, User], chance: random.Random) -> PlacementRound | None:
    """Studios with free places, teachers who rank them, hosts who choose."""
    studios = _studios(county, users)
    if len(studios) < 2:
        return None
    one = rounds.open_round(
        county_id=county.id,
        kind=PlacementKind.STUDIO,
        actor=users["centre"],
        name=f"{today().year}年名师工作室学员双选",
        studio_kind=StudioKind.TEACHER,
        role=MemberRole.MENTEE,
        wishes_until=today() + timedelta(days=10),
        choices_until=today() + timedelta(days=17),
        most_wishes=3,
        settings=DEFAULTS | {"rural_percent": 30, "seconds": 20},
    )
    fits = {(studio.stage, studio.subject_code) for studio in studios}
    found = db.session.scalars(
        select(Teacher)
        .where(
            Teacher.county_id == county.id,
            Teacher.left_on.is_(None),
            ~backbone_on(today()),
            Teacher.stage.in_([stage for stage, _subject in fits]),
            Teacher.subject_code.in_([subject for _stage, subject in fits]),
        )
        .order_by(Teacher.id.desc())
        .limit(WISHING * 6)
    ).all()
    wishing = [one for one in found if (one.stage, one.subject_code) in fits]
    for teacher in wishing[:: max(1, len(wishing) // WISHING)]:
        own = [s for s in studios if (s.stage, s.subject_code) == (teacher.stage, teacher.subject_code)]
        chosen = chance.sample(own, min(len(own), 3))
        try:
            rounds.state_wishes(
                one=one, teacher=teacher, hosts=[studio.id for studio in chosen],
                is_flexible=chance.random() < 0.4, statement="希望系统学习单元整体教学。", today=today(), actor=SYSTEM,
            )  # fmt: skip
        except Refused:
            continue
    _wish_for_the_host(one, users["host"])
    for studio in studios:
        asked = [row.teacher_id for row in asking_for(one, studio.id)]
        best = chance.sample(asked, min(len(asked), 6))
        rounds.state_choices(
            one=one, host_id=studio.id, ranks={number: rank for rank, number in enumerate(best, start=1)},
            refused=[number for number in asked if number not in best][:1], asked=asked, today=today(), actor=SYSTEM,
        )  # fmt: skip
    return one


def _wish_for_the_host(one: PlacementRound, host: User) -> None:
    """Some wish for the demo host's studio, who has still to say whom to take."""
    studio = db.session.scalar(
        select(Studio).where(Studio.host_id == host.teacher_id, Studio.status == StudioStatus.ACTIVE)
    )
    if studio is None or studio.kind is not StudioKind.TEACHER:
        return
    alike = (Teacher.stage == studio.stage, Teacher.subject_code == studio.subject_code, Teacher.left_on.is_(None))
    placed = select(Membership.teacher_id).where(Membership.status == MembershipStatus.ACTIVE)
    found = select(Teacher).where(Teacher.county_id == studio.county_id, *alike, Teacher.id.not_in(placed))
    for teacher in db.session.scalars(found.order_by(Teacher.id.desc()).limit(ASKING)).all():
        with contextlib.suppress(Refused):
            rounds.state_wishes(
                one=one, teacher=teacher, hosts=[studio.id], is_flexible=False,
                statement="想进入工作室跟岗学习。", today=today(), actor=SYSTEM,
            )  # fmt: skip


def _studios(county: Region, users: dict[str, User]) -> list[Studio]:
    """A few studios more, founded and approved, each with two members and no mentee yet."""
    hosts = db.session.scalars(
        select(Teacher)
        .where(Teacher.county_id == county.id, Teacher.left_on.is_(None), backbone_on(today()))
        .order_by(Teacher.subject_code != "chinese", Teacher.stage != Stage.PRIMARY, Teacher.id.desc())
        .limit(60)
    ).all()
    waiting = iter(hosts)
    made: list[Studio] = []
    for host in waiting:
        if len(made) == STUDIOS:
            break
        fields = {
            "name": f"{host.name}名师工作室（{host.id}）",
            "kind": StudioKind.TEACHER,
            "level_code": "4",
            "subject_code": host.subject_code,
            "stage": host.stage,
            "statement": "面向乡村青年教师，以课例研修为主线。",
            "is_network": False,
        }
        school = db.session.get_one(School, host.working_school_id)
        try:
            with db.session.begin_nested():
                studio = founding.apply_for(actor=SYSTEM, host=host, school=school, fields=fields)
                founding.approve(actor=users["leader"], studio=studio, begins_on=date(today().year, 9, 1))
        except Refused:
            continue
        made.append(studio)
        _members(studio, waiting)
    return [studio for studio in made if studio.status is StudioStatus.ACTIVE]


def _members(studio: Studio, candidates: Any) -> None:
    joined = 0
    for teacher in candidates:
        try:
            with db.session.begin_nested():
                row = people.invite(actor=SYSTEM, studio=studio, teacher=teacher, role=MemberRole.MEMBER)
                people.accept_invitation(actor=SYSTEM, row=row)
        except Refused:
            continue
        joined += 1
        if joined == 2:
            return


def _mentor_round(county: Region, officer: User) -> None:
    rounds.open_round(
        county_id=county.id,
        kind=PlacementKind.MENTOR,
        actor=officer,
        name=f"{today().year}年青蓝工程师徒双选",
        wishes_until=today() + timedelta(days=14),
        choices_until=today() + timedelta(days=21),
        most_wishes=3,
        settings=DEFAULTS | {"max_km": 40, "seconds": 20},
    )


def _solve(one: PlacementRound, centre_id: int) -> None:
    """Solve the round as a worker would, then lock one place for the next solve."""
    with transaction() as session:
        centre = session.get_one(User, centre_id)
        row = proposals.solve_round(one=session.get_one(PlacementRound, one.id), actor=centre)
        number = row.id
    run_pending_jobs()
    with transaction() as session:
        place = session.scalar(
            select(ProposedPlace)
            .where(ProposedPlace.proposal_id == number)
            .options(joinedload(ProposedPlace.teacher), joinedload(ProposedPlace.proposal))
            .order_by(ProposedPlace.id)
        )
        if place is not None:
            proposals.decide(
                proposal=place.proposal, kind=PlacementDecisionKind.LOCK, teacher=place.teacher,
                host_id=place.host_id, actor=session.get_one(User, centre_id), note="教研组长推荐",
            )  # fmt: skip
