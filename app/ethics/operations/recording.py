"""Entering and correcting records. What vetoes is proposed by a school and decided by the county."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.audit.operations import changes
from app.codes.queries import label
from app.db.clock import today, utc_now
from app.ethics.clauses import Clause, is_failing
from app.ethics.models import EntryKind, EthicsAppraisal, EthicsEntry, RemarkKind, State
from app.ethics.operations.deciding import Record, counties_matter, locked, not_oneself
from app.ethics.operations.telling import log, remark, tell_county, tell_teacher
from app.evidence.models import EvidenceFile
from app.evidence.operations import settle
from app.extensions import db
from app.teachers.models import Teacher
from app.web.errors import Refused


def record_entry(
    *,
    actor: Any,
    teacher: Teacher,
    kind: EntryKind,
    clause: Clause | None,
    points: int,
    happened_on: date,
    from_on: date,
    to_on: date,
    facts: str,
    evidence: Sequence[EvidenceFile],
    is_decided: bool,
) -> EthicsEntry:
    """Enter something into a teacher's file. `is_decided`: the county itself enters it, so nothing is left to confirm.

    What does not veto stands at once; what does waits for the county. Either way the teacher is told now.
    """
    not_oneself(actor, teacher.id)
    _need_evidence(evidence)
    _refuse_dates(happened_on, from_on, to_on)
    if (kind is EntryKind.NEGATIVE) != (clause is not None):
        raise Refused(_("Choose the clause of the negative list; points alone have none."))
    if clause is not None and _same(teacher.id, clause.code, happened_on):
        raise Refused(_("This clause is already on record for that day. Correct the entry that is there."))
    entry = EthicsEntry(
        county_id=teacher.county_id,
        school_id=teacher.employing_school_id,
        teacher_id=teacher.id,
        kind=kind,
        audience=clause.audience if clause else None,
        clause_code=clause.code if clause else None,
        clause_text=clause.text if clause else None,
        does_veto=bool(clause and clause.does_veto),
        points=points,
        happened_on=happened_on,
        from_on=from_on,
        to_on=to_on,
        facts=facts,
        proposed_by_id=actor.id,
    )
    entry.evidence = list(evidence)
    _stand(entry, actor, is_decided)
    settle(evidence)
    told = ("kind", "clause_code", "points", "happened_on", "from_on", "to_on", "facts", "state")
    log(actor, "ethics.add", entry, after={name: getattr(entry, name) for name in told})
    _tell_of_new(entry)
    return entry


def record_appraisal(
    *,
    actor: Any,
    teacher: Teacher,
    year: int,
    conclusion_code: str,
    appraised_on: date,
    veto_to: date | None,
    facts: str | None,
    evidence: Sequence[EvidenceFile],
    is_decided: bool,
) -> EthicsAppraisal:
    """Enter the yearly appraisal of a teacher; one that was returned is proposed anew in its place."""
    not_oneself(actor, teacher.id)
    fields = _appraisal_fields(conclusion_code, appraised_on, veto_to, facts, evidence)
    if appraised_on.year not in (year, year + 1):
        raise Refused(_("The appraisal of %(year)s is made in that year or the next.", year=year))
    row = db.session.scalar(
        select(EthicsAppraisal)
        .where(EthicsAppraisal.teacher_id == teacher.id, EthicsAppraisal.year == year)
        .options(selectinload(EthicsAppraisal.evidence))
        .execution_options(populate_existing=True)
    )
    if row is not None and row.state in (State.PROPOSED, State.IN_FORCE):
        raise Refused(
            _(
                "%(name)s already has an appraisal for %(year)s. Correct the one that is there.",
                name=teacher.name,
                year=year,
            )
        )
    if row is None:
        row = EthicsAppraisal(county_id=teacher.county_id, teacher_id=teacher.id, year=year)
        db.session.add(row)
    row.school_id, row.proposed_by_id, row.awaits_ruling = teacher.employing_school_id, actor.id, False
    for name, value in fields.items():
        setattr(row, name, value)
    row.evidence = list(evidence)
    _stand(row, actor, is_decided)
    settle(evidence)
    log(actor, "ethics.appraise", row, after={"year": year, **fields, "state": row.state})
    _tell_of_new(row)
    return row


def correct_entry(
    *,
    actor: Any,
    entry: EthicsEntry,
    reason: str,
    evidence: Sequence[EvidenceFile],
    is_decided: bool,
    **fields: Any,
) -> bool:
    """Correct an entry, with a reason that the teacher reads too. A returned one is proposed anew by this."""
    not_oneself(actor, entry.teacher_id)
    locked(entry)
    _need_evidence(evidence)
    whole = {name: fields.get(name, getattr(entry, name)) for name in ("happened_on", "from_on", "to_on")}
    _refuse_dates(**whole)
    return _correct(actor, entry, reason, evidence, fields, is_decided)


def correct_appraisal(
    *,
    actor: Any,
    appraisal: EthicsAppraisal,
    reason: str,
    conclusion_code: str,
    appraised_on: date,
    veto_to: date | None,
    facts: str | None,
    evidence: Sequence[EvidenceFile],
    is_decided: bool,
) -> bool:
    """Correct an appraisal, with a reason. A conclusion that begins to veto waits for the county again."""
    not_oneself(actor, appraisal.teacher_id)
    locked(appraisal)
    fields = _appraisal_fields(conclusion_code, appraised_on, veto_to, facts, evidence)
    return _correct(actor, appraisal, reason, evidence, fields, is_decided)


def _correct(
    actor: Any,
    row: Record,
    reason: str,
    evidence: Sequence[EvidenceFile],
    fields: dict[str, Any],
    is_decided: bool,
) -> bool:
    if row.state is State.WITHDRAWN:
        raise Refused(_("This was withdrawn; there is nothing left to correct."))
    counties_matter(row, is_decided)
    before, after = changes(row, fields)
    is_same_evidence = {file.id for file in row.evidence} == {file.id for file in evidence}
    if not after and is_same_evidence and row.state is not State.RETURNED:
        return False
    for name, value in after.items():
        setattr(row, name, value)
    if not is_same_evidence:
        after |= {"evidence": [file.name for file in evidence]}
        row.evidence = list(evidence)
        settle(evidence)
    if row.state is State.RETURNED or (after.get("does_veto") and not is_decided):
        row.state, row.decided_at, row.decided_by_id = State.PROPOSED, None, None
    db.session.flush()
    remark(actor, row, RemarkKind.CORRECTION, reason)
    log(actor, "ethics.correct", row, before=before, after=after, reason=reason)
    if row.state is State.PROPOSED:
        tell_county(row, "ethics.to_confirm")
    tell_teacher(row, "ethics.changed")
    return True


def _appraisal_fields(
    conclusion_code: str, appraised_on: date, veto_to: date | None, facts: str | None, evidence: Sequence[EvidenceFile]
) -> dict[str, Any]:
    fails = is_failing(conclusion_code)
    if appraised_on > today():
        raise Refused(_("The day of the appraisal lies in the future."))
    if fails:
        _need_evidence(evidence)
        if not (facts or "").strip():
            raise Refused(_("Say what the conclusion rests on: “%(name)s” vetoes.", name=_named(conclusion_code)))
        if veto_to is None or veto_to < appraised_on:
            raise Refused(_("Give the last day of the veto; it is not before the day of the appraisal."))
    return {
        "conclusion_code": conclusion_code,
        "appraised_on": appraised_on,
        "facts": facts,
        "does_veto": fails,
        "veto_from": appraised_on if fails else None,
        "veto_to": veto_to if fails else None,
    }


def _named(code: str) -> str:
    return str(label("ethics_appraisal", code))


def _stand(row: Record, actor: Any, is_decided: bool) -> None:
    """Put a new record where it stands: waiting for the county where it vetoes and the county did not enter it."""
    waits = row.does_veto and not is_decided
    row.state = State.PROPOSED if waits else State.IN_FORCE
    row.decided_by_id, row.decided_at = (None, None) if waits else (actor.id, utc_now())
    db.session.add(row)
    db.session.flush()


def _tell_of_new(row: Record) -> None:
    if row.state is State.PROPOSED:
        tell_county(row, "ethics.to_confirm")
        tell_teacher(row, "ethics.proposed")
    else:
        tell_teacher(row, "ethics.recorded")


def _need_evidence(evidence: Sequence[EvidenceFile]) -> None:
    if not evidence:
        raise Refused(_("An entry needs evidence: add a photograph, a scan or a PDF."))


def _refuse_dates(happened_on: date, from_on: date, to_on: date) -> None:
    if happened_on > today():
        raise Refused(_("What is recorded has happened: its day is not in the future."))
    if from_on < happened_on:
        raise Refused(_("The entry begins before it happened."))
    if to_on < from_on:
        raise Refused(_("The last day lies before the first."))


def _same(teacher_id: int, clause_code: str, happened_on: date) -> bool:
    query = select(EthicsEntry.id).where(
        EthicsEntry.teacher_id == teacher_id,
        EthicsEntry.clause_code == clause_code,
        EthicsEntry.happened_on == happened_on,
        EthicsEntry.state.in_((State.PROPOSED, State.IN_FORCE)),
    )
    return db.session.scalar(query.limit(1)) is not None
