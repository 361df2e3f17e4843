"""Growth programmes and weekly draws."""

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select

from app.growth.models import (
    GRADES,
    IN_COURSE,
    DrawnLesson,
    GroupMember,
    GroupRole,
    GrowthGroup,
    GrowthProgramme,
    LessonStatus,
    PlaceStatus,
    ProgrammePlace,
    StationedSchool,
    WeeklyDraw,
)
from app.growth.weeks import monday_of
from app.schools.models import School, Stage
from app.targets.evaluators.finding import Ask, Found, Lacking, Row, Who, each, number
from app.targets.evaluators.frame import Frame, fetched
from app.targets.evaluators.registry import Action, Names, measure

PROGRAMMES = Action("growth.programmes")
DRAWS = Action("growth.draws")
STATIONINGS = Action("growth.stationings")
GROUPS = Action("growth.groups")


class Place(NamedTuple):
    """Somebody taken into a programme by the day."""

    teacher_id: int
    clause: str
    name: str
    kind: str
    year: int
    from_on: date
    to_on: date | None
    host_id: int | None
    status: PlaceStatus


def places(frame: Frame) -> list[Place]:
    """Everybody taken in by the day, those who left the course too."""
    query = (
        select(
            ProgrammePlace.teacher_id,
            GrowthProgramme.clause,
            GrowthProgramme.name,
            GrowthProgramme.kind,
            ProgrammePlace.year,
            ProgrammePlace.from_on,
            ProgrammePlace.to_on,
            ProgrammePlace.host_school_id,
            ProgrammePlace.status,
        )
        .join(GrowthProgramme, GrowthProgramme.id == ProgrammePlace.programme_id)
        .where(
            GrowthProgramme.county_id.in_(frame.county_ids),
            ProgrammePlace.status.in_((*IN_COURSE, PlaceStatus.LEFT)),
            ProgrammePlace.from_on <= frame.on,
        )
    )
    return frame.keep("places of programmes", lambda: [Place(*row) for row in fetched(query)])


@measure("growth.intake", mends=PROGRAMMES)
def intake(ask: Ask, *, clause: str = "", named: str = "", kinds: Names = ()) -> Found | Lacking:
    """Those taken into programmes in the years of the period; of a clause, with a word in their names, of a kind."""
    chosen = [
        place
        for place in places(ask.frame)
        if (not clause or clause in place.clause) and named in place.name and (not kinds or place.kind in kinds)
    ]
    if not chosen:
        return Lacking(("no_programme",))
    years = range(ask.period.first.year, ask.on.year + 1)
    return number(place.teacher_id for place in chosen if place.year in years and place.status is not PlaceStatus.LEFT)


@measure("growth.stationed", mends=STATIONINGS, present_only=True)
def stationed(ask: Ask) -> Found:
    """School by school, of the rural and the weak ones: the researchers stationed there on the day."""
    query = (
        select(StationedSchool.school_id, ProgrammePlace.teacher_id)
        .join(ProgrammePlace, ProgrammePlace.id == StationedSchool.place_id)
        .join(School, School.id == StationedSchool.school_id)
        .where(
            School.county_id.in_(ask.frame.county_ids),
            StationedSchool.from_on <= ask.on,
            or_(StationedSchool.to_on.is_(None), StationedSchool.to_on >= ask.on),
        )
    )
    there: dict[int, set[int]] = defaultdict(set)
    for school_id, teacher_id in fetched(query):
        there[school_id].add(teacher_id)
    rows = []
    for school in ask.frame.schools.values():
        if (school.is_rural or school.is_weak) and school.pupils:
            here = frozenset(there[school.id])
            rows.append(Row(Who.SCHOOL, school.id, school.name, len(here), counted=here, among=here))
    return each(rows)


@measure("growth.groups", mends=GROUPS, sets_threshold=True, present_only=True)
def groups(ask: Ask, *, stages: Names) -> Found:
    """School by school: of its growth group the mental health teacher and the heads of grades, of all there should
    be (one and six, or one and three)."""
    query = (
        select(GrowthGroup.school_id, GrowthGroup.stage, GroupMember.teacher_id)
        .join(School, School.id == GrowthGroup.school_id)
        .join(GroupMember, GroupMember.group_id == GrowthGroup.id)
        .where(
            School.county_id.in_(ask.frame.county_ids),
            GroupMember.role.in_((GroupRole.PSYCHOLOGY, GroupRole.GRADE_HEAD)),
            GroupMember.from_on <= ask.on,
            or_(GroupMember.to_on.is_(None), GroupMember.to_on >= ask.on),
        )
    )
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    for school_id, stage, teacher_id in ask.frame.keep("growth groups", lambda: fetched(query)):
        found[school_id, stage.value].add(teacher_id)
    rows = []
    for school in ask.frame.schools.values():
        asked = [stage for stage in stages if stage in school.stages and school.stages[stage].pupils]
        if asked:
            people = frozenset(one for stage in asked for one in found[school.id, stage])
            needed = sum(1 + GRADES[Stage(stage)] for stage in asked)
            held = sum(len(found[school.id, stage]) for stage in asked)
            rows.append(Row(Who.SCHOOL, school.id, school.name, held, needed=needed, counted=people, among=people))
    return each(rows)


@measure("growth.drawn", mends=DRAWS)
def drawn(ask: Ask, *, of: str = "teachers", days: int = 14) -> Found | Lacking:
    """The teachers, or their schools, of the newest weekly draw, which lies at most so many days back."""
    query = (
        select(WeeklyDraw.week, DrawnLesson.teacher_id, DrawnLesson.school_id)
        .join(DrawnLesson, DrawnLesson.draw_id == WeeklyDraw.id)
        .where(WeeklyDraw.county_id.in_(ask.frame.county_ids), DrawnLesson.status != LessonStatus.EXCUSED)
    )
    rows = [row for row in ask.frame.keep("drawn", lambda: list(fetched(query))) if monday_of(row[0]) <= ask.on]
    if not rows:
        return Lacking(("no_draw",))
    week = max(row[0] for row in rows)
    if ask.on - monday_of(week) > timedelta(days=days):
        return Found(0, None, Who.SCHOOL if of == "schools" else Who.TEACHER, notes=("no_recent_draw",))
    newest = [row for row in rows if row[0] == week]
    if of == "schools":
        return number((row[2] for row in newest), Who.SCHOOL)
    return number(row[1] for row in newest)
