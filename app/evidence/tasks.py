"""Scanning as background work, after the file is really there; and what is done with files once a day."""

from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.operations import SYSTEM
from app.db.clock import utc_now
from app.evidence import operations
from app.evidence.models import EvidenceContent, EvidenceFile, ScanState
from app.evidence.scanning import ScannerError, scan
from app.extensions import db
from app.jobs.operations import JobHandle, enqueue, job_kind
from app.jobs.periodic import periodic
from app.web.errors import Refused
from app.web.transaction import reading

UPKEEP = "evidence.upkeep"
FORGOTTEN_AFTER = timedelta(minutes=10)


@job_kind(operations.SCAN, label=_l("Checking a file for viruses"))
def scan_file(handle: JobHandle) -> dict[str, Any] | None:
    """Ask the scanner about one file; where it cannot be asked, the file stays unserved and is asked about again."""
    file_id, scanner = handle.payload["file_id"], current_app.config["EVIDENCE_SCAN_COMMAND"]
    with reading():
        content = db.session.scalar(select(EvidenceContent.content).where(EvidenceContent.file_id == file_id))
        db.session.rollback()
    if content is None:
        return None
    try:
        state, note = scan(content, scanner) if scanner else (ScanState.NOT_SCANNED, None)
    except ScannerError as error:
        current_app.logger.warning("the scanner could not be asked about file %s: %s", file_id, error)
        raise Refused(
            _("The virus scanner could not be asked. The file is asked about again within the hour.")
        ) from None
    with handle.transaction():
        operations.note_scan(file_id=file_id, state=state, note=note)
    return {"state": state.value}


@job_kind(UPKEEP, label=_l("Looking after uploaded files"))
def look_after(handle: JobHandle) -> dict[str, Any]:
    """Remove old drafts, and ask again about files that the scanner has not spoken of."""
    with handle.transaction():
        dropped = operations.drop_old_drafts()
        waiting = db.session.scalars(
            select(EvidenceFile.id)
            .where(EvidenceFile.scan_state == ScanState.PENDING, EvidenceFile.created_at < utc_now() - FORGOTTEN_AFTER)
            .order_by(EvidenceFile.created_at)
            .limit(500)
        ).all()
        for file_id in waiting:
            enqueue(kind=operations.SCAN, payload={"file_id": file_id}, actor=SYSTEM)
    return {"dropped": dropped, "asked_again": len(waiting)}


periodic(UPKEEP, every=timedelta(hours=1))
