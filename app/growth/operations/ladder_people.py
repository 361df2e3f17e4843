"""An application for a rung: handed in, the school's opinion, the reviews, recognition and its withdrawal."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import audit
from app.accounts.models import User
from app.audit.operations import Actor
from app.db.clock import today, utc_now
from app.evidence.models import EvidenceFile
from app.evidence.operations import settle
from app.extensions import db
from app.growth import telling
from app.growth.models import LIVE, OWN, LadderApplication, LadderReview, LadderRound, LadderStatus, RoundStatus
from app.growth.operations.common import insert
from app.growth.operations.ladder import close_when_done, locked, take_place
from app.growth.requirements import Requirements, ethics_refusal
from app.studios.operations.appraising import score_of
from app.studios.operations.common import move, years_after
from app.teachers import records
from app.teachers.models import BackboneHonour, Teacher
from app.web.errors import Refused

S, R = LadderStatus, RoundStatus


def obstacles(row: LadderRound, teacher: Teacher, day: date) -> list[str]:
    """All that keeps a teacher (honours loaded) from applying, in words."""
    found = Requirements.of(row.requirements).lacking(teacher, day)
    if any(_is_same(honour, row, day) for honour in teacher.honours):
        found.append(_("this honour is held already"))
    if veto := ethics_refusal(teacher.id, day):
        found.append(veto)
    return found


def _is_same(honour: BackboneHonour, row: LadderRound, day: date) -> bool:
    is_kind = (honour.type_code, honour.level_code) == (row.rung.type_code, row.rung.level_code)
    return is_kind and honour.valid_from <= day and (honour.valid_to is None or honour.valid_to >= day)


def apply(
    *, row: LadderRound, teacher: Teacher, statement: str, evidence: Sequence[EvidenceFile], actor: Actor
) -> LadderApplication:
    """Apply in a round; refused with everything that is lacking. Who took an application back applies with it again."""
    day = today()
    if teacher.county_id != row.county_id or teacher.left_on:
        raise Refused(_("Only teachers on the roster of the county can apply."))
    _must_be_open(row, day)
    if lacking := obstacles(row, teacher, day):
        raise Refused(_("You cannot apply yet: %(what)s.", what=_("; ").join(lacking)))
    said = {"school_id": teacher.working_school_id, "statement": statement}
    if (one := taken_back(row, teacher)) is not None:
        blank = {"opinion": None, "opinion_by_label": None, "opinion_on": None, "reason": ""}
        move(one, since=[S.WITHDRAWN], to=S.APPLIED, **said, **blank)
        one.evidence = list(evidence)
        db.session.flush()
    else:
        one = LadderApplication(round_id=row.id, teacher_id=teacher.id, evidence=list(evidence), **said)
        insert(one, _("You applied in this round already."))
    one.round, one.teacher = row, teacher
    settle(evidence)
    _log(actor, "ladder.apply", one, after={"evidence": len(evidence)})
    telling.opinion_asked(one)
    return one


def taken_back(row: LadderRound, teacher: Teacher) -> LadderApplication | None:
    """The application in a round that a teacher took back."""
    return db.session.scalar(
        select(LadderApplication)
        .where(
            LadderApplication.round_id == row.id,
            LadderApplication.teacher_id == teacher.id,
            LadderApplication.status == S.WITHDRAWN,
        )
        .options(selectinload(LadderApplication.evidence))
    )


def _must_be_open(row: LadderRound, day: date) -> None:
    if row.status is not R.OPEN or not row.opens_on <= day <= row.closes_on:
        raise Refused(_("Applications come in from %(first)s to %(last)s.", first=row.opens_on, last=row.closes_on))


def change(*, one: LadderApplication, statement: str, evidence: Sequence[EvidenceFile], actor: Actor) -> None:
    """Change one's application before the school said its opinion; one that was returned goes to the school again."""
    _must_be_open(one.round, today())
    was = one.status
    move(one, since=OWN, to=S.APPLIED, statement=statement, reason="")
    one.evidence = list(evidence)
    settle(evidence)
    db.session.flush()
    _log(actor, "ladder.change", one, after={"evidence": len(evidence)})
    if was is S.RETURNED:
        telling.opinion_asked(one)


def withdraw(*, one: LadderApplication, actor: Actor) -> None:
    """Take one's application back before the review."""
    _must_be_in(one, R.OPEN)
    move(one, since=LIVE, to=S.WITHDRAWN)
    _log(actor, "ladder.withdraw", one)


def support(*, one: LadderApplication, opinion: str, actor: Actor) -> None:
    """The school recommends; what it says goes to the reviewers."""
    _must_be_in(one, R.OPEN)
    _say(one, S.SUPPORTED, opinion, actor, "ladder.support", since=[S.APPLIED])


def refuse(*, one: LadderApplication, reason: str, actor: Actor) -> None:
    """The school, or the county, does not recommend."""
    _must_be_in(one, R.OPEN)
    _say(one, S.REFUSED, reason, actor, "ladder.refuse", since=LIVE, reason=reason)


def send_back(*, one: LadderApplication, reason: str, actor: Actor) -> None:
    """Return an application to be completed."""
    _must_be_in(one, R.OPEN)
    _say(one, S.RETURNED, reason, actor, "ladder.return", since=[S.APPLIED, S.SUPPORTED], reason=reason)


def _say(
    one: LadderApplication, to: LadderStatus, opinion: str, actor: Actor, action: str, *, since: Any, reason: str = ""
) -> None:
    said = {"opinion": opinion, "opinion_by_label": actor.label, "opinion_on": today()}
    move(one, since=since, to=to, reason=reason, **said)
    _log(actor, action, one, reason=reason or None)
    telling.ladder_moved(one)


def review(*, row: LadderReview, scores: Sequence[int], comment: str | None, actor: User) -> None:
    """A reviewer scores, or corrects the scores before the public notice."""
    one = fresh(row.application_id)
    held = locked(one.round_id)
    if actor.id != row.reviewer_id:
        raise Refused(_("Only the reviewer named scores here."))
    if held.status is not R.REVIEWING:
        raise Refused(_("Scores can be given from the end of the applications to the public notice."))
    if len(scores) != len(held.criteria) or any(not 0 <= score <= 100 for score in scores):
        raise Refused(_("Each criterion is scored from 0 to 100."))
    row.scores, row.score = list(scores), score_of(held.criteria, scores)
    row.comment, row.submitted_at = comment, utc_now()
    db.session.flush()
    _log(actor, "ladder.score", one, after={"score": row.score})


def drop(*, one: LadderApplication, reason: str, actor: Actor) -> None:
    """Somebody of the public notice is not recognised after all; the place stays free."""
    held = locked(one.round_id)
    move(one, since=[S.PROPOSED], to=S.NOT_CHOSEN, reason=reason)
    _log(actor, "ladder.drop", one, reason=reason)
    telling.ladder_moved(one)
    close_when_done(held, actor)


def recognise(*, one: LadderApplication, actor: Actor) -> None:
    """Recognise after the public notice: the place, the honour and the status in one transaction, or none of them."""
    held = locked(one.round_id)
    _recognise(held, one, actor)
    close_when_done(held, actor)


def recognise_all(*, row: LadderRound, actor: Actor) -> tuple[int, list[str]]:
    """Recognise everybody of the public notice: how many, and why the others were not."""
    held, done, refused = locked(row.id), 0, []
    ranked = select(LadderApplication.id).where(
        LadderApplication.round_id == row.id, LadderApplication.status == S.PROPOSED
    )
    for number in db.session.scalars(ranked.order_by(LadderApplication.rank)).all():
        one = fresh(number)
        try:
            with db.session.begin_nested():
                _recognise(held, one, actor)
            done += 1
        except Refused as refusal:
            refused.append(f"{one.teacher.name}: {refusal.message}")
    if done:
        close_when_done(held, actor)
    return done, refused


def _recognise(held: LadderRound, one: LadderApplication, actor: Actor) -> None:
    day = today()
    if held.status is not R.NOTICE or held.notice_to is None or day <= held.notice_to:
        raise Refused(_("Recognition follows after the public notice, which ends on %(day)s.",
                        day=held.notice_to or "–"))  # fmt: skip
    if veto := ethics_refusal(one.teacher_id, day):
        raise Refused(_("%(name)s cannot be recognised: %(what)s.", name=one.teacher.name, what=veto))
    if not take_place(held):
        raise Refused(_("All %(number)s places of the round are taken.", number=held.places))
    teacher = one.teacher
    years = held.rung.valid_years
    honour = records.add(
        actor=actor,
        teacher=teacher,
        kind=records.HONOUR,
        type_code=held.rung.type_code,
        level_code=held.rung.level_code,
        title=held.rung.name,
        valid_from=day,
        valid_to=years_after(day, years) - timedelta(days=1) if years else None,
    )
    move(one, since=[S.PROPOSED], to=S.RECOGNISED, recognised_on=day, honour_id=honour.id)
    _log(actor, "ladder.recognise", one, after={"valid_to": honour.valid_to})
    telling.ladder_moved(one)


def revoke(*, one: LadderApplication, on: date, reason: str, actor: Actor) -> None:
    """Withdraw a recognition: the honour ends the day before, or goes where it would never have held."""
    locked(one.round_id)
    if one.recognised_on and not one.recognised_on <= on <= today():
        raise Refused(_("The day lies between the recognition and today."))
    move(one, since=[S.RECOGNISED], to=S.REVOKED, reason=reason, revoked_on=on)
    honour = db.session.get(BackboneHonour, one.honour_id or 0)
    if honour is not None:
        if on > honour.valid_from:
            last = on - timedelta(days=1)
            if honour.valid_to is None or last < honour.valid_to:
                records.change(actor=actor, teacher=one.teacher, row=honour, valid_to=last)
        else:
            records.remove(actor=actor, teacher=one.teacher, row=honour)
            db.session.refresh(one)
    _log(actor, "ladder.revoke", one, reason=reason)
    telling.ladder_moved(one)


def fresh(application_id: int) -> LadderApplication:
    """An application as it is now, with its round, its teacher and the teacher's honours."""
    return db.session.scalars(
        select(LadderApplication)
        .where(LadderApplication.id == application_id)
        .options(
            joinedload(LadderApplication.round).joinedload(LadderRound.rung),
            joinedload(LadderApplication.teacher).selectinload(Teacher.honours),
        )
        .execution_options(populate_existing=True)
    ).one()


def _must_be_in(one: LadderApplication, status: RoundStatus) -> None:
    """The round as it is now, for it may have gone on meanwhile."""
    held = locked(one.round_id)
    if held.status is not status:
        raise Refused(_("The round has gone on meanwhile: %(status)s.", status=held.status.label))


def _log(actor: Actor, action: str, one: LadderApplication, **told: Any) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=one,
        region_id=one.round.county_id,
        school_id=one.school_id,
        **told,
    )
