"""What schools have: the list, and what is still missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, String, and_, exists, func, or_, select, type_coerce
from sqlalchemy.orm import selectinload

from app.access import Grant, Permission
from app.extensions import db
from app.schools.access import schools_where
from app.schools.models import School, SchoolStage, Stage
from app.schools.queries import COUNTY_FILTER, NAME
from app.targets.balance import OF_RESOURCES, STAGES, Indicator
from app.targets.models import ResourcePart, SchoolResources
from app.targets.queries.balance import has_stage, resources_of
from app.training.month_view import FIRST_YEAR, LAST_YEAR
from app.training.queries.money import Account, accounts
from app.web import lists
from app.web.lists import Listing, ListSpec

_STATES = (
    ("complete", _l("All figures filled in")),
    ("incomplete", _l("Some figures missing")),
    ("none", _l("Nothing filled in")),
)
RESOURCES = ListSpec(
    "targets.resources",
    filters=(
        lists.whole("year", _l("School year"), minimum=FIRST_YEAR, maximum=LAST_YEAR),
        COUNTY_FILTER,
        lists.choice("state", _l("Figures"), lambda: _STATES),
    ),
    sorts={"name": NAME},
)
FIGURE_OF = {
    Indicator.TEACHING_AREA: "teaching_area",
    Indicator.SPORT_AREA: "sport_area",
    Indicator.EQUIPMENT: "equipment_value",
    Indicator.ROOMS: "multimedia_rooms",
}


@dataclass(frozen=True)
class SchoolLine:
    """A school of the list, with its rows of the year, its training money, and what is missing of it."""

    school: School
    rows: Sequence[SchoolResources]
    account: Account
    missing: tuple[tuple[Stage, Indicator], ...]

    def total(self, figure: str) -> Fraction | None:
        """A figure of all its campuses together; None where none of them has it."""
        known = [value for row in self.rows if (value := getattr(row, figure)) is not None]
        return sum(map(Fraction, known), Fraction(0)) if known else None

    @property
    def is_complete(self) -> bool:
        """Whether no figure is missing."""
        return not self.missing


def schools_listed(listing: Listing, reach: ColumnElement[bool], year: int) -> Select[Any]:
    """The schools that the list asks for."""
    conditions = [reach, has_stage()]
    if county := listing.get("county"):
        conditions.append(School.county_id == county)
    if listing.search:
        conditions.append(School.name.contains(listing.search, autoescape=True))
    if state := listing.get("state"):
        conditions.append(
            {"none": ~_any(year), "incomplete": _any(year) & ~_complete(year), "complete": _complete(year)}[state]
        )
    return select(School).where(*conditions)


def _any(year: int) -> ColumnElement[bool]:
    return exists().where(SchoolResources.school_id == School.id, SchoolResources.school_year == year)


def _complete(year: int) -> ColumnElement[bool]:
    """Each stage has a row of its own, or that of the whole school, with nothing missing."""
    r = SchoolResources
    own = type_coerce(r.part, String) == type_coerce(SchoolStage.stage, String)
    of_year = and_(r.school_id == SchoolStage.school_id, r.school_year == year)
    stands_alone = exists().where(of_year, own)
    full = and_(*(getattr(r, name).is_not(None) for name in FIGURE_OF.values()))
    shared = exists().where(of_year, r.part == ResourcePart.WHOLE, full)
    alone = exists().where(of_year, own, full)
    uncovered = (
        select(SchoolStage.id)
        .where(SchoolStage.school_id == School.id, SchoolStage.stage.in_(STAGES))
        .where(~alone, or_(stands_alone, ~shared))
    )
    return ~uncovered.correlate(School).exists()


def lines(schools: Sequence[School], year: int) -> list[SchoolLine]:
    """The schools of a page with what they have; their stages are loaded."""
    ids = [school.id for school in schools]
    rows, money = resources_of(ids, year), accounts(ids, year)
    return [SchoolLine(s, rows.get(s.id, []), money[s.id], missing_of(s, rows.get(s.id, []))) for s in schools]


def missing_of(school: School, rows: Iterable[SchoolResources]) -> tuple[tuple[Stage, Indicator], ...]:
    """The figures that are missing, by stage."""
    by_part = {row.part: row for row in rows}
    found = []
    for stage in (one.stage for one in school.stages if one.stage in STAGES):
        row = by_part.get(ResourcePart(stage.value)) or by_part.get(ResourcePart.WHOLE)
        found += [(stage, one) for one in OF_RESOURCES if row is None or getattr(row, FIGURE_OF[one]) is None]
    return tuple(found)


def list_options() -> tuple[Any, ...]:
    """What a row of the list shows beside the school's own columns."""
    return (selectinload(School.stages),)


def one_school(school_id: int, grants: Iterable[Grant], permission: Permission) -> School | None:
    """A school within reach that teaches primary or junior classes, with its stages."""
    return db.session.scalar(
        select(School)
        .where(School.id == school_id, schools_where(grants, permission), has_stage())
        .options(*list_options())
    )


def one_row(school_id: int, year: int, part: ResourcePart) -> SchoolResources | None:
    """What a school or a campus has in a year."""
    r = SchoolResources
    return db.session.scalar(select(r).where(r.school_id == school_id, r.school_year == year, r.part == part))


def parts_of(school: School) -> list[ResourcePart]:
    """The whole school, and the campuses that it may have beside."""
    stages = [one.stage for one in school.stages if one.stage is not Stage.KINDERGARTEN]
    return [ResourcePart.WHOLE, *(ResourcePart(s.value) for s in stages if len(stages) > 1)]


@dataclass(frozen=True, slots=True)
class Filled:
    """How far the filling in has come."""

    schools: int
    complete: int
    started: int


def filled(reach: ColumnElement[bool], year: int, county: int | None = None) -> Filled:
    """How many schools within reach have all figures, and how many have some."""
    where = [reach, has_stage(), *([School.county_id == county] if county else [])]
    whole, complete, any_row = db.session.execute(
        select(func.count(), func.count().filter(_complete(year)), func.count().filter(_any(year)))
        .select_from(School)
        .where(*where)
    ).one()
    return Filled(whole, complete, any_row - complete)
