"""Rows → the optimiser's problem, and the snapshot that keeps it.

A snapshot holds the county's data without settings, decisions and reference, as canonical bytes with their digest: the
same data gives the same digest, whoever takes it and whenever. What the codes of the database mean for the optimiser
is said here and nowhere else:

* a school is known by its code, a teacher by `T` and the row's number, so that nothing personal leaves the roster;
* a school is a sending one where the rule set's pool says so;
* a teacher stands at the **working** school, and only those in post there count as its staff;
* the quota binds established staff only. People outside the establishment never rotate, so each adds one to the
  school's limit and the rule holds for the established staff alone;
* people already out who stay in the denominator (an eligibility rule) are eligible with a lock to stay: they count for
  the rate and cannot be moved.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import selectinload

from app.db.mixins import utc_now
from app.eligibility.queries import pool_school_ids, verdicts_of
from app.extensions import db
from app.rotation.models import Decision, DecisionKind, RotationPlan, Snapshot, TeacherWish
from app.rotation.settings import for_optimiser
from app.schools.models import School
from app.teachers.models import Teacher, TeacherSubject
from optimizer import Problem, canonical_json

IN_POST = ("100", "101")
AWAY_ON_ROTATION = "205"


def teacher_key(teacher_id: int) -> str:
    """How the optimiser knows a teacher."""
    return f"T{teacher_id}"


def teacher_number(key: str) -> int:
    """The row that a teacher's key stands for."""
    return int(key[1:])


@dataclass(frozen=True, slots=True)
class Picture:
    """A county's data as canonical bytes, not yet kept."""

    problem: Problem
    body: bytes
    sha256: str


def take_picture(plan: RotationPlan, priority: Sequence[str]) -> Picture:
    """Read the county's data as it is now. Nothing is written; the plan's rule set must be loaded."""
    problem = Problem.from_dict(base_problem(plan, priority)).canonical()
    body = canonical_json(problem)
    return Picture(problem, body, hashlib.sha256(body).hexdigest())


def keep(county_id: int, picture: Picture) -> Snapshot:
    """Keep a picture as a snapshot; data that was kept before is found again by its digest."""
    known = db.session.scalar(
        select(Snapshot).where(Snapshot.county_id == county_id, Snapshot.sha256 == picture.sha256)
    )
    if known is not None:
        return known
    eligible = sum(teacher.eligible for teacher in picture.problem.teachers)
    row = Snapshot(
        county_id=county_id,
        sha256=picture.sha256,
        body=zlib.compress(picture.body, 6),
        school_count=len(picture.problem.schools),
        teacher_count=len(picture.problem.teachers),
        eligible_count=eligible - len(picture.problem.locks),
        taken_at=utc_now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def base_problem(plan: RotationPlan, priority: Sequence[str]) -> dict[str, Any]:
    """The problem of the county as it is now, without settings, decisions and reference."""
    schools = list(
        db.session.scalars(
            select(School)
            .where(School.county_id == plan.county_id, School.is_active)
            .options(selectinload(School.stages), selectinload(School.posts), selectinload(School.group))
            .order_by(School.code)
        )
    )
    code_of = {school.id: school.code for school in schools}
    sending = pool_school_ids(plan.rule_set) if plan.rule_set else set()
    teachers, locks, outside = _teachers(plan, code_of)
    return {
        "format": "rotation-problem/1",
        "name": "",
        "year": plan.school_year,
        "schools": [_school(school, school.id in sending, priority, outside.get(school.code, 0)) for school in schools],
        "teachers": teachers,
        "locks": locks,
    }


def _school(school: School, is_sending: bool, priority: Sequence[str], outside_establishment: int) -> dict[str, Any]:
    is_priority = ("rural" in priority and school.locality == "rural") or ("weak" in priority and school.is_weak)
    return {
        "id": school.code,
        "name": school.name,
        "stages": [row.stage.value for row in school.stages],
        "locality": school.locality,
        "sending": is_sending,
        "priority": is_priority,
        "group": f"G{school.group_id}" if school.group_id else None,
        "students": {row.stage.value: row.pupils for row in school.stages},
        "quota": school.quota + outside_establishment,
        "lat": school.lat,
        "lng": school.lng,
        "needs": [
            {"stage": post.stage.value, "subject": post.subject_code, "posts": post.posts} for post in school.posts
        ],
    }


def _teachers(
    plan: RotationPlan, code_of: dict[int, str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, int]]:
    """The teachers in post, the locks of those who only count, and the staff outside the establishment by school."""
    verdicts = verdicts_of(plan.rule_set_id) if plan.rule_set_id else {}
    also = _further_subjects(plan.county_id)
    wishes = _wishes(plan.id, code_of)
    teachers: list[dict[str, Any]] = []
    locks: list[dict[str, Any]] = []
    outside: dict[str, int] = {}
    for row in db.session.execute(_teachers_in_post(plan.county_id)):
        if row.working_school_id not in code_of:
            continue
        key, school = teacher_key(row.id), code_of[row.working_school_id]
        verdict = verdicts.get(row.id)
        is_eligible = verdict is not None and verdict.is_eligible
        is_counted = verdict is not None and verdict.is_counted
        if not row.is_established:
            outside[school] = outside.get(school, 0) + 1
        if is_counted and not is_eligible:
            locks.append({"teacher": key, "to": None})
        teachers.append(
            {
                "id": key,
                "school": school,
                "stage": row.stage.value,
                "subject": row.subject_code,
                "also": also.get(row.id, []),
                "backbone": verdict is not None and verdict.is_backbone,
                "young": verdict is not None and verdict.is_young,
                "eligible": is_eligible or is_counted,
                "lat": row.home_lat,
                "lng": row.home_lng,
                "preferences": wishes.get(row.id, []),
            }
        )
    return teachers, locks, outside


def _teachers_in_post(county_id: int) -> Any:
    is_here = Teacher.state_code.in_(IN_POST)
    is_out_elsewhere = and_(
        Teacher.state_code == AWAY_ON_ROTATION, Teacher.working_school_id != Teacher.employing_school_id
    )
    return (
        select(
            Teacher.id,
            Teacher.working_school_id,
            Teacher.stage,
            Teacher.subject_code,
            Teacher.is_established,
            Teacher.home_lat,
            Teacher.home_lng,
        )
        .where(Teacher.county_id == county_id, Teacher.left_on.is_(None), or_(is_here, is_out_elsewhere))
        .order_by(Teacher.id)
    )


def _further_subjects(county_id: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    query = (
        select(TeacherSubject.teacher_id, TeacherSubject.subject_code)
        .join(Teacher, Teacher.id == TeacherSubject.teacher_id)
        .where(Teacher.county_id == county_id)
        .order_by(TeacherSubject.teacher_id, TeacherSubject.subject_code)
    )
    for teacher_id, subject in db.session.execute(query):
        found.setdefault(teacher_id, []).append(subject)
    return found


def _wishes(plan_id: int, code_of: dict[int, str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    query = (
        select(TeacherWish.teacher_id, TeacherWish.school_id)
        .where(TeacherWish.plan_id == plan_id)
        .order_by(TeacherWish.teacher_id, TeacherWish.rank)
    )
    for teacher_id, school_id in db.session.execute(query):
        if school_id in code_of:
            found.setdefault(teacher_id, []).append(code_of[school_id])
    return found


def read_snapshot(snapshot: Snapshot) -> Picture:
    """The data a snapshot holds; a body that does not match its digest is refused."""
    body = zlib.decompress(snapshot.body)
    if hashlib.sha256(body).hexdigest() != snapshot.sha256:
        raise ValueError(f"snapshot {snapshot.id} does not match its digest")
    return Picture(Problem.from_dict(json.loads(body)), body, snapshot.sha256)


def compose(
    base: Problem,
    settings: dict[str, Any],
    decisions: Iterable[Decision],
    reference: Iterable[tuple[int, str]],
    code_of: dict[int, str],
) -> dict[str, Any]:
    """The whole problem: the snapshot with a scenario's settings, decisions and reference moves (teacher, code)."""
    problem = base.to_dict()
    problem["settings"] = for_optimiser(settings)
    for row in decisions:
        to = code_of.get(row.school_id) if row.school_id else None
        if row.kind is DecisionKind.BAN:
            problem["bans"].append({"teacher": teacher_key(row.teacher_id), "to": to})
        else:
            problem["locks"].append({"teacher": teacher_key(row.teacher_id), "to": to})
    problem["reference"] = [{"teacher": teacher_key(teacher), "to": to} for teacher, to in reference]
    whole: dict[str, Any] = Problem.from_dict(problem).canonical().to_dict()
    return whole
