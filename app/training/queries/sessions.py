"""Programmes and sessions: the lists, one of each, a month of them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.codes import queries as codes
from app.extensions import db
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.schools.models import School
from app.schools.queries import COUNTY_FILTER
from app.training.access import programmes_where, sessions_where
from app.training.models import SessionQuota, SessionStatus, TrainingProgramme, TrainingSession
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

MONTH_LIMIT = 300


def _status_choices() -> list[tuple[str, Any]]:
    return [(status.value, status.label) for status in SessionStatus]


_BY = (("region", _l("Development centres")), ("school", _l("Schools")))
LEVEL = lists.choice("level", _l("Level"), lambda: codes.choices("training_category"))
KIND = lists.choice("kind", _l("Kind of training"), lambda: codes.choices("training_kind"))
MODE = lists.choice("mode", _l("Mode"), lambda: codes.choices("session_mode"))
YEAR = lists.whole("year", _l("Year"), minimum=2000, maximum=2100)
BY = lists.choice("by", _l("Organised by"), lambda: _BY)
_ID = SortKey(TrainingSession.id, "id")
SESSIONS = ListSpec(
    "training.index",
    filters=(
        COUNTY_FILTER,
        lists.choice("status", _l("Status"), _status_choices),
        LEVEL,
        KIND,
        MODE,
        YEAR,
        BY,
        lists.day("from", _l("Begins on or after")),
        lists.day("to", _l("Begins on or before")),
        lists.flag("free", _l("Has free places")),
    ),
    sorts={
        "begins": Sort(
            (
                SortKey(TrainingSession.begins_on, "begins_on", is_descending=True),
                SortKey(TrainingSession.id, "id", is_descending=True),
            )
        ),
        "name": Sort((SortKey(TrainingSession.name, "name"), _ID)),
        "taken": Sort((SortKey(TrainingSession.taken, "taken"), _ID)),
        "hours": Sort((SortKey(TrainingSession.hours, "hours"), _ID)),
    },
)
PROGRAMMES = ListSpec(
    "training.programmes",
    filters=(COUNTY_FILTER, LEVEL, KIND, YEAR, BY),
    sorts={
        "name": Sort((SortKey(TrainingProgramme.name, "name"), SortKey(TrainingProgramme.id, "id"))),
        "year": Sort(
            (
                SortKey(TrainingProgramme.year, "year", is_descending=True),
                SortKey(TrainingProgramme.id, "id", is_descending=True),
            )
        ),
    },
)
SESSION_PARTS = (
    joinedload(TrainingSession.programme),
    joinedload(TrainingSession.region),
    joinedload(TrainingSession.school),
)
PROGRAMME_PARTS = (joinedload(TrainingProgramme.region), joinedload(TrainingProgramme.school))


def sessions_listed(listing: Listing, reach: ColumnElement[bool]) -> Select[Any]:
    """The sessions that a list asks for, within a person's reach."""
    session = TrainingSession
    conditions = [reach, *_organiser(session, listing)]
    if (status := listing.get("status")) is not None:
        conditions.append(session.status == SessionStatus(status))
    if (mode := listing.get("mode")) is not None:
        conditions.append(session.mode_code == mode)
    if first := listing.get("from"):
        conditions.append(session.begins_on >= first)
    if last := listing.get("to"):
        conditions.append(session.begins_on <= last)
    if (free := listing.get("free")) is not None:
        conditions.append(session.taken < session.places if free else session.taken >= session.places)
    of_programme = list(_of_programme(listing))
    if listing.search:
        text = listing.search
        named = TrainingProgramme.name.contains(text, autoescape=True)
        conditions.append(
            or_(
                session.name.contains(text, autoescape=True),
                session.programme_id.in_(select(TrainingProgramme.id).where(named)),
            )
        )
    if of_programme:
        conditions.append(session.programme_id.in_(select(TrainingProgramme.id).where(*of_programme)))
    return select(session).where(*conditions)


def programmes_listed(listing: Listing, reach: ColumnElement[bool]) -> Select[Any]:
    """The programmes that a list asks for."""
    conditions = [reach, *_organiser(TrainingProgramme, listing), *_of_programme(listing)]
    if listing.search:
        conditions.append(TrainingProgramme.name.contains(listing.search, autoescape=True))
    return select(TrainingProgramme).where(*conditions)


def _organiser(model: Any, listing: Listing) -> Iterable[ColumnElement[bool]]:
    if county := listing.get("county"):
        yield model.region_id == county
    if by := listing.get("by"):
        yield model.school_id.is_(None) if by == "region" else model.school_id.is_not(None)


def _of_programme(listing: Listing) -> Iterable[ColumnElement[bool]]:
    for name, column in (("level", "level_code"), ("kind", "kind_code"), ("year", "year")):
        if (value := listing.get(name)) is not None:
            yield getattr(TrainingProgramme, column) == value


def one_session(session_id: int, grants: Iterable[Grant], permission: Permission) -> TrainingSession | None:
    """A session within reach, with its programme and places."""
    return db.session.scalar(
        select(TrainingSession)
        .where(TrainingSession.id == session_id, sessions_where(grants, permission))
        .options(*SESSION_PARTS, *quota_parts())
    )


def quota_parts() -> tuple[Any, ...]:
    """The places of a session, with who holds them."""
    return (
        selectinload(TrainingSession.quotas).options(joinedload(SessionQuota.school), joinedload(SessionQuota.county)),
    )


def one_programme(programme_id: int, grants: Iterable[Grant], permission: Permission) -> TrainingProgramme | None:
    """A programme within reach."""
    return db.session.scalar(
        select(TrainingProgramme)
        .where(TrainingProgramme.id == programme_id, programmes_where(grants, permission))
        .options(*PROGRAMME_PARTS)
    )


def sessions_of(programme_id: int, reach: ColumnElement[bool]) -> Sequence[TrainingSession]:
    """The sessions of a programme, in their order."""
    return db.session.scalars(
        select(TrainingSession)
        .where(TrainingSession.programme_id == programme_id, reach)
        .order_by(TrainingSession.begins_on, TrainingSession.id)
        .options(*SESSION_PARTS)
    ).all()


def session_counts(programme_ids: Sequence[int]) -> dict[int, int]:
    """How many sessions each programme has."""
    query = select(TrainingSession.programme_id, func.count()).where(TrainingSession.programme_id.in_(programme_ids))
    return dict(db.session.execute(query.group_by(TrainingSession.programme_id)).tuples().all())


def between(first: date, last: date, reach: ColumnElement[bool]) -> Sequence[TrainingSession]:
    """The sessions within reach that take place between two days."""
    return db.session.scalars(
        select(TrainingSession)
        .where(
            reach,
            TrainingSession.begins_on <= last,
            TrainingSession.ends_on >= first,
            TrainingSession.status != SessionStatus.CANCELLED,
        )
        .order_by(TrainingSession.begins_on, TrainingSession.id)
        .options(*SESSION_PARTS)
        .limit(MONTH_LIMIT)
    ).all()


def organisers(grants: Iterable[Grant]) -> list[tuple[str, str]]:
    """Those for whom a person may organise, as choices: `region:3` or `school:5`."""
    held = [g for g in grants if g.allows(Permission.TRAINING_EDIT)]
    regions = (
        select(Region).where(regions_where(held, Permission.TRAINING_EDIT), Region.level != RegionLevel.TOWNSHIP)
        if any(g.region_path for g in held)
        else None
    )
    found = (
        [(f"region:{row.id}", row.name) for row in db.session.scalars(regions.order_by(Region.code).limit(200))]
        if regions is not None
        else []
    )
    schools = {g.school_id for g in held if g.school_id}
    rows = db.session.scalars(select(School).where(School.id.in_(schools)).order_by(School.name_pinyin))
    return found + [(f"school:{row.id}", row.name) for row in rows]


def quota_holders(session: TrainingSession) -> list[tuple[str, int, str, bool]]:
    """Who may have places set aside: ("school", id, name, is rural) within a county, ("county", id, name, False)
    above. A school's own session has none."""
    if session.school_id is not None:
        return []
    if session.region.level is RegionLevel.COUNTY:
        schools = db.session.scalars(
            select(School)
            .where(School.county_id == session.region_id, School.is_active)
            .order_by(School.name_pinyin, School.id)
        )
        return [("school", row.id, row.name, row.locality == "rural") for row in schools]
    counties = db.session.scalars(
        select(Region)
        .where(Region.level == RegionLevel.COUNTY, Region.path.startswith(session.region.path, autoescape=True))
        .order_by(Region.code)
    )
    return [("county", row.id, row.name, False) for row in counties]
