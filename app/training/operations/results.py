"""Results: passed or not, score and hours. A result becomes credit at once; a changed or withdrawn one changes it."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.operations import Actor
from app.extensions import db
from app.training.models import (
    CompletionCertificate,
    Enrolment,
    EnrolmentStatus,
    SessionStatus,
    TrainingProgramme,
    TrainingResult,
    TrainingSession,
)
from app.training.operations.crediting import settle
from app.training.operations.locking import locked_session
from app.training.operations.recording import record_enrolment
from app.web.errors import Refused

HIGHEST = Decimal(100)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result as it is recorded."""

    result: TrainingResult
    score: Decimal | None = None
    hours: Decimal | None = None

    @classmethod
    def of(cls, enrolment: Enrolment) -> "Outcome":
        """The result that an enrolment has now."""
        return cls(enrolment.result, enrolment.score, enrolment.hours)

    def told(self) -> dict[str, object]:
        """As the log keeps it."""
        return {"result": self.result, "score": self.score, "hours": self.hours}


NO_RESULT = Outcome(TrainingResult.NONE)


def completed(outcome: Outcome, session: TrainingSession) -> Outcome:
    """With the hours that go without saying: all of the session's for who passed, none for who did not."""
    if outcome.result is TrainingResult.NONE:
        return NO_RESULT
    if outcome.result is TrainingResult.FAILED:
        return Outcome(outcome.result, outcome.score, Decimal(0))
    return Outcome(outcome.result, outcome.score, session.hours if outcome.hours is None else outcome.hours)


def problem(outcome: Outcome, session: TrainingSession, pass_mark: int) -> tuple[str, str] | None:
    """What is wrong with a result: (field, sentence); None where nothing is."""
    score, hours = outcome.score, outcome.hours
    if score is not None and not 0 <= score <= HIGHEST:
        return "score", _("A score lies between 0 and 100.")
    if score is not None and outcome.result is TrainingResult.PASSED and score < pass_mark:
        return "score", _(
            "%(score)s is below the pass mark of %(mark)s; mend one of them.", score=score, mark=pass_mark
        )
    if hours is not None and not 0 <= hours <= session.hours:
        return "hours", _(
            "The session has %(most)s hours; nobody gets more, and nobody fewer than 0.", most=session.hours
        )
    if hours and outcome.result is TrainingResult.FAILED:
        return "hours", _("Who did not pass gets no hours.")
    return None


def set_result(
    *,
    actor: Actor,
    enrolment: Enrolment,
    session: TrainingSession,
    programme: TrainingProgramme,
    outcome: Outcome,
    reason: str | None = None,
) -> bool:
    """Record, change or withdraw one result. False where nothing changed."""
    session = locked_session(session.id)
    is_new = write_result(
        actor=actor, enrolment=enrolment, session=session, programme=programme, outcome=outcome, reason=reason
    )
    if is_new:
        why = reason or _("The result changed.")
        settle(actor=actor, people=[enrolment], session=session, programme=programme, reason=why)
    return is_new


def write_result(
    *,
    actor: Actor,
    enrolment: Enrolment,
    session: TrainingSession,
    programme: TrainingProgramme,
    outcome: Outcome,
    reason: str | None = None,
) -> bool:
    """The same for a session that is locked already; the ledger is told by whoever calls."""
    if wrong := problem(outcome, session, programme.pass_mark):
        raise Refused(wrong[1])
    outcome, before = completed(outcome, session), Outcome.of(enrolment)
    if outcome == before:
        return False
    _check(enrolment, session)
    if before.result is not TrainingResult.NONE and not (reason or "").strip():
        raise Refused(_("Say why the result changes; it stays on record."))
    enrolment.result, enrolment.score, enrolment.hours = outcome.result, outcome.score, outcome.hours
    db.session.flush()
    label = f"{enrolment.teacher.name}: {session.name}"
    record_enrolment(
        actor, "training.result.set", enrolment, label, before=before.told(), after=outcome.told(), reason=reason
    )
    return True


def _check(enrolment: Enrolment, session: TrainingSession) -> None:
    name = enrolment.teacher.name
    if enrolment.status is not EnrolmentStatus.CONFIRMED:
        raise Refused(_("%(name)s has no place in the session and so no result.", name=name))
    if session.status in (SessionStatus.DRAFT, SessionStatus.CANCELLED):
        raise Refused(_("%(name)s: %(status)s. It has no results.", name=session.name, status=session.status.label))
    if valid_certificate(enrolment.id):
        raise Refused(_("%(name)s holds a certificate for this result. Revoke it first.", name=name))


def valid_certificate(enrolment_id: int) -> bool:
    """Whether a certificate stands for an enrolment."""
    query = select(CompletionCertificate.id).where(
        CompletionCertificate.enrolment_id == enrolment_id, CompletionCertificate.revoked_at.is_(None)
    )
    return db.session.scalar(query) is not None


def pass_all(
    *, actor: Actor, enrolments: list[Enrolment], session: TrainingSession, programme: TrainingProgramme
) -> int:
    """Record for several people without a result that they passed with all hours; returns how many."""
    session = locked_session(session.id)
    changed = [
        row
        for row in enrolments
        if write_result(
            actor=actor,
            enrolment=row,
            session=session,
            programme=programme,
            outcome=Outcome(TrainingResult.PASSED),
        )
    ]
    why = _("The result changed.")
    settle(actor=actor, people=changed, session=session, programme=programme, reason=why)
    return len(changed)
