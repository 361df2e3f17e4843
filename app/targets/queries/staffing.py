"""Norm, quota and staff by school and subject, mental health teachers, and recruits."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from app.extensions import db
from app.schools import norms
from app.schools.models import School, Stage
from app.schools.queries import SubjectBalance, balance
from app.schools.staffing import Staffing, of_schools
from app.targets.evaluators.periods import school_year, school_year_of
from app.targets.queries.teachers import MENTAL, also_teaches, group_of
from app.teachers.models import Teacher

SHORTAGE_SHARE = Fraction(30, 100)
SIZES = (0, 200, 500, 1000)
MANY_BOARDERS = 200
RECRUIT_YEARS = 5
MENTAL_YEARS = 3


@dataclass(frozen=True)
class StaffLine:
    """One school: what the norm asks, what the county gave it, and who is there."""

    school: School
    norm: int
    staff: Staffing
    loan: int
    away: int
    mental_full: int
    mental_part: int
    subjects: Sequence[SubjectBalance]

    @property
    def pupils(self) -> int:
        """Pupils of all stages."""
        return sum(stage.pupils for stage in self.school.stages)

    @property
    def boarders(self) -> int:
        """Boarders of all stages."""
        return sum(stage.boarders for stage in self.school.stages)

    @property
    def quota_gap(self) -> int:
        """Staff on the establishment beyond the quota; negative where posts are free."""
        return self.staff.established - self.school.quota

    @property
    def norm_gap(self) -> int:
        """The quota beyond the norm; negative where the norm asks for more than the county gave."""
        return self.school.quota - self.norm

    @property
    def present_gap(self) -> int:
        """Those who work there beyond the norm; negative where people are missing."""
        return self.staff.working - self.norm

    @property
    def needs_full_time(self) -> bool:
        """Whether the school's size asks for a full-time mental health teacher."""
        return self.pupils >= SIZES[-1] or self.boarders >= MANY_BOARDERS


def lines(where: ColumnElement[bool], day: date) -> list[StaffLine]:
    """The open schools that `where`, a condition on School, names; in a fixed number of queries."""
    schools = db.session.scalars(
        select(School)
        .where(where, School.is_active)
        .options(selectinload(School.stages), selectinload(School.posts))
        .order_by(School.name_pinyin, School.id)
    ).all()
    ids = [school.id for school in schools]
    staff, rules = of_schools(ids, day), norms.current()
    loan, away = _counts(ids, day, Teacher.employing_school_id, "loan", "away")
    full, part = _counts(ids, day, Teacher.working_school_id, "mental_full", "mental_part")
    return [
        StaffLine(
            school,
            norms.staff_by_norm(school, rules),
            staff[school.id],
            loan.get(school.id, 0),
            away.get(school.id, 0),
            full.get(school.id, 0),
            part.get(school.id, 0),
            balance(school, staff[school.id]),
        )
        for school in schools
    ]


def _counts(ids: Sequence[int], day: date, place: InstrumentedAttribute[int], *names: str) -> list[dict[int, int]]:
    counted = [func.count().filter(group_of(name, day, school_year_of(day)).condition) for name in names]
    rows = db.session.execute(select(place, *counted).where(place.in_(ids)).group_by(place)).all()
    return [{row[0]: row[1 + at] for row in rows} for at in range(len(names))]


@dataclass
class SubjectLine:
    """A subject of a stage over all schools: posts, staff, and what is missing and too much, school by school."""

    stage: Stage
    subject: str
    posts: int = 0
    staff: int = 0
    missing: int = 0
    surplus: int = 0
    short_schools: int = 0

    def add(self, row: SubjectBalance) -> None:
        """Count one school in."""
        self.posts += row.posts
        self.staff += row.staff
        self.missing += max(0, row.gap)
        self.surplus += max(0, -row.gap)
        self.short_schools += row.gap > 0


def by_subject(found: Iterable[StaffLine]) -> list[SubjectLine]:
    """All schools together; the subject in which most people are missing first."""
    lines: dict[tuple[Stage, str], SubjectLine] = {}
    for line in found:
        for row in line.subjects:
            lines.setdefault((row.stage, row.subject), SubjectLine(row.stage, row.subject)).add(row)
    return sorted(lines.values(), key=lambda one: (-one.missing, list(Stage).index(one.stage), one.subject))


def of_subject(found: Iterable[StaffLine], stage: Stage, subject: str) -> list[tuple[School, SubjectBalance]]:
    """The schools that have the subject, those that miss most first."""
    rows = [
        (line.school, row) for line in found for row in line.subjects if (row.stage, row.subject) == (stage, subject)
    ]
    return sorted(rows, key=lambda one: -one[1].gap)


@dataclass
class SizeLine:
    """Schools of a size: how many have a full-time or a part-time mental health teacher, and which have none."""

    least: int
    most: int | None
    schools: int = 0
    full: int = 0
    part: int = 0
    none: list[School] = field(default_factory=list)
    only_part: list[School] = field(default_factory=list)


def by_size(found: Iterable[StaffLine]) -> list[SizeLine]:
    """Schools with pupils by their size, the large ones first."""
    sizes = [SizeLine(least, most) for least, most in zip(SIZES, [*(n - 1 for n in SIZES[1:]), None], strict=True)]
    for line in found:
        if not line.pupils:
            continue
        size = next(one for one in reversed(sizes) if line.pupils >= one.least)
        size.schools += 1
        if line.mental_full:
            size.full += 1
        elif line.mental_part:
            size.part += 1
            if line.needs_full_time:
                size.only_part.append(line.school)
        else:
            size.none.append(line.school)
    return sizes[::-1]


@dataclass(frozen=True, slots=True)
class YearLine:
    """A school year's figures of two groups, the second part of the first or beside it."""

    year: int
    first: int
    second: int

    @property
    def share(self) -> Fraction | None:
        """What part of the first the second is."""
        return Fraction(self.second, self.first) if self.first else None

    @property
    def is_met(self) -> bool | None:
        """Whether the share of shortage subjects is reached, judged before rounding."""
        return None if self.share is None else self.share >= SHORTAGE_SHARE


def recruits(where: ColumnElement[bool], day: date) -> list[YearLine]:
    """Who began to work in each of the last school years, and how many of them for shortage subjects."""
    here = Teacher.employing_school_id.in_(select(School.id).where(where))
    return [_recruits_of(here, year, day) for year in _last_years(day, RECRUIT_YEARS)]


def _recruits_of(here: ColumnElement[bool], year: int, day: date) -> YearLine:
    every, shortage = (group_of(name, day, year).condition for name in ("recruits", "shortage"))
    numbers = select(func.count(), func.count().filter(shortage)).select_from(Teacher).where(here, every)
    return YearLine(year, *db.session.execute(numbers).tuples().one())


def mental_by_year(where: ColumnElement[bool], day: date) -> list[YearLine]:
    """Full- and part-time mental health teachers who were at their present schools by the end of each year."""
    here = Teacher.working_school_id.in_(select(School.id).where(where))
    found = []
    for year in _last_years(day, MENTAL_YEARS):
        end = min(school_year(year).last, day)
        joined = or_(Teacher.joined_school_on.is_(None), Teacher.joined_school_on <= end)
        there = and_(here, joined, or_(Teacher.left_on.is_(None), Teacher.left_on > end))
        full = Teacher.subject_code == MENTAL
        part = and_(~full, also_teaches((MENTAL,)))
        query = select(func.count().filter(full), func.count().filter(part)).select_from(Teacher).where(there)
        found.append(YearLine(year, *db.session.execute(query).tuples().one()))
    return found


def _last_years(day: date, number: int) -> list[int]:
    now = school_year_of(day)
    return [year for year in range(now, now - number, -1) if school_year(year).first <= day]


@dataclass
class Totals:
    """A county's staff together."""

    schools: int = 0
    norm: int = 0
    quota: int = 0
    established: int = 0
    working: int = 0
    lent: int = 0
    borrowed: int = 0
    loan: int = 0
    away: int = 0
    over: int = 0
    under: int = 0


def totals(found: Iterable[StaffLine]) -> Totals:
    """The sums, with people beyond the quota at some schools and free posts at others."""
    whole: dict[str, int] = defaultdict(int)
    for line in found:
        gap = line.quota_gap
        for name, number in (
            ("schools", 1),
            ("norm", line.norm),
            ("quota", line.school.quota),
            ("established", line.staff.established),
            ("working", line.staff.working),
            ("lent", line.staff.lent),
            ("borrowed", line.staff.borrowed),
            ("loan", line.loan),
            ("away", line.away),
            ("over", max(0, gap)),
            ("under", max(0, -gap)),
        ):
            whole[name] += number
    return Totals(**whole)
