"""What several pages of this room share: the county and the school year that a page is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, request
from flask_login import current_user
from sqlalchemy import ColumnElement

from app.access import Permission
from app.db.clock import today
from app.regions.models import Region
from app.schools.access import schools_where
from app.schools.models import School
from app.schools.queries import counties as counties_within
from app.targets.evaluators.periods import school_year_of
from app.targets.queries.balance import years_recorded
from app.targets.queries.resources import one_school
from app.training.month_view import FIRST_YEAR, LAST_YEAR
from app.web.languages import school_year_label


@dataclass(frozen=True)
class Scene:
    """The county of a page, or the person's own schools where they reach no county, and the school year."""

    counties: Sequence[Region]
    county: Region | None
    year: int
    years: list[tuple[str, str]]
    where: ColumnElement[bool]

    @property
    def is_present(self) -> bool:
        """Whether the year is the one that runs."""
        return self.year == school_year_of(today())

    @property
    def args(self) -> dict[str, int]:
        """What a link keeps."""
        kept = {"year": self.year}
        return kept | ({"county": self.county.id} if self.county and len(self.counties) > 1 else {})


def scene_of(permission: Permission = Permission.TARGET_READ) -> Scene:
    """The page's county and year from the query string; a county beyond reach is not found."""
    grants = current_user.grants
    counties = counties_within(grants, permission)
    asked = request.args.get("county", type=int)
    county = next((one for one in counties if one.id == asked), None) if asked else next(iter(counties), None)
    if asked and county is None:
        abort(404)
    reach = schools_where(grants, permission)
    now = school_year_of(today())
    year = year_or_404(request.args.get("year", now, type=int))
    known = {now, year, *(years_recorded(county.id) if county else [])}
    years = [(str(one), school_year_label(one)) for one in sorted(known, reverse=True)]
    where = (School.county_id == county.id) & reach if county else reach
    return Scene(counties, county, year, years, where)


def year_or_404(year: int) -> int:
    """A school year that can be."""
    return year if FIRST_YEAR <= year <= LAST_YEAR else abort(404)


def school_or_404(school_id: int, permission: Permission = Permission.TARGET_READ) -> School:
    """A school within reach that teaches primary or junior classes."""
    return one_school(school_id, current_user.grants, permission) or abort(404)


def county_or_404(county_id: int, permission: Permission = Permission.TARGET_EDIT) -> Region:
    """A county that the person answers for."""
    found = {county.id: county for county in counties_within(current_user.grants, permission)}
    return found.get(county_id) or abort(404)
