"""Appraisals: the county's form, the studio's report from the data, reviews, the result and what follows from it."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import audit
from app.accounts.models import User
from app.audit.operations import Actor
from app.db.clock import today, utc_now
from app.extensions import db
from app.notices.operations import users_of_teachers
from app.regions.models import Region
from app.studios import telling
from app.studios.models import (
    AppraisalForm,
    AppraisalResult,
    AppraisalReview,
    AppraisalStage,
    AppraisalStatus,
    Studio,
    StudioAppraisal,
    StudioStatus,
)
from app.studios.operations import founding
from app.studios.operations.common import locked, move, note
from app.studios.queries import figures_of_one
from app.web.errors import Refused

S = AppraisalStatus
DEFAULT_CRITERIA = (
    ("研修计划与落实", 20),
    ("成员与学员培养", 25),
    ("公开课、听评课与送教", 25),
    ("课题、论文与资源成果", 20),
    ("经费与档案管理", 10),
)
MOST_CRITERIA = 12


def form_of(county_id: int) -> AppraisalForm:
    """The county's form; where it set none, the default, not yet kept."""
    found = db.session.scalar(select(AppraisalForm).where(AppraisalForm.county_id == county_id))
    criteria = [{"name": name, "weight": weight} for name, weight in DEFAULT_CRITERIA]
    return found or AppraisalForm(county_id=county_id, criteria=criteria, pass_mark=60, excellent_mark=90)


def set_form(
    *, actor: Actor, county: Region, criteria: Sequence[tuple[str, int]], pass_mark: int, excellent_mark: int
) -> AppraisalForm:
    """Set the form for appraisals that are opened from now on."""
    kept = checked_criteria(criteria)
    if excellent_mark <= pass_mark:
        raise Refused(_("The mark for excellent lies above the mark for meeting the standard."))
    row = form_of(county.id)
    is_new = row.id is None
    before = None if is_new else {"criteria": row.criteria, "pass_mark": row.pass_mark}
    row.criteria = kept
    row.pass_mark, row.excellent_mark = pass_mark, excellent_mark
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=actor,
        action="studio.form.set",
        subject=row,
        before=before,
        after={"criteria": row.criteria, "pass_mark": pass_mark, "excellent_mark": excellent_mark},
        region_id=county.id,
    )
    return row


def checked_criteria(criteria: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """The criteria as a form keeps them; refused where the weights do not add up."""
    if not 1 <= len(criteria) <= MOST_CRITERIA:
        raise Refused(_("A form has 1 to %(most)s criteria.", most=MOST_CRITERIA))
    if any(weight <= 0 for _name, weight in criteria) or sum(weight for _name, weight in criteria) != 100:
        raise Refused(_("Weights are more than 0 and add up to 100; these add up to %(sum)s.",
                        sum=sum(weight for _name, weight in criteria)))  # fmt: skip
    return [{"name": name, "weight": weight} for name, weight in criteria]


def open_appraisal(
    *, actor: Actor, studio: Studio, stage: AppraisalStage, due_on: date, reviewer_ids: Sequence[int]
) -> StudioAppraisal:
    """Open an appraisal: the host reports, the reviewers score."""
    studio = locked(studio.id)
    if not studio.status.is_running:
        raise Refused(_("Only a running studio is appraised."))
    if due_on < today():
        raise Refused(_("The day by which the report is due lies in the past."))
    standing = select(StudioAppraisal.id).where(
        StudioAppraisal.studio_id == studio.id,
        StudioAppraisal.cycle_no == studio.cycle_no,
        StudioAppraisal.stage == stage,
    )
    if db.session.scalar(standing):
        raise Refused(_("This appraisal of the present cycle was opened already."))
    form = form_of(studio.county_id)
    row = StudioAppraisal(
        studio_id=studio.id,
        cycle_no=studio.cycle_no,
        stage=stage,
        due_on=due_on,
        criteria=form.criteria,
        pass_mark=form.pass_mark,
        excellent_mark=form.excellent_mark,
    )
    db.session.add(row)
    db.session.flush()
    _add_reviewers(studio, row, reviewer_ids)
    note(actor, "studio.appraisal.open", row, studio, label=f"{studio.name}: {stage.value}",
         after={"stage": stage, "due_on": due_on})  # fmt: skip
    telling.appraisal_opened(studio, row)
    return row


def _add_reviewers(studio: Studio, row: StudioAppraisal, reviewer_ids: Sequence[int]) -> None:
    own = {user for users in users_of_teachers(studio.host_ids).values() for user in users}
    chosen = list(dict.fromkeys(reviewer_ids))
    if not chosen:
        raise Refused(_("Choose at least one reviewer."))
    if own & set(chosen):
        raise Refused(_("Neither the host nor the assistant reviews the studio."))
    db.session.add_all(AppraisalReview(appraisal_id=row.id, reviewer_id=number, scores=[]) for number in chosen)
    db.session.flush()


def fresh(appraisal_id: int) -> StudioAppraisal:
    """An appraisal as it is now, with its studio and reviews."""
    return db.session.scalars(
        select(StudioAppraisal)
        .where(StudioAppraisal.id == appraisal_id)
        .options(joinedload(StudioAppraisal.studio), selectinload(StudioAppraisal.reviews))
        .execution_options(populate_existing=True)
    ).one()


def report(*, actor: Actor, row: StudioAppraisal, text: str) -> None:
    """The host hands in the report; the figures of the cycle are kept with it."""
    studio = row.studio
    figures = figures_of_one.of_cycle(studio, today())
    move(row, since=[S.REPORTING], to=S.REVIEWING, report=text, figures=figures, reported_on=today())
    note(actor, "studio.appraisal.report", row, studio, label=f"{studio.name}: {row.stage.value}")
    for review in fresh(row.id).reviews:
        telling.review_asked(studio, review)


def send_back(*, actor: Actor, row: StudioAppraisal, reason: str) -> None:
    """Return a report to be completed; nobody has scored yet."""
    row = fresh(row.id)
    if any(review.submitted_at for review in row.reviews):
        raise Refused(_("A reviewer has scored already; the report stays."))
    studio = row.studio
    move(row, since=[S.REVIEWING], to=S.REPORTING)
    note(actor, "studio.appraisal.return", row, studio, label=f"{studio.name}: {row.stage.value}", reason=reason)
    telling.appraisal_opened_again(studio, row, reason)


def score_of(criteria: Sequence[dict[str, Any]], scores: Sequence[int]) -> Decimal:
    """The weighted score, to two decimal places."""
    total = sum(Decimal(one["weight"]) * Decimal(score) for one, score in zip(criteria, scores, strict=True))
    return (Decimal(total) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def review(*, actor: User, row: AppraisalReview, scores: Sequence[int], comment: str | None) -> None:
    """A reviewer scores, or corrects the scores before the decision."""
    appraisal = fresh(row.appraisal_id)
    if actor.id != row.reviewer_id:
        raise Refused(_("Only the reviewer named scores here."))
    if appraisal.status is not S.REVIEWING:
        raise Refused(_("Scores can be given between the report and the decision."))
    if len(scores) != len(appraisal.criteria) or any(not 0 <= score <= 100 for score in scores):
        raise Refused(_("Each criterion is scored from 0 to 100."))
    row.scores, row.score = list(scores), score_of(appraisal.criteria, scores)
    row.comment, row.submitted_at = comment, utc_now()
    db.session.flush()
    studio = appraisal.studio
    note(actor, "studio.appraisal.review", appraisal, studio, label=f"{studio.name}: {appraisal.stage.value}",
         after={"score": row.score})  # fmt: skip


def result_of(row: StudioAppraisal, score: Decimal) -> AppraisalResult:
    """What a score comes to under the appraisal's own marks."""
    if score >= row.excellent_mark:
        return AppraisalResult.EXCELLENT
    return AppraisalResult.PASSED if score >= row.pass_mark else AppraisalResult.FAILED


def decide(*, actor: Actor, row: StudioAppraisal, opinion: str) -> AppraisalResult:
    """Decide by the mean of the reviews. Below the standard at the end the studio closes; at mid-term it rests."""
    studio = locked(fresh(row.id).studio_id)
    row = fresh(row.id)
    waiting = [one for one in row.reviews if one.score is None]
    if waiting or not row.reviews:
        raise Refused(_("%(number)s reviews are still missing.", number=len(waiting)))
    total = sum((one.score for one in row.reviews if one.score is not None), Decimal(0))
    score = (total / len(row.reviews)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    result = result_of(row, score)
    move(row, since=[S.REVIEWING], to=S.DECIDED, score=score, result=result, decided_on=today(), opinion=opinion)
    note(actor, "studio.appraisal.decide", row, studio, label=f"{studio.name}: {row.stage.value}",
         after={"score": score, "result": result})  # fmt: skip
    telling.appraised(studio, row)
    if result is AppraisalResult.FAILED:
        reason = _("%(stage)s: %(result)s (%(score)s)", stage=row.stage.label, result=result.label, score=score)
        if row.stage is AppraisalStage.FINAL:
            founding.close(actor=actor, studio=studio, reason=reason)
        elif studio.status is StudioStatus.ACTIVE:
            founding.suspend(actor=actor, studio=studio, reason=reason)
    return result
