"""Judging people by the rows of the database, and keeping what was found for the lists."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import batched
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from app.db.clock import utc_now
from app.extensions import db
from app.qualifications.kinds import types_of
from app.qualifications.models import Certificate, CertificateGap, CertificateJudgement
from app.qualifications.standing import Held, Person, Standing, standing
from app.schools.models import SchoolStage
from app.teachers.models import Teacher, TeacherSubject

BATCH = 1000
# Whoever is away from teaching for good or for a while is not asked for certificates to teach.
AWAY = ("201", "202", "203", "207", "208", "209", "210", "211")


def standings(teacher_ids: Sequence[int], on: date) -> dict[int, Standing]:
    """How some teachers of one county stand on a day; those who left or are away lack nothing."""
    found: dict[int, Standing] = {}
    for piece in batched(teacher_ids, BATCH):
        found |= {row["id"]: made for row, made in _judged(Teacher.id.in_(piece), on)}
    return found


def standing_of(teacher_id: int, on: date) -> Standing | None:
    """How one teacher stands on a day; None for one who left or is away."""
    return standings([teacher_id], on).get(teacher_id)


def judge_county(county_id: int, on: date) -> int:
    """Judge everybody of a county anew; returns how many people were looked at."""
    db.session.execute(delete(CertificateGap).where(CertificateGap.county_id == county_id))
    people = _store(Teacher.county_id == county_id, on)
    insert_for = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    stamp = {"judged_on": on, "judged_at": utc_now(), "people": people}
    statement = insert_for(CertificateJudgement).values(county_id=county_id, **stamp)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=[CertificateJudgement.county_id], set_=stamp),
        execution_options={"synchronize_session": False},
    )
    db.session.flush()
    return people


def judge_teachers(teacher_ids: Iterable[int], on: date) -> None:
    """Judge some teachers anew, after something of theirs changed."""
    for piece in batched(dict.fromkeys(teacher_ids), BATCH):
        db.session.execute(delete(CertificateGap).where(CertificateGap.teacher_id.in_(piece)))
        _store(Teacher.id.in_(piece), on)
    db.session.flush()


def _store(whom: Any, on: date) -> int:
    people, rows = 0, []
    for teacher, made in _judged(whom, on):
        people += 1
        rows += [
            {
                "county_id": teacher["county_id"],
                "school_id": teacher["working_school_id"],
                "teacher_id": teacher["id"],
                "name_pinyin": teacher["name_pinyin"],
                "stage": teacher["stage"],
                "subject_code": teacher["subject_code"],
                "type_code": gap.type_code,
                "reason": gap.reason,
                "is_barring": gap.is_barring,
                "since_on": gap.since_on,
                "certificate_id": gap.certificate_id,
            }
            for gap in made.gaps
        ]
    for piece in batched(rows, BATCH):
        db.session.execute(insert(CertificateGap), list(piece))
    return people


def _judged(whom: Any, on: date) -> list[tuple[dict[str, Any], Standing]]:
    columns = (
        Teacher.id, Teacher.county_id, Teacher.working_school_id, Teacher.name_pinyin, Teacher.stage,
        Teacher.subject_code, Teacher.is_class_teacher, Teacher.school_position_code, Teacher.staff_category_code,
    )  # fmt: skip
    in_post = (whom, Teacher.left_on.is_(None), Teacher.state_code.not_in(AWAY))
    teachers = [dict(row) for row in db.session.execute(select(*columns).where(*in_post)).mappings()]
    if not teachers:
        return []
    held, further = _held(whom), _further(whom)
    pupils = _pupils({row["working_school_id"] for row in teachers})
    found = []
    for row in teachers:
        person = Person(
            row["id"],
            row["stage"].value,
            row["subject_code"],
            further.get(row["id"], ()),
            row["is_class_teacher"],
            row["school_position_code"] or "",
            row["staff_category_code"] or "",
            pupils.get(row["working_school_id"], 0),
        )
        found.append((row, standing(person, held.get(row["id"], ()), types_of(row["county_id"]), on)))
    return found


def _held(whom: Any) -> dict[int, list[Held]]:
    c = Certificate
    columns = (c.teacher_id, c.id, c.type_code, c.state, c.subject_code, c.valid_to, c.registered_to,
               c.conclusion_code, c.issued_on)  # fmt: skip
    query = select(*columns).join(Teacher, Teacher.id == c.teacher_id).where(whom).order_by(c.id)
    found: dict[int, list[Held]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row[0]].append(Held(*row[1:]))
    return found


def _further(whom: Any) -> dict[int, tuple[str, ...]]:
    query = (
        select(TeacherSubject.teacher_id, TeacherSubject.subject_code)
        .join(Teacher, Teacher.id == TeacherSubject.teacher_id)
        .where(whom)
    )
    found: dict[int, tuple[str, ...]] = {}
    for teacher_id, subject in db.session.execute(query).tuples():
        found[teacher_id] = (*found.get(teacher_id, ()), subject)
    return found


def _pupils(school_ids: set[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for piece in batched(sorted(school_ids), BATCH):
        query = select(SchoolStage.school_id, func.sum(SchoolStage.pupils)).where(SchoolStage.school_id.in_(piece))
        found |= {
            school: int(total) for school, total in db.session.execute(query.group_by(SchoolStage.school_id)).tuples()
        }
    return found
