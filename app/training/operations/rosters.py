"""Lists of results: uploaded and checked, applied as a whole, undone as a whole."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app.audit.operations import Actor
from app.db import rows_changed
from app.db.clock import utc_now
from app.extensions import db
from app.training.models import Enrolment, RosterImport, RosterStatus, TrainingProgramme, TrainingSession
from app.training.operations.crediting import settle
from app.training.operations.locking import locked_session
from app.training.operations.recording import record
from app.training.operations.results import Outcome, write_result
from app.training.roster_files import outcome_of, read_roster
from app.web.errors import Refused

MOST_BYTES = 10 * 1024 * 1024
NAMED = 8


def upload(
    *, actor: Actor, session: TrainingSession, programme: TrainingProgramme, file_name: str, content: bytes
) -> RosterImport:
    """Read a list and keep what was found in it; no result changes yet."""
    if len(content) > MOST_BYTES:
        raise Refused(_("The file is larger than %(most)s MB. A list of results is much smaller.", most=10))
    found = read_roster(content, session, programme)
    row = RosterImport(
        session_id=session.id,
        file_name=file_name.replace("\\", "/").rsplit("/", 1)[-1][:200],
        sheet_name=found.sheet_name,
        header_row=found.header_row,
        content=content,
        rows=found.rows,
        problems=found.problems,
        created_by_id=actor.id,
    )
    db.session.add(row)
    db.session.flush()
    after = {"file": row.file_name, "rows": len(found.rows), "problems": len(found.problems)}
    record(actor, "training.roster.upload", session, after=after)
    return row


def apply(
    *, actor: Actor, roster: RosterImport, programme: TrainingProgramme, leaves_out_rejected: bool = False
) -> int:
    """Record every result of a list, or none. Returns how many changed."""
    session = locked_session(roster.session_id)
    if any(one["severity"] == "error" for one in roster.problems) and not leaves_out_rejected:
        raise Refused(_("Some rows have errors. Mend the workbook and upload it again, or leave these rows out."))
    _step(roster, RosterStatus.CHECKED, RosterStatus.APPLIED, applied_at=utc_now())
    changed = _write(actor, roster, session, programme, "before", "after")
    record(actor, "training.roster.apply", session, after={"file": roster.file_name, "rows": changed})
    return changed


def undo(*, actor: Actor, roster: RosterImport, programme: TrainingProgramme) -> int:
    """Put back every result that a list changed, or none of them where one was changed since."""
    session = locked_session(roster.session_id)
    _step(roster, RosterStatus.APPLIED, RosterStatus.UNDONE, undone_at=utc_now())
    changed = _write(actor, roster, session, programme, "after", "before")
    record(actor, "training.roster.undo", session, after={"file": roster.file_name, "rows": changed})
    return changed


def discard(*, actor: Actor, roster: RosterImport) -> None:
    """Give an upload up; its file, which holds identity numbers, is deleted."""
    session = locked_session(roster.session_id)
    _step(roster, RosterStatus.CHECKED, RosterStatus.DISCARDED, content=b"")
    record(actor, "training.roster.discard", session, after={"file": roster.file_name})


def _step(roster: RosterImport, old: RosterStatus, new: RosterStatus, **moments: Any) -> None:
    """Two clicks: one wins, the other is told."""
    done = rows_changed(
        db.session,
        update(RosterImport)
        .where(RosterImport.id == roster.id, RosterImport.status == old)
        .values(status=new, **moments),
    )
    if not done:
        raise Refused(_("Somebody else was quicker; look at where the list stands now."))
    db.session.refresh(roster, ["status", "applied_at", "undone_at"])


def _write(
    actor: Actor, roster: RosterImport, session: TrainingSession, programme: TrainingProgramme, old: str, new: str
) -> int:
    """Turn each row's result from `old` into `new`; refused where it is no longer as it was."""
    people = {
        row.id: row
        for row in db.session.scalars(
            select(Enrolment)
            .where(Enrolment.session_id == session.id)
            .options(joinedload(Enrolment.teacher))
            .execution_options(populate_existing=True)
        )
    }
    stale = [
        row["teacher"]
        for row in roster.rows
        if (found := people.get(row["enrolment_id"])) is None or Outcome.of(found) != outcome_of(row[old])
    ]
    if stale:
        names = _("; ").join(stale[:NAMED]) + (" …" if len(stale) > NAMED else "")
        raise Refused(
            _("These results were changed since by somebody else, so nothing was done: %(names)s.", names=names)
        )
    reason = _("List of results: %(file)s", file=roster.file_name)
    changed = [
        people[row["enrolment_id"]]
        for row in roster.rows
        if write_result(
            actor=actor,
            enrolment=people[row["enrolment_id"]],
            session=session,
            programme=programme,
            outcome=outcome_of(row[new]),
            reason=reason,
        )
    ]
    settle(actor=actor, people=changed, session=session, programme=programme, reason=reason)
    return len(changed)
