"""Reading programmes, their yearly figures and the people in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.extensions import db
from app.growth.models import (
    IN_COURSE,
    GrowthProgramme,
    PlaceStatus,
    ProgrammeIntake,
    ProgrammeKind,
    ProgrammePlace,
)
from app.schools.access import in_regions
from app.schools.models import School
from app.schools.queries import COUNTY_FILTER, school_filter
from app.teachers import search
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

P = Permission
PROGRAMMES = ListSpec(
    "growth.programmes",
    filters=(
        COUNTY_FILTER,
        lists.choice("kind", _l("Kind"), lambda: [(kind.value, kind.label) for kind in ProgrammeKind]),
        lists.text("clause", _l("Clause")),
        lists.flag("open", _l("Takes people in")),
    ),
    sorts={"name": Sort((SortKey(GrowthProgramme.name, "name"), SortKey(GrowthProgramme.id, "id")))},
)


LAST = 1_000_000
_LINE = func.coalesce(ProgrammePlace.waiting_no, LAST)


def status_choices() -> list[tuple[str, Any]]:
    """The statuses, and all that were taken in."""
    return [("in_course", _l("Taken in or completed")), *((status.value, status.label) for status in PlaceStatus)]


PLACES = ListSpec(
    "growth:places",
    filters=(
        lists.whole("year", _l("Year of intake"), minimum=2000, maximum=2100),
        lists.choice("status", _l("Status"), status_choices),
        school_filter("school", _l("School")),
        school_filter("host", _l("School of the stay")),
    ),
    sorts={
        "year": Sort(
            (
                SortKey(ProgrammePlace.year, "year", is_descending=True),
                SortKey(ProgrammePlace.id, "id", is_descending=True),
            )
        ),
        "line": Sort((SortKey(_LINE, "waiting_no", missing=LAST), SortKey(ProgrammePlace.id, "id"))),
    },
)


def reach_of_county(column: Any, grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on a column of counties: the granted ones, and those of a granted school or teacher."""
    held = [g for g in grants if g.allows(permission)]
    ways = in_regions(column, held, permission)
    if schools := {g.school_id for g in held if g.school_id}:
        ways.append(column.in_(select(School.county_id).where(School.id.in_(schools))))
    if teachers := {g.teacher_id for g in held if g.teacher_id}:
        ways.append(column.in_(select(Teacher.county_id).where(Teacher.id.in_(teachers))))
    return or_(false(), *ways)


def programmes_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on GrowthProgramme: those of a granted county, and those of a granted school's or teacher's county."""
    return reach_of_county(GrowthProgramme.county_id, grants, permission)


def places_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on ProgrammePlace: those of a teacher within reach."""
    return ProgrammePlace.teacher_id.in_(select(Teacher.id).where(teachers_where(grants, permission)))


def programmes_listed(listing: Listing, grants: Iterable[Grant]) -> Select[Any]:
    """The programmes that a list asks for, within reach."""
    query = select(GrowthProgramme).where(programmes_where(grants, P.GROWTH_READ))
    if county := listing.get("county"):
        query = query.where(GrowthProgramme.county_id == county)
    if kind := listing.get("kind"):
        query = query.where(GrowthProgramme.kind == ProgrammeKind(kind))
    if clause := listing.get("clause"):
        query = query.where(GrowthProgramme.clause == clause)
    if (is_open := listing.get("open")) is not None:
        query = query.where(GrowthProgramme.is_open == is_open)
    if listing.search:
        query = query.where(GrowthProgramme.name.contains(listing.search, autoescape=True))
    return query


def one_programme(programme_id: int, grants: Iterable[Grant], permission: Permission) -> GrowthProgramme | None:
    """A programme within reach."""
    return db.session.scalar(
        select(GrowthProgramme).where(GrowthProgramme.id == programme_id, programmes_where(grants, permission))
    )


@dataclass(frozen=True, slots=True)
class Intake:
    """A programme's people of one year, or of all years: proposed, waiting, taken in, and how many that should be."""

    proposed: int
    taken_in: int
    wanted: int | None
    waiting: int = 0

    @property
    def is_met(self) -> bool:
        """Whether as many were taken in as should be."""
        return self.wanted is None or self.taken_in >= self.wanted

    @property
    def short_by(self) -> int:
        """How many are missing."""
        return max(0, (self.wanted or 0) - self.taken_in)


def place_in_line(place: ProgrammePlace) -> int | None:
    """How many wait before somebody, and one; None for who does not wait."""
    if place.waiting_no is None:
        return None
    before = select(func.count()).where(
        ProgrammePlace.programme_id == place.programme_id,
        ProgrammePlace.year == place.year,
        ProgrammePlace.status == PlaceStatus.WAITING,
        ProgrammePlace.waiting_no < place.waiting_no,
    )
    return (db.session.scalar(before) or 0) + 1


def limited_intake(place: ProgrammePlace) -> ProgrammeIntake:
    """The places of the year of somebody who waits for one."""
    intake = select(ProgrammeIntake).where(
        ProgrammeIntake.programme_id == place.programme_id, ProgrammeIntake.year == place.year
    )
    return db.session.scalars(intake).one()


def intakes(programmes: Sequence[GrowthProgramme]) -> dict[int, dict[int, Intake]]:
    """Programme to year to its intake; year 0 holds all years together. One query for all."""
    ids = [programme.id for programme in programmes]
    counted = db.session.execute(
        select(ProgrammePlace.programme_id, ProgrammePlace.year, ProgrammePlace.status, func.count())
        .where(ProgrammePlace.programme_id.in_(ids))
        .group_by(ProgrammePlace.programme_id, ProgrammePlace.year, ProgrammePlace.status)
    ).tuples()
    proposed: dict[tuple[int, int], int] = {}
    taken: dict[tuple[int, int], int] = {}
    waiting: dict[tuple[int, int], int] = {}
    for programme_id, year, status, number in counted:
        for key in ((programme_id, year), (programme_id, 0)):
            proposed[key] = proposed.get(key, 0) + number
            taken[key] = taken.get(key, 0) + (number if status in IN_COURSE else 0)
            waiting[key] = waiting.get(key, 0) + (number if status is PlaceStatus.WAITING else 0)
    return {programme.id: _years(programme, proposed, taken, waiting) for programme in programmes}


def _years(
    programme: GrowthProgramme,
    proposed: dict[tuple[int, int], int],
    taken: dict[tuple[int, int], int],
    waiting: dict[tuple[int, int], int],
) -> dict[int, Intake]:
    years = {year for programme_id, year in proposed if programme_id == programme.id and year}
    found = {
        year: Intake(
            proposed[programme.id, year],
            taken[programme.id, year],
            programme.yearly_intake,
            waiting[programme.id, year],
        )
        for year in sorted(years, reverse=True)
    }
    everybody = (programme.id, 0)
    found[0] = Intake(proposed.get(everybody, 0), taken.get(everybody, 0), programme.total, waiting.get(everybody, 0))
    return found


def places_listed(listing: Listing, programme: GrowthProgramme, grants: Iterable[Grant]) -> Select[Any]:
    """The people of a programme that a list asks for, within reach."""
    query = select(ProgrammePlace).where(
        ProgrammePlace.programme_id == programme.id, places_where(grants, P.GROWTH_READ)
    )
    if year := listing.get("year"):
        query = query.where(ProgrammePlace.year == year)
    if status := listing.get("status"):
        wanted = IN_COURSE if status == "in_course" else [PlaceStatus(status)]
        query = query.where(ProgrammePlace.status.in_(wanted))
    if host := listing.get("host"):
        query = query.where(ProgrammePlace.host_school_id == host)
    people: list[ColumnElement[bool]] = []
    if school := listing.get("school"):
        people.append(Teacher.working_school_id == school)
    if listing.search:
        people += search.search(listing.search, in_one_county=True).conditions
    if people:
        query = query.where(ProgrammePlace.teacher_id.in_(select(Teacher.id).where(*people)))
    return query


PLACE_PARTS = (
    joinedload(ProgrammePlace.teacher).joinedload(Teacher.working_school),
    joinedload(ProgrammePlace.host_school),
    selectinload(ProgrammePlace.reports),
)


def one_place(place_id: int, grants: Iterable[Grant], permission: Permission) -> ProgrammePlace | None:
    """A person in a programme, within reach."""
    return db.session.scalar(
        select(ProgrammePlace)
        .where(ProgrammePlace.id == place_id, places_where(grants, permission))
        .options(*PLACE_PARTS, joinedload(ProgrammePlace.programme))
    )


def places_of_teacher(teacher_id: int) -> list[ProgrammePlace]:
    """The programmes a teacher is or was in, or was proposed for."""
    query = (
        select(ProgrammePlace)
        .where(ProgrammePlace.teacher_id == teacher_id)
        .options(joinedload(ProgrammePlace.programme), joinedload(ProgrammePlace.host_school))
        .order_by(ProgrammePlace.year.desc(), ProgrammePlace.id.desc())
    )
    return list(db.session.scalars(query))
