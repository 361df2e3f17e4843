"""Reading the ethics record for pages. What has run out of its term is never read for one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.access import Grant, Permission
from app.codes import queries as codes
from app.ethics.access import Record, RecordModel, activities_where, records_where
from app.ethics.clauses import setting
from app.ethics.models import (
    ActivityKind,
    Audience,
    EntryKind,
    EthicsActivity,
    EthicsAppraisal,
    EthicsClause,
    EthicsEntry,
    EthicsRemark,
    State,
)
from app.ethics.vetoes import veto_of, vetoed_teachers
from app.extensions import db
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.schools.models import School
from app.schools.queries import COUNTY_FILTER, school_filter
from app.teachers.models import Teacher
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

__all__ = ["veto_of", "vetoed_teachers"]
MODELS: dict[str, RecordModel] = {"entry": EthicsEntry, "appraisal": EthicsAppraisal}


def _named(kinds: Any) -> Any:
    return lambda: [(one.value, one.label) for one in kinds]


_SHOWN_STATES = (State.PROPOSED, State.IN_FORCE, State.RETURNED)
_COMMON = (
    COUNTY_FILTER,
    school_filter("school", _l("School")),
    lists.choice("state", _l("Status"), _named(_SHOWN_STATES)),
    lists.flag("veto", _l("Vetoes")),
    lists.flag("awaits", _l("Answer waits for a ruling")),
)


def _by_name(model: Any) -> Sort:
    keys = (SortKey(Teacher.name_pinyin, "teacher.name_pinyin"), SortKey(model.id, "id"))
    return Sort(keys, joins=(model.teacher,))


ENTRIES = ListSpec(
    "ethics.index",
    filters=(
        *_COMMON,
        lists.choice("kind", _l("Kind of entry"), _named(EntryKind)),
        lists.choice("audience", _l("Which list"), _named(Audience)),
    ),
    sorts={
        "newest": Sort((SortKey(EthicsEntry.id, "id", is_descending=True),)),
        "happened": Sort((SortKey(EthicsEntry.happened_on, "happened_on"), SortKey(EthicsEntry.id, "id"))),
        "ends": Sort((SortKey(EthicsEntry.to_on, "to_on"), SortKey(EthicsEntry.id, "id"))),
        "name": _by_name(EthicsEntry),
    },
)
APPRAISALS = ListSpec(
    "ethics.appraisals",
    filters=(
        *_COMMON,
        lists.whole("year", _l("Year"), minimum=1990, maximum=2100),
        lists.choice("conclusion", _l("Conclusion"), lambda: codes.choices("ethics_appraisal")),
    ),
    sorts={
        "newest": Sort((SortKey(EthicsAppraisal.id, "id", is_descending=True),)),
        "name": _by_name(EthicsAppraisal),
    },
)
ACTIVITIES = ListSpec(
    "ethics.activities",
    filters=(
        COUNTY_FILTER,
        school_filter("school", _l("School")),
        lists.choice("kind", _l("What it was"), _named(ActivityKind)),
        lists.day("from", _l("From")),
        lists.day("to", _l("Until")),
    ),
    sorts={
        "newest": Sort(
            (
                SortKey(EthicsActivity.held_on, "held_on", is_descending=True),
                SortKey(EthicsActivity.id, "id", is_descending=True),
            )
        )
    },
)


def on_record(model: RecordModel, day: date) -> ColumnElement[bool]:
    """Condition: shown on a day. An entry leaves with its term, an appraisal stays with its year; nothing that was
    withdrawn is shown."""
    shown: ColumnElement[bool] = model.state.in_(_SHOWN_STATES)
    if model is EthicsEntry:
        return and_(shown, EthicsEntry.to_on >= day)
    return shown


def listed(model: RecordModel, listing: Listing, reach: ColumnElement[bool], day: date) -> Select[Any]:
    """The entries or appraisals that a list asks for."""
    return select(model).where(reach, on_record(model, day), *_asked(model, listing))


def _asked(model: Any, listing: Listing) -> Iterator[ColumnElement[bool]]:
    columns = {
        "county": model.county_id,
        "school": model.school_id,
        "state": model.state,
        "veto": model.does_veto,
        "awaits": model.awaits_ruling,
        "kind": getattr(model, "kind", None),
        "audience": getattr(model, "audience", None),
        "year": getattr(model, "year", None),
        "conclusion": getattr(model, "conclusion_code", None),
    }
    for name, column in columns.items():
        value = listing.get(name)
        if value is not None and column is not None:
            yield column == value
    if listing.search:
        text = listing.search.lower()
        is_called = or_(
            Teacher.name.startswith(listing.search, autoescape=True),
            Teacher.name_pinyin.startswith(text, autoescape=True),
        )
        yield model.teacher_id.in_(select(Teacher.id).where(is_called))


def list_options(model: RecordModel) -> Sequence[ExecutableOption]:
    """What a list shows beside the row."""
    return (joinedload(model.teacher), joinedload(model.school))


def find(part: str, record_id: int, reach: ColumnElement[bool], day: date) -> Record | None:
    """One entry or appraisal within reach, while it is on record."""
    model: Any = MODELS[part]
    return db.session.scalar(
        select(model)
        .where(model.id == record_id, reach, on_record(model, day))
        .options(joinedload(model.teacher).joinedload(Teacher.employing_school), joinedload(model.school))
        .options(selectinload(model.evidence))
    )


def reach_of(part: str, grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """The condition of a part's records within a person's reach."""
    return records_where(MODELS[part], grants, permission)


def file_of(teacher_id: int, day: date, *, with_returned: bool) -> dict[str, Any]:
    """A teacher's ethics file: entries on record, appraisals, points."""
    states = _SHOWN_STATES if with_returned else (State.PROPOSED, State.IN_FORCE)
    entries = db.session.scalars(
        select(EthicsEntry)
        .where(EthicsEntry.teacher_id == teacher_id, EthicsEntry.state.in_(states), EthicsEntry.to_on >= day)
        .order_by(EthicsEntry.happened_on.desc(), EthicsEntry.id.desc())
    ).all()
    appraisals = db.session.scalars(
        select(EthicsAppraisal)
        .where(EthicsAppraisal.teacher_id == teacher_id, EthicsAppraisal.state.in_(states))
        .order_by(EthicsAppraisal.year.desc())
    ).all()
    counted = [one.points for one in entries if one.state is State.IN_FORCE and one.from_on <= day]
    return {
        "entries": entries,
        "appraisals": appraisals,
        "base": setting("base_points"),
        "points": setting("base_points") + sum(counted),
        "veto": veto_of(teacher_id, day),
    }


def thread(record: Record) -> Sequence[EthicsRemark]:
    """What was said about a record, the oldest first."""
    column = EthicsRemark.entry_id if isinstance(record, EthicsEntry) else EthicsRemark.appraisal_id
    return db.session.scalars(select(EthicsRemark).where(column == record.id).order_by(EthicsRemark.id)).all()


# --- activities ---------------------------------------------------------------------------------------------------


def activities_listed(listing: Listing, reach: ColumnElement[bool]) -> Select[Any]:
    """The activities that a list asks for."""
    wanted = [reach]
    for name, column in (("county", EthicsActivity.county_id), ("school", EthicsActivity.school_id)):
        if (value := listing.get(name)) is not None:
            wanted.append(column == value)
    if kind := listing.get("kind"):
        wanted.append(EthicsActivity.kind == ActivityKind(kind))
    if first := listing.get("from"):
        wanted.append(EthicsActivity.held_on >= first)
    if last := listing.get("to"):
        wanted.append(EthicsActivity.held_on <= last)
    if listing.search:
        wanted.append(EthicsActivity.topic.contains(listing.search, autoescape=True))
    return select(EthicsActivity).where(*wanted)


def activity(activity_id: int, grants: Iterable[Grant], permission: Permission) -> EthicsActivity | None:
    """One activity within reach."""
    return db.session.scalar(
        select(EthicsActivity)
        .where(EthicsActivity.id == activity_id, activities_where(grants, permission))
        .options(joinedload(EthicsActivity.school), selectinload(EthicsActivity.evidence))
    )


def activity_options() -> Sequence[ExecutableOption]:
    """What the list of activities shows beside the row."""
    return (joinedload(EthicsActivity.school), selectinload(EthicsActivity.evidence))


def activity_days(school_ids: Sequence[int], since: date) -> dict[int, dict[ActivityKind, list[date]]]:
    """The days on which each school did what, since a day."""
    found: dict[int, dict[ActivityKind, list[date]]] = {one: {kind: [] for kind in ActivityKind} for one in school_ids}
    rows = db.session.execute(
        select(EthicsActivity.school_id, EthicsActivity.kind, EthicsActivity.held_on).where(
            EthicsActivity.school_id.in_(school_ids), EthicsActivity.held_on >= since
        )
    ).tuples()
    for school_id, kind, day in rows:
        found[school_id][kind].append(day)
    return found


# --- a school's appraisals of a year ------------------------------------------------------------------------------


def unappraised(school_id: int, year: int) -> Sequence[Teacher]:
    """Who is employed by a school and has no appraisal for a year, or one that was returned or withdrawn."""
    has = select(EthicsAppraisal.id).where(
        EthicsAppraisal.teacher_id == Teacher.id,
        EthicsAppraisal.year == year,
        EthicsAppraisal.state.in_((State.PROPOSED, State.IN_FORCE)),
    )
    query = select(Teacher).where(Teacher.employing_school_id == school_id, Teacher.left_on.is_(None), ~has.exists())
    return db.session.scalars(query.order_by(Teacher.name_pinyin, Teacher.id)).all()


# --- negative lists -----------------------------------------------------------------------------------------------


def counties(grants: Iterable[Grant], permission: Permission) -> Sequence[Region]:
    """Counties whose lists the person may read or edit."""
    held = [g for g in grants if g.allows(permission)]
    schools = {g.school_id for g in held if g.school_id}
    reach = or_(regions_where(held, permission), Region.id.in_(select(School.county_id).where(School.id.in_(schools))))
    return db.session.scalars(
        select(Region).where(Region.level == RegionLevel.COUNTY, reach).order_by(Region.code)
    ).all()


def clause_row(clause_id: int, grants: Iterable[Grant], permission: Permission) -> EthicsClause | None:
    """One clause of a county within reach."""
    here = select(Region.id).where(regions_where(grants, permission))
    return db.session.scalar(select(EthicsClause).where(EthicsClause.id == clause_id, EthicsClause.county_id.in_(here)))


def waiting(grants: Iterable[Grant]) -> tuple[int, int]:
    """How much waits for the person's decision: (proposals, answers)."""
    grants = list(grants)
    proposals = answers = 0
    for model in (EthicsEntry, EthicsAppraisal):
        reach = records_where(model, grants, Permission.ETHICS_CONFIRM)
        proposals += _number(model, reach, model.state == State.PROPOSED)
        answers += _number(model, reach, model.awaits_ruling)
    return proposals, answers


def returned(grants: Iterable[Grant]) -> int:
    """How many proposals came back to the person's school."""
    schools = [g.school_id for g in grants if g.school_id and g.allows(Permission.ETHICS_EDIT)]
    found = 0
    for model in (EthicsEntry, EthicsAppraisal):
        found += _number(model, model.school_id.in_(schools), model.state == State.RETURNED)
    return found


def _number(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def only_id(part: str, record_id: int, reach: ColumnElement[bool]) -> Select[Any]:
    """Whether a record lies within reach, as a statement."""
    model = MODELS[part]
    return select(model.id).where(model.id == record_id, reach)


def first_schools(reach: ColumnElement[bool], limit: int) -> Sequence[School]:
    """The first schools within reach, so that whoever has only one need not name it."""
    return db.session.scalars(select(School).where(reach).order_by(School.id).limit(limit)).all()
