"""Reading the facts that rules ask for, for a whole county in a handful of queries."""

import hashlib
import json
from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.eligibility.judging import CircumstanceFacts, Facts, HonourFacts, RotationFacts, SchoolFacts
from app.ethics.vetoes import FAILED, ethics_terms
from app.extensions import db
from app.schools.models import School
from app.teachers.models import BackboneHonour, Circumstance, RotationRecord, Teacher


def load_facts(county_id: int, *, teacher_id: int | None = None) -> list[Facts]:
    """The facts of all teachers of a county, or of one of them, in the order of their ids."""
    where = [Teacher.county_id == county_id]
    if teacher_id is not None:
        where.append(Teacher.id == teacher_id)
    schools = _schools(where)
    honours, circumstances, rotations = _honours(where), _circumstances(where), _rotations(where)
    rows = db.session.execute(
        select(
            Teacher.id,
            Teacher.employing_school_id,
            Teacher.sex,
            Teacher.birth_on,
            Teacher.joined_school_on,
            Teacher.stage,
            Teacher.staff_category_code,
            Teacher.is_established,
            Teacher.state_code,
            Teacher.left_on,
            func.coalesce(Teacher.title_employed_code, Teacher.title_rated_code),
        )
        .where(*where)
        .order_by(Teacher.id)
    ).tuples()
    return [
        Facts(
            teacher_id=row[0],
            school=schools[row[1]],
            sex=row[2],
            birth_on=row[3],
            joined_school_on=row[4],
            stage=row[5].value,
            staff_category_code=row[6],
            is_established=row[7],
            state_code=row[8],
            left_on=row[9],
            title_code=row[10],
            honours=tuple(honours.get(row[0], ())),
            circumstances=tuple(circumstances.get(row[0], ())),
            rotations=tuple(rotations.get(row[0], ())),
        )
        for row in rows
    ]


def _schools(where: list[ColumnElement[bool]]) -> dict[int, SchoolFacts]:
    query = select(School.id, School.code, School.locality_code, School.is_sending).where(
        School.id.in_(select(Teacher.employing_school_id).where(*where))
    )
    return {row[0]: SchoolFacts(*row) for row in db.session.execute(query).tuples()}


def _of_teacher(query: Select[*tuple[Any, ...]], where: list[ColumnElement[bool]]) -> dict[int, list[tuple[Any, ...]]]:
    """Rows by their first column, the teacher."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in db.session.execute(query.where(*where)).tuples():
        found[row[0]].append(row[1:])
    return found


def _honour_query() -> Select[*tuple[Any, ...]]:
    return (
        select(
            BackboneHonour.teacher_id,
            BackboneHonour.type_code,
            BackboneHonour.level_code,
            BackboneHonour.title,
            BackboneHonour.valid_from,
            BackboneHonour.valid_to,
        )
        .join(Teacher, Teacher.id == BackboneHonour.teacher_id)
        .order_by(BackboneHonour.id)
    )


def _honours(where: list[ColumnElement[bool]]) -> dict[int, list[HonourFacts]]:
    return {t: [HonourFacts(*row) for row in rows] for t, rows in _of_teacher(_honour_query(), where).items()}


def _circumstance_query() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Circumstance.teacher_id,
            Circumstance.kind_code,
            func.trim(Circumstance.evidence) != "",
            Circumstance.from_on,
            Circumstance.to_on,
        )
        .join(Teacher, Teacher.id == Circumstance.teacher_id)
        .order_by(Circumstance.id)
    )


def _circumstances(where: list[ColumnElement[bool]]) -> dict[int, list[CircumstanceFacts]]:
    found = defaultdict(list)
    for teacher, rows in _of_teacher(_circumstance_query(), where).items():
        found[teacher] = [CircumstanceFacts(row[0], bool(row[1]), row[2], row[3]) for row in rows]
    for teacher, source, _row_id, first, last in ethics_terms(where):
        found[teacher].append(CircumstanceFacts(FAILED, True, first, last, source))
    return found


def _rotation_query() -> Select[*tuple[Any, ...]]:
    return (
        select(
            RotationRecord.teacher_id,
            RotationRecord.kind_code,
            RotationRecord.is_hr_transferred,
            RotationRecord.from_on,
            RotationRecord.to_on,
            RotationRecord.to_school_name,
            School.locality_code,
        )
        .join(Teacher, Teacher.id == RotationRecord.teacher_id)
        .outerjoin(School, School.id == RotationRecord.to_school_id)
        .order_by(RotationRecord.id)
    )


def _rotations(where: list[ColumnElement[bool]]) -> dict[int, list[RotationFacts]]:
    return {t: [RotationFacts(*row) for row in rows] for t, rows in _of_teacher(_rotation_query(), where).items()}


def facts_digest(county_id: int) -> str:
    """Changes whenever anything does that a rule could ask: teachers and schools by version, the rest by content."""
    where = [Teacher.county_id == county_id]
    parts: list[Any] = []
    for model in (Teacher, School):
        row = db.session.execute(
            select(func.count(), func.sum(model.version), func.max(model.updated_at), func.sum(model.id)).where(
                model.county_id == county_id
            )
        ).one()
        parts.append([str(v) for v in row])
    for query in (_honour_query(), _circumstance_query(), _rotation_query()):
        parts.append([[str(v) for v in row] for row in db.session.execute(query.where(*where))])
    parts.append([[str(v) for v in term] for term in ethics_terms(where)])
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
