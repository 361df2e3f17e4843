"""The ladder: a county's rungs, a year's round of one, and how the round goes on to the public notice."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app import audit
from app.accounts.models import RoleGrant
from app.audit.operations import Actor, changes
from app.db import count_up
from app.db.clock import today
from app.extensions import db
from app.growth import telling
from app.growth.models import (
    LIVE,
    LadderApplication,
    LadderReview,
    LadderReviewer,
    LadderRound,
    LadderRung,
    LadderStatus,
    RoundStatus,
)
from app.growth.operations.common import insert
from app.growth.requirements import ethics_refusal
from app.growth.scoring import as_shown, mean_of
from app.regions.models import Region
from app.studios.operations.appraising import checked_criteria
from app.studios.operations.common import move
from app.teachers.models import Teacher
from app.web.errors import Refused, refused_if_taken

S, R = LadderStatus, RoundStatus
DEFAULT_CRITERIA = (("师德表现", 20), ("教育教学业绩", 40), ("教研科研成果", 25), ("示范引领与送教", 15))


def save_rung(
    *, county: Region, actor: Actor, criteria: Sequence[tuple[str, int]], rung: LadderRung | None = None, **fields: Any
) -> LadderRung:
    """Add a rung to a county's ladder, or change one; rounds that are open keep what held when they were opened."""
    fields |= {"criteria": checked_criteria(criteria)}
    row = rung or LadderRung(county_id=county.id, **fields)
    before, after = changes(row, fields) if rung else ({}, fields)
    with refused_if_taken(_("The county has a rung of this name, or one at this place, already.")):
        for name, value in after.items():
            setattr(row, name, value)
        db.session.add(row)
    if after:
        action = "ladder.edit_rung" if rung else "ladder.add_rung"
        audit.record(actor=actor, action=action, subject=row, before=before or None, after=after, region_id=county.id)
    return row


def open_round(
    *,
    rung: LadderRung,
    year: int,
    places: int,
    opens_on: date,
    closes_on: date,
    reviewer_ids: Sequence[int],
    actor: Actor,
) -> LadderRound:
    """Open a year's round of a rung."""
    if not rung.is_open:
        raise Refused(_("This rung takes nobody up any more."))
    row = LadderRound(
        county_id=rung.county_id,
        rung_id=rung.id,
        year=year,
        places=places,
        opens_on=opens_on,
        closes_on=closes_on,
        requirements=rung.requirements,
        criteria=rung.criteria,
        pass_mark=rung.pass_mark,
        reviewers=_reviewers(reviewer_ids),
    )
    insert(row, _("There is a round of this rung in %(year)s already.", year=year))
    row.rung = rung
    _log(actor, "ladder.open", row, after={"year": year, "places": places, "closes_on": closes_on})
    return row


def change_round(*, row: LadderRound, reviewer_ids: Sequence[int], actor: Actor, **fields: Any) -> None:
    """Change places, days and reviewers (loaded) until the public notice; days and reviewers until the review."""
    if row.status not in (R.OPEN, R.REVIEWING):
        raise Refused(_("The public notice has begun; the round stays as it is."))
    present = {one.user_id for one in row.reviewers}
    before, after = changes(row, fields)
    if row.status is R.REVIEWING and (set(after) - {"places"} or present != set(reviewer_ids)):
        raise Refused(_("The review has begun; only the places can be changed now."))
    for name, value in after.items():
        setattr(row, name, value)
    if present != set(reviewer_ids):
        kept = [one for one in row.reviewers if one.user_id in set(reviewer_ids)]
        row.reviewers = kept + _reviewers(number for number in reviewer_ids if number not in present)
        after["reviewers"] = len(row.reviewers)
    db.session.flush()
    if after:
        _log(actor, "ladder.edit_round", row, before=before, after=after)


def cancel_round(*, row: LadderRound, reason: str, actor: Actor) -> None:
    """Call a round off; whoever applied is told."""
    row = locked(row.id)
    if row.places_taken:
        raise Refused(_("Somebody was recognised in this round; it cannot be called off."))
    move(row, since=[R.OPEN, R.REVIEWING, R.NOTICE], to=R.CANCELLED, reason=reason)
    _log(actor, "ladder.cancel", row, reason=reason)
    for one in _applications(row, (*LIVE, S.PROPOSED)):
        move(one, since=(*LIVE, S.PROPOSED), to=S.NOT_CHOSEN, reason=reason)
        telling.ladder_moved(one)


def begin_review(*, row: LadderRound, actor: Actor) -> int:
    """Close the applications and ask the reviewers; nobody scores an application of the own school. How many."""
    row = locked(row.id)
    reviewers = [one.user_id for one in row.reviewers]
    if today() <= row.closes_on:
        raise Refused(_("Applications come in until %(day)s; the review begins after it.", day=row.closes_on))
    found = _applications(row, LIVE)
    if waiting := [one for one in found if one.status is not S.SUPPORTED]:
        names = _(", ").join(one.teacher.name for one in waiting[:5])
        raise Refused(_("%(number)s applications still wait for their school or their teacher: %(names)s.",
                        number=len(waiting), names=names))  # fmt: skip
    if not found:
        raise Refused(_("No school has recommended anybody."))
    move(row, since=[R.OPEN], to=R.REVIEWING)
    conflicts = _conflicts(reviewers)
    for one in found:
        free = [number for number in reviewers if not conflicts[number] & {one.school_id, -one.teacher_id}]
        if not free:
            raise Refused(_("No reviewer may score %(name)s: all are of the same school. Name another reviewer.",
                            name=one.teacher.name))  # fmt: skip
        db.session.add_all(LadderReview(application_id=one.id, reviewer_id=number, scores=[]) for number in free)
    db.session.flush()
    _log(actor, "ladder.review", row, after={"applications": len(found)})
    telling.reviews_asked(row, reviewers)
    return len(found)


def announce(*, row: LadderRound, actor: Actor, begins: date | None = None) -> int:
    """Rank by the exact mean of the reviews and begin the public notice of those within the places. How many.

    The notice begins today, or on the earlier day on which it was posted.
    """
    row = locked(row.id)
    found = _applications(row, [S.SUPPORTED], selectinload(LadderApplication.reviews))
    missing = sum(review.score is None for one in found for review in one.reviews)
    if missing:
        raise Refused(_("%(number)s reviews are still missing.", number=missing))
    begins = begins or today()
    if not row.closes_on < begins <= today():
        raise Refused(_("The public notice begins after the applications, and not later than today."))
    ends = begins + timedelta(days=row.rung.notice_days - 1)
    move(row, since=[R.REVIEWING], to=R.NOTICE, notice_from=begins, notice_to=ends)
    chosen = 0
    for rank, (one, mean) in enumerate(_ranked(found), start=1):
        reason, status = "", S.NOT_CHOSEN
        if veto := ethics_refusal(one.teacher_id, begins):
            reason = veto
        elif mean < row.pass_mark:
            reason = _("The score lies below %(mark)s.", mark=row.pass_mark)
        elif chosen < row.places:
            status, chosen = S.PROPOSED, chosen + 1
        move(one, since=[S.SUPPORTED], to=status, score=as_shown(mean), rank=rank, reason=reason)
        telling.ladder_moved(one)
    _log(actor, "ladder.announce", row, after={"chosen": chosen, "notice_to": ends})
    return chosen


def _ranked(found: Sequence[LadderApplication]) -> list[tuple[LadderApplication, Fraction]]:
    """The best first; of equal means, whoever has taught longer, then who applied first."""
    means = [(one, mean_of([review.score for review in one.reviews if review.score is not None])) for one in found]
    return sorted(means, key=lambda pair: (-pair[1], pair[0].teacher.started_work_on or date.max, pair[0].id))


def locked(round_id: int) -> LadderRound:
    """The round as it is now, held until the transaction ends."""
    db.session.flush()
    return db.session.scalars(
        select(LadderRound)
        .where(LadderRound.id == round_id)
        .options(joinedload(LadderRound.rung), selectinload(LadderRound.reviewers))
        .with_for_update(of=LadderRound)
        .execution_options(populate_existing=True)
    ).one()


def take_place(row: LadderRound) -> bool:
    """One more recognised, unless all places are taken."""
    is_taken = count_up(db.session, row.id, LadderRound.places_taken, LadderRound.places)
    db.session.expire(row, ["places_taken"])
    return is_taken


def close_when_done(row: LadderRound, actor: Actor) -> None:
    """A round whose notice leads to nobody more is completed."""
    open_ones = select(func.count()).where(LadderApplication.round_id == row.id, LadderApplication.status == S.PROPOSED)
    if not db.session.scalar(open_ones):
        move(row, since=[R.NOTICE], to=R.DONE)
        _log(actor, "ladder.complete", row)


def _applications(row: LadderRound, statuses: Iterable[LadderStatus], *more: Any) -> Sequence[LadderApplication]:
    return db.session.scalars(
        select(LadderApplication)
        .where(LadderApplication.round_id == row.id, LadderApplication.status.in_(list(statuses)))
        .options(joinedload(LadderApplication.teacher), joinedload(LadderApplication.round), *more)
        .order_by(LadderApplication.id)
        .execution_options(populate_existing=True)
    ).all()


def _reviewers(user_ids: Iterable[int]) -> list[LadderReviewer]:
    chosen = list(dict.fromkeys(user_ids))
    return [LadderReviewer(user_id=number) for number in chosen]


def _conflicts(user_ids: Sequence[int]) -> dict[int, set[int]]:
    """Reviewer to the schools that are theirs, and, as negative numbers, the teachers they are."""
    rows = db.session.execute(
        select(RoleGrant.user_id, RoleGrant.school_id, RoleGrant.teacher_id, Teacher.working_school_id)
        .outerjoin(Teacher, Teacher.id == RoleGrant.teacher_id)
        .where(RoleGrant.user_id.in_(user_ids))
    ).tuples()
    found: dict[int, set[int]] = {number: set() for number in user_ids}
    for user_id, school_id, teacher_id, working_id in rows:
        found[user_id] |= {n for n in (school_id, working_id, -teacher_id if teacher_id else None) if n}
    return found


def _log(actor: Actor, action: str, row: LadderRound, **told: Any) -> None:
    audit.record(actor=actor, action=action, subject=row, region_id=row.county_id, **told)
