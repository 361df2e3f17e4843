"""A county's packs: copied, changed, adopted for a time, ended."""

import hashlib
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from app import audit
from app.audit.operations import Actor
from app.db.changes import rows_changed
from app.extensions import db
from app.regions.models import Region
from app.targets.models import PackStatus, PolicyPack
from app.targets.packs import Pack, PackError, read_pack
from app.web.errors import Refused, refused_if_taken


def copy_pack(
    *, county: Region, text: str, actor: Actor, based_on: PolicyPack | None = None, note: str = ""
) -> PolicyPack:
    """Keep a text (a shipped pack's, another version's, an upload) as a draft of the county."""
    pack = _read(text)
    last = db.session.scalar(
        select(func.max(PolicyPack.number)).where(PolicyPack.county_id == county.id, PolicyPack.code == pack.code)
    )
    row = PolicyPack(
        county_id=county.id,
        code=pack.code,
        number=(last or 0) + 1,
        based_on_id=based_on.id if based_on else None,
        note=note,
        created_by_id=actor.id,
        **_said(pack, text),
    )
    with refused_if_taken(_("Somebody made another version of this pack meanwhile. Try again.")):
        db.session.add(row)
    audit.record(
        actor=actor,
        action="pack.copy",
        subject=row,
        after={"sha256": row.sha256, "based_on": based_on.label if based_on else None},
        reason=note or None,
        region_id=county.id,
    )
    return row


def change_pack(*, row: PolicyPack, text: str, actor: Actor, note: str | None = None) -> None:
    """Change a draft; its code stays. What is in force is changed by a new version."""
    if row.status is not PackStatus.DRAFT:
        raise Refused(_("A pack that was in force is never changed. Copy it, and change the copy."))
    pack = _read(text)
    if pack.code != row.code:
        raise Refused(_("This is a version of the pack %(code)s; its code cannot be changed.", code=row.code))
    before = {"sha256": row.sha256}
    for name, value in _said(pack, text).items():
        setattr(row, name, value)
    if note is not None:
        row.note = note
    db.session.flush()
    audit.record(
        actor=actor,
        action="pack.edit",
        subject=row,
        before=before,
        after={"sha256": row.sha256},
        region_id=row.county_id,
    )


def adopt_pack(*, row: PolicyPack, from_on: date, actor: Actor, to_on: date | None = None) -> None:
    """Put a draft in force from a day; the version of the same code in force until then ends the day before."""
    if row.status is not PackStatus.DRAFT:
        raise Refused(_("Only a draft can be adopted."))
    if to_on is not None and to_on < from_on:
        raise Refused(_("The pack would end before it begins."))
    present = db.session.scalar(
        select(PolicyPack)
        .where(
            PolicyPack.county_id == row.county_id,
            PolicyPack.code == row.code,
            PolicyPack.status == PackStatus.ADOPTED,
        )
        .with_for_update(of=PolicyPack)
    )
    if present is not None:
        if present.adopted_from is not None and present.adopted_from >= from_on:
            raise Refused(
                _("Version %(number)s is in force since %(day)s; the new one begins later than that.",
                  number=present.number, day=present.adopted_from.isoformat())
            )  # fmt: skip
        end_pack(row=present, to_on=from_on - timedelta(days=1), actor=actor)
    _adopt(row, from_on, to_on)
    audit.record(
        actor=actor,
        action="pack.adopt",
        subject=row,
        after={"adopted_from": from_on, "adopted_to": to_on},
        region_id=row.county_id,
    )


def end_pack(*, row: PolicyPack, to_on: date, actor: Actor) -> None:
    """Let a pack in force end with a day."""
    if row.status is not PackStatus.ADOPTED or row.adopted_from is None:
        raise Refused(_("Only a pack in force can be ended."))
    if to_on < row.adopted_from:
        raise Refused(_("The pack would end before it begins."))
    before = {"adopted_to": row.adopted_to}
    row.status, row.adopted_to = PackStatus.ENDED, to_on
    db.session.flush()
    audit.record(
        actor=actor,
        action="pack.end",
        subject=row,
        before=before,
        after={"adopted_to": to_on},
        region_id=row.county_id,
    )


def drop_draft(*, row: PolicyPack, actor: Actor) -> None:
    """Remove a draft that nobody needs."""
    if row.status is not PackStatus.DRAFT:
        raise Refused(_("A pack that was in force stays on record."))
    audit.record(actor=actor, action="pack.remove", subject=row, before={"sha256": row.sha256}, region_id=row.county_id)
    db.session.delete(row)
    db.session.flush()


def _adopt(row: PolicyPack, from_on: date, to_on: date | None) -> None:
    """Of two people who adopt at once one wins; of two drafts of one code the database lets one in."""
    with refused_if_taken(_("Another version of this pack was adopted meanwhile.")):
        done = rows_changed(
            db.session,
            update(PolicyPack)
            .where(PolicyPack.id == row.id, PolicyPack.status == PackStatus.DRAFT)
            .values(status=PackStatus.ADOPTED, adopted_from=from_on, adopted_to=to_on, version=PolicyPack.version + 1),
        )
    if done != 1:
        raise Refused(_("Somebody adopted or removed this draft meanwhile."))
    db.session.refresh(row)


def _read(text: str) -> Pack:
    try:
        return read_pack(text)
    except PackError as error:
        raise Refused(_("The pack is refused: %(what)s", what=_("; ").join(map(str, error.findings)))) from error


def _said(pack: Pack, text: str) -> dict[str, Any]:
    return {
        "name_zh": pack.name_zh,
        "name_en": pack.name_en,
        "content": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
