"""Reading what the boards and the clauses' pages show beside the figures: reach, months, age, the job under way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased, undefer

from app.access import Grant, Permission
from app.audit.models import AuditEntry
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.schools.models import EducationGroup, School
from app.schools.queries import school_filter
from app.targets.evaluators.finding import Who
from app.targets.evaluators.outcome import Outcome, PartOutcome
from app.targets.models import CurrentFigure, FigureSnapshot, FilledFigure, PolicyPack
from app.targets.packs import Clause, Kind, Pack, Part, Scope
from app.teachers import search
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

P = Permission
OPEN_JOBS = (JobStatus.QUEUED, JobStatus.RUNNING)
# Entries of the log that change nothing that is measured.
QUIET: tuple[str, ...] = (
    "account.", "export", "evidence.", "notice.", "job.", "pack.", "keys.", "backup.", "code.", "ethics.look",
    "rotation.scenario", "rotation.wish", "rotation.plan", "rotation.run", "import.upload", "import.download",
)  # fmt: skip
LOOKED_AT = 100  # entries of the log; where all of them are newer and quiet, the figures count as old


# --- reach --------------------------------------------------------------------------------------------------------


def counties_reached(grants: Iterable[Grant], permission: Permission) -> Sequence[Region]:
    """The counties within reach, and those of the schools within reach."""
    grants = list(grants)
    schools = {g.school_id for g in grants if g.school_id and g.allows(permission)}
    of_schools = Region.id.in_(select(School.county_id).where(School.id.in_(schools)))
    here = or_(regions_where(grants, permission), of_schools) if schools else regions_where(grants, permission)
    query = select(Region).where(Region.level == RegionLevel.COUNTY, here).order_by(Region.code)
    return db.session.scalars(query).all()


def own_schools(county: Region, grants: Iterable[Grant], permission: Permission) -> frozenset[int] | None:
    """The schools that a person reaches in a county; None for who reaches the county as a whole."""
    held = [g for g in grants if g.allows(permission)]
    if any(g.region_path and county.path.startswith(g.region_path) for g in held):
        return None
    ids = {g.school_id for g in held if g.school_id}
    return frozenset(db.session.scalars(select(School.id).where(School.id.in_(ids), School.county_id == county.id)))


# --- the months ---------------------------------------------------------------------------------------------------


def months_of(county_id: int, code: str, since: date, until: date) -> dict[tuple[str, str], list[FigureSnapshot]]:
    """Clause and figure to what stood between two days, over all versions of a pack, the oldest first."""
    found: dict[tuple[str, str], dict[date, FigureSnapshot]] = {}
    rows = db.session.scalars(
        select(FigureSnapshot)
        .join(PolicyPack, PolicyPack.id == FigureSnapshot.pack_id)
        .where(FigureSnapshot.county_id == county_id, PolicyPack.code == code, FigureSnapshot.on.between(since, until))
        .order_by(FigureSnapshot.on, FigureSnapshot.id)
    )
    for row in rows:
        found.setdefault((row.clause_id, row.part_key), {})[row.on] = row
    return {key: list(by_day.values()) for key, by_day in found.items()}


def standing_then(
    pack: Pack, months: Mapping[tuple[str, str], Sequence[FigureSnapshot]]
) -> list[tuple[Clause, Outcome | None]]:
    """Every clause as it was last kept."""
    return [(clause, _kept(clause, months)) for clause in pack.clauses]


def _kept(clause: Clause, months: Mapping[tuple[str, str], Sequence[FigureSnapshot]]) -> Outcome | None:
    last = [months[clause.id, part.key][-1] for part in clause.parts if months.get((clause.id, part.key))]
    if not last:
        return None
    parts = tuple(
        PartOutcome(
            key=row.part_key,
            verdict=row.verdict,
            figure=row.figure,
            numerator=row.numerator,
            denominator=row.denominator,
            threshold=row.threshold,
            missing=row.missing,
            source=row.source,
            who=_who(clause.part(row.part_key)),
        )
        for row in last
    )
    return Outcome(clause.id, min(row.on for row in last), parts)


def _who(part: Part | None) -> Who:
    """Whom a kept figure speaks of: months keep no names."""
    if part is None or part.kind is not Kind.EACH:
        return Who.FIGURE
    return {Scope.SCHOOL: Who.SCHOOL, Scope.GROUP: Who.GROUP, Scope.STUDIO: Who.STUDIO}.get(part.scope, Who.TEACHER)


# --- the age of what is kept --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """When a board's figures were computed, and whether records changed since."""

    at: datetime | None
    is_stale: bool = False
    is_past: bool = False


def taken(pack_id: int, county_id: int, today: date) -> Taken:
    """The age of a board's figures."""
    oldest, day = db.session.execute(
        select(func.min(CurrentFigure.computed_at), func.min(CurrentFigure.computed_on)).where(
            CurrentFigure.pack_id == pack_id
        )
    ).one()
    if oldest is None:
        return Taken(None)
    return Taken(oldest, day < today or changed_since(county_id, oldest))


def changed_since(county_id: int, moment: datetime) -> bool:
    """Whether the log tells of a change in a county after a moment that may move a figure."""
    newest = db.session.execute(
        select(AuditEntry.at, AuditEntry.action)
        .where(AuditEntry.region_id == county_id)
        .order_by(AuditEntry.position.desc())
        .limit(LOOKED_AT)
    ).all()
    later = [action for at, action in newest if at > moment]
    return any(not action.startswith(QUIET) for action in later) or len(later) == LOOKED_AT


def open_job(kind: str, subject_type: str, subject_id: int) -> Job | None:
    """The job of a kind that is under way for a subject."""
    return db.session.scalar(
        select(Job)
        .where(
            Job.kind == kind,
            Job.subject_type == subject_type,
            Job.subject_id == str(subject_id),
            Job.status.in_(OPEN_JOBS),
        )
        .order_by(Job.id.desc())
        .limit(1)
    )


def last_job(kind: str, subject_type: str, subject_id: int) -> Job | None:
    """The newest job of a kind for a subject, whatever became of it."""
    query = select(Job).where(Job.kind == kind, Job.subject_type == subject_type, Job.subject_id == str(subject_id))
    return db.session.scalar(query.order_by(Job.id.desc()).limit(1))


# --- names --------------------------------------------------------------------------------------------------------

WorkingSchool = aliased(School)
NAMES = ListSpec(
    "targets:names",
    filters=(school_filter("school", _l("School")),),
    sorts={
        "name": Sort((SortKey(Teacher.name_pinyin, "name_pinyin"), SortKey(Teacher.id, "id"))),
        "school": Sort(
            (SortKey(WorkingSchool.name_pinyin, "working_school.name_pinyin"), SortKey(Teacher.id, "id")),
            (Teacher.working_school.of_type(WorkingSchool),),
        ),
    },
)


def teachers_among(ids: Iterable[int], listing: Listing, grants: Iterable[Grant]) -> Select[Any]:
    """Those of some teachers whom a list asks for, within reach."""
    conditions: list[ColumnElement[bool]] = [Teacher.id.in_(list(ids)), teachers_where(grants, P.TEACHER_READ)]
    if school := listing.get("school"):
        conditions.append(Teacher.working_school_id == school)
    if listing.search:
        conditions += search.search(listing.search, in_one_county=True).conditions
    return select(Teacher).where(*conditions)


# --- what people fill in ------------------------------------------------------------------------------------------


def newest_filled(county_id: int, figures: Iterable[str]) -> dict[tuple[str, int | None], FilledFigure]:
    """Figure and school (none: the county) to what was last filled in."""
    newest = (
        select(
            FilledFigure.id,
            func.row_number()
            .over(
                partition_by=(FilledFigure.figure, FilledFigure.school_id),
                order_by=(FilledFigure.on.desc(), FilledFigure.id.desc()),
            )
            .label("place"),
        )
        .where(
            FilledFigure.county_id == county_id,
            FilledFigure.figure.in_(list(figures)),
            FilledFigure.withdrawn_at.is_(None),
        )
        .subquery()
    )
    rows = db.session.scalars(
        select(FilledFigure).join(newest, newest.c.id == FilledFigure.id).where(newest.c.place == 1)
    )
    return {(row.figure, row.school_id): row for row in rows}


def currents(row: PolicyPack, pack: Pack) -> dict[str, Outcome]:
    """Clause to its outcome as it stands now, with its units."""
    kept: dict[str, list[PartOutcome]] = {}
    days: dict[str, date] = {}
    query = select(CurrentFigure).where(CurrentFigure.pack_id == row.id).options(undefer(CurrentFigure.body))
    for figure in db.session.scalars(query):
        kept.setdefault(figure.clause_id, []).append(PartOutcome.of(figure.body))
        days[figure.clause_id] = min(figure.computed_on, days.get(figure.clause_id, figure.computed_on))
    known = {clause.id for clause in pack.clauses}
    return {one: Outcome(one, days[one], tuple(parts)) for one, parts in kept.items() if one in known}


def unit_name(county_id: int, part: Part, unit_id: int) -> str:
    """What a school or group of an “each” clause is called; empty for what is not there."""
    model: Any = EducationGroup if part.scope is Scope.GROUP else School
    return db.session.scalar(select(model.name).where(model.id == unit_id, model.county_id == county_id)) or ""
