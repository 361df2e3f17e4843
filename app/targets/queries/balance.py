"""The official balance figures, read from what the other rooms hold."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.db.clock import today
from app.extensions import db
from app.schools.models import School, SchoolStage, Stage
from app.targets.balance import OF_PEOPLE, STAGES, County, Indicator, StageRow, exclusion, split
from app.targets.evaluators.periods import school_year_of
from app.targets.models import BalanceRecord, ResourcePart, SchoolResources
from app.targets.queries.teachers import (
    counted,
    part_time_pe_arts,
    small_villages,
    visiting_on,
    visiting_pe_arts,
)
from app.teachers.models import RotationRecord, Teacher

CITY_CENTRE = "111"  # only there rented sports grounds count
GRADES = {Stage.PRIMARY: 6, Stage.JUNIOR: 3}
I = Indicator  # noqa: E741

type Counts = dict[tuple[int, Stage], dict[Indicator, int]]


def county_rows(county_id: int, year: int, day: date | None = None) -> list[StageRow]:
    """Every school and stage of a county: as they stand in the present school year, as recorded in an earlier one."""
    return rows_where(School.county_id == county_id, year, day)


def rows_where(where: ColumnElement[bool], year: int, day: date | None = None) -> list[StageRow]:
    """The rows of some schools; `where` is a condition on School."""
    day = day or today()
    return _live(where, year, day) if year >= school_year_of(day) else recorded(where, year)


def county(county_id: int, year: int, day: date | None = None) -> County:
    """A county's rows, judged."""
    return County.of(county_rows(county_id, year, day))


def has_stage() -> ColumnElement[bool]:
    """Condition on School: it is open and teaches primary or junior classes."""
    return School.is_active & School.stages.any(SchoolStage.stage.in_(STAGES))


def _live(where: ColumnElement[bool], year: int, day: date) -> list[StageRow]:
    schools = db.session.scalars(
        select(School)
        .where(where, has_stage())
        .options(selectinload(School.stages))
        .order_by(School.name_pinyin, School.id)
    ).all()
    ids = [school.id for school in schools]
    people, resources = teacher_counts(where, day), resources_of(ids, year)
    return [row for school in schools for row in _rows_of(school, people, resources.get(school.id, []))]


def _rows_of(school: School, people: Counts, resources: Sequence[SchoolResources]) -> list[StageRow]:
    pupils = {stage.stage: stage.pupils for stage in school.stages}
    by_part = {row.part: row for row in resources}
    whole = by_part.get(ResourcePart.WHOLE)
    alone = {part.stage: holdings(row, school) for part, row in by_part.items() if part.stage}
    shared = split(pupils, holdings(whole, school) if whole else None, alone)
    sponsor = next((row.sponsor_code for row in resources if row.sponsor_code), None)
    found = []
    for stage in sorted(school.stages, key=lambda one: list(Stage).index(one.stage)):
        if stage.stage not in STAGES:
            continue
        counts = people.get((school.id, stage.stage), {})
        items: dict[Indicator, Fraction] = {one: Fraction(counts.get(one, 0)) for one in OF_PEOPLE}
        excluded = exclusion(school.kind_code, stage.pupils)
        own = by_part.get(ResourcePart(stage.stage.value)) or (whole if len(pupils) == 1 else None)
        found.append(
            StageRow(
                school.id,
                school.name,
                stage.stage,
                stage.pupils,
                stage.classes,
                items | shared[stage.stage],
                excluded,
                school.kind_code,
                sponsor,
                own.grades if own and own.grades else GRADES[stage.stage],
                is_split=stage.stage not in alone and len(set(pupils) - set(alone) - {Stage.KINDERGARTEN}) > 1,
            )
        )
    return found


def holdings(row: SchoolResources, school: School) -> dict[Indicator, Fraction | None]:
    """What a row counts for: rooms without indoor sport, rented grounds in a dense city centre alone."""
    rented = row.rented_sport_area if school.locality_code == CITY_CENTRE else 0
    teaching = None if row.teaching_area is None else Fraction(row.teaching_area - row.indoor_sport_area)
    return {
        I.TEACHING_AREA: teaching,
        I.SPORT_AREA: None if row.sport_area is None else Fraction(row.sport_area) + Fraction(rented),
        I.EQUIPMENT: None if row.equipment_value is None else Fraction(row.equipment_value),
        I.ROOMS: None if row.multimedia_rooms is None else Fraction(row.multimedia_rooms),
    }


def resources_of(school_ids: Sequence[int], year: int) -> dict[int, list[SchoolResources]]:
    """What some schools have in a year, by school."""
    found: dict[int, list[SchoolResources]] = defaultdict(list)
    query = select(SchoolResources).where(
        SchoolResources.school_year == year, SchoolResources.school_id.in_(school_ids)
    )
    for row in db.session.scalars(query.order_by(SchoolResources.id)):
        found[row.school_id].append(row)
    return found


def teacher_counts(where: ColumnElement[bool], day: date) -> Counts:
    """Teachers behind the first three indicators, by school and stage, in a fixed number of queries."""
    found: Counts = defaultdict(dict)
    here = select(School.id).where(where)
    query = (
        select(Teacher.working_school_id, Teacher.stage, *(func.count().filter(counted(one, day)) for one in OF_PEOPLE))
        .where(Teacher.working_school_id.in_(here), Teacher.stage.in_(STAGES))
        .group_by(Teacher.working_school_id, Teacher.stage)
    )
    for school, stage, *numbers in db.session.execute(query):
        found[school, stage] = dict(zip(OF_PEOPLE, numbers, strict=True))
    for school, stage, number in _added_at_small_villages(where, day):
        line = found[school, stage]
        line[I.PE_ARTS] = line.get(I.PE_ARTS, 0) + number
    return found


def _added_at_small_villages(where: ColumnElement[bool], day: date) -> Iterator[tuple[int, Stage, int]]:
    """PE and arts teachers that small village schools may count beside their own: part-time ones and visitors."""
    small = db.session.scalars(select(School.id).where(small_villages(where))).all()
    if not small:
        return
    part_time = (
        select(Teacher.working_school_id, Teacher.stage, func.count())
        .where(part_time_pe_arts(small, day), Teacher.stage.in_(STAGES))
        .group_by(Teacher.working_school_id, Teacher.stage)
    )
    visitors = (
        select(RotationRecord.to_school_id, Teacher.stage, func.count(Teacher.id.distinct()))
        .join(Teacher, Teacher.id == RotationRecord.teacher_id)
        .where(
            RotationRecord.to_school_id.in_(small),
            RotationRecord.to_school_id != Teacher.working_school_id,
            visiting_on(day),
            visiting_pe_arts(day),
            Teacher.stage.in_(STAGES),
        )
        .group_by(RotationRecord.to_school_id, Teacher.stage)
    )
    both: tuple[Select[*tuple[Any, ...]], ...] = (part_time, visitors)
    for query in both:
        yield from db.session.execute(query).tuples()


def recorded(where: ColumnElement[bool], year: int) -> list[StageRow]:
    """What was put on record of an earlier school year."""
    query = (
        select(BalanceRecord)
        .join(BalanceRecord.school)
        .where(where, BalanceRecord.school_year == year)
        .options(joinedload(BalanceRecord.school))
        .order_by(School.name_pinyin, School.id, BalanceRecord.id)
    )
    return [
        StageRow(
            row.school_id,
            row.school.name,
            row.stage,
            row.pupils,
            row.classes,
            {Indicator(name): value for name, value in row.exact.items()},
            row.excluded,
            row.school.kind_code,
            grades=GRADES[row.stage],
        )
        for row in db.session.scalars(query)
    ]


def years_recorded(county_id: int) -> list[int]:
    """The school years that are on record, the newest first."""
    query = select(BalanceRecord.school_year).where(BalanceRecord.county_id == county_id).distinct()
    return sorted(db.session.scalars(query), reverse=True)


def recorded_on(county_id: int, year: int) -> date | None:
    """The day a school year was put on record last."""
    query = select(func.max(BalanceRecord.recorded_on))
    return db.session.scalar(query.where(BalanceRecord.county_id == county_id, BalanceRecord.school_year == year))


def before(rows: Iterable[StageRow], earlier: Iterable[StageRow]) -> dict[tuple[int, Stage], StageRow]:
    """The earlier row of each school and stage that is among `rows`."""
    known = {(row.school_id, row.stage): row for row in earlier}
    return {key: known[key] for row in rows if (key := (row.school_id, row.stage)) in known}
