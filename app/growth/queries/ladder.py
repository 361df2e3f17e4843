"""Reading the ladder: rungs with their figures, rounds, applications, reviews."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.accounts.models import User
from app.evidence.models import EvidenceFile
from app.extensions import db
from app.growth.models import (
    LadderApplication,
    LadderEvidence,
    LadderReview,
    LadderReviewer,
    LadderRound,
    LadderRung,
    LadderStatus,
    RoundStatus,
)
from app.growth.queries.programmes import reach_of_county
from app.notices.operations import users_of_teachers, users_with
from app.schools.queries import COUNTY_FILTER, school_filter
from app.studios.models import RUNNING, Studio
from app.teachers import search
from app.teachers.access import teachers_where
from app.teachers.backbones import valid_on
from app.teachers.models import BackboneHonour, Teacher
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

P = Permission
LAST = 1_000_000
_RANK = func.coalesce(LadderApplication.rank, LAST)
STATUS_FILTER = lists.choice("status", _l("Status"), lambda: [(one.value, one.label) for one in LadderStatus])
SORTS = {
    "rank": Sort((SortKey(_RANK, "rank", missing=LAST), SortKey(LadderApplication.id, "id"))),
    "new": Sort((SortKey(LadderApplication.id, "id", is_descending=True),)),
}


def _rung_name(rung_id: int) -> str | None:
    reach = rungs_where(current_user.grants, P.GROWTH_READ)
    return db.session.scalar(select(LadderRung.name).where(LadderRung.id == rung_id, reach))


RUNGS = ListSpec(
    "growth.ladder",
    filters=(COUNTY_FILTER,),
    sorts={"county": Sort(tuple(SortKey(getattr(LadderRung, name), name) for name in ("county_id", "position", "id")))},
)
ROUNDS = ListSpec(
    "growth.ladder_rounds",
    filters=(
        COUNTY_FILTER,
        lists.row("rung", _l("Rung"), _rung_name),
        lists.whole("year", _l("Year"), minimum=2000, maximum=2100),
        lists.choice("status", _l("Status"), lambda: [(one.value, one.label) for one in RoundStatus]),
    ),
    sorts={
        "new": Sort(
            (
                SortKey(LadderRound.year, "year", is_descending=True),
                SortKey(LadderRound.id, "id", is_descending=True),
            )
        )
    },
)
APPLICATIONS = ListSpec(
    "growth.ladder_applications",
    filters=(
        COUNTY_FILTER,
        lists.row("rung", _l("Rung"), _rung_name),
        lists.whole("year", _l("Year"), minimum=2000, maximum=2100),
        STATUS_FILTER,
        school_filter("school", _l("School")),
    ),
    sorts={"new": SORTS["new"], "rank": SORTS["rank"]},
)
OF_ROUND = ListSpec("growth:ladder_round", filters=(STATUS_FILTER, school_filter("school", _l("School"))), sorts=SORTS)
HOLDERS = ListSpec(
    "growth:ladder_holders",
    filters=(school_filter("school", _l("School")),),
    sorts={"name": Sort((SortKey(Teacher.name_pinyin, "name_pinyin"), SortKey(Teacher.id, "id")))},
)
PARTS = (
    joinedload(LadderApplication.teacher),
    joinedload(LadderApplication.school),
    joinedload(LadderApplication.round).joinedload(LadderRound.rung),
)
WHOLE = (
    *PARTS[1:],
    joinedload(LadderApplication.teacher).selectinload(Teacher.honours),
    joinedload(LadderApplication.honour),
    selectinload(LadderApplication.evidence),
    selectinload(LadderApplication.reviews).joinedload(LadderReview.reviewer),
)


def rungs_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on LadderRung: those of a granted county, and of a granted school's or teacher's county."""
    return reach_of_county(LadderRung.county_id, grants, permission)


def rounds_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on LadderRound: likewise."""
    return reach_of_county(LadderRound.county_id, grants, permission)


def applications_where(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """Condition on LadderApplication: those of a teacher within reach; for a school, those that came from it."""
    held = [g for g in grants if g.allows(permission)]
    ways: list[ColumnElement[bool]] = []
    if schools := {g.school_id for g in held if g.school_id}:
        ways.append(LadderApplication.school_id.in_(schools))
    if others := [g for g in held if not g.school_id]:
        ways.append(LadderApplication.teacher_id.in_(select(Teacher.id).where(teachers_where(others, permission))))
    return or_(false(), *ways)


def rungs_listed(listing: Listing, grants: Iterable[Grant]) -> Select[Any]:
    """The rungs within reach."""
    query = select(LadderRung).where(rungs_where(grants, P.GROWTH_READ))
    if county := listing.get("county"):
        query = query.where(LadderRung.county_id == county)
    return query


def rounds_listed(listing: Listing, grants: Iterable[Grant]) -> Select[Any]:
    """The rounds that a list asks for, within reach."""
    query = select(LadderRound).where(rounds_where(grants, P.GROWTH_READ))
    for name, column in (
        ("county", LadderRound.county_id),
        ("rung", LadderRound.rung_id),
        ("year", LadderRound.year),
        ("status", LadderRound.status),
    ):
        if name in listing.values:
            query = query.where(column == listing.get(name))
    return query


def applications_listed(listing: Listing, grants: Iterable[Grant], row: LadderRound | None = None) -> Select[Any]:
    """The applications that a list asks for, within reach; of one round where it is given."""
    query = select(LadderApplication).where(applications_where(grants, P.GROWTH_READ))
    if row is not None:
        query = query.where(LadderApplication.round_id == row.id)
    rounds = [
        column == listing.get(name)
        for name, column in (
            ("county", LadderRound.county_id),
            ("rung", LadderRound.rung_id),
            ("year", LadderRound.year),
        )
        if name in listing.values
    ]
    if rounds:
        query = query.where(LadderApplication.round_id.in_(select(LadderRound.id).where(*rounds)))
    if status := listing.get("status"):
        query = query.where(LadderApplication.status == LadderStatus(status))
    if school := listing.get("school"):
        query = query.where(LadderApplication.school_id == school)
    if listing.search:
        named = search.search(listing.search, in_one_county=True).conditions
        query = query.where(LadderApplication.teacher_id.in_(select(Teacher.id).where(*named)))
    return query


def one_rung(rung_id: int, grants: Iterable[Grant], permission: Permission) -> LadderRung | None:
    """A rung within reach."""
    return db.session.scalar(select(LadderRung).where(LadderRung.id == rung_id, rungs_where(grants, permission)))


def one_round(round_id: int, grants: Iterable[Grant], permission: Permission) -> LadderRound | None:
    """A round within reach, with its reviewers."""
    return db.session.scalar(
        select(LadderRound)
        .where(LadderRound.id == round_id, rounds_where(grants, permission))
        .options(selectinload(LadderRound.reviewers).joinedload(LadderReviewer.user))
    )


def one_application(application_id: int, grants: Iterable[Grant], permission: Permission) -> LadderApplication | None:
    """An application within reach, with all that hangs on it."""
    return db.session.scalar(
        select(LadderApplication)
        .where(LadderApplication.id == application_id, applications_where(grants, permission))
        .options(*WHOLE)
    )


@dataclass(frozen=True, slots=True)
class RungFigures:
    """What a rung came to: the recognised of each year, who holds its honour today, and the round of this year."""

    recognised: dict[int, int]
    holders: int
    now: LadderRound | None

    def is_met(self, rung: LadderRung, year: int) -> bool | None:
        """Whether a year reached the county's target; None where it set none."""
        return None if rung.yearly_target is None else self.recognised.get(year, 0) >= rung.yearly_target


def figures_of(rungs: Sequence[LadderRung], grants: Iterable[Grant], day: date) -> dict[int, RungFigures]:
    """The figures of each rung, within reach; as many queries for one rung as for twenty."""
    held, ids = list(grants), [rung.id for rung in rungs]
    counted = db.session.execute(
        select(LadderRound.rung_id, LadderRound.year, func.count())
        .join(LadderApplication, LadderApplication.round_id == LadderRound.id)
        .where(
            LadderRound.rung_id.in_(ids),
            LadderApplication.status == LadderStatus.RECOGNISED,
            applications_where(held, P.GROWTH_READ),
        )
        .group_by(LadderRound.rung_id, LadderRound.year)
    ).tuples()
    years: dict[int, dict[int, int]] = {number: {} for number in ids}
    for rung_id, year, number in counted:
        years[rung_id][year] = number
    rounds = db.session.scalars(
        select(LadderRound).where(
            LadderRound.rung_id.in_(ids), LadderRound.year == day.year, LadderRound.status != RoundStatus.CANCELLED
        )
    )
    now = {row.rung_id: row for row in rounds}
    holding = _holding(rungs, held, day)
    return {
        rung.id: RungFigures(
            years[rung.id], holding.get((rung.county_id, rung.type_code, rung.level_code), 0), now.get(rung.id)
        )
        for rung in rungs
    }


def _holding(rungs: Sequence[LadderRung], grants: list[Grant], day: date) -> dict[tuple[int, str, str], int]:
    types, levels = {rung.type_code for rung in rungs}, {rung.level_code for rung in rungs}
    rows = db.session.execute(
        select(
            Teacher.county_id,
            BackboneHonour.type_code,
            BackboneHonour.level_code,
            func.count(BackboneHonour.teacher_id.distinct()),
        )
        .join(Teacher, Teacher.id == BackboneHonour.teacher_id)
        .where(valid_on(day, levels, types), Teacher.left_on.is_(None), teachers_where(grants, P.GROWTH_READ))
        .group_by(Teacher.county_id, BackboneHonour.type_code, BackboneHonour.level_code)
    ).tuples()
    return {(county, kind, level): number for county, kind, level, number in rows}


def holders_listed(listing: Listing, rung: LadderRung, grants: Iterable[Grant], day: date) -> Select[Any]:
    """The teachers within reach who hold a rung's honour on that day."""
    held = select(BackboneHonour.teacher_id).where(valid_on(day, [rung.level_code], [rung.type_code]))
    query = select(Teacher).where(
        Teacher.county_id == rung.county_id,
        Teacher.left_on.is_(None),
        Teacher.id.in_(held),
        teachers_where(grants, P.GROWTH_READ),
    )
    if school := listing.get("school"):
        query = query.where(Teacher.working_school_id == school)
    if listing.search:
        query = query.where(*search.search(listing.search, in_one_county=True).conditions)
    return query


HOLDER_PARTS = (joinedload(Teacher.working_school), selectinload(Teacher.honours))


def honour_of(teacher: Teacher, rung: LadderRung, day: date) -> BackboneHonour | None:
    """The honour by which somebody stands on a rung."""
    return next(
        (
            one
            for one in teacher.honours
            if (one.type_code, one.level_code) == (rung.type_code, rung.level_code)
            and one.valid_from <= day
            and (one.valid_to is None or one.valid_to >= day)
        ),
        None,
    )


def states_of(row: LadderRound, grants: Iterable[Grant]) -> dict[LadderStatus, int]:
    """How many applications of a round, within reach, stand where."""
    rows = db.session.execute(
        select(LadderApplication.status, func.count())
        .where(LadderApplication.round_id == row.id, applications_where(grants, P.GROWTH_READ))
        .group_by(LadderApplication.status)
    ).tuples()
    return dict(rows.all())


def reviews_of_round(row: LadderRound) -> dict[int, tuple[int, int]]:
    """Reviewer to how many of the round's reviews are written, and how many there are."""
    rows = db.session.execute(
        select(LadderReview.reviewer_id, func.count(LadderReview.submitted_at), func.count())
        .join(LadderApplication, LadderApplication.id == LadderReview.application_id)
        .where(LadderApplication.round_id == row.id)
        .group_by(LadderReview.reviewer_id)
    ).tuples()
    return {reviewer: (done, number) for reviewer, done, number in rows}


def possible_reviewers(county_id: int) -> list[tuple[str, str]]:
    """Who can review: those of the county who read the growth pages, and the hosts of its running studios."""
    hosts = db.session.scalars(select(Studio.host_id).where(Studio.county_id == county_id, Studio.status.in_(RUNNING)))
    accounts = set(users_with(P.GROWTH_READ, county_id=county_id))
    for users in users_of_teachers(hosts.all()).values():
        accounts |= set(users)
    people = db.session.scalars(select(User).where(User.id.in_(accounts)).order_by(User.name, User.id))
    return [(str(user.id), user.name) for user in people]


# --- a teacher's own, and a reviewer's --------------------------------------------------------------------------


def open_rounds(teacher: Teacher, day: date) -> Sequence[LadderRound]:
    """The rounds in which a teacher could apply today, the lowest rung first."""
    return db.session.scalars(
        select(LadderRound)
        .join(LadderRound.rung)
        .where(
            LadderRound.county_id == teacher.county_id,
            LadderRound.status == RoundStatus.OPEN,
            LadderRound.opens_on <= day,
            LadderRound.closes_on >= day,
        )
        .order_by(LadderRung.position, LadderRound.id)
    ).all()


def applications_of(teacher_id: int, *reach: ColumnElement[bool]) -> Sequence[LadderApplication]:
    """All that a teacher applied for on the ladder, the newest first; only what is within reach where it is given."""
    return db.session.scalars(
        select(LadderApplication)
        .where(LadderApplication.teacher_id == teacher_id, *reach)
        .options(*PARTS, joinedload(LadderApplication.honour), selectinload(LadderApplication.evidence))
        .order_by(LadderApplication.id.desc())
    ).all()


def own_application(application_id: int, teacher_id: int | None) -> LadderApplication | None:
    """One's own application."""
    return db.session.scalar(
        select(LadderApplication)
        .where(LadderApplication.id == application_id, LadderApplication.teacher_id == (teacher_id or 0))
        .options(*WHOLE)
    )


def reviews_of(user_id: int) -> Sequence[LadderReview]:
    """What a person is to score, and scored, in rounds under review."""
    return db.session.scalars(
        select(LadderReview)
        .join(LadderReview.application)
        .join(LadderApplication.round)
        .where(LadderReview.reviewer_id == user_id, LadderRound.status == RoundStatus.REVIEWING)
        .options(joinedload(LadderReview.application).options(*PARTS))
        .order_by(LadderRound.id, LadderReview.submitted_at.is_not(None), LadderReview.id)
    ).all()


def one_review(review_id: int, user_id: int) -> LadderReview | None:
    """A reviewer's own review."""
    return db.session.scalar(
        select(LadderReview)
        .where(LadderReview.id == review_id, LadderReview.reviewer_id == user_id)
        .options(joinedload(LadderReview.application).options(*PARTS, selectinload(LadderApplication.evidence)))
    )


def evidence_where(grants: Iterable[Grant], user: Any) -> ColumnElement[bool]:
    """Condition on EvidenceFile: what hangs on an application that the person may read, wrote, or is to score."""
    scored = select(LadderReview.application_id).where(LadderReview.reviewer_id == user.id)
    links = (
        select(LadderEvidence.evidence_id)
        .join(LadderApplication, LadderApplication.id == LadderEvidence.application_id)
        .where(
            or_(
                applications_where(grants, P.GROWTH_READ),
                LadderApplication.teacher_id == (user.teacher_id or 0),
                LadderApplication.id.in_(scored),
            )
        )
    )
    return EvidenceFile.id.in_(links)
