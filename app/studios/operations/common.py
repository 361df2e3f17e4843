"""What the operations of this room share: locking, moving a row's status so that of two people one wins, the log."""

from collections.abc import Collection
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app import audit
from app.audit.operations import Actor
from app.db import rows_changed
from app.extensions import db
from app.studios.models import Membership, Studio, StudioStatus
from app.teachers.models import Teacher
from app.web.errors import Refused


def locked(studio_id: int) -> Studio:
    """The studio as it is now. Whoever moves places or a waiting list holds its row until the transaction ends."""
    db.session.flush()
    return db.session.scalars(
        select(Studio)
        .where(Studio.id == studio_id)
        .with_for_update(of=Studio)
        .execution_options(populate_existing=True)
    ).one()


def locked_teacher(teacher_id: int) -> Teacher:
    """The teacher, so that nobody joins two studios at once."""
    return db.session.scalars(
        select(Teacher)
        .where(Teacher.id == teacher_id)
        .with_for_update(of=Teacher, key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def fresh(membership_id: int) -> Membership:
    """A membership as it is now, with its person and studio."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.id == membership_id)
        .options(joinedload(Membership.teacher), joinedload(Membership.studio))
        .execution_options(populate_existing=True)
    ).one()


def move(row: Any, *, since: Collection[Any], to: Any, **values: Any) -> None:
    """Change a row's status where it still is what the person saw; refused where somebody was faster."""
    model = type(row)
    changed = rows_changed(
        db.session,
        update(model)
        .where(model.id == row.id, model.status.in_(since))
        .values(status=to, version=model.version + 1, **values),
    )
    if not changed:
        now = db.session.scalar(select(model.status).where(model.id == row.id))
        raise Refused(
            _(
                "Meanwhile this stands at “%(status)s”: somebody else was faster, or it was done already. Nothing was"
                " done twice.",
                status=now.label if now is not None else "–",
            )
        )
    db.session.refresh(row, [column.key for column in model.__mapper__.column_attrs])


def must_run(studio: Studio) -> None:
    """Refuse what a studio can only do while it is running."""
    if studio.status is not StudioStatus.ACTIVE:
        raise Refused(_("%(studio)s: %(status)s. This can only be done while a studio is running.",
                        studio=studio.name, status=studio.status.label))  # fmt: skip


def note(
    actor: Actor,
    action: str,
    row: Any,
    studio: Studio,
    *,
    label: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """An entry about something of a studio, under its county and school."""
    audit.record(
        actor=actor,
        action=action,
        subject_type=row.__tablename__,
        subject_id=row.id,
        subject_label=label or row.label,
        before=before,
        after=after,
        reason=reason,
        region_id=studio.county_id,
        school_id=studio.school_id,
    )


def years_after(day: date, years: int) -> date:
    """The same day so many years later; the day after where a leap day has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
