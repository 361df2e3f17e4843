"""What a version of the rules would do to whose totals, counted by the same function that counts them for good."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import batched
from typing import Any

from sqlalchemy import select

from app.credits.books import book_of
from app.credits.counting import Book, count, totals
from app.credits.ledger import AT_ONCE, confirmed_claims, teachers_with_claims
from app.credits.rules import Rules
from app.extensions import db
from app.schools.models import School
from app.teachers.models import Teacher

NAMES_KEPT = 500
PROPOSED = -1  # the number of rules that are no version yet
type Totals = dict[int, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Change:
    """One teacher's hours of one cycle, before and after, in hundredths."""

    teacher_id: int
    name: str
    school: str
    cycle: int
    before: int
    after: int
    outside_before: int
    outside_after: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes: how many teachers were counted and have other totals, and the first of them by name."""

    counted: int
    changed: int
    gained: int
    lost: int
    changes: list[Change]

    def to_dict(self) -> dict[str, Any]:
        """As a job keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Effect":
        """As a job kept it."""
        return cls(**{**data, "changes": [Change(**row) for row in data["changes"]]})


def effect_of(county_id: int, rules: Rules, valid_from: date) -> Effect:
    """The effect of putting rules in force, on the claims of today. Nothing is written."""
    changes: list[Change] = []
    counted = changed = gained = lost = 0
    for teacher_id, before, after in differences(county_id, rules, valid_from):
        counted += 1
        if before == after:
            continue
        changed += 1
        rows = list(_changes(teacher_id, before, after))
        gained += any(row.after > row.before for row in rows)
        lost += any(row.after < row.before for row in rows)
        if len(changes) < NAMES_KEPT:
            changes += rows
    return Effect(counted, changed, gained, lost, _named(changes))


def differences(county_id: int, rules: Rules, valid_from: date) -> Iterator[tuple[int, Totals, Totals]]:
    """Every teacher with claims in the county: number, totals by year as the rules count now, as they would."""
    now = book_of(county_id)
    then = Book([*((v.id, v.valid_from, v.rules) for v in _by_number(now)), (PROPOSED, valid_from, rules)])
    for part in batched(teachers_with_claims(county_id), AT_ONCE):
        claims = confirmed_claims(part)
        counties = {claim.county_id for found in claims.values() for claim in found} - {county_id}
        others = {other: book_of(other) for other in counties}
        for teacher_id in part:
            found = claims.get(teacher_id, [])
            before = totals(count(found, others | {county_id: now}))
            after = totals(count(found, others | {county_id: then}))
            yield teacher_id, before, after


def _by_number(book: Book) -> list[Any]:
    """The versions in the order they were made in, as `Book` takes them."""
    return sorted(book.versions, key=lambda version: version.id)


def _changes(teacher_id: int, before: Totals, after: Totals) -> Iterator[Change]:
    for cycle in sorted({row[0] for row in before.values()} | {row[0] for row in after.values()}):
        old, new = (
            [sum(row[part] for row in found.values() if row[0] == cycle) for part in (1, 2)]
            for found in (before, after)
        )
        if old != new or _of(before, cycle) != _of(after, cycle):
            yield Change(teacher_id, "", "", cycle, old[0], new[0], old[1], new[1])


def _of(found: Totals, cycle: int) -> Totals:
    return {year: row for year, row in found.items() if row[0] == cycle}


def _named(changes: list[Change]) -> list[Change]:
    """With names and schools, in the order of the names."""
    ids = {change.teacher_id for change in changes}
    names: dict[int, tuple[str, str, str]] = {}
    for part in batched(sorted(ids), AT_ONCE):
        rows = db.session.execute(
            select(Teacher.id, Teacher.name, School.name, Teacher.name_pinyin)
            .join(School, School.id == Teacher.working_school_id)
            .where(Teacher.id.in_(part))
        ).tuples()
        names |= {row[0]: (row[1], row[2], row[3]) for row in rows}
    named = [
        Change(**{**asdict(one), "name": names[one.teacher_id][0], "school": names[one.teacher_id][1]})
        for one in changes
    ]
    return sorted(named, key=lambda one: (names[one.teacher_id][2], one.teacher_id, one.cycle))
