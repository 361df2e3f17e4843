"""The facts of one or several counties on a day, each kind read once, when a measure first asks for it.

A board of fifty clauses so costs one query for each kind of fact, whatever the number of schools. Facts that the
records keep with their days are those of the day; what is kept for the present only, such as the school somebody works
at, is the present one, and a figure of an earlier day says so.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, func, or_, select, type_coerce

from app.eligibility.models import EligibilityRuleSet, EligibilityVerdict, RuleSetStatus
from app.extensions import db
from app.qualifications.kinds import Types, types_of
from app.qualifications.models import Certificate, CertificateState
from app.qualifications.standing import Held
from app.rotation.models import Posting, PostingStatus
from app.schools.models import EducationGroup, School, SchoolStage
from app.targets.evaluators.periods import school_year_of
from app.targets.models.figures import FilledFigure
from app.targets.queries.teachers import FULL_TIME, GONE, ON_LOAN
from app.teachers.backbones import BACKBONE_TYPES, COUNTY_AND_ABOVE
from app.teachers.models import BackboneHonour, RotationRecord, Teacher, TeacherSubject

STATES = {state.value: state for state in CertificateState}
WITH_HOLDER = {state.value for state in CertificateState if state.is_with_holder}
TEACHING_STAFF = ("A1", "A5", "01", "02", "04")


class Size(NamedTuple):
    """The pupils of a stage."""

    pupils: int
    boarders: int
    classes: int


@dataclass(frozen=True, slots=True)
class SchoolFact:
    """A school of the day."""

    id: int
    county_id: int
    name: str
    name_pinyin: str
    kind: str
    locality: str
    township: str
    is_sending: bool
    is_weak: bool
    group_id: int | None
    quota: int
    stages: Mapping[str, Size]

    @property
    def pupils(self) -> int:
        """All pupils."""
        return sum(size.pupils for size in self.stages.values())

    @property
    def boarders(self) -> int:
        """All boarders."""
        return sum(size.boarders for size in self.stages.values())

    @property
    def is_rural(self) -> bool:
        """Whether the school lies in the countryside."""
        return self.locality[:1] == "2"

    @property
    def place(self) -> str:
        """`urban`, `town` or `rural`."""
        return {"11": "urban", "12": "town"}.get(self.locality[:2], "rural")


class TeacherFact(NamedTuple):
    """A teacher on the roster of the day."""

    id: int
    employing: int
    working: int
    stage: str
    subject: str
    birth_on: date | None
    started_on: date | None
    degree: str | None
    political: str | None
    category: str | None
    position: str | None
    state: str
    title: str | None
    is_class_teacher: bool
    is_established: bool
    name_pinyin: str
    county: int

    @property
    def is_teaching(self) -> bool:
        """Whether they stand before a class; who has no category is taken to."""
        return not self.category or self.category in TEACHING_STAFF

    @property
    def is_full_time(self) -> bool:
        """Whether the balance of schools counts them: full-time, and neither lent to an office nor gone."""
        return self.state not in ON_LOAN + GONE and (not self.category or self.category in FULL_TIME)

    def positions(self) -> frozenset[str]:
        """The codes of all positions in the school."""
        return frozenset(filter(None, (self.position or "").split(";")))


class Honour(NamedTuple):
    """A title that stood at some time."""

    teacher_id: int
    type: str
    level: str
    title: str
    valid_from: date
    valid_to: date | None

    def stands_on(self, day: date) -> bool:
        """Whether it stands on a day."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)


class Move(NamedTuple):
    """Somebody who was sent, or went, from one school to another."""

    teacher_id: int
    from_school: int | None
    to_school: int | None
    on: date
    until: date | None
    kind: str


class Judged(NamedTuple):
    """A verdict of the eligibility rules in force."""

    school_id: int
    is_eligible: bool
    is_counted: bool
    is_in_pool: bool
    is_backbone: bool
    is_young: bool


class Filled(NamedTuple):
    """A figure that somebody filled in."""

    id: int
    school_id: int | None
    on: date
    numerator: Fraction
    denominator: Fraction | None


class Frame:
    """The facts of some counties on a day. `moves` are postings to be supposed, such as those of a scenario."""

    def __init__(self, county_ids: Sequence[int], on: date, *, moves: Iterable[Move] = ()) -> None:
        self.county_ids = tuple(county_ids)
        self.on = on
        self.supposed = tuple(moves)
        self.kept: dict[Any, Any] = {}

    # --- places ------------------------------------------------------------------------------

    @cached_property
    def schools(self) -> dict[int, SchoolFact]:
        """The open schools by id, in the order of their names."""
        stages: dict[int, dict[str, Size]] = defaultdict(dict)
        sizes = (
            select(
                SchoolStage.school_id, SchoolStage.stage, SchoolStage.pupils, SchoolStage.boarders, SchoolStage.classes
            )
            .join(School, School.id == SchoolStage.school_id)
            .where(School.county_id.in_(self.county_ids))
        )
        for school_id, stage, pupils, boarders, classes in fetched(sizes):
            stages[school_id][stage.value] = Size(pupils, boarders, classes)
        query = (
            select(
                School.id,
                School.county_id,
                School.name,
                School.name_pinyin,
                School.kind_code,
                School.locality_code,
                func.coalesce(School.township, ""),
                School.is_sending,
                School.is_weak,
                School.group_id,
                School.quota,
            )
            .where(School.county_id.in_(self.county_ids), School.is_active)
            .order_by(School.name_pinyin, School.id)
        )
        return {row[0]: SchoolFact(*(*row, stages.get(row[0], {}))) for row in fetched(query)}

    @cached_property
    def groups(self) -> dict[int, str]:
        """The education groups and their names."""
        query = select(EducationGroup.id, EducationGroup.name).where(EducationGroup.county_id.in_(self.county_ids))
        return dict(fetched(query.order_by(EducationGroup.name)))

    # --- people ------------------------------------------------------------------------------

    @property
    def on_roster(self) -> ColumnElement[bool]:
        """Condition on Teacher: on the roster on the day."""
        return (
            Teacher.county_id.in_(self.county_ids)
            & or_(Teacher.left_on.is_(None), Teacher.left_on > self.on)
            & or_(Teacher.started_work_on.is_(None), Teacher.started_work_on <= self.on)
        )

    @cached_property
    def teachers(self) -> dict[int, TeacherFact]:
        """Everybody on the roster, by id."""
        query = select(
            Teacher.id,
            Teacher.employing_school_id,
            Teacher.working_school_id,
            plain(Teacher.stage),
            Teacher.subject_code,
            Teacher.birth_on,
            Teacher.started_work_on,
            Teacher.highest_degree_code,
            Teacher.political_status_code,
            Teacher.staff_category_code,
            Teacher.school_position_code,
            Teacher.state_code,
            Teacher.title_employed_code,
            Teacher.is_class_teacher,
            Teacher.is_established,
            Teacher.name_pinyin,
            Teacher.county_id,
        ).where(self.on_roster)
        found = {row[0]: TeacherFact(*row) for row in fetched(query)}
        for move in self.supposed:
            if move.teacher_id in found and move.to_school is not None:
                found[move.teacher_id] = found[move.teacher_id]._replace(working=move.to_school)
        return found

    @cached_property
    def at_school(self) -> dict[int, list[TeacherFact]]:
        """School to those who work there."""
        found: dict[int, list[TeacherFact]] = defaultdict(list)
        for teacher in self.teachers.values():
            found[teacher.working].append(teacher)
        return found

    @cached_property
    def further_subjects(self) -> dict[int, set[str]]:
        """Teacher to the subjects taught beside the main one."""
        query = (
            select(TeacherSubject.teacher_id, TeacherSubject.subject_code)
            .join(Teacher, Teacher.id == TeacherSubject.teacher_id)
            .where(Teacher.county_id.in_(self.county_ids))
        )
        found: dict[int, set[str]] = defaultdict(set)
        for teacher_id, subject in fetched(query):
            found[teacher_id].add(subject)
        return found

    @cached_property
    def honours(self) -> list[Honour]:
        """Every honour that began by the day."""
        query = (
            select(
                BackboneHonour.teacher_id,
                BackboneHonour.type_code,
                BackboneHonour.level_code,
                BackboneHonour.title,
                BackboneHonour.valid_from,
                BackboneHonour.valid_to,
            )
            .join(Teacher, Teacher.id == BackboneHonour.teacher_id)
            .where(Teacher.county_id.in_(self.county_ids), BackboneHonour.valid_from <= self.on)
        )
        return [Honour(*row) for row in fetched(query)]

    @cached_property
    def backbones(self) -> frozenset[int]:
        """Who is a backbone teacher of county level or above on the day."""
        return frozenset(
            honour.teacher_id
            for honour in self.honours
            if honour.stands_on(self.on) and honour.type in BACKBONE_TYPES and honour.level in COUNTY_AND_ABOVE
        )

    # --- certificates ------------------------------------------------------------------------

    @cached_property
    def types(self) -> dict[int, Types]:
        """County to its certificate types."""
        return {county_id: types_of(county_id) for county_id in self.county_ids}

    @cached_property
    def certificates(self) -> dict[int, list[Held]]:
        """Teacher to certificates, those still with their holder left out."""
        query = select(
            Certificate.teacher_id,
            Certificate.id,
            Certificate.type_code,
            plain(Certificate.state),
            Certificate.subject_code,
            Certificate.valid_to,
            Certificate.registered_to,
            Certificate.conclusion_code,
            Certificate.issued_on,
        ).where(Certificate.county_id.in_(self.county_ids))
        found: dict[int, list[Held]] = defaultdict(list)
        for teacher_id, number, kind, state, *rest in fetched(query):
            if state not in WITH_HOLDER:
                found[teacher_id].append(Held(number, kind, STATES[state], *rest))
        return found

    # --- rotation ----------------------------------------------------------------------------

    @cached_property
    def moves(self) -> list[Move]:
        """Everybody sent or gone to another school by the day, from postings and from the rotations on record."""
        postings = (
            select(
                Posting.teacher_id,
                Posting.from_school_id,
                Posting.to_school_id,
                Posting.start_on,
                func.coalesce(Posting.closed_on, Posting.end_on),
                Posting.kind_code,
            )
            .join(Teacher, Teacher.id == Posting.teacher_id)
            .where(
                Posting.county_id.in_(self.county_ids),
                Posting.start_on <= self.on,
                or_(Posting.status != PostingStatus.RECALLED, Posting.closed_on > self.on),
            )
        )
        records = (
            select(
                RotationRecord.teacher_id,
                RotationRecord.from_school_id,
                RotationRecord.to_school_id,
                RotationRecord.from_on,
                RotationRecord.to_on,
                RotationRecord.kind_code,
            )
            .join(Teacher, Teacher.id == RotationRecord.teacher_id)
            .where(
                Teacher.county_id.in_(self.county_ids),
                RotationRecord.from_on <= self.on,
                RotationRecord.id.not_in(select(Posting.record_id).where(Posting.record_id.is_not(None))),
            )
        )
        found = [Move(*row) for query in (postings, records) for row in fetched(query)]
        return [*found, *self.supposed]

    @cached_property
    def judged(self) -> dict[int, Judged]:
        """The verdicts of the school year's rules in force, by teacher."""
        query = (
            select(
                EligibilityVerdict.teacher_id,
                EligibilityVerdict.school_id,
                EligibilityVerdict.is_eligible,
                EligibilityVerdict.is_counted,
                EligibilityVerdict.is_in_pool,
                EligibilityVerdict.is_backbone,
                EligibilityVerdict.is_young,
            )
            .join(EligibilityRuleSet, EligibilityRuleSet.id == EligibilityVerdict.rule_set_id)
            .where(
                EligibilityRuleSet.county_id.in_(self.county_ids),
                EligibilityRuleSet.school_year == school_year_of(self.on),
                EligibilityRuleSet.status == RuleSetStatus.IN_FORCE,
            )
        )
        return {row[0]: Judged(*row[1:]) for row in fetched(query)}

    # --- what was filled in ------------------------------------------------------------------

    @cached_property
    def filled(self) -> dict[str, list[Filled]]:
        """Figure to what was filled in for days up to this one, the oldest day first; of one day the newest only."""
        query = (
            select(
                FilledFigure.figure,
                FilledFigure.county_id,
                FilledFigure.school_id,
                FilledFigure.on,
                FilledFigure.id,
                FilledFigure.numerator,
                FilledFigure.denominator,
            )
            .where(
                FilledFigure.county_id.in_(self.county_ids),
                FilledFigure.on <= self.on,
                FilledFigure.withdrawn_at.is_(None),
            )
            .order_by(FilledFigure.id)
        )
        newest: dict[Any, Filled] = {}
        for figure, county_id, school_id, on, row_id, numerator, denominator in fetched(query):
            whole = None if denominator is None else Fraction(denominator)
            newest[figure, county_id, school_id, on] = Filled(row_id, school_id, on, Fraction(numerator), whole)
        found: dict[str, list[Filled]] = defaultdict(list)
        for (figure, *_place), row in newest.items():
            found[figure].append(row)
        for rows in found.values():
            rows.sort(key=attrgetter("on", "id"))
        return found

    def keep[T](self, key: Any, make: Callable[[], T]) -> T:
        """What a measure reads for itself, read once for all clauses of the board."""
        if key not in self.kept:
            self.kept[key] = make()
        value: T = self.kept[key]
        return value

    # --- helpers -----------------------------------------------------------------------------

    def supposing(self, moves: Iterable[Move]) -> "Frame":
        """The same day with some postings supposed."""
        return Frame(self.county_ids, self.on, moves=moves)

    def ordered(self, teacher_ids: Iterable[int]) -> list[int]:
        """Teachers in the order of their names; those who are not on the roster come last."""
        known = self.teachers
        return sorted(teacher_ids, key=lambda one: (known[one].name_pinyin if one in known else "\uffff", one))


def fetched(query: Any) -> Any:
    """The rows of a query as plain tuples, past the identity map: a board reads tens of thousands."""
    db.session.flush()
    return db.session.connection().execute(query).all()


def plain(column: Any) -> ColumnElement[str]:
    """An enumeration's column as the text it is kept as: turning each row into a member takes longer than reading."""
    return type_coerce(column, String)
