"""Reading claims: one, a teacher's, a reviewer's queue, everybody's."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant
from app.credits.access import counties_where, rule_sets_where
from app.credits.books import book_of
from app.credits.models import (
    ClaimSource,
    ClaimStatus,
    CreditClaim,
    CreditDispute,
    CreditEntry,
    CreditRuleSet,
    CreditStandIn,
    DisputeStatus,
)
from app.credits.rules import Kind, Rules
from app.extensions import db
from app.regions.models import Region
from app.schools.queries import school_filter
from app.teachers.models import Teacher
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

COUNTIES = 5  # whose kinds are offered to somebody who reaches many
C = CreditClaim


def kinds_of(county_id: int) -> dict[str, Kind]:
    """Every kind that a county's rules know or knew, as they call it last."""
    found: dict[str, Kind] = {}
    for version in book_of(county_id).versions:
        found |= version.rules.kinds
    return found


def kind_choices() -> list[tuple[str, Any]]:
    """The kinds of the counties a person reaches."""
    here = select(Region.id).where(counties_where(current_user.grants)).order_by(Region.code).limit(COUNTIES)
    found: dict[str, str] = {}
    for county_id in db.session.scalars(here):
        found |= {code: kind.label for code, kind in kinds_of(county_id).items()}
    return sorted(found.items(), key=lambda item: item[1])


def status_choices() -> list[tuple[str, Any]]:
    """The statuses of claims that were handed in."""
    return [(status.value, status.label) for status in ClaimStatus if status is not ClaimStatus.DRAFT]


def source_choices() -> list[tuple[str, Any]]:
    """Where claims come from."""
    return [(source.value, source.label) for source in ClaimSource]


# As an expression: else a database walks all claims from the newest until it meets enough of one teacher.
_BY_TEACHER = C.id + 0
_NEWEST = Sort((SortKey(C.id, "id", is_descending=True),))
CLAIMS = ListSpec(
    "credits.claims",
    filters=(
        school_filter("school", _l("School")),
        lists.choice("status", _l("Status"), status_choices),
        lists.choice("kind", _l("Kind of training"), kind_choices),
        lists.choice("source", _l("Source"), source_choices),
        lists.whole("year", _l("Year"), minimum=2011, maximum=2100),
        lists.flag("disputed", _l("Objection open")),
    ),
    sorts={"newest": _NEWEST},
)
QUEUE = ListSpec(
    "credits.queue",
    filters=(
        school_filter("school", _l("School")),
        lists.choice("kind", _l("Kind of training"), kind_choices),
    ),
    sorts={
        "waiting": Sort((SortKey(C.submitted_at, "submitted_at"), SortKey(C.id, "id"))),
        "hours": Sort((SortKey(C.hours, "hours"), SortKey(C.id, "id"))),
    },
)
ROW_PARTS = (joinedload(C.teacher), joinedload(C.school))
PAGE_PARTS = (*ROW_PARTS, selectinload(C.evidence), selectinload(C.steps))


def claim_where(where: ColumnElement[bool], claim_id: int) -> CreditClaim | None:
    """One claim within reach, with all its parts."""
    return db.session.scalar(select(C).options(*PAGE_PARTS).where(C.id == claim_id, where))


def waiting(where: ColumnElement[bool], status: ClaimStatus, listing: Listing) -> Select[Any]:
    """What waits at a stage."""
    return select(C).where(where, C.status == status, *_narrowed(listing))


def all_claims(where: ColumnElement[bool], listing: Listing) -> Select[Any]:
    """Claims that were handed in."""
    conditions = [where, C.status != ClaimStatus.DRAFT, *_narrowed(listing)]
    if status := listing.get("status"):
        conditions.append(C.status == ClaimStatus(status))
    if source := listing.get("source"):
        conditions.append(C.source == ClaimSource(source))
    if (year := listing.get("year")) is not None:
        conditions.append(func.coalesce(C.done_on, C.from_on).between(date(year, 1, 1), date(year, 12, 31)))
    if (disputed := listing.get("disputed")) is not None:
        open_ones = select(CreditDispute.claim_id).where(CreditDispute.status == DisputeStatus.OPEN)
        conditions.append(C.id.in_(open_ones) if disputed else C.id.not_in(open_ones))
    return select(C).where(*conditions)


def _narrowed(listing: Listing) -> Iterable[ColumnElement[bool]]:
    if (school := listing.get("school")) is not None:
        yield C.school_id == school
    if kind := listing.get("kind"):
        yield C.kind_code == kind
    if listing.search:
        named = select(Teacher.id).where(
            Teacher.name.contains(listing.search, autoescape=True)
            | Teacher.name_pinyin.startswith(listing.search.lower(), autoescape=True)
        )
        yield C.teacher_id.in_(named)


def own_claims(teacher_id: int, *, before: int | None = None, limit: int = 50) -> list[CreditClaim]:
    """A teacher's claims, what needs doing first, then the newest."""
    query = select(C).where(C.teacher_id == teacher_id, C.status != ClaimStatus.WITHDRAWN)
    if before:
        query = query.where(C.id < before)
    return list(db.session.scalars(query.order_by(_BY_TEACHER.desc()).limit(limit)))


def open_claims(teacher_id: int) -> list[CreditClaim]:
    """Drafts and what was returned: the teacher has to act."""
    open_to_teacher = [status for status in ClaimStatus if status.is_open_to_teacher]
    query = select(C).where(C.teacher_id == teacher_id, C.status.in_(open_to_teacher))
    return list(db.session.scalars(query.order_by(_BY_TEACHER.desc()).limit(20)))


def dispute_of(claim_id: int) -> list[CreditDispute]:
    """The claim's disputes with their threads, the newest first."""
    query = select(CreditDispute).options(selectinload(CreditDispute.messages))
    query = query.where(CreditDispute.claim_id == claim_id).order_by(CreditDispute.id.desc())
    return list(db.session.scalars(query))


def rule_set_where(grants: Iterable[Grant], rule_set_id: int, *extra: ColumnElement[bool]) -> CreditRuleSet | None:
    """One version within reach, with its county."""
    return db.session.scalar(
        select(CreditRuleSet)
        .options(joinedload(CreditRuleSet.county))
        .where(CreditRuleSet.id == rule_set_id, rule_sets_where(grants), *extra)
    )


def versions(county_id: int, grants: Iterable[Grant]) -> list[CreditRuleSet]:
    """A county's versions within reach, the newest first."""
    query = select(CreditRuleSet).where(CreditRuleSet.county_id == county_id, rule_sets_where(grants))
    return list(db.session.scalars(query.order_by(CreditRuleSet.revision.desc())))


def stand_ins(where: ColumnElement[bool]) -> list[CreditStandIn]:
    """Stand-ins within reach, those to come and of today first."""
    return list(
        db.session.scalars(
            select(CreditStandIn)
            .options(joinedload(CreditStandIn.user), joinedload(CreditStandIn.for_user))
            .where(where)
            .order_by(CreditStandIn.to_on.desc(), CreditStandIn.id.desc())
            .limit(100)
        ).unique()
    )


def counties(grants: Iterable[Grant]) -> list[Region]:
    """The counties a person reaches."""
    return list(db.session.scalars(select(Region).where(counties_where(grants)).order_by(Region.code)))


def rules_today(county_id: int, today: Any) -> Rules:
    """The rules that hold in a county today."""
    return book_of(county_id).on(today).rules


def lines_of(claim_id: int) -> list[tuple[CreditEntry, CreditRuleSet]]:
    """The ledger's lines of a claim, each with the version of the rules that made it."""
    query = select(CreditEntry, CreditRuleSet).join(CreditRuleSet, CreditRuleSet.id == CreditEntry.rule_set_id)
    rows = db.session.execute(query.where(CreditEntry.claim_id == claim_id).order_by(CreditEntry.id)).tuples()
    return [(row[0], row[1]) for row in rows]
