"""Reading draws: who can be drawn, what was drawn, and whether a draw can be repeated."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, undefer

from app.access import Grant, Permission
from app.extensions import db
from app.growth import drawing
from app.growth.access import draws_where, lessons_where
from app.growth.models import DrawChain, DrawnLesson, LessonStatus, WeeklyDraw
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.schools.models import School
from app.teachers.models import Teacher
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

IN_POST = ("100", "101")
DRAWS = ListSpec(
    "growth.draws",
    filters=(lists.whole("year", _l("School year"), minimum=2000, maximum=2100),),
    sorts={
        "newest": Sort(
            (SortKey(WeeklyDraw.week, "week", is_descending=True), SortKey(WeeklyDraw.id, "id", is_descending=True))
        )
    },
)


def pool_of(county_id: int, chain: DrawChain, day: date, wanted: int) -> dict[int, list[int]]:
    """School to the teachers who can be drawn: in post there, and drawn the fewest times in this school year.

    Those drawn more often come in only where the others fill fewer schools than are wanted.
    """
    times = Counter(
        db.session.scalars(
            select(DrawnLesson.teacher_id)
            .join(WeeklyDraw)
            .where(WeeklyDraw.chain_id == chain.id, DrawnLesson.status != LessonStatus.EXCUSED)
        )
    )
    pool: dict[int, list[int]] = defaultdict(list)
    waiting = list(_in_post(county_id, day))
    for turn in sorted({times[teacher] for teacher, _school in waiting}):
        for teacher, school in waiting:
            if times[teacher] == turn:
                pool[school].append(teacher)
        if len(pool) >= wanted:
            break
    return dict(pool)


def _in_post(county_id: int, day: date) -> Iterator[tuple[int, int]]:
    query = (
        select(Teacher.id, Teacher.working_school_id)
        .join(School, School.id == Teacher.working_school_id)
        .where(
            Teacher.county_id == county_id,
            School.county_id == county_id,
            School.is_active,
            Teacher.left_on.is_(None) | (Teacher.left_on > day),
            Teacher.state_code.in_(IN_POST),
        )
        .order_by(Teacher.id)
    )
    yield from db.session.execute(query).tuples()


def counties_of(grants: Iterable[Grant], permission: Permission) -> list[Region]:
    """The counties that a person draws for."""
    here = regions_where(grants, permission)
    query = select(Region).where(Region.level == RegionLevel.COUNTY, here).order_by(Region.code).limit(200)
    return list(db.session.scalars(query))


def chains_of(county_ids: Iterable[int]) -> dict[tuple[int, int], DrawChain]:
    """(county, school year) to the chain."""
    rows = db.session.scalars(select(DrawChain).where(DrawChain.county_id.in_(list(county_ids))))
    return {(chain.county_id, chain.school_year): chain for chain in rows}


def draws_listed(listing: Listing, grants: Iterable[Grant]) -> Select[Any]:
    """The draws that a list asks for, within reach."""
    query = select(WeeklyDraw).where(draws_where(grants))
    if year := listing.get("year"):
        query = query.where(
            WeeklyDraw.chain_id.in_(select(DrawChain.id).where(DrawChain.school_year == year).scalar_subquery())
        )
    return query


def one_draw(
    draw_id: int, grants: Iterable[Grant], permission: Permission = Permission.GROWTH_READ
) -> WeeklyDraw | None:
    """A draw within reach, with the people it was drawn from."""
    return db.session.scalar(
        select(WeeklyDraw)
        .where(WeeklyDraw.id == draw_id, draws_where(grants, permission))
        .options(undefer(WeeklyDraw.pool))
    )


def lessons_of(draw_id: int, grants: Iterable[Grant]) -> list[DrawnLesson]:
    """The drawn teachers of a draw within reach, stand-ins behind those they stand in for."""
    query = (
        select(DrawnLesson)
        .where(DrawnLesson.draw_id == draw_id, lessons_where(grants))
        .options(joinedload(DrawnLesson.teacher), joinedload(DrawnLesson.school))
        .order_by(DrawnLesson.position, DrawnLesson.place)
    )
    return list(db.session.scalars(query))


def one_lesson(lesson_id: int, grants: Iterable[Grant]) -> DrawnLesson | None:
    """A drawn lesson that the person may decide about."""
    return db.session.scalar(
        select(DrawnLesson)
        .where(DrawnLesson.id == lesson_id, lessons_where(grants, Permission.GROWTH_EDIT))
        .options(
            joinedload(DrawnLesson.teacher),
            joinedload(DrawnLesson.school),
            joinedload(DrawnLesson.draw).undefer(WeeklyDraw.pool),
        )
    )


def lessons_of_teacher(teacher_id: int) -> list[DrawnLesson]:
    """When a teacher was drawn, the newest first."""
    query = (
        select(DrawnLesson)
        .join(WeeklyDraw)
        .where(DrawnLesson.teacher_id == teacher_id)
        .options(joinedload(DrawnLesson.draw), joinedload(DrawnLesson.school))
        .order_by(WeeklyDraw.week.desc())
    )
    return list(db.session.scalars(query))


def pool_as_numbers(drawn: WeeklyDraw) -> dict[int, list[int]]:
    """School to teachers, as the draw read them."""
    return {int(school): people for school, people in drawn.pool.items()}


def pool_text(drawn: WeeklyDraw) -> str:
    """The people of a draw in the very text its digest is of."""
    pool = pool_as_numbers(drawn)
    return "".join(f"{school}:{','.join(map(str, sorted(pool[school])))}\n" for school in sorted(pool))


@dataclass(frozen=True, slots=True)
class Check:
    """One step of a proof: what was compared, and whether it agrees."""

    name: str
    expected: str
    found: str

    @property
    def is_right(self) -> bool:
        """Whether both are the same."""
        return self.expected == self.found


def proof_of(drawn: WeeklyDraw) -> list[Check]:
    """Everything that a draw can be checked by, recomputed from what was published."""
    link, pool = bytes.fromhex(drawn.link), pool_as_numbers(drawn)
    root = link
    for _turn in range(drawn.number):
        root = hashlib.sha256(root).digest()
    seed = drawing.seed_of(link, bytes.fromhex(drawn.pool_digest), drawn.week)
    found = drawing.draw(seed, pool, drawn.wanted)
    rows = db.session.scalars(
        select(DrawnLesson).where(DrawnLesson.draw_id == drawn.id).order_by(DrawnLesson.position, DrawnLesson.place)
    ).all()
    kept = [f"{row.position}.{row.place}:{row.school_id}:{row.teacher_id}" for row in rows]
    drawn_again = [
        f"{row.position}.{row.place}:{found[row.position].school_id}:{found[row.position].teacher_ids[row.place]}"
        for row in rows
        if row.position < len(found) and row.place < len(found[row.position].teacher_ids)
    ]
    return [
        Check(_("The link leads to the year's commitment"), drawn.chain.commitment, root.hex()),
        Check(_("The list of people has the published digest"), drawn.pool_digest, drawing.digest_of(pool).hex()),
        Check(_("As many schools were met"), str(len(found)), str(len({row.position for row in rows}))),
        Check(_("The same teachers are drawn again"), " ".join(drawn_again), " ".join(kept)),
    ]


def draws_to_verify(week: str | None, county_id: int | None) -> Iterator[WeeklyDraw]:
    """Draws one after the other, all or some, by county and number."""
    query = select(WeeklyDraw.id).order_by(WeeklyDraw.county_id, WeeklyDraw.chain_id, WeeklyDraw.number)
    if week:
        query = query.where(WeeklyDraw.week == week)
    if county_id:
        query = query.where(WeeklyDraw.county_id == county_id)
    for number in db.session.scalars(query).all():
        drawn = db.session.get(WeeklyDraw, number, options=[undefer(WeeklyDraw.pool)])
        if drawn is not None:
            yield drawn
