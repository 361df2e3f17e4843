"""Which rules hold where and when: a county's versions in force, made ready for counting."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from app import audit
from app.audit.operations import SYSTEM
from app.credits import packs
from app.credits.counting import Book
from app.credits.models import CreditRuleSet, RuleStatus
from app.credits.rules import Rules
from app.db.clock import utc_now
from app.extensions import db

BEGINNING = date(2011, 1, 1)  # since then the state asks for 360 hours in five years
UNWRITTEN = 0  # the number of the national rules where a county has none of its own yet


def parsed(data: Mapping[str, Any]) -> Rules:
    """Stored rules, checked; the same text is read once."""
    return _parsed(json.dumps(data, ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=256)
def _parsed(text: str) -> Rules:
    return Rules.from_dict(json.loads(text))


def in_force(county_id: int, *, is_locked: bool = False) -> list[CreditRuleSet]:
    """A county's versions in force, in the order of their revisions."""
    query = (
        select(CreditRuleSet)
        .where(CreditRuleSet.county_id == county_id, CreditRuleSet.status == RuleStatus.IN_FORCE)
        .order_by(CreditRuleSet.revision)
    )
    return list(db.session.scalars(query.with_for_update(read=True) if is_locked else query))


def book_of(county_id: int, *, is_locked: bool = False) -> Book:
    """A county's book; the national rules where it has none. `is_locked`: nobody puts others in force meanwhile."""
    rows = in_force(county_id, is_locked=is_locked)
    if not rows:
        return Book([(UNWRITTEN, BEGINNING, parsed(packs.pack(packs.NATIONAL)))])
    return Book([(row.id, row.valid_from, parsed(row.rules)) for row in rows])


def books_of(county_ids: Iterable[int], *, is_locked: bool = False) -> dict[int, Book]:
    """The books of several counties."""
    return {county_id: book_of(county_id, is_locked=is_locked) for county_id in sorted(set(county_ids))}


def rules_on(county_id: int, day: date) -> Rules:
    """The rules that hold in a county on a day."""
    return book_of(county_id).on(day).rules


def ensure_rules(county_id: int) -> None:
    """Put the national rules in force where a county has none: every counted hour names the version that made it."""
    if in_force(county_id):
        return
    newest = db.session.scalar(
        select(CreditRuleSet.revision)
        .where(CreditRuleSet.county_id == county_id)
        .order_by(CreditRuleSet.revision.desc())
        .limit(1)
    )
    row = CreditRuleSet(
        county_id=county_id,
        revision=(newest or 0) + 1,
        valid_from=BEGINNING,
        status=RuleStatus.IN_FORCE,
        rules=packs.pack(packs.NATIONAL),
        in_force_at=utc_now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=SYSTEM, action="credit_rules.in_force", subject=row, after={"rules": row.label}, region_id=county_id
    )
