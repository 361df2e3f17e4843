"""Claims of any number of teachers and the ledger they give, written by bare bulk inserts."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import batched
from typing import Any

from sqlalchemy import Connection, insert, select, text

from app.access import Role
from app.accounts.models import RoleGrant, User
from app.credits import packs
from app.credits.books import book_of
from app.credits.counting import Counted, count, in_order
from app.credits.ledger import as_hours, total_rows
from app.credits.models import (
    Account,
    ClaimSource,
    ClaimStatus,
    CreditClaim,
    CreditEntry,
    CreditRuleSet,
    CreditTotal,
    EntryCause,
    RuleStatus,
)
from app.extensions import db
from app.regions.models import Region, RegionLevel
from app.teachers.models import Teacher
from benchmarks.pages.province import county_id

CLAIMS_A_TEACHER, TEACHERS_AT_ONCE = 60, 500
WAITING_A_SCHOOL, WAITING_A_TEACHER = 60, 20  # a queue is as long whatever the size, so that its page is
KINDS = ("concentrated",) * 3 + ("short",) * 3 + ("school_based",) * 6 + ("online",) * 5 + ("ethics",) * 2 + ("degree",)
FIRST, DAYS = date(2016, 1, 5), 365 * 10 + 300
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def fill_claims() -> int:
    """Give every teacher of the present application's database their claims; returns how many were written."""
    chance = random.Random(3)
    with db.engine.begin() as connection:
        counties = connection.execute(select(Region.id).where(Region.level == RegionLevel.COUNTY)).scalars().all()
        for county in counties:
            connection.execute(insert(CreditRuleSet.__table__), _rules(county))
    books = {county: book_of(county) for county in counties}
    db.session.remove()
    with db.engine.begin() as connection:
        teachers = connection.execute(
            select(Teacher.id, Teacher.county_id, Teacher.working_school_id).order_by(Teacher.id)
        ).all()
        number, waiting = 0, Counter[int]()
        for part in batched(teachers, TEACHERS_AT_ONCE):
            number = _write(connection, part, number, chance, books, waiting)
    _gather()
    _accounts(teachers[76])
    return number


def _rules(county: int) -> dict[str, Any]:
    return {
        "county_id": county, "revision": 1, "valid_from": date(2011, 1, 1), "status": RuleStatus.IN_FORCE, "note": "",
        "rules": packs.pack("zhejiang"), "in_force_at": NOW, "version": 1, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip


def _write(
    connection: Connection,
    teachers: Any,
    number: int,
    chance: random.Random,
    books: dict[int, Any],
    waiting: Counter[int],
) -> int:
    claims, entries, sums = [], [], []
    for teacher_id, county, school in teachers:
        mine = list(_claims(chance, teacher_id, county, school, number, waiting))
        number += len(mine)
        claims += mine
        counted = [
            Counted(c["id"], county, c["kind_code"], int(c["hours"] * 100), c["done_on"], False)
            for c in mine
            if c["status"] is ClaimStatus.CONFIRMED
        ]
        lines = count(in_order(counted), books)
        entries += [
            {
                "teacher_id": teacher_id, "claim_id": line.claim_id, "rule_set_id": line.rule_set_id,
                "kind_code": line.kind, "account": Account.CYCLE, "year": line.year, "cycle": line.cycle,
                "hours": as_hours(line.hours), "cause": EntryCause.CONFIRMED, "at": NOW, "reverses_id": None,
            }
            for line in lines
        ]  # fmt: skip
        sums += total_rows(teacher_id, lines)
    for model, rows in ((CreditClaim, claims), (CreditEntry, entries), (CreditTotal, sums)):
        connection.execute(insert(model.__table__), rows)  # type: ignore[arg-type]
    return number


def _claims(
    chance: random.Random, teacher: int, county: int, school: int, number: int, waiting: Counter[int]
) -> Iterator[dict[str, Any]]:
    for n in range(CLAIMS_A_TEACHER):
        day = FIRST + timedelta(days=chance.randrange(DAYS))
        number += 1
        is_waiting = n < WAITING_A_TEACHER and waiting[school] < WAITING_A_SCHOOL
        waiting[school] += is_waiting
        hours = chance.choice((2, 3, 4, 6, 8, 12))
        yield {
            "id": number, "teacher_id": teacher, "county_id": county, "school_id": school, "title": "县级教研培训",
            "source": ClaimSource.TEACHER, "status": ClaimStatus.AT_SCHOOL if is_waiting else ClaimStatus.CONFIRMED,
            "kind_code": chance.choice(KINDS), "provider": "", "from_on": day, "done_on": day, "quantity": hours,
            "hours_claimed": hours, "hours": hours, "is_outside_cycle": False, "typed": {}, "return_reason": "",
            "submitted_at": NOW, "confirmed_at": None if is_waiting else NOW, "version": 1,
            "created_at": NOW, "updated_at": NOW,
        }  # fmt: skip


def _gather() -> None:
    """Let the database count its rows, as it does by itself in time."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if db.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))


def _accounts(teacher: Any) -> None:
    """A teacher, and the administrator of the teacher's school."""
    for username, role, scope in (
        ("teacher", Role.TEACHER, {"teacher_id": teacher.id}),
        ("school", Role.SCHOOL_ADMINISTRATOR, {"school_id": teacher.working_school_id}),
        ("centre", Role.DEVELOPMENT_CENTRE, {"region_id": county_id(0)}),
    ):
        user = User(username=username, name=username, active=True, fs_uniquifier=username, language="zh_Hans_CN")
        db.session.add(user)
        db.session.flush()
        db.session.add(RoleGrant(user_id=user.id, role=role, **scope))
    db.session.commit()
