"""Who is behind: the teachers of a county or school, their hours, what is asked of them, where the pace leads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, or_, select, type_coerce

from app.access import Grant
from app.credits.access import READ
from app.credits.asking import asked_of, elapsed_share
from app.credits.books import book_of
from app.credits.models import CreditTotal
from app.credits.rules import Rules
from app.extensions import db
from app.schools.models import School
from app.schools.queries import school_filter
from app.teachers.access import teachers_where
from app.teachers.models import Circumstance, Teacher
from app.web import lists
from app.web.lists import Found, Listing, ListSpec, Sort
from app.web.pagination import PAGE_SIZE, Page, SortKey, after, decode, encode


def behind_choices() -> list[tuple[str, Any]]:
    """What the list can be narrowed to."""
    return [
        ("cycle", _("Will not reach the target")),
        ("year", _("Short of this year's mark")),
        ("none", _("Nothing counted yet")),
        ("done", _("Target reached")),
    ]


@dataclass(frozen=True, slots=True)
class Scene:
    """What every query of a page shares: the county's rules of today, the cycle, and the columns."""

    rules: Rules
    cycle: int
    year: int
    share: float
    hours: ColumnElement[int]
    year_hours: ColumnElement[int]
    target: ColumnElement[int]
    mark: ColumnElement[int]
    reach: ColumnElement[bool]

    @property
    def is_behind(self) -> ColumnElement[bool]:
        """Condition: going on like this does not reach the target."""
        return type_coerce(self.hours * 10_000, BigInteger) < type_coerce(
            self.target * round(self.share * 10_000), BigInteger
        )

    @property
    def is_short(self) -> ColumnElement[bool]:
        """Condition: this year's mark is not reached yet."""
        return self.year_hours < self.mark


def scene_of(county_id: int, grants: Iterable[Grant], today: date) -> Scene:
    """A county as a person reaches it."""
    rules = book_of(county_id).on(today).rules
    year = rules.year_of(today)
    cycle = rules.cycle_of(year)
    target, mark = _asked(county_id, rules, cycle, year)
    reach = and_(Teacher.county_id == county_id, Teacher.left_on.is_(None), teachers_where(grants, READ))
    return Scene(
        rules,
        cycle,
        year,
        elapsed_share(rules, cycle, today),
        _hours(CreditTotal.cycle == cycle),
        _hours(CreditTotal.year == year),
        target,
        mark,
        reach,
    )


def _hours(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """The teacher's hours, in hundredths; by the teacher, so that a county costs as much as it has teachers."""
    summed = select(func.sum(type_coerce(CreditTotal.hours, BigInteger))).where(
        CreditTotal.teacher_id == Teacher.id, *conditions
    )
    # PostgreSQL adds whole numbers up to a decimal one.
    return cast(func.coalesce(summed.correlate(Teacher).scalar_subquery(), 0), BigInteger)


def _asked(county_id: int, rules: Rules, cycle: int, year: int) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Target and mark as columns: the county's own, and less for the few who have relief."""
    usual = asked_of(rules, cycle, (), None)
    targets: dict[int, list[int]] = defaultdict(list)
    marks: dict[int, list[int]] = defaultdict(list)
    for teacher_id, times, started in _relieved(county_id, rules, cycle):
        asked = asked_of(rules, cycle, times, started)
        if asked.target != usual.target:
            targets[asked.target].append(teacher_id)
        if asked.marks[year] != usual.marks[year]:
            marks[asked.marks[year]].append(teacher_id)
    return _by_teacher(targets, usual.target), _by_teacher(marks, usual.marks[year])


def _by_teacher(found: dict[int, list[int]], otherwise: int) -> ColumnElement[int]:
    ways = [(Teacher.id.in_(ids), value) for value, ids in sorted(found.items())]
    value = case(*ways, else_=otherwise) if ways else func.coalesce(otherwise, otherwise)
    return type_coerce(value, BigInteger)


def _relieved(
    county_id: int, rules: Rules, cycle: int
) -> Iterator[tuple[int, list[tuple[str, date, date | None]], date | None]]:
    first, last = rules.year_start(cycle), rules.year_start(cycle + rules.years)
    kinds = {code for relief in rules.reliefs for code in relief.circumstances}
    times: dict[int, list[tuple[str, date, date | None]]] = defaultdict(list)
    rows = db.session.execute(
        select(Circumstance.teacher_id, Circumstance.kind_code, Circumstance.from_on, Circumstance.to_on)
        .join(Teacher, Teacher.id == Circumstance.teacher_id)
        .where(
            Teacher.county_id == county_id,
            Circumstance.kind_code.in_(kinds),
            Circumstance.from_on < last,
            or_(Circumstance.to_on.is_(None), Circumstance.to_on >= first),
        )
    ).tuples()
    for teacher_id, kind, from_on, to_on in rows:
        times[teacher_id].append((kind, from_on, to_on))
    new = Teacher.started_work_on >= first if rules.new_teacher_months else Teacher.id < 0
    started = db.session.execute(
        select(Teacher.id, Teacher.started_work_on).where(
            Teacher.county_id == county_id, Teacher.left_on.is_(None), or_(Teacher.id.in_(list(times)), new)
        )
    ).tuples()
    for teacher_id, day in started:
        yield teacher_id, times.get(teacher_id, []), day


_NAME = (SortKey(Teacher.name_pinyin, "name_pinyin"), SortKey(Teacher.id, "id"))
_NUMBER = type_coerce(0, BigInteger)  # takes the place of the scene's column, which the request decides
TEACHERS = ListSpec(
    "credits.index",
    filters=(
        school_filter("school", _l("School")),
        lists.choice("behind", _l("Standing"), behind_choices),
    ),
    sorts={
        "hours": Sort((SortKey(_NUMBER, "hours"), SortKey(Teacher.id, "id"))),
        "year": Sort((SortKey(_NUMBER, "year_hours"), SortKey(Teacher.id, "id"))),
        "name": Sort(_NAME),
    },
)


def _keys(scene: Scene, listing: Listing) -> list[SortKey]:
    columns = {"hours": scene.hours, "year_hours": scene.year_hours}
    return [
        SortKey(columns.get(key.attribute, key.column), key.attribute, key.is_descending)
        for key in listing.chosen_order.keys
    ]


def statement_of(scene: Scene, listing: Listing) -> Select[Any]:
    """The teachers that a list asks for."""
    conditions = [scene.reach, *_narrowed(scene, listing)]
    found: Any = (
        select(
            Teacher.id,
            Teacher.name,
            Teacher.name_pinyin,
            School.id.label("school_id"),
            School.name.label("school_name"),
            scene.hours.label("hours"),
            scene.year_hours.label("year_hours"),
            scene.target.label("target"),
            scene.mark.label("mark"),
        )
        .join(School, School.id == Teacher.working_school_id)
        .where(*conditions)
    )
    return found  # type: ignore[no-any-return]


def _narrowed(scene: Scene, listing: Listing) -> Iterator[ColumnElement[bool]]:
    if (school := listing.get("school")) is not None:
        yield Teacher.working_school_id == school
    if listing.search:
        yield or_(
            Teacher.name.contains(listing.search, autoescape=True),
            Teacher.name_pinyin.startswith(listing.search.lower(), autoescape=True),
        )
    behind = listing.get("behind")
    if behind == "cycle":
        yield scene.is_behind
    elif behind == "year":
        yield scene.is_short
    elif behind == "none":
        yield scene.hours == 0
    elif behind == "done":
        yield scene.hours >= scene.target


def teachers_page(scene: Scene, listing: Listing) -> Found[Any]:
    """One page by key, as every list; its rows are columns, because what is sorted by is reckoned."""
    statement, keys = statement_of(scene, listing), _keys(scene, listing)
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    backwards = listing.before is not None
    start = decode(listing.before if backwards else listing.after, keys)
    backwards = backwards and start is not None
    if start is not None:
        statement = statement.where(after(keys, start, backwards=backwards))
    order = [k.column.desc() if k.is_descending != backwards else k.column.asc() for k in keys]
    found = db.session.execute(statement.order_by(*order).limit(PAGE_SIZE + 1)).all()
    more, items = len(found) > PAGE_SIZE, list(found[:PAGE_SIZE])
    if backwards:
        items.reverse()
    has_next, has_previous = (more, start is not None) if not backwards else (True, more)
    return Found(
        Page(
            items,
            encode([key.value(items[-1]) for key in keys]) if items and has_next else None,
            encode([key.value(items[0]) for key in keys]) if items and has_previous else None,
        ),
        total,
        False,
    )


def all_teachers(scene: Scene, listing: Listing) -> Iterable[Any]:
    """The whole list in its order, for an export."""
    order = [k.column.desc() if k.is_descending else k.column.asc() for k in _keys(scene, listing)]
    return db.session.execute(statement_of(scene, listing).order_by(*order).execution_options(yield_per=500))


@dataclass(frozen=True, slots=True)
class Figures:
    """A county's or a school's figures."""

    teachers: int
    behind: int
    short: int
    done: int
    hours: int


def _counts(scene: Scene) -> list[Any]:
    return [
        func.count(),
        func.count().filter(scene.is_behind),
        func.count().filter(scene.is_short),
        func.count().filter(scene.hours >= scene.target),
        func.coalesce(func.sum(scene.hours), 0),
    ]


def figures(scene: Scene) -> Figures:
    """The figures of everybody within reach."""
    row = db.session.execute(select(*_counts(scene)).select_from(Teacher).where(scene.reach)).one()
    return Figures(*(int(number) for number in row))


def by_school(scene: Scene) -> list[tuple[int, str, Figures]]:
    """The figures of each school, those with the largest share behind first."""
    rows = db.session.execute(
        select(School.id, School.name, *_counts(scene))
        .select_from(Teacher)
        .join(School, School.id == Teacher.working_school_id)
        .where(scene.reach)
        .group_by(School.id, School.name)
    )
    found = [(row[0], row[1], Figures(*(int(number) for number in row[2:]))) for row in rows]
    return sorted(found, key=lambda one: (-one[2].behind / max(1, one[2].teachers), one[1]))
