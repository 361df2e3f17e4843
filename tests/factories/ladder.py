"""Rungs, rounds and applications of the ladder, by the operations that people use."""

from datetime import timedelta

from app.audit.operations import SYSTEM
from app.db.clock import today
from app.extensions import db
from app.growth.operations import ladder, ladder_people

CRITERIA = (("业绩", 60), ("教研", 40))


def make_rung(county, **fields):
    """A rung that gives the county's honour 教学能手 and asks for nothing."""
    plain = {
        "position": 1,
        "name": "教坛新秀",
        "type_code": "rising_star",
        "level_code": "4",
        "valid_years": 3,
        "yearly_target": 2,
        "notice_days": 5,
        "pass_mark": 60,
        "is_open": True,
        "requirements": {},
        "criteria": CRITERIA,
    }
    return ladder.save_rung(county=county, actor=SYSTEM, **plain | fields)


def make_round(rung, reviewers=(), *, places=2, **fields):
    """A round of this year that is open for ten days yet."""
    days = {"opens_on": today() - timedelta(days=30), "closes_on": today() + timedelta(days=10)}
    return ladder.open_round(
        rung=rung,
        year=today().year,
        places=places,
        reviewer_ids=[user.id for user in reviewers],
        actor=SYSTEM,
        **days | fields,
    )


def apply_for(row, teacher, *, is_supported=True):
    """A teacher's application, with the school's recommendation unless it is to wait for it."""
    db.session.refresh(teacher, ["honours"])
    one = ladder_people.apply(row=row, teacher=teacher, statement="公开课三节，课题一项。", evidence=[], actor=SYSTEM)
    one = ladder_people.fresh(one.id)
    if is_supported:
        ladder_people.support(one=one, opinion="师德高尚，业绩突出。", actor=SYSTEM)
    return ladder_people.fresh(one.id)


def close_applications(row):
    """The last day for applications was yesterday."""
    held = ladder.locked(row.id)
    users = [one.user_id for one in held.reviewers]
    ladder.change_round(row=held, reviewer_ids=users, closes_on=today() - timedelta(days=1), actor=SYSTEM)


def score(one, reviewer, *scores):
    """One reviewer's scores of an application."""
    from app.growth.models import LadderReview

    row = db.session.scalars(
        db.select(LadderReview).where(LadderReview.application_id == one.id, LadderReview.reviewer_id == reviewer.id)
    ).one()
    ladder_people.review(row=row, scores=scores, comment=None, actor=reviewer)


def announced(row, scored):
    """The round under public notice: `scored` is a list of (application, [(reviewer, scores), …])."""
    close_applications(row)
    ladder.begin_review(row=row, actor=SYSTEM)
    for one, reviews in scored:
        for reviewer, scores in reviews:
            score(one, reviewer, *scores)
    ladder.announce(row=row, actor=SYSTEM)
