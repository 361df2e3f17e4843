"""What a board reads beside schools and teachers, written in bulk: certificates, hours, training, verdicts, moves."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import batched
from typing import Any

from sqlalchemy import Table, insert, select, text

from app.credits import packs
from app.credits.models import Account, ClaimSource, ClaimStatus, CreditClaim, CreditEntry, CreditRuleSet, EntryCause
from app.credits.models import RuleStatus as CreditStatus
from app.eligibility.models import EligibilityRuleSet, EligibilityVerdict, RuleSetStatus
from app.ethics.models import EthicsAppraisal, State
from app.extensions import db
from app.qualifications.models import Certificate, CertificateSource, CertificateState
from app.regions.models import Region, RegionLevel
from app.schools.models import School
from app.teachers.models import RotationRecord, Teacher, TeacherSubject
from app.training.models import (
    Enrolment,
    EnrolmentStatus,
    SessionQuota,
    SessionStatus,
    TrainingBudget,
    TrainingProgramme,
    TrainingResult,
    TrainingSession,
)

NOW = datetime(2026, 9, 1, tzinfo=UTC)
CLAIMS, AT_ONCE = 8, 2_000
STAMPED = {"version": 1, "created_at": NOW, "updated_at": NOW}


def fill() -> int:
    """Give the present application's teachers their facts; returns how many rows were written."""
    chance, number = random.Random(5), 0
    with db.engine.begin() as connection:
        counties = connection.execute(select(Region.id).where(Region.level == RegionLevel.COUNTY)).scalars().all()
        schools = connection.execute(select(School.id, School.county_id)).all()
        people = connection.execute(
            select(Teacher.id, Teacher.county_id, Teacher.working_school_id, Teacher.name_pinyin, Teacher.left_on)
        ).all()
        for rows in _of_counties(counties):
            connection.execute(insert(rows[0]), rows[1])
        _write(connection, TrainingBudget, (_budget(school, chance) for school, _county in schools))
        for part in batched(people, AT_ONCE):
            number += _of_people(connection, part, chance)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if db.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    return number


def _write(connection: Any, model: Any, rows: Iterable[dict[str, Any]]) -> int:
    listed = list(rows)
    table = model.__table__
    if listed and isinstance(table, Table):
        connection.execute(insert(table), listed)
    return len(listed)


def _of_counties(counties: Iterable[int]) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Rules, and a finished session of each of four kinds, in every county; ids follow from the county's."""
    ids = list(counties)
    credit = [
        {"id": c, "county_id": c, "revision": 1, "valid_from": date(2011, 1, 1), "status": CreditStatus.IN_FORCE,
         "rules": packs.pack(packs.NATIONAL), "note": "", "in_force_at": NOW, **STAMPED}
        for c in ids
    ]  # fmt: skip
    judged = [
        {"id": c, "county_id": c, "school_year": 2026, "revision": 1, "status": RuleSetStatus.IN_FORCE, "rules": {},
         "note": "", **STAMPED}
        for c in ids
    ]  # fmt: skip
    programmes = [
        {"id": c * 10 + n, "region_id": c, "year": 2026, "name": f"培训{n}", "level_code": "20" if n == 2 else "40",
         "kind_code": f"0{n}", "organiser": "县教师发展中心", "pass_mark": 80, **STAMPED}
        for c in ids for n in (1, 2, 3, 6)
    ]  # fmt: skip
    sessions = [
        {"id": row["id"], "programme_id": row["id"], "region_id": row["region_id"], "name": "第1期", "mode_code": "1",
         "status": SessionStatus.FINISHED, "admission": "centre", "begins_on": date(2026, 9, 5),
         "ends_on": date(2026, 9, 6), "is_on_site": True, "hours": Decimal(12), "places": 9000, "taken": 0,
         "waiting_last": 0, **STAMPED}
        for row in programmes
    ]  # fmt: skip
    quotas = [{"id": row["id"], "session_id": row["id"], "places": 9000, "taken": 0} for row in programmes]
    return [
        (CreditRuleSet.__table__, credit),
        (EligibilityRuleSet.__table__, judged),
        (TrainingProgramme.__table__, programmes),
        (TrainingSession.__table__, sessions),
        (SessionQuota.__table__, quotas),
    ]


def _budget(school: int, chance: random.Random) -> dict[str, Any]:
    planned = Decimal(chance.choice((4800, 5000, 6000)))
    return {"school_id": school, "year": 2026, "public_funds": Decimal(100_000), "planned": planned, **STAMPED}


def _of_people(connection: Any, people: Iterable[Any], chance: random.Random) -> int:
    here = [row for row in people if row.left_on is None]
    certificates, verdicts, moves, subjects, appraisals, places = [], [], [], [], [], []
    claims, entries = [], []
    for teacher, county, school, pinyin, _left in here:
        certificates += _certificates(teacher, county, pinyin, chance)
        in_pool = chance.random() < 0.4
        verdicts.append(
            {"rule_set_id": county, "teacher_id": teacher, "school_id": school, "is_eligible": in_pool,
             "is_counted": in_pool, "is_in_pool": in_pool, "is_backbone": False, "is_young": False,
             "service_months": 80, "age": 40, "reasons": []}
        )  # fmt: skip
        if in_pool and chance.random() < 0.1:
            moves.append(
                {"teacher_id": teacher, "kind_code": "10", "is_hr_transferred": False, "from_on": date(2026, 9, 1),
                 "to_on": None, "from_school_name": "甲", "to_school_name": "乙", "from_school_id": school,
                 "to_school_id": None}
            )  # fmt: skip
        if chance.random() < 0.02:
            subjects.append({"teacher_id": teacher, "subject_code": "mental_health"})
        appraisals.append(
            {"county_id": county, "school_id": school, "teacher_id": teacher, "year": 2025, "conclusion_code": "2",
             "appraised_on": date(2026, 1, 10), "does_veto": False, "state": State.IN_FORCE, "awaits_ruling": False,
             "decided_at": NOW, **STAMPED}
        )  # fmt: skip
        for n in (3, 6):
            places.append(
                {"session_id": county * 10 + n, "teacher_id": teacher, "school_id": school, "county_id": county,
                 "status": EnrolmentStatus.CONFIRMED, "quota_id": county * 10 + n, "result": TrainingResult.PASSED,
                 "hours": Decimal(12), "has_given_feedback": False, **STAMPED}
            )  # fmt: skip
        for n in range(CLAIMS):
            done = date(2026, 1, 5) + timedelta(days=chance.randrange(300))
            number = teacher * CLAIMS + n
            claims.append(
                {"id": number, "teacher_id": teacher, "county_id": county, "school_id": school,
                 "source": ClaimSource.TEACHER, "status": ClaimStatus.CONFIRMED, "kind_code": "concentrated",
                 "title": "培训", "provider": "", "from_on": done, "done_on": done, "hours": Decimal(10), "typed": {},
                 "is_outside_cycle": False, "return_reason": "", "confirmed_at": NOW, **STAMPED}
            )  # fmt: skip
            entries.append(
                {"teacher_id": teacher, "claim_id": number, "rule_set_id": county, "kind_code": "concentrated",
                 "account": Account.CYCLE, "year": 2026, "cycle": 2026, "hours": Decimal(10),
                 "cause": EntryCause.CONFIRMED, "at": NOW}
            )  # fmt: skip
    tables: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
        (Certificate, certificates), (EligibilityVerdict, verdicts), (RotationRecord, moves),
        (TeacherSubject, subjects), (EthicsAppraisal, appraisals), (Enrolment, places), (CreditClaim, claims),
        (CreditEntry, entries),
    )  # fmt: skip
    return sum(_write(connection, model, rows) for model, rows in tables)


def _certificates(teacher: int, county: int, pinyin: str, chance: random.Random) -> list[dict[str, Any]]:
    registered = date(2025 + chance.randrange(5), 6, 30)
    common = {
        "county_id": county, "teacher_id": teacher, "name_pinyin": pinyin, "issued_on": date(2015, 6, 1),
        "state": CertificateState.VERIFIED, "source": CertificateSource.COUNTY, **STAMPED,
    }  # fmt: skip
    return [
        common | {"type_code": "teacher_primary", "subject_code": "chinese", "registered_to": registered},
        common | {"type_code": "mental_c", "subject_code": None, "registered_to": None},
    ]
