"""Reading kept answers for pages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from app.access import Grant, Permission
from app.db.packed import unpack
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.rotation.access import plans_where
from app.rotation.models import AnswerKind, ProposedMove, RotationPlan, Scenario, ScenarioAnswer
from app.rotation.queries.scenarios import MOVE_PARTS
from app.rotation.snapshot import teacher_number
from app.rotation.wording import Names
from app.rotation.wording_reasons import Told
from app.teachers.models import Teacher


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a page finds it: never asked, being worked out by a job, or answered."""

    row: ScenarioAnswer | None = None
    job: Job | None = None

    @property
    def is_open(self) -> bool:
        """Whether a job is working on it or waiting to."""
        return self.job is not None and not self.job.status.is_over

    @property
    def is_done(self) -> bool:
        """Whether the last job ended with an answer."""
        return self.job is not None and self.job.status is JobStatus.DONE

    @property
    def body(self) -> dict[str, Any] | None:
        """The answer; None while there is none."""
        return unpack(self.row.body) if self.row is not None and self.row.body else None

    @property
    def error(self) -> str | None:
        """Why the last try gave no answer."""
        is_failed = self.job is not None and self.job.status is JobStatus.FAILED
        return self.job.error if self.job and is_failed else None


def answer_to(scenario_id: int, kind: AnswerKind, key: str = "") -> Asked:
    """One question about a scenario with its answer."""
    row = db.session.execute(
        select(ScenarioAnswer, Job)
        .outerjoin(Job, Job.id == ScenarioAnswer.job_id)
        .where(ScenarioAnswer.scenario_id == scenario_id, ScenarioAnswer.kind == kind, ScenarioAnswer.key == key)
        .options(undefer(ScenarioAnswer.body))
    ).first()
    return Asked(row[0], row[1]) if row else Asked()


def answer_of(grants: Iterable[Grant], permission: Permission, answer_id: int) -> Asked | None:
    """One question within a person's reach, without its answer."""
    row = db.session.execute(
        select(ScenarioAnswer, Job)
        .outerjoin(Job, Job.id == ScenarioAnswer.job_id)
        .join(Scenario, Scenario.id == ScenarioAnswer.scenario_id)
        .join(RotationPlan, RotationPlan.id == Scenario.plan_id)
        .where(ScenarioAnswer.id == answer_id, plans_where(grants, permission))
        .options(joinedload(ScenarioAnswer.scenario).joinedload(Scenario.plan))
    ).first()
    return Asked(row[0], row[1]) if row else None


def answers_of(scenario_id: int, kind: AnswerKind) -> list[Asked]:
    """All questions of one kind about a scenario, the newest first, with their answers."""
    query = (
        select(ScenarioAnswer, Job)
        .outerjoin(Job, Job.id == ScenarioAnswer.job_id)
        .where(ScenarioAnswer.scenario_id == scenario_id, ScenarioAnswer.kind == kind)
        .options(undefer(ScenarioAnswer.body))
        .order_by(ScenarioAnswer.updated_at.desc(), ScenarioAnswer.id.desc())
    )
    return [Asked(row, job) for row, job in db.session.execute(query).tuples()]


def keys_answered(scenario_id: int, kind: AnswerKind) -> set[str]:
    """The keys of the questions of one kind that have an answer."""
    query = select(ScenarioAnswer.key).where(
        ScenarioAnswer.scenario_id == scenario_id, ScenarioAnswer.kind == kind, ScenarioAnswer.made_at.is_not(None)
    )
    return set(db.session.scalars(query))


def move_of(scenario_id: int, move_id: int) -> ProposedMove | None:
    """One move of a scenario."""
    query = select(ProposedMove).where(ProposedMove.id == move_id, ProposedMove.scenario_id == scenario_id)
    return db.session.scalar(query.options(*MOVE_PARTS))


def move_about(scenario_id: int, teacher_id: int) -> ProposedMove | None:
    """A teacher's move in a scenario."""
    query = select(ProposedMove).where(ProposedMove.scenario_id == scenario_id, ProposedMove.teacher_id == teacher_id)
    return db.session.scalar(query.options(*MOVE_PARTS))


def moves_by_teacher(scenario_id: int) -> dict[int, int]:
    """The moves of a scenario by teacher."""
    query = select(ProposedMove.teacher_id, ProposedMove.id).where(ProposedMove.scenario_id == scenario_id)
    return dict(db.session.execute(query).tuples().all())


def told_of(county_id: int, names: Names, *parts: Any) -> Told:
    """The names behind the teachers that parts of an answer speak of: people of the plan's county only."""
    keys = {key for part in parts for key in _teachers_in(part)}
    if not keys:
        return Told(names, {})
    numbers = {teacher_number(key): key for key in keys}
    people: dict[str, str] = {}
    ordered = sorted(numbers)
    for start in range(0, len(ordered), 1000):
        some = ordered[start : start + 1000]
        query = select(Teacher.id, Teacher.name).where(Teacher.id.in_(some), Teacher.county_id == county_id)
        people |= {numbers[number]: name for number, name in db.session.execute(query).tuples()}
    return Told(names, people)


def _teachers_in(part: Any) -> Iterator[str]:
    """Every teacher's key anywhere in a part of an answer: `T` and a number."""
    if isinstance(part, Mapping):
        for value in part.values():
            yield from _teachers_in(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _teachers_in(value)
    elif isinstance(part, str) and part[:1] == "T" and part[1:].isdigit():
        yield part
