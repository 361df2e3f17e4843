"""Recomputing the whole ledger from claims and rules, and saying where it differs.

Teachers are read by the thousand, in one picture of the data, so that memory stays the same however many there are.
Rows come as the database gives them: making objects of them would take longer than the counting.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, String, case, false, select, text, true, type_coerce

from app.credits.books import book_of
from app.credits.counting import Book, Line, count, totals
from app.credits.models import Account, ClaimStatus, CreditClaim, CreditEntry, CreditTotal
from app.extensions import db
from app.regions.models import Region
from app.teachers.models import Teacher

AT_ONCE = 1_000
C, E, T = CreditClaim.__table__.c, CreditEntry.__table__.c, CreditTotal.__table__.c
_teacher = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree: what the claims and rules give, and what the ledger says."""

    teacher_id: int
    what: str
    due: str
    found: str

    def __str__(self) -> str:
        return f"teacher {self.teacher_id}: {self.what}: claims and rules give {self.due}, the ledger says {self.found}"


@dataclass(slots=True)
class Verification:
    """What was gone through, and what differs."""

    teachers: int = 0
    claims: int = 0
    lines: int = 0
    differences: list[Difference] = field(default_factory=list)
    different: int = 0

    def add(self, found: Iterable[Difference], keep: int) -> None:
        """Note differences; the first `keep` of them in words."""
        for one in found:
            self.different += 1
            if len(self.differences) < keep:
                self.differences.append(one)


def verify(county_id: int | None = None, *, keep: int = 100) -> Verification:
    """Recompute everything, or one county. Nothing is written."""
    result = Verification()
    engine = db.engine
    level = "REPEATABLE READ" if engine.dialect.name == "postgresql" else "SERIALIZABLE"
    with engine.connect().execution_options(isolation_level=level) as connection:
        if not _is_sqlite(connection):
            # A window's rows are put in order in memory; with what a server gives by itself they go through its disk.
            connection.execute(text("SET LOCAL work_mem = '64MB'"))
        books = _books(connection)
        # Nothing here refers to itself: looking for such circles among all objects of the programme takes long.
        was_on = gc.isenabled()
        gc.disable()
        try:
            for ids in _windows(connection, county_id):
                _verify(connection, ids, books, result, keep)
        finally:
            if was_on:
                gc.enable()
    return result


def _books(connection: Connection) -> dict[int, Book]:
    counties = connection.execute(select(C.county_id).distinct().order_by(C.county_id)).scalars().all()
    known = set(connection.execute(select(Region.id).where(Region.id.in_(counties))).scalars())
    found = {county_id: book_of(county_id) for county_id in counties if county_id in known}
    db.session.rollback()
    return found


def _windows(connection: Connection, county_id: int | None) -> Iterator[list[int]]:
    """The teachers to be gone through, by the thousand."""
    last = 0
    while True:
        query = select(Teacher.__table__.c.id).where(Teacher.__table__.c.id > last)
        if county_id is not None:
            here = select(C.teacher_id).where(C.county_id == county_id)
            query = query.where(Teacher.__table__.c.id.in_(here))
        ids = list(connection.execute(query.order_by(Teacher.__table__.c.id).limit(AT_ONCE)).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def _verify(connection: Connection, ids: list[int], books: dict[int, Book], result: Verification, keep: int) -> None:
    claims = {number: [row[1:] for row in part] for number, part in groupby(_claims(connection, ids), _teacher)}
    entries = {number: list(part) for number, part in groupby(_entries(connection, ids), _teacher)}
    sums = {number: list(part) for number, part in groupby(_totals(connection, ids), _teacher)}
    for number in ids:
        mine = claims.get(number, [])
        due = count(mine, books)
        standing, broken = _standing(number, entries.get(number, []))
        result.claims += len(mine)
        result.lines += len(standing)
        if broken:
            result.add(broken, keep)
        if len(due) != len(standing) or set(due) != set(standing):
            result.add(_lines_differ(number, due, standing), keep)
        wanted = sorted((year, *row) for year, row in totals(due).items())
        kept = sorted(tuple(row[1:]) for row in sums.get(number, []))
        if wanted != kept:
            result.add([Difference(number, "totals (year, cycle, hours, outside)", str(wanted), str(kept))], keep)
    result.teachers += len(ids)


def _within(column: Any, ids: list[int]) -> Any:
    """Teachers of a window: as a range where it has no gaps that matter, since a range is read in the index's order."""
    return column.between(ids[0], ids[-1])


def _claims(connection: Connection, ids: list[int]) -> list[Any]:
    outside = case((C.is_outside_cycle, true()), else_=false())
    rows = connection.execute(
        select(
            C.teacher_id,
            C.id,
            C.county_id,
            C.kind_code,
            type_coerce(C.hours, BigInteger),
            type_coerce(C.done_on, String) if _is_sqlite(connection) else C.done_on,
            type_coerce(outside, Boolean),
        )
        .where(_within(C.teacher_id, ids), type_coerce(C.status, String) == ClaimStatus.CONFIRMED.value)
        .order_by(C.teacher_id, C.done_on, C.id)
    )
    return _of(ids, rows.all())


def _entries(connection: Connection, ids: list[int]) -> list[Any]:
    rows = connection.execute(
        select(
            E.teacher_id,
            E.id,
            E.reverses_id,
            E.claim_id,
            E.kind_code,
            E.rule_set_id,
            E.year,
            E.cycle,
            type_coerce(E.account, String),
            type_coerce(E.hours, BigInteger),
        )
        .where(_within(E.teacher_id, ids))
        .order_by(E.teacher_id, E.id)
    )
    return _of(ids, rows.all())


def _totals(connection: Connection, ids: list[int]) -> list[Any]:
    rows = connection.execute(
        select(
            T.teacher_id,
            T.year,
            T.cycle,
            type_coerce(T.hours, BigInteger),
            type_coerce(T.outside_hours, BigInteger),
        )
        .where(_within(T.teacher_id, ids))
        .order_by(T.teacher_id, T.year)
    )
    return _of(ids, rows.all())


def _of(ids: list[int], rows: Sequence[Any]) -> list[Any]:
    """The rows of these teachers; in a window without gaps, all."""
    if ids[-1] - ids[0] + 1 == len(ids):
        return list(rows)
    wanted = set(ids)
    return [row for row in rows if row[0] in wanted]


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _standing(number: int, entries: list[Any]) -> tuple[list[Line], list[Difference]]:
    """The lines that nothing reverses; and reversals that do not match what they reverse."""
    lines: dict[int, Line] = {}
    broken = []
    for _teacher_id, entry_id, reverses_id, claim_id, kind, rule_set_id, year, cycle, account, hours in entries:
        line = Line(claim_id, kind, rule_set_id, year, cycle, account == Account.OUTSIDE.value, hours)
        if reverses_id is None:
            lines[entry_id] = line
            continue
        reversed_line = lines.pop(reverses_id, None)
        if reversed_line is None or reversed_line != line._replace(hours=-hours):
            broken.append(
                Difference(number, f"entry {entry_id}", f"a reversal of entry {reverses_id}", _in_words(line))
            )
    return list(lines.values()), broken


def _lines_differ(number: int, due: list[Line], standing: list[Line]) -> Iterator[Difference]:
    wanted = {(line.claim_id, line.kind): line for line in due}
    found: dict[tuple[int, str], list[Line]] = {}
    for line in standing:
        found.setdefault((line.claim_id, line.kind), []).append(line)
    for key in sorted(wanted.keys() | found.keys()):
        have = found.get(key, [])
        if have != ([wanted[key]] if key in wanted else []):
            due_words = _in_words(wanted[key]) if key in wanted else "nothing"
            words = " and ".join(map(_in_words, have)) or "nothing"
            yield Difference(number, f"claim {key[0]} as {key[1]}", due_words, words)


def _in_words(line: Line) -> str:
    where = "outside the cycle" if line.is_outside else f"cycle {line.cycle}"
    return f"{line.hours / 100:.2f} h in {line.year}, {where}, rules {line.rule_set_id}"
