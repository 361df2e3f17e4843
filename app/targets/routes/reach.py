"""What the pages of packs and clauses share: county, pack and clause within reach, and the day asked for."""

from dataclasses import dataclass
from datetime import date

from flask import abort, request
from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.db.clock import today
from app.regions.models import Region
from app.targets.models import PolicyPack
from app.targets.packs import Clause, Pack, Part
from app.targets.queries import boards
from app.targets.queries import packs as pack_queries

P = Permission
FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class Place:
    """The county of a page; `schools` are the person's own where they do not reach the county as a whole."""

    county: Region
    counties: list[Region]
    schools: frozenset[int] | None

    @property
    def is_school(self) -> bool:
        """Whether the person sees their own schools only."""
        return self.schools is not None


def place_or_404(permission: Permission = P.TARGET_READ, county_id: int | None = None) -> Place:
    """The county that the address or the query string names, else the person's first."""
    counties = list(boards.counties_reached(current_user.grants, permission))
    asked = county_id if county_id is not None else request.args.get("county", type=int)
    county = next((one for one in counties if asked in (None, one.id)), None) or abort(404)
    return Place(county, counties, boards.own_schools(county, current_user.grants, permission))


def county_or_404(permission: Permission, county_id: int | None = None) -> Region:
    """A county that the person reaches as a whole."""
    place = place_or_404(permission, county_id)
    return abort(404) if place.is_school else place.county


@dataclass(frozen=True)
class Held:
    """A county's pack with what it says, and the person's reach there."""

    row: PolicyPack
    pack: Pack
    place: Place


def held_or_404(pack_id: int, permission: Permission = P.TARGET_READ) -> Held:
    """A pack within reach."""
    row = pack_queries.one_pack(pack_id, current_user.grants, permission) or abort(404)
    schools = boards.own_schools(row.county, current_user.grants, permission)
    return Held(row, pack_queries.pack_of(row), Place(row.county, [row.county], schools))


def clause_or_404(held: Held, clause_key: str) -> Clause:
    """A clause of a pack."""
    return held.pack.clause(clause_key) or abort(404)


def part_or_404(clause: Clause) -> Part:
    """The figure of a clause that the query string names; the first where it names none."""
    asked = request.args.get("part")
    return clause.parts[0] if asked is None else clause.part(asked) or abort(404)


def asked_day() -> tuple[date, list[str]]:
    """The day of the query string, else today; what cannot be read is said, not obeyed."""
    typed = request.args.get("on", "").strip()
    if not typed:
        return today(), []
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return today(), [_("“%(value)s” is not a day. Write it as 2026-09-01.", value=typed)]
    if not FIRST_DAY <= day <= today():
        return today(), [_("Figures can be shown from %(first)s to today.", first=FIRST_DAY.isoformat())]
    return day, []


def may(permission: Permission, place: Place) -> bool:
    """Whether the person holds a permission over the county as a whole, or, at a school, over the own school."""
    own = boards.own_schools(place.county, current_user.grants, permission)
    return own is None or (place.is_school and bool(own))


def may_name(held: Held) -> bool:
    """Whether the person may read the teachers behind a pack's figures, or those of the own school."""
    return may(P.TEACHER_READ, held.place)
