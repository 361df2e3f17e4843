"""Claims of any number of teachers and the ledger they give, written in bulk."""

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
from app.credits.counting import Counted, count, in_order, totals
from app.credits.models import ClaimStatus, CreditRuleSet, RuleStatus
from app.extensions import db
from app.regions.models import Region, RegionLevel
from app.teachers.models import Teacher
from benchmarks.credits import bulk
from benchmarks.pages.province import county_id

CLAIMS_A_TEACHER, TEACHERS_AT_ONCE = 60, 500
WAITING_A_SCHOOL, WAITING_A_TEACHER = 60, 20  # a queue is as long whatever the size, so that its page is
KINDS = ("concentrated",) * 3 + ("short",) * 3 + ("school_based",) * 6 + ("online",) * 5 + ("ethics",) * 2 + ("degree",)
FIRST, DAYS = date(2016, 1, 5), 365 * 10 + 300
HOURS = (2, 3, 4, 6, 8, 12)
NOW = datetime(2026, 9, 1, tzinfo=UTC)
CLAIM = (
    "id, teacher_id, county_id, school_id, source, status, kind_code, title, provider, from_on, done_on, quantity,"
    " hours_claimed, hours, is_outside_cycle, typed, return_reason, submitted_at, confirmed_at, version, created_at,"
    " updated_at"
)
ENTRY = "teacher_id, claim_id, rule_set_id, kind_code, account, year, cycle, hours, cause, at"
TOTAL = "teacher_id, year, cycle, hours, outside_hours"


def fill_claims() -> int:
    """Give every teacher of the present application's database their claims; returns how many were written."""
    chance = random.Random(3)
    with db.engine.begin() as connection:
        counties = connection.execute(select(Region.id).where(Region.level == RegionLevel.COUNTY)).scalars().all()
        for county in counties:
            connection.execute(insert(CreditRuleSet.__table__), _rules(county))
    books = {county: book_of(county) for county in counties}
    db.session.remove()
    with bulk.bulk() as connection:
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
    now = bulk.moment(connection, NOW)
    claims: list[bulk.Row] = []
    entries: list[bulk.Row] = []
    sums: list[bulk.Row] = []
    for teacher_id, county, school in teachers:
        mine = []
        for is_waiting, claim in _claims(chance, county, school, number, waiting):
            number = claim.claim_id
            claims.append(_claim_row(teacher_id, school, claim, is_waiting, now))
            if not is_waiting:
                mine.append(claim)
        lines = count(in_order(mine), books)
        entries += [
            (teacher_id, line.claim_id, line.rule_set_id, line.kind, "cycle", line.year, line.cycle, line.hours,
             "confirmed", now)
            for line in lines
        ]  # fmt: skip
        sums += [(teacher_id, year, *amounts) for year, amounts in totals(lines).items()]
    bulk.write(connection, "credit_claim", CLAIM, claims)
    bulk.write(connection, "credit_entry", ENTRY, entries)
    bulk.write(connection, "credit_total", TOTAL, sums)
    return number


def _claims(
    chance: random.Random, county: int, school: int, number: int, waiting: Counter[int]
) -> Iterator[tuple[bool, Counted]]:
    """A teacher's claims, and whether each still waits for the school."""
    for n in range(CLAIMS_A_TEACHER):
        number += 1
        is_waiting = n < WAITING_A_TEACHER and waiting[school] < WAITING_A_SCHOOL
        waiting[school] += is_waiting
        kind, hours = KINDS[int(chance.random() * len(KINDS))], HOURS[int(chance.random() * len(HOURS))]
        day = FIRST + timedelta(days=int(chance.random() * DAYS))
        yield is_waiting, Counted(number, county, kind, hours * 100, day, False)


def _claim_row(teacher_id: int, school: int, claim: Counted, is_waiting: bool, now: str) -> bulk.Row:
    day, status = claim.done_on.isoformat(), ClaimStatus.AT_SCHOOL if is_waiting else ClaimStatus.CONFIRMED
    return (
        claim.claim_id, teacher_id, claim.county_id, school, "teacher", status.value, claim.kind, "县级教研培训", "",
        day, day, claim.hours, claim.hours, claim.hours, 0, "{}", "", now, None if is_waiting else now, 1, now, now,
    )  # fmt: skip


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
