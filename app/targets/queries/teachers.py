"""Which teachers a figure counts: the same conditions count them and list their names."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from app.schools.models import School, SchoolStage, Stage
from app.targets.balance import Indicator
from app.targets.evaluators.periods import school_year
from app.teachers.backbones import backbone_on
from app.teachers.models import RotationRecord, Teacher, TeacherSubject

# 专科及以上 for primary, 本科及以上 for junior schools: graduates, and postgraduates of any kind (GB/T 4658).
POSTGRADUATE = ("10", "11", "12", "13", "14", "15", "16", "17", "18", "19")
UNDERGRADUATE = ("20", "21", "28")
JUNIOR_COLLEGE = ("30", "31")
ABOVE = {
    Stage.PRIMARY: POSTGRADUATE + UNDERGRADUATE + JUNIOR_COLLEGE,
    Stage.JUNIOR: POSTGRADUATE + UNDERGRADUATE,
}
PE_ARTS = ("pe", "music", "art")
SHORTAGE = ("pe", "music", "art", "science", "labour", "it")
MENTAL = "mental_health"
FULL_TIME = ("A1", "04")  # 专任教师; an unknown category counts, for rosters often leave it out
ON_LOAN = ("201", "202")
AWAY_ON_ROTATION = "205"
GONE = ("208", "209", "210", "211", "300", "301", "302", "303", "306", "307", "308")
VISITING = "17"  # 走教
SMALL_FROM, SMALL_TO = 50, 99


def on_roster(day: date) -> ColumnElement[bool]:
    """Condition on Teacher: not left yet on that day."""
    return or_(Teacher.left_on.is_(None), Teacher.left_on > day)


def full_time(day: date) -> ColumnElement[bool]:
    """Condition on Teacher: teaches full-time at the working school; whoever is lent to an office does not."""
    category = or_(Teacher.staff_category_code.is_(None), Teacher.staff_category_code.in_(FULL_TIME))
    return and_(on_roster(day), Teacher.state_code.not_in(ON_LOAN + GONE), category)


def above_degree() -> ColumnElement[bool]:
    """Condition on Teacher: above the degree that the stage requires."""
    return or_(*(and_(Teacher.stage == s, Teacher.highest_degree_code.in_(codes)) for s, codes in ABOVE.items()))


def also_teaches(subjects: Collection[str]) -> ColumnElement[bool]:
    """Condition on Teacher: one of the subjects is among the further ones."""
    return exists().where(TeacherSubject.teacher_id == Teacher.id, TeacherSubject.subject_code.in_(subjects))


def visits(school_ids: Collection[int], day: date) -> ColumnElement[bool]:
    """Condition on Teacher: comes to teach at one of the schools beside the own one."""
    return exists().where(
        RotationRecord.teacher_id == Teacher.id, RotationRecord.to_school_id.in_(school_ids), visiting_on(day)
    )


def visiting_on(day: date) -> ColumnElement[bool]:
    """Condition on RotationRecord: a visit that is going on."""
    return and_(
        RotationRecord.kind_code == VISITING,
        RotationRecord.from_on <= day,
        or_(RotationRecord.to_on.is_(None), RotationRecord.to_on >= day),
    )


def counted(one: Indicator, day: date) -> ColumnElement[bool]:
    """Condition on Teacher: an indicator counts them at their working school."""
    own = {
        Indicator.DEGREE: above_degree(),
        Indicator.BACKBONE: backbone_on(day),
        Indicator.PE_ARTS: Teacher.subject_code.in_(PE_ARTS),
    }
    return and_(full_time(day), own.get(one, false()))


def small_villages(where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Condition on School: a village school of 50 to 99 pupils, which may count more PE and arts teachers."""
    whole = select(SchoolStage.school_id).group_by(SchoolStage.school_id)
    sized = whole.having(func.sum(SchoolStage.pupils).between(SMALL_FROM, SMALL_TO))
    return and_(where, School.locality_code.startswith("2"), School.id.in_(sized))


def part_time_pe_arts(small: Collection[int], day: date) -> ColumnElement[bool]:
    """Condition on Teacher: teaches PE or arts beside another subject at one of the small village schools."""
    here = Teacher.working_school_id.in_(small)
    return and_(full_time(day), here, Teacher.subject_code.not_in(PE_ARTS), also_teaches(PE_ARTS))


def visiting_pe_arts(day: date) -> ColumnElement[bool]:
    """Condition on Teacher: a PE or arts teacher on the roster, who may come to a small village school."""
    return and_(on_roster(day), Teacher.subject_code.in_(PE_ARTS))


def added_pe_arts(small: Collection[int], day: date) -> ColumnElement[bool]:
    """Condition on Teacher: counted at a small village school beside those whose main subject it is."""
    visiting = and_(visiting_pe_arts(day), Teacher.working_school_id.not_in(small), visits(small, day))
    return or_(part_time_pe_arts(small, day), visiting)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of teachers that a figure stands for; the school and the stage narrow it."""

    name: str
    condition: ColumnElement[bool]
    by_employer: bool = False


def group_of(name: str, day: date, year: int) -> Group:
    """The group behind a figure of the staffing pages or of an indicator."""
    if name in set(Indicator):
        return Group(name, counted(Indicator(name), day))
    elsewhere = Teacher.employing_school_id != Teacher.working_school_id
    recruited = Teacher.started_work_on.between(school_year(year).first, school_year(year).last)
    there = on_roster(day)
    ways: dict[str, tuple[ColumnElement[bool], bool]] = {
        "established": (and_(there, Teacher.is_established), True),
        "employed": (there, True),
        "present": (and_(there, Teacher.state_code.not_in((*ON_LOAN, *GONE))), False),
        "loan": (and_(there, Teacher.state_code.in_(ON_LOAN)), True),
        "away": (and_(there, Teacher.state_code == AWAY_ON_ROTATION), True),
        "lent": (and_(there, elsewhere), True),
        "borrowed": (and_(there, elsewhere), False),
        "mental_full": (and_(there, Teacher.subject_code == MENTAL), False),
        "mental_part": (and_(there, Teacher.subject_code != MENTAL, also_teaches((MENTAL,))), False),
        "recruits": (and_(there, recruited), True),
        "shortage": (and_(there, recruited, Teacher.subject_code.in_(SHORTAGE)), True),
    }
    condition, by_employer = ways[name]
    return Group(name, condition, by_employer)


GROUP_NAMES = (
    *(one.value for one in Indicator if one.is_of_people),
    "established",
    "employed",
    "present",
    "loan",
    "away",
    "lent",
    "borrowed",
    "mental_full",
    "mental_part",
    "recruits",
    "shortage",
)
