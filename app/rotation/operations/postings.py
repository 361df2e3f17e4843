"""A posting's life: the teacher reports for duty, comes back at the end, or is recalled."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit import record
from app.audit.operations import Actor
from app.extensions import db
from app.rotation.models import Posting, PostingStatus
from app.teachers import records
from app.teachers.models import RotationRecord, Teacher
from app.teachers.operations import change_teacher, relocate, transfer
from app.web.errors import Refused

IN_POST, HERE_ON_ROTATION, AWAY_ON_ROTATION = "100", "101", "205"
WITH_TRANSFER = "40"


def report_for_duty(*, posting: Posting, on: date, actor: Actor) -> None:
    """The teacher has come to the receiving school: working school, state and rotation record follow.

    Where the employment goes along (kind 40) the employing school changes too and the state is 101; otherwise the
    employing school keeps the teacher with state 205.
    """
    posting = held(posting.id)
    if posting.status is not PostingStatus.PLANNED:
        raise _refused(posting)
    teacher = posting.teacher
    if teacher.working_school_id != posting.from_school_id or teacher.left_on:
        raise Refused(
            _(
                "%(name)s no longer works at %(school)s; the posting does not fit the roster. Recall it.",
                name=teacher.name,
                school=posting.from_school.name,
            )
        )
    is_transfer = posting.kind_code == WITH_TRANSFER
    posting.state_before = teacher.state_code
    if is_transfer:
        transfer(actor=actor, teacher=teacher, school=posting.to_school, on=on)
        change_teacher(actor=actor, teacher=teacher, state_code=HERE_ON_ROTATION)
    else:
        relocate(actor=actor, teacher=teacher, school=posting.to_school, on=on, state_code=AWAY_ON_ROTATION)
    posting.record_id = _open_record(posting, on, is_transfer, actor).id
    posting.status, posting.reported_on = PostingStatus.ACTIVE, on
    _record(posting, actor, "rotation.posting.report", {"on": on})


def report_many(*, posting_ids: Iterable[int], on: date, actor: Actor) -> int:
    """Report several people on the same day, all or none; returns how many."""
    numbers = sorted(set(posting_ids))
    for number in numbers:
        report_for_duty(posting=held(number), on=on, actor=actor)
    return len(numbers)


def end_posting(*, posting: Posting, on: date, actor: Actor) -> None:
    """The term is over: the teacher works at the employing school again."""
    posting = held(posting.id)
    if posting.status is not PostingStatus.ACTIVE:
        raise _refused(posting)
    _close(posting, PostingStatus.ENDED, on, actor)
    _record(posting, actor, "rotation.posting.end", {"on": on})


def recall_posting(*, posting: Posting, on: date, reason: str, actor: Actor) -> None:
    """Take a posting back before its end, or before it began, with a reason."""
    posting = held(posting.id)
    if not posting.status.is_open:
        raise _refused(posting)
    if not reason.strip():
        raise Refused(_("Give a reason, so that the others know what to do."))
    posting.reason = reason.strip()
    _close(posting, PostingStatus.RECALLED, on, actor)
    _record(posting, actor, "rotation.posting.recall", {"on": on}, reason=posting.reason)


def held(posting_id: int) -> Posting:
    """The posting as it is now, held until the transaction ends."""
    return db.session.execute(
        select(Posting)
        .where(Posting.id == posting_id)
        .options(
            joinedload(Posting.teacher).joinedload(Teacher.employing_school),
            joinedload(Posting.teacher).joinedload(Teacher.working_school),
            joinedload(Posting.from_school),
            joinedload(Posting.to_school),
        )
        .with_for_update(of=Posting)
        .execution_options(populate_existing=True)
    ).scalar_one()


def _close(posting: Posting, status: PostingStatus, on: date, actor: Actor) -> None:
    if posting.reported_on is not None and on < posting.reported_on:
        raise Refused(
            _("That day is before the teacher reported for duty (%(day)s).", day=posting.reported_on.isoformat())
        )
    teacher = posting.teacher
    was_active = posting.status is PostingStatus.ACTIVE
    if was_active and teacher.working_school_id == posting.to_school_id:
        state = posting.state_before or IN_POST
        if posting.kind_code == WITH_TRANSFER:
            change_teacher(actor=actor, teacher=teacher, state_code=state)
        else:
            relocate(actor=actor, teacher=teacher, school=posting.from_school, on=on, state_code=state)
    if posting.record_id is not None:
        row = db.session.get_one(RotationRecord, posting.record_id)
        records.change(actor=actor, teacher=teacher, row=row, to_on=on)
    posting.status, posting.closed_on = status, on
    db.session.flush()


def _open_record(posting: Posting, on: date, is_transfer: bool, actor: Actor) -> RotationRecord:
    """The teacher's rotation record; where an import brought the same one already, that one is taken."""
    fields: dict[str, Any] = {
        "kind_code": posting.kind_code,
        "is_hr_transferred": is_transfer,
        "to_on": None,
        "from_school_id": posting.from_school_id,
        "from_school_name": posting.from_school.name,
        "to_school_id": posting.to_school_id,
    }
    same = {"from_on": on, "to_school_name": posting.to_school.name}
    row: RotationRecord | None = db.session.scalar(
        select(RotationRecord).filter_by(teacher_id=posting.teacher_id, **same)
    )
    if row is None:
        made: RotationRecord = records.add(
            actor=actor, teacher=posting.teacher, kind=records.ROTATION, **fields, **same
        )
        return made
    records.change(actor=actor, teacher=posting.teacher, row=row, **fields)
    return row


def _refused(posting: Posting) -> Refused:
    return Refused(_("This posting is “%(status)s” now; that step is not open to it.", status=posting.status.label))


def _record(posting: Posting, actor: Actor, action: str, after: dict[str, Any], reason: str | None = None) -> None:
    db.session.flush()
    record(
        actor=actor,
        action=action,
        subject=posting,
        subject_label=f"{posting.teacher.label}: {posting.from_school.name} → {posting.to_school.name}",
        after={"status": posting.status, **after},
        reason=reason,
        region_id=posting.county_id,
        school_id=posting.to_school_id,
    )
