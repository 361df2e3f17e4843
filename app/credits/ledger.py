"""Writing the ledger: what the confirmed claims of teachers count now, against what their lines say.

A line that no longer holds is reversed by a new one; nothing is ever changed or removed. So the ledger always adds up
to what the claims and the rules give, whatever the order in which claims were confirmed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import batched, groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import aliased

from app.credits.books import books_of, ensure_rules
from app.credits.counting import Book, Counted, Line, count, totals
from app.credits.models import Account, ClaimStatus, CreditClaim, CreditEntry, CreditTotal, EntryCause
from app.db.clock import utc_now
from app.extensions import db
from app.teachers.models import Teacher

AT_ONCE = 400  # teachers whose claims are held in memory together


class Standing(NamedTuple):
    """A line of the ledger that nothing reverses, with its number."""

    entry_id: int
    line: Line


def recount(
    teacher_ids: Iterable[int], *, cause: EntryCause, because_of: Collection[int] = (), books: Mapping[int, Book] = {}
) -> int:
    """Bring the ledger of these teachers up to their claims; returns how many lines were written.

    `because_of` are the claims that something happened to; what moves others is a displacement. The rules are locked
    before the teachers, everywhere, so that nobody waits in a circle.
    """
    db.session.flush()
    written = 0
    for part in batched(sorted(set(teacher_ids)), AT_ONCE):
        counties = set(db.session.scalars(select(CreditClaim.county_id).where(CreditClaim.teacher_id.in_(part))))
        for county_id in counties - set(books):
            ensure_rules(county_id)
        known = dict(books) | books_of(counties - set(books), is_locked=True)
        _lock(part)
        written += _recount(part, known, cause, because_of)
    return written


def _lock(teacher_ids: Collection[int]) -> None:
    """Of two people who confirm claims of one teacher, the second counts what the first has confirmed."""
    query = select(Teacher.id).where(Teacher.id.in_(teacher_ids)).order_by(Teacher.id)
    db.session.execute(query.with_for_update(key_share=True)).all()


def _recount(
    teacher_ids: Collection[int], books: Mapping[int, Book], cause: EntryCause, because_of: Collection[int]
) -> int:
    claims, standing = confirmed_claims(teacher_ids), standing_lines(teacher_ids)
    entries: list[dict[str, Any]] = []
    sums: list[dict[str, Any]] = []
    moved = cause if cause in (EntryCause.RULES, EntryCause.RECOUNT) else EntryCause.DISPLACED
    now = utc_now()
    for teacher_id in teacher_ids:
        lines = count(claims.get(teacher_id, []), books)
        due = {(line.claim_id, line.kind): line for line in lines}
        kept = set()
        for entry_id, line in standing.get(teacher_id, []):
            if due.get((line.claim_id, line.kind)) == line:
                kept.add((line.claim_id, line.kind))
            else:
                why = cause if line.claim_id in because_of else moved
                entries.append(_entry(teacher_id, line, why, now, -line.hours, entry_id))
        for key, line in due.items():
            if key not in kept:
                why = cause if line.claim_id in because_of else moved
                entries.append(_entry(teacher_id, line, why, now, line.hours, None))
        sums += total_rows(teacher_id, lines)
    if entries:
        db.session.execute(insert(CreditEntry), entries)
        write_totals(teacher_ids, sums)
    return len(entries)


def _entry(
    teacher_id: int, line: Line, cause: EntryCause, now: Any, hours: int, reverses_id: int | None
) -> dict[str, Any]:
    return {
        "teacher_id": teacher_id,
        "claim_id": line.claim_id,
        "rule_set_id": line.rule_set_id,
        "kind_code": line.kind,
        "account": Account.OUTSIDE if line.is_outside else Account.CYCLE,
        "year": line.year,
        "cycle": line.cycle,
        "hours": as_hours(hours),
        "reverses_id": reverses_id,
        "cause": cause,
        "at": now,
    }


def total_rows(teacher_id: int, lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    """The rows of `credit_total` that lines give."""
    for year, (cycle, inside, outside) in totals(lines).items():
        yield {
            "teacher_id": teacher_id,
            "year": year,
            "cycle": cycle,
            "hours": as_hours(inside),
            "outside_hours": as_hours(outside),
        }


def write_totals(teacher_ids: Collection[int], rows: list[dict[str, Any]]) -> None:
    """Put the totals of these teachers in place of what stands there."""
    db.session.execute(
        delete(CreditTotal).where(CreditTotal.teacher_id.in_(teacher_ids)),
        execution_options={"synchronize_session": False},
    )
    if rows:
        db.session.execute(insert(CreditTotal), rows)


def as_hours(hundredths: int) -> Decimal:
    """Hundredths of an hour as hours."""
    return Decimal(hundredths) / 100


def hundredths(hours: Decimal) -> int:
    """Hours as whole hundredths."""
    return int(hours * 100)


def confirmed_claims(teacher_ids: Collection[int]) -> dict[int, list[Counted]]:
    """What is to be counted, by teacher, in its order."""
    rows = db.session.execute(
        select(
            CreditClaim.teacher_id,
            CreditClaim.id,
            CreditClaim.county_id,
            CreditClaim.kind_code,
            CreditClaim.hours,
            CreditClaim.done_on,
            CreditClaim.is_outside_cycle,
        )
        .where(CreditClaim.teacher_id.in_(teacher_ids), CreditClaim.status == ClaimStatus.CONFIRMED)
        .order_by(CreditClaim.teacher_id, CreditClaim.done_on, CreditClaim.id)
    )
    return {
        teacher_id: [
            Counted(r[1], r[2], r[3] or "", hundredths(r[4]), r[5], r[6])
            for r in part
            if r[4] is not None and r[5] is not None
        ]
        for teacher_id, part in groupby(rows, key=lambda row: row[0])
    }


def standing_lines(teacher_ids: Collection[int]) -> dict[int, list[Standing]]:
    """The lines of the ledger that nothing reverses, by teacher."""
    reversal = aliased(CreditEntry)
    rows = db.session.execute(
        select(CreditEntry)
        .outerjoin(reversal, reversal.reverses_id == CreditEntry.id)
        .with_only_columns(
            CreditEntry.teacher_id,
            CreditEntry.id,
            CreditEntry.claim_id,
            CreditEntry.kind_code,
            CreditEntry.rule_set_id,
            CreditEntry.year,
            CreditEntry.cycle,
            CreditEntry.account,
            CreditEntry.hours,
        )
        # What reverses nothing has hours above nought, by constraint. Asked for the empty reference, SQLite takes it
        # for a rare one and walks the whole ledger by its index.
        .where(CreditEntry.teacher_id.in_(teacher_ids), CreditEntry.hours > 0, reversal.id.is_(None))
        .order_by(CreditEntry.teacher_id, CreditEntry.id)
    )
    return {
        teacher_id: [
            Standing(
                r.id,
                Line(
                    r.claim_id,
                    r.kind_code,
                    r.rule_set_id,
                    r.year,
                    r.cycle,
                    r.account is Account.OUTSIDE,
                    hundredths(r.hours),
                ),
            )
            for r in part
        ]
        for teacher_id, part in groupby(rows, key=attrgetter("teacher_id"))
    }


def teachers_with_claims(county_id: int) -> list[int]:
    """The teachers who have a confirmed claim in a county."""
    query = select(CreditClaim.teacher_id).where(
        CreditClaim.county_id == county_id, CreditClaim.status == ClaimStatus.CONFIRMED
    )
    return sorted(db.session.scalars(query.distinct()))


def claims_in(county_id: int) -> int:
    """How many confirmed claims a county has."""
    query = select(func.count()).where(CreditClaim.county_id == county_id, CreditClaim.status == ClaimStatus.CONFIRMED)
    return db.session.scalar(query.select_from(CreditClaim)) or 0
