"""Deciding on records, and the teacher's answer to them."""

from typing import Any

from flask_babel import gettext as _

from app import audit
from app.audit.operations import Actor
from app.db.clock import utc_now
from app.ethics.models import EthicsAppraisal, EthicsEntry, RemarkKind, State
from app.ethics.operations.telling import log, remark, tell_county, tell_school, tell_teacher
from app.extensions import db
from app.teachers.models import Teacher
from app.web.errors import Refused

type Record = EthicsEntry | EthicsAppraisal


def not_oneself(actor: Any, teacher_id: int) -> None:
    """Nobody keeps, decides or corrects the record about themselves."""
    if getattr(actor, "teacher_id", None) == teacher_id:
        raise Refused(_("This is about yourself. Somebody else has to do it."))


def locked(record: Record) -> None:
    """Read the record's state anew and hold it, so that of two people who decide at once the second sees the first."""
    names = ["state", "version", "decided_by_id", "decided_at", "awaits_ruling"]
    db.session.refresh(record, attribute_names=names, with_for_update=True)


def confirm(*, actor: Any, record: Record) -> None:
    """The county puts a proposal on record."""
    _proposed(actor, record)
    record.state, record.decided_by_id, record.decided_at = State.IN_FORCE, actor.id, utc_now()
    db.session.flush()
    log(actor, "ethics.confirm", record, before={"state": State.PROPOSED}, after={"state": State.IN_FORCE})
    tell_teacher(record, "ethics.recorded")


def give_back(*, actor: Any, record: Record, reason: str) -> None:
    """The county gives a proposal back to the school, with a reason."""
    _proposed(actor, record)
    record.state, record.decided_by_id, record.decided_at = State.RETURNED, actor.id, utc_now()
    record.awaits_ruling = False
    db.session.flush()
    remark(actor, record, RemarkKind.RETURN, reason)
    log(actor, "ethics.return", record, before={"state": State.PROPOSED}, after={"state": State.RETURNED})
    tell_school(record, "ethics.returned")
    tell_teacher(record, "ethics.dropped")


def counties_matter(record: Record, is_decided: bool) -> None:
    """What vetoes was decided by the county: a school does not change it any more, nor take it off."""
    if record.does_veto and record.state is State.IN_FORCE and not is_decided:
        raise Refused(_("The county decided this. Ask its personnel office to correct or withdraw it."))


def withdraw(*, actor: Any, record: Record, reason: str, is_decided: bool) -> None:
    """Take a record off: it counts for nothing from now on. The row and its thread stay."""
    not_oneself(actor, record.teacher_id)
    locked(record)
    counties_matter(record, is_decided)
    if record.state is State.WITHDRAWN:
        raise Refused(_("This was withdrawn already."))
    before = record.state
    record.state, record.decided_by_id, record.decided_at = State.WITHDRAWN, actor.id, utc_now()
    record.awaits_ruling = False
    db.session.flush()
    remark(actor, record, RemarkKind.WITHDRAWAL, reason)
    log(actor, "ethics.withdraw", record, before={"state": before}, after={"state": State.WITHDRAWN})
    tell_teacher(record, "ethics.dropped")


def answer(*, actor: Any, record: Record, said: str) -> None:
    """The teacher's own words; the county rules on them."""
    if getattr(actor, "teacher_id", None) != record.teacher_id:
        raise Refused(_("Only the teacher it is about can answer."))
    locked(record)
    if record.state not in (State.PROPOSED, State.IN_FORCE):
        raise Refused(_("This does not stand any more; there is nothing to answer."))
    if record.awaits_ruling:
        raise Refused(_("Your last answer waits for its ruling. You can answer again afterwards."))
    record.awaits_ruling = True
    db.session.flush()
    remark(actor, record, RemarkKind.ANSWER, said)
    log(actor, "ethics.answer", record)
    tell_county(record, "ethics.answered")


def rule(*, actor: Any, record: Record, said: str) -> None:
    """The county's ruling on an answer. Where the teacher is right, the record is corrected or withdrawn as well."""
    not_oneself(actor, record.teacher_id)
    locked(record)
    if not record.awaits_ruling:
        raise Refused(_("No answer waits for a ruling; somebody may have ruled meanwhile."))
    record.awaits_ruling = False
    db.session.flush()
    remark(actor, record, RemarkKind.RULING, said)
    log(actor, "ethics.rule", record)
    tell_teacher(record, "ethics.changed")


def note_look(*, actor: Actor, teacher: Teacher) -> None:
    """Put on record that somebody looked into a teacher's ethics file."""
    audit.record(
        actor=actor,
        action="ethics.look",
        subject=teacher,
        region_id=teacher.county_id,
        school_id=teacher.employing_school_id,
    )


def _proposed(actor: Any, record: Record) -> None:
    not_oneself(actor, record.teacher_id)
    locked(record)
    if record.state is not State.PROPOSED:
        raise Refused(_("Somebody has decided meanwhile: %(state)s.", state=record.state.label))
