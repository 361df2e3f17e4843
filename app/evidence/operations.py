"""Taking files in, hanging them on records, and what the scanner says of them.

A room keeps what came with its form by `EvidenceField`, writes its own link rows, and calls `settle(files)`.
"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from pathlib import PurePath

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from werkzeug.datastructures import FileStorage

from app import audit
from app.audit.operations import SYSTEM, Actor
from app.db import rows_changed
from app.db.clock import utc_now
from app.evidence.access import is_carried
from app.evidence.models import EvidenceContent, EvidenceFile, ScanState
from app.evidence.signatures import ENDINGS, UnknownContent, media_type
from app.extensions import db
from app.jobs.operations import enqueue
from app.web.errors import Refused

SCAN = "evidence.scan"
DRAFTS_KEPT = timedelta(days=7)
NAME_LENGTH = 120


def keep(*, actor: Actor, upload: FileStorage, county_id: int) -> EvidenceFile:
    """Take one upload in as a draft of the person's; refused where it is too large, damaged, or no picture or PDF.

    The same content uploaded again into an unfinished form is one draft.
    """
    content = _read(upload)
    try:
        kind = media_type(content)
    except UnknownContent as unknown:
        raise Refused(_sentence(unknown.what, _shown(upload))) from None
    sha256 = hashlib.sha256(content).hexdigest()
    if again := _same_draft(actor, county_id, sha256):
        return again
    has_scanner = bool(current_app.config["EVIDENCE_SCAN_COMMAND"])
    file = EvidenceFile(
        county_id=county_id,
        uploaded_by_id=actor.id,
        name=_named(upload, kind),
        media_type=kind,
        size=len(content),
        sha256=sha256,
        scan_state=ScanState.PENDING if has_scanner else ScanState.NOT_SCANNED,
    )
    db.session.add(file)
    db.session.flush()
    db.session.add(EvidenceContent(file_id=file.id, content=content))
    db.session.flush()
    audit.record(
        actor=actor,
        action="evidence.upload",
        subject=file,
        after={"size": file.size, "media_type": kind, "sha256": sha256},
        region_id=county_id,
    )
    if has_scanner:
        enqueue(kind=SCAN, payload={"file_id": file.id}, actor=SYSTEM, subject_type="evidence_file", subject_id=file.id)
    return file


def settle(files: Iterable[EvidenceFile]) -> None:
    """The files hang on a record now: they are no drafts any more."""
    for file in files:
        file.is_draft = False
    db.session.flush()


def known_uses(sha256: str, county_id: int) -> list[EvidenceFile]:
    """Files of the county with the same content that hang on some record, the oldest first."""
    same = select(EvidenceFile).where(
        EvidenceFile.county_id == county_id, EvidenceFile.sha256 == sha256, EvidenceFile.is_draft.is_(False)
    )
    return list(db.session.scalars(same.order_by(EvidenceFile.id)))


def content_of(file: EvidenceFile) -> bytes:
    """The bytes as they came; refused while the scanner has not spoken, and for good where it found a virus."""
    if file.scan_state is ScanState.INFECTED:
        raise Refused(
            _("“%(name)s” carries a virus and is never handed out. Ask for the document again.", name=file.name)
        )
    if not file.scan_state.may_be_served:
        raise Refused(_("“%(name)s” is still being checked for viruses. Try again in a minute.", name=file.name))
    return db.session.scalars(select(EvidenceContent.content).where(EvidenceContent.file_id == file.id)).one()


def note_download(*, actor: Actor, file: EvidenceFile) -> None:
    """Put on record that somebody took a file."""
    audit.record(actor=actor, action="evidence.download", subject=file, region_id=file.county_id)


def note_scan(*, file_id: int, state: ScanState, note: str | None = None) -> None:
    """Keep what the scanner said; a file that somebody removed meanwhile needs nothing."""
    file = db.session.get(EvidenceFile, file_id)
    if file is None or file.scan_state is state:
        return
    file.scan_state, file.scan_note = state, note
    if state is ScanState.INFECTED:
        audit.record(
            actor=SYSTEM, action="evidence.infected", subject=file, after={"found": note}, region_id=file.county_id
        )


def drop_old_drafts() -> int:
    """Remove what was uploaded into forms that were never finished; what a record carries stays. Returns how many."""
    old = (EvidenceFile.is_draft, EvidenceFile.created_at < utc_now() - DRAFTS_KEPT)
    carried = update(EvidenceFile).where(*old, is_carried()).values(is_draft=False)
    db.session.execute(carried, execution_options={"synchronize_session": False})
    gone = delete(EvidenceFile).where(*old, ~is_carried())
    return rows_changed(db.session, gone)


def _read(upload: FileStorage) -> bytes:
    """The bytes of an upload; its size is asked before anything is read."""
    limit: int = current_app.config["EVIDENCE_MAX_BYTES"]
    size = upload.stream.seek(0, 2)
    if size > limit:
        raise Refused(
            _(
                "“%(name)s” has %(size)s MB; a file may have up to %(limit)s MB. Take the photograph at a lower"
                " resolution, or scan at 150 dpi.",
                name=_shown(upload),
                size=f"{size / 1024 / 1024:.1f}",
                limit=limit // 1024 // 1024,
            )
        )
    if not size:
        raise Refused(_("“%(name)s” is empty. Choose the file again.", name=_shown(upload)))
    upload.stream.seek(0)
    return upload.stream.read()


def _sentence(what: str, name: str) -> str:
    sentences: dict[str, str] = {
        "damaged": _(
            "“%(name)s” is damaged or was cut off. Open it on your own device, and upload it again.", name=name
        ),
        "heic": _(
            "“%(name)s” is a HEIC picture, which offices cannot open. Set the camera to the most compatible format, or"
            " upload it as JPG.",
            name=name,
        ),
        "html": _("“%(name)s” is a web page, whatever its name says. Save it as PDF, or photograph it.", name=name),
        "office": _("“%(name)s” is an Office document or an archive. Save it as PDF first.", name=name),
    }
    otherwise: str = _("“%(name)s” is neither a picture (JPG, PNG, WebP) nor a PDF by its content.", name=name)
    return sentences.get(what, otherwise)


def _shown(upload: FileStorage) -> str:
    return PurePath((upload.filename or "?").replace("\\", "/")).name[:NAME_LENGTH]


def _named(upload: FileStorage, kind: str) -> str:
    """The name without any path, with the ending that its content has."""
    plain = "".join(c for c in _shown(upload) if c.isprintable() and c not in '/:*?"<>|').strip(". ")
    stem = PurePath(plain).stem or "evidence"
    return f"{stem[: NAME_LENGTH - 8]}{ENDINGS[kind]}"


def _same_draft(actor: Actor, county_id: int, sha256: str) -> EvidenceFile | None:
    return db.session.scalar(
        select(EvidenceFile).where(
            EvidenceFile.uploaded_by_id == actor.id,
            EvidenceFile.is_draft,
            EvidenceFile.county_id == county_id,
            EvidenceFile.sha256 == sha256,
            ~is_carried(),
        )
    )
