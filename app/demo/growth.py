"""The demo county's growth programmes and weekly draws, through the operations that the pages use.

Whom a programme takes in is the first of those who bring what it asks for; the rest of its numbers stay visibly open.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.db.clock import today
from app.demo.counting import count_of
from app.extensions import db
from app.growth.models import DrawChain, GrowthProgramme, ProgrammeKind, ProgrammePlace, WeeklyDraw
from app.growth.operations import draws, programmes
from app.growth.queries.draws import lessons_of
from app.growth.queries.groups import is_rural
from app.growth.requirements import Requirements
from app.growth.weeks import monday_of, school_year_of, week_of
from app.regions.models import Region
from app.schools.models import School
from app.teachers.models import Teacher
from app.web.errors import Refused
from app.web.transaction import transaction

PLANS: tuple[tuple[str, ProgrammeKind, str, int, int, int, int | None, dict[str, object], int], ...] = (
    ("教学能手培养计划", ProgrammeKind.TALENT, "HY-02", 1, 5, 12, 60, {"backbone": "county"}, 9),
    ("起航中层干部培养计划", ProgrammeKind.TALENT, "HY-03", 1, 5, 8, 40, {"title": "first", "age_to": 45}, 8),
    ("未成年人心理辅导员", ProgrammeKind.TEAM, "JM-07", 2, 2, 50, None, {}, 12),
    ("骨干教师跟岗研修", ProgrammeKind.SECONDMENT, "LP-09", 1, 1, 6, None, {"backbone": "county"}, 4),
    ("党员骨干教师三培养", ProgrammeKind.THREE_TRAININGS, "LX-20", 1, 1, 50, None, {"is_party": True}, 14),
    ("十百千人才培养计划", ProgrammeKind.TIERS, "LP-08", 1, 3, 10, 100, {"backbone": "county"}, 7),
    ("教研员蹲点联系学校", ProgrammeKind.STATIONING, "HY-05", 1, 1, 4, None, {"title": "first"}, 4),
)
WEEKS = 2
LOOKED_AT = 400


def fill(county_code: str) -> None:
    """Add the programmes and draw the last weeks; a re-run keeps what is there."""
    county = db.session.scalars(select(Region).where(Region.code == county_code)).one()
    centre = db.session.scalars(select(User).where(User.username == "centre")).one()
    if db.session.scalar(select(DrawChain.id).where(DrawChain.county_id == county.id)):
        return
    click.echo("\n== 培养计划与每周抽课 Growth programmes and weekly draws")
    for plan in PLANS:
        with transaction():
            _run(county, centre, *plan)
    _draw(county, centre)
    click.echo(f"   {count_of(ProgrammePlace)} proposed, {count_of(WeeklyDraw)} draws")


def _run(
    county: Region,
    centre: User,
    name: str,
    kind: ProgrammeKind,
    clause: str,
    every: int,
    course: int,
    intake: int,
    total: int | None,
    asked: dict[str, object],
    wanted: int,
) -> None:
    programme = programmes.add_programme(
        county=county,
        actor=centre,
        name=name,
        kind=kind,
        clause=clause,
        first_year=today().year - every,
        every_years=every,
        course_years=course,
        yearly_intake=intake,
        total=total,
        requirements=Requirements.of(asked).stored(),
    )
    hosts = _hosts(county)
    for teacher in _fitting(programme, wanted):
        place = programmes.propose(
            programme=programme, teacher=teacher, year=today().year, statement="教学成绩突出，群众认可。", actor=centre
        )
        place.programme, place.teacher = programme, teacher
        if place.id % 4:
            programmes.take_in(
                place=place,
                from_on=today() - timedelta(days=30),
                host=next(hosts) if kind.needs_host else None,
                actor=centre,
            )


def _hosts(county: Region) -> Iterator[School]:
    """Schools of stays: the rural and weak ones first, each once, from the beginning again at the end."""
    order = (~(is_rural() | School.is_weak), School.id)
    return cycle(db.session.scalars(select(School).where(School.county_id == county.id).order_by(*order)).all())


def _fitting(programme: GrowthProgramme, wanted: int) -> Iterator[Teacher]:
    """The first teachers who lack nothing, from another beginning for each programme."""
    asked = Requirements.of(programme.requirements)
    people = db.session.scalars(
        select(Teacher)
        .where(Teacher.county_id == programme.county_id, Teacher.left_on.is_(None), Teacher.id % 5 == programme.id % 5)
        .options(selectinload(Teacher.honours), joinedload(Teacher.working_school))
        .order_by(Teacher.id)
        .limit(LOOKED_AT)
    )
    found = 0
    for teacher in people:
        if found < wanted and not asked.lacking(teacher, today()):
            found += 1
            yield teacher


def _draw(county: Region, centre: User) -> None:
    weeks = [week_of(today() - timedelta(weeks=back)) for back in range(WEEKS - 1, -1, -1)]
    for year in dict.fromkeys(map(school_year_of, weeks)):
        with transaction():
            draws.open_chain(county=county, school_year=year, actor=centre)
    for week in weeks:
        with transaction():
            try:
                drawn = draws.draw_week(county=county, week=week, actor=centre)
            except Refused as refusal:
                click.echo(f"   {week}: {refusal.message}")
                continue
            _teach(drawn, centre, monday_of(week))


def _teach(drawn: WeeklyDraw, centre: User, monday: date) -> None:
    """Most lessons of a week that is over are on record."""
    if monday + timedelta(days=7) > today():
        return
    for lesson in lessons_of(drawn.id, centre.grants)[:-2]:
        lesson.draw = drawn
        draws.record_lesson(lesson=lesson, on=monday + timedelta(days=lesson.position % 5), remarks="", actor=centre)
