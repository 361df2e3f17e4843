"""From result to credit: the ledger is told once of each result, and again only where it changes."""

from collections.abc import Sequence
from decimal import Decimal

from app.audit.operations import Actor
from app.credits import operations as credits
from app.credits.books import rules_on
from app.credits.models import ClaimSource
from app.credits.rules import Form
from app.extensions import db
from app.training.models import Enrolment, TrainingProgramme, TrainingResult, TrainingSession

SOURCE = ClaimSource.TRAINING_SESSION
INDUCTION, ETHICS, SCHOOL_BASED = "04", "05", "08"
ONLINE_MODE, SCHOOL_MODE, SCHOOL_LEVEL = "2", "6", "60"


def settle(
    *,
    actor: Actor,
    people: Sequence[Enrolment],
    session: TrainingSession,
    programme: TrainingProgramme,
    reason: str,
) -> None:
    """Bring the credit of people for one session in line with their results."""
    new = [row for row in people if row.credited_hours is None and _earned(row) is not None]
    for kind in sorted({credit_kind(programme, session, row.county_id) for row in new}):
        credits.credit_many_from_source(
            actor=actor,
            hours={
                row.teacher_id: _earned(row) or Decimal(0)
                for row in new
                if credit_kind(programme, session, row.county_id) == kind
            },
            source=SOURCE,
            source_id=session.id,
            kind_code=kind,
            on=session.ends_on,
            title=f"{programme.name} · {session.name}",
            mode=session.mode_code,
            level_code=programme.level_code,
        )
    for row in people:
        if row.credited_hours is not None and row.credited_hours != _earned(row):
            _correct(actor, row, session, reason)
        row.credited_hours = _earned(row)
    db.session.flush()


def _earned(row: Enrolment) -> Decimal | None:
    return row.hours if row.result is TrainingResult.PASSED and row.hours else None


def _correct(actor: Actor, row: Enrolment, session: TrainingSession, reason: str) -> None:
    earned = _earned(row)
    if earned is None:
        credits.withdraw_source(
            actor=actor, source=SOURCE, source_id=session.id, teacher_id=row.teacher_id, reason=reason
        )
    else:
        credits.change_source_hours(
            actor=actor,
            source=SOURCE,
            source_id=session.id,
            teacher_id=row.teacher_id,
            hours=earned,
            reason=reason,
        )


def credit_kind(programme: TrainingProgramme, session: TrainingSession, county_id: int) -> str:
    """The kind of credit that a session gives under a county's rules: by its kind where the rules know it, else by
    the form of study."""
    known = rules_on(county_id, session.ends_on).kinds
    if programme.level_code == SCHOOL_LEVEL or programme.kind_code == SCHOOL_BASED or session.mode_code == SCHOOL_MODE:
        wanted, form = "school_based", Form.SCHOOL
    elif session.mode_code == ONLINE_MODE:
        wanted, form = "online", Form.ONLINE
    else:
        wanted, form = "concentrated", Form.CONCENTRATED
    special = {INDUCTION: "new_teacher", ETHICS: "ethics"}.get(programme.kind_code, wanted)
    by_form = [code for code, kind in known.items() if kind.form is form]
    return next((code for code in (special, wanted, *by_form) if code in known), wanted)
