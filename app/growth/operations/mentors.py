"""Mentors, and the road of a pair: agreed, signed by three, reported on, appraised; or ended early with a reason.

Whoever makes or ends a pair moves the mentor's counter by a conditional update, and the newcomer's one open pair is a
unique index: of two clicks at once, the database lets one through.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app import audit
from app.audit.operations import Actor, changes
from app.credits import operations as credits
from app.credits.models import ClaimSource
from app.db import count_down, count_up, rows_changed
from app.db.clock import today, utc_now
from app.ethics.vetoes import veto_of
from app.evidence.models import EvidenceFile
from app.evidence.operations import settle
from app.extensions import db
from app.growth import mentor_telling as telling
from app.growth.models import (
    OPEN_PAIRS,
    Mentor,
    MentorPair,
    MentorSettings,
    PairLesson,
    PairReport,
    PairSide,
    PairStatus,
)
from app.growth.operations.common import insert
from app.growth.terms import Term, term_of
from app.regions.models import Region
from app.studios.models import AppraisalResult
from app.teachers.models import Teacher
from app.web.errors import Refused

S = PairStatus


# --- what a county lays down --------------------------------------------------------------------------------------


def settings_of(county_id: int) -> MentorSettings:
    """A county's rules for pairs; the usual ones where it set none."""
    found = db.session.scalar(
        select(MentorSettings).where(MentorSettings.county_id == county_id).options(joinedload(MentorSettings.county))
    )
    return found or MentorSettings(
        county_id=county_id,
        newcomer_years=3,
        mentor_places=2,
        agreement_years=3,
        lessons_a_term=10,
        credit_kind="school_based",
        excellent_hours=Decimal(30),
        passed_hours=Decimal(20),
    )


def set_settings(*, county: Region, fields: Mapping[str, Any], actor: Actor) -> None:
    """Lay the rules down; pairs there are keep their days."""
    row = settings_of(county.id)
    before, after = changes(row, dict(fields))
    for name, value in fields.items():
        setattr(row, name, value)
    row.county = county
    db.session.add(row)
    db.session.flush()
    if after:
        audit.record(
            actor=actor, action="mentor.settings", subject=row, before=before, after=after, region_id=county.id
        )


def first_day_of_newcomers(settings: MentorSettings, day: date) -> date:
    """Who began to work on this day or later is a newcomer on `day`."""
    return _years_before(day, settings.newcomer_years)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - years, day=28)


def is_newcomer(teacher: Teacher, settings: MentorSettings, day: date) -> bool:
    """Whether somebody is within the first years of work."""
    return began_lately(teacher.started_work_on, settings, day)


def began_lately(began: date | None, settings: MentorSettings, day: date) -> bool:
    """Whether who began to work on a day is a newcomer on `day`."""
    return began is not None and first_day_of_newcomers(settings, day) < began <= day


# --- mentors ------------------------------------------------------------------------------------------------------


def add_mentor(*, teacher: Teacher, places: int, actor: Actor) -> Mentor:
    """Name a teacher as a mentor."""
    if teacher.left_on is not None:
        raise Refused(_("%(name)s has left.", name=teacher.name))
    if veto_of(teacher.id, today()):
        raise Refused(_("A finding on professional ethics stands against %(name)s.", name=teacher.name))
    if is_newcomer(teacher, settings_of(teacher.county_id), today()):
        raise Refused(_("%(name)s is a newcomer; a newcomer has a mentor and is none.", name=teacher.name))
    row = Mentor(county_id=teacher.county_id, teacher_id=teacher.id, name_pinyin=teacher.name_pinyin, places=places)
    row.teacher = teacher
    insert(row, _("%(name)s is a mentor already.", name=teacher.name))
    audit.record(actor=actor, action="mentor.add", subject=row, after={"places": places},
                 region_id=row.county_id, school_id=teacher.working_school_id)  # fmt: skip
    return row


def change_mentor(*, mentor: Mentor, places: int, is_active: bool, actor: Actor) -> None:
    """Change how many newcomers a mentor takes, or whether any more; never below those there are."""
    done = rows_changed(
        db.session,
        update(Mentor)
        .where(Mentor.id == mentor.id, Mentor.pairs_taken <= places)
        .values(places=places, is_active=is_active, version=Mentor.version + 1),
    )
    if done != 1:
        raise Refused(_("The mentor has more newcomers than that. End a pair first."))
    before = {"places": mentor.places, "is_active": mentor.is_active}
    db.session.refresh(mentor, ["places", "is_active", "version", "pairs_taken"])
    audit.record(actor=actor, action="mentor.edit", subject=mentor, before=before,
                 after={"places": places, "is_active": is_active}, region_id=mentor.county_id,
                 school_id=mentor.teacher.working_school_id)  # fmt: skip


# --- pairs --------------------------------------------------------------------------------------------------------


def obstacle(newcomer: Teacher, day: date) -> str | None:
    """Why somebody cannot get a mentor; None where nothing is in the way."""
    rules = settings_of(newcomer.county_id)
    if newcomer.left_on is not None:
        return str(_("%(name)s has left.", name=newcomer.name))
    if not is_newcomer(newcomer, rules, day):
        return str(
            _(
                "%(name)s is no newcomer: that is who began to work within the last %(years)s years.",
                name=newcomer.name,
                years=rules.newcomer_years,
            )
        )
    return None


def make_pair(
    *,
    mentor: Mentor,
    newcomer: Teacher,
    from_on: date,
    to_on: date,
    goals: str,
    actor: Actor,
) -> MentorPair:
    """Put a newcomer with a mentor who has a place; the agreement is signed next."""
    if refusal := obstacle(newcomer, today()):
        raise Refused(refusal)
    if mentor.county_id != newcomer.county_id or mentor.teacher_id == newcomer.id:
        raise Refused(_("Mentor and newcomer are two teachers of one county."))
    if veto_of(mentor.teacher_id, today()):
        raise Refused(_("A finding on professional ethics stands against %(name)s.", name=mentor.teacher.name))
    if to_on <= from_on:
        raise Refused(_("The end lies before the beginning."))
    _take_place(mentor)
    row = MentorPair(
        county_id=newcomer.county_id,
        school_id=newcomer.working_school_id,
        mentor_id=mentor.id,
        newcomer_id=newcomer.id,
        name_pinyin=newcomer.name_pinyin,
        goals=goals,
        from_on=from_on,
        to_on=to_on,
    )
    row.mentor, row.newcomer = mentor, newcomer
    insert(row, _("%(name)s has a mentor already.", name=newcomer.name))
    _log(row, actor, "mentor.pair.make", after={"from_on": from_on, "to_on": to_on})
    telling.to_sign(row)
    return row


def _take_place(mentor: Mentor) -> None:
    if not count_up(db.session, mentor.id, Mentor.pairs_taken, Mentor.places, Mentor.is_active):
        raise Refused(_("%(name)s takes no more newcomers: every place is taken.", name=mentor.teacher.name))
    db.session.expire(mentor, ["pairs_taken"])


def _give_back(pair: MentorPair) -> None:
    count_down(db.session, pair.mentor_id, Mentor.pairs_taken)
    db.session.expire(pair.mentor, ["pairs_taken"])


def held(pair_id: int) -> MentorPair:
    """The pair as it is now, held until the transaction ends."""
    db.session.flush()
    return db.session.scalars(
        select(MentorPair)
        .where(MentorPair.id == pair_id)
        .options(joinedload(MentorPair.mentor).joinedload(Mentor.teacher), joinedload(MentorPair.newcomer))
        .with_for_update(of=MentorPair)
        .execution_options(populate_existing=True)
    ).one()


def _must_be(pair: MentorPair, *since: PairStatus) -> None:
    if pair.status not in since:
        raise Refused(_("Meanwhile this stands at “%(status)s”; nothing was done twice.", status=pair.status.label))


def change_agreement(*, pair: MentorPair, goals: str, from_on: date, to_on: date, actor: Actor) -> None:
    """Change an agreement that is not in force yet; who signed the former one signs again."""
    row = held(pair.id)
    _must_be(row, S.DRAFT)
    if to_on <= from_on:
        raise Refused(_("The end lies before the beginning."))
    before, after = changes(row, {"goals": goals, "from_on": from_on, "to_on": to_on})
    if not after:
        return
    row.goals, row.from_on, row.to_on = goals, from_on, to_on
    row.mentor_signed_at = row.newcomer_signed_at = row.school_signed_at = None
    row.school_signed_label = ""
    db.session.flush()
    _log(row, actor, "mentor.pair.edit", before=before, after=after)
    telling.to_sign(row)


def sign(*, pair: MentorPair, side: PairSide | None, actor: Actor) -> MentorPair:
    """One of the two signs, or the school (`side` None); with the third signature the pair works together."""
    row = held(pair.id)
    _must_be(row, S.DRAFT)
    if side is PairSide.MENTOR:
        row.mentor_signed_at = row.mentor_signed_at or utc_now()
    elif side is PairSide.NEWCOMER:
        row.newcomer_signed_at = row.newcomer_signed_at or utc_now()
    elif row.school_signed_at is None:
        row.school_signed_at, row.school_signed_label = utc_now(), actor.label
    if row.mentor_signed_at and row.newcomer_signed_at and row.school_signed_at:
        row.status = S.ACTIVE
    db.session.flush()
    _log(row, actor, "mentor.pair.sign", after={"side": side.value if side else "school", "status": row.status})
    if row.status is S.ACTIVE:
        telling.begun(row)
    return row


def withdraw(*, pair: MentorPair, reason: str, actor: Actor) -> None:
    """Take an agreement back that was not signed by all."""
    _end(pair, S.DRAFT, S.WITHDRAWN, reason, actor, "mentor.pair.withdraw")


def end_early(*, pair: MentorPair, reason: str, actor: Actor) -> None:
    """End a pair before its day."""
    _end(pair, S.ACTIVE, S.ENDED, reason, actor, "mentor.pair.end")


def _end(pair: MentorPair, since: PairStatus, to: PairStatus, reason: str, actor: Actor, action: str) -> None:
    row = held(pair.id)
    _must_be(row, since)
    _give_back(row)
    row.status, row.reason = to, reason
    row.ended_on = today() if to is S.ENDED else None
    db.session.flush()
    _log(row, actor, action, reason=reason)
    telling.ended(row)


# --- reports, lessons, appraisal ----------------------------------------------------------------------------------


def save_report(
    *,
    pair: MentorPair,
    side: PairSide,
    term: Term,
    done: str,
    plans: str,
    evidence: Sequence[EvidenceFile],
    report: PairReport | None = None,
    actor: Actor,
) -> PairReport:
    """One side's report of a term, or a change of it; once the pair is appraised the reports stay as they are."""
    row = held(pair.id)
    _must_be(row, S.ACTIVE)
    if not term_of(row.from_on) <= term <= term_of(min(today(), row.to_on)):
        raise Refused(_("Reports are of the terms of the agreement that have begun."))
    is_new = report is None
    if report is None:
        report = PairReport(pair_id=row.id, side=side, year=term[0], term=term[1], done=done, next=plans)
        report.evidence = list(evidence)
        insert(report, _("There is a report of this term already; change that one."))
    else:
        report.done, report.next, report.evidence = done, plans, list(evidence)
        db.session.flush()
    settle(evidence)
    _log(row, actor, "mentor.pair.report" if is_new else "mentor.pair.edit_report",
         after={"side": side.value, "year": term[0], "term": term[1], "evidence": len(evidence)})  # fmt: skip
    return report


def save_lesson(
    *, pair: MentorPair, fields: Mapping[str, Any], lesson: PairLesson | None = None, actor: Actor
) -> PairLesson:
    """Enter a lesson that one gave and the other observed, or change one."""
    row = held(pair.id)
    _must_be(row, S.ACTIVE)
    if not row.from_on <= fields["on"] <= today():
        raise Refused(_("The lesson lies between the beginning of the agreement and today."))
    if lesson is None:
        lesson = PairLesson(pair_id=row.id, entered_by_label=actor.label, **fields)
        db.session.add(lesson)
        action = "mentor.pair.lesson"
    else:
        for name, value in fields.items():
            setattr(lesson, name, value)
        action = "mentor.pair.edit_lesson"
    db.session.flush()
    _log(row, actor, action, after={"on": lesson.on, "given_by": lesson.given_by.value, "topic": lesson.topic})
    return lesson


def delete_lesson(*, lesson: PairLesson, actor: Actor) -> None:
    """Delete a lesson that was entered by mistake."""
    row = held(lesson.pair_id)
    _must_be(row, S.ACTIVE)
    _log(row, actor, "mentor.pair.delete_lesson", before={"on": lesson.on, "topic": lesson.topic})
    db.session.delete(lesson)
    db.session.flush()


def appraise(*, pair: MentorPair, result: AppraisalResult, opinion: str, actor: Actor) -> MentorPair:
    """The closing appraisal: needs a report of each side; the mentor's hours are credited by the county's rules."""
    row = held(pair.id)
    _must_be(row, S.ACTIVE)
    sides = set(db.session.scalars(select(PairReport.side).where(PairReport.pair_id == row.id)))
    if missing := [side for side in PairSide if side not in sides]:
        names = _(", ").join(str(side.label) for side in missing)
        raise Refused(_("No report has come from: %(sides)s. The appraisal rests on both.", sides=names))
    _give_back(row)
    row.status, row.result, row.opinion = S.COMPLETED, result, opinion
    row.ended_on, row.appraised_by_label = max(min(today(), row.to_on), row.from_on), actor.label
    _credit(row, actor)
    db.session.flush()
    _log(row, actor, "mentor.pair.appraise", after={"result": result, "hours": row.credited_hours})
    telling.appraised(row)
    return row


def _credit(row: MentorPair, actor: Actor) -> None:
    rules = settings_of(row.county_id)
    hours = {AppraisalResult.EXCELLENT: rules.excellent_hours, AppraisalResult.PASSED: rules.passed_hours}
    granted = hours.get(row.result) if row.result else None
    if not granted:
        return
    credits.credit_from_source(
        actor=actor,
        teacher_id=row.mentor.teacher_id,
        source=ClaimSource.MENTORING,
        source_id=row.id,
        kind_code=rules.credit_kind,
        on=row.ended_on or today(),
        hours=granted,
        title=_("Mentor of %(name)s", name=row.newcomer.name),
    )
    row.credited_hours = granted


def open_pair_of(newcomer_id: int) -> MentorPair | None:
    """The one pair of a newcomer that is open."""
    return db.session.scalar(
        select(MentorPair).where(MentorPair.newcomer_id == newcomer_id, MentorPair.status.in_(OPEN_PAIRS))
    )


def _log(row: MentorPair, actor: Actor, action: str, **told: Any) -> None:
    audit.record(actor=actor, action=action, subject=row, region_id=row.county_id, school_id=row.school_id, **told)
