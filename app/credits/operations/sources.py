"""Claims that need no typing: from attendance, from a studio, from a rotation. They are confirmed at once."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select

from app import audit
from app.audit.operations import Actor
from app.credits.books import book_of, ensure_rules
from app.credits.ledger import recount
from app.credits.models import (
    MOST_HOURS,
    ClaimSource,
    ClaimStatus,
    CreditClaim,
    CreditClaimStep,
    EntryCause,
    StepKind,
)
from app.credits.operations.common import is_new_teacher_time, move, note_step, record
from app.credits.rules import Rules
from app.db.clock import utc_now
from app.extensions import db
from app.teachers.models import Teacher
from app.web.errors import Refused


def credit_from_source(
    *,
    actor: Actor,
    teacher_id: int,
    source: ClaimSource,
    source_id: int,
    kind_code: str,
    on: date,
    hours: Decimal,
    title: str,
    mode: str | None = None,
    level_code: str | None = None,
) -> CreditClaim:
    """Count a teacher's hours from a record. Asking again for the same record and teacher gives the same claim; one
    that was withdrawn stands again."""
    credit_many_from_source(
        actor=actor,
        hours={teacher_id: hours},
        source=source,
        source_id=source_id,
        kind_code=kind_code,
        on=on,
        title=title,
        mode=mode,
        level_code=level_code,
    )
    return _claim(source, source_id, teacher_id)


def credit_many_from_source(
    *,
    actor: Actor,
    hours: Mapping[int, Decimal],
    source: ClaimSource,
    source_id: int,
    kind_code: str,
    on: date,
    title: str,
    mode: str | None = None,
    level_code: str | None = None,
) -> int:
    """The same for everybody who took part (teacher → hours), in a handful of statements; returns how many claims are
    new or stand again."""
    for number in hours.values():
        check_hours(number)
    teachers = {row.id: row for row in db.session.scalars(select(Teacher).where(Teacher.id.in_(hours)))}
    known = {
        claim.teacher_id: claim
        for claim in db.session.scalars(
            select(CreditClaim).where(
                CreditClaim.source == source,
                CreditClaim.source_id == source_id,
                CreditClaim.teacher_id.in_(hours),
            )
        )
    }
    rules = {county_id: _rules(county_id, kind_code, on) for county_id in {t.county_id for t in teachers.values()}}
    facts: dict[str, Any] = {
        "kind_code": kind_code,
        "mode_code": mode,
        "level_code": level_code,
        "title": title[:200],
        "on": on,
    }
    new = [teacher for number, teacher in sorted(teachers.items()) if number not in known]
    again = [claim for claim in known.values() if claim.status is ClaimStatus.WITHDRAWN]
    for claim in again:
        _stand_again(claim, facts, hours[claim.teacher_id], rules[claim.county_id], teachers[claim.teacher_id])
    _insert(new, facts, hours, rules, source, source_id)
    changed = [teacher.id for teacher in new] + [claim.teacher_id for claim in again]
    claims = _claims(source, source_id, changed)
    _note(claims, actor)
    recount(changed, cause=EntryCause.CONFIRMED, because_of={claim.id for claim in claims})
    audit.record_many(actor=actor, action="credit.from_source", lines=[_line(claim) for claim in claims])
    return len(changed)


def _rules(county_id: int, kind_code: str, on: date) -> Rules:
    ensure_rules(county_id)
    rules = book_of(county_id).on(on).rules
    if kind_code not in rules.kinds:
        raise Refused(
            _(
                "The county's credit rules of that day know no kind “%(kind)s”. Add it there, or choose another.",
                kind=kind_code,
            )
        )
    return rules


def check_hours(hours: Decimal) -> None:
    """Hours of a claim: more than none, at most as many as any training lasts, to two decimal places."""
    if not hours.is_finite() or not 0 < hours <= MOST_HOURS or hours != round(hours, 2):
        raise Refused(
            _(
                "Hours are a number above 0 and up to %(most)s, with at most two decimal places, such as 1.5.",
                most=f"{MOST_HOURS:,}",
            )
        )


def _insert(
    teachers: list[Teacher],
    facts: dict[str, Any],
    hours: Mapping[int, Decimal],
    rules: Mapping[int, Rules],
    source: ClaimSource,
    source_id: int,
) -> None:
    now = utc_now()
    on: date = facts["on"]
    rows = [
        {
            "teacher_id": teacher.id,
            "county_id": teacher.county_id,
            "school_id": teacher.working_school_id,
            "source": source,
            "source_id": source_id,
            "status": ClaimStatus.CONFIRMED,
            **{name: facts[name] for name in ("kind_code", "mode_code", "level_code", "title")},
            "from_on": on,
            "done_on": on,
            "hours_claimed": hours[teacher.id],
            "hours": hours[teacher.id],
            "is_outside_cycle": is_new_teacher_time(rules[teacher.county_id], teacher, str(facts["kind_code"]), on),
            "submitted_at": now,
            "confirmed_at": now,
        }
        for teacher in teachers
    ]
    if rows:
        db.session.execute(insert(CreditClaim), rows)


def _stand_again(claim: CreditClaim, facts: dict[str, Any], hours: Decimal, rules: Rules, teacher: Teacher) -> None:
    on: date = facts["on"]
    move(
        claim,
        since=[ClaimStatus.WITHDRAWN],
        to=ClaimStatus.CONFIRMED,
        confirmed_at=utc_now(),
        hours=hours,
        hours_claimed=hours,
        from_on=on,
        done_on=on,
        is_outside_cycle=is_new_teacher_time(rules, teacher, str(facts["kind_code"]), on),
        **{name: facts[name] for name in ("kind_code", "mode_code", "level_code", "title")},
    )


def _claims(source: ClaimSource, source_id: int, teacher_ids: list[int]) -> list[CreditClaim]:
    query = select(CreditClaim).where(CreditClaim.source == source, CreditClaim.source_id == source_id)
    return list(db.session.scalars(query.where(CreditClaim.teacher_id.in_(teacher_ids)).order_by(CreditClaim.id)))


def _claim(source: ClaimSource, source_id: int, teacher_id: int) -> CreditClaim:
    found = _claims(source, source_id, [teacher_id])
    if not found:
        raise Refused(_("There is no claim from this record for this teacher."))
    return found[0]


def _note(claims: list[CreditClaim], actor: Actor) -> None:
    now = utc_now()
    rows = [
        {
            "claim_id": claim.id,
            "at": now,
            "kind": StepKind.FROM_SOURCE,
            "actor_id": actor.id,
            "actor_label": actor.label,
            "hours_after": claim.hours,
        }
        for claim in claims
    ]
    if rows:
        db.session.execute(insert(CreditClaimStep), rows)


def _line(claim: CreditClaim) -> dict[str, object]:
    return {
        "subject": claim,
        "after": {"hours": claim.hours, "kind": claim.kind_code, "source": claim.source, "teacher": claim.teacher_id},
        "region_id": claim.county_id,
        "school_id": claim.school_id,
    }


def withdraw_source(*, actor: Actor, source: ClaimSource, source_id: int, teacher_id: int, reason: str) -> CreditClaim:
    """Take back what a record gave a teacher; withdrawing again changes nothing."""
    claim = _claim(source, source_id, teacher_id)
    if claim.status is ClaimStatus.WITHDRAWN:
        return claim
    move(claim, since=[ClaimStatus.CONFIRMED], to=ClaimStatus.WITHDRAWN, confirmed_at=None)
    note_step(claim, StepKind.WITHDRAWN, actor=actor, reason=reason, hours_before=claim.hours)
    recount([teacher_id], cause=EntryCause.WITHDRAWN, because_of={claim.id})
    record("withdraw", claim, actor=actor, before={"hours": claim.hours}, reason=reason)
    return claim


def change_source_hours(
    *, actor: Actor, source: ClaimSource, source_id: int, teacher_id: int, hours: Decimal, reason: str
) -> CreditClaim:
    """Correct what a record gave a teacher; the same hours again change nothing."""
    check_hours(hours)
    claim = _claim(source, source_id, teacher_id)
    before = claim.hours
    if before == hours:
        return claim
    move(claim, since=[ClaimStatus.CONFIRMED], to=ClaimStatus.CONFIRMED, hours=hours)
    note_step(claim, StepKind.HOURS_CHANGED, actor=actor, reason=reason, hours_before=before, hours_after=hours)
    recount([teacher_id], cause=EntryCause.CHANGED, because_of={claim.id})
    record("change_hours", claim, actor=actor, before={"hours": before}, after={"hours": hours}, reason=reason)
    return claim
