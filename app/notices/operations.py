"""Telling people: one notice a person and key, ever, and the letter that goes with it.

    notify(users=users_of_teachers([teacher.id])[teacher.id], kind="credit.returned", params={…}, key=f"credit:{id}:3")

Both are written in the transaction that they tell of. What is rolled back was never told, and what is committed is
told even where the worker or the mail server is away just then.
"""

import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from itertools import batched
from typing import Any

from flask import current_app
from sqlalchemy import exists, func, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.access import MATRIX, Permission
from app.accounts.models import RoleGrant, User
from app.audit.operations import SYSTEM, jsonable
from app.db import rows_changed
from app.db.clock import today, utc_now
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.jobs.operations import enqueue
from app.notices.access import notices_where
from app.notices.kinds import KINDS
from app.notices.models import MailAddress, MailKind, MailMode, Notice, NoticePreference, OutgoingMail
from app.regions.models import Region

DELIVER = "notices.deliver"
# As long as an identity number, in whatever form: it never leaves by mail, nor stands in a notice.
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_BATCH = 500


def notify(*, users: Iterable[int], kind: str, params: dict[str, Any], key: str) -> int:
    """Tell each of `users` once; returns how many had not been told under this key before."""
    if kind not in KINDS:
        raise ValueError(f"no notice kind {kind!r} is registered")
    plain = jsonable(params)
    if _IDENTITY.search(str(plain)):
        raise ValueError("a notice must not carry an identity number")
    told = 0
    for part in batched(dict.fromkeys(users), _BATCH):
        told += _notify(list(part), kind, plain, key)
    return told


def _notify(users: list[int], kind: str, params: dict[str, Any], key: str) -> int:
    ways = _ways(users, kind)
    rows = [
        {"user_id": user, "kind": kind, "params": params, "key": key, "is_shown": shown, "mail_mode": mode}
        for user, (shown, mode) in ways.items()
    ]
    if not rows:
        return 0
    made = db.session.execute(
        _insert()(Notice).values(rows).on_conflict_do_nothing().returning(Notice.id, Notice.user_id)
    )
    new = [(notice_id, user_id) for notice_id, user_id in made.tuples()]
    at_once = [
        {
            "user_id": user,
            "kind": MailKind.NOTICE,
            "key": f"notice:{notice}",
            "notice_id": notice,
            "message_id": message_id(),
        }
        for notice, user in new
        if ways[user][1] is MailMode.AT_ONCE
    ]
    if at_once:
        db.session.execute(insert(OutgoingMail), at_once)
        send_soon()
    return len(new)


def _ways(users: Collection[int], kind: str) -> dict[int, tuple[bool, MailMode]]:
    """How each account that is in use wants the kind: (in the app, by e-mail)."""
    known = KINDS[kind]
    rows = db.session.execute(
        select(User.id, NoticePreference.is_shown, NoticePreference.mail_mode, has_address())
        .outerjoin(NoticePreference, (NoticePreference.user_id == User.id) & (NoticePreference.kind == kind))
        .where(User.id.in_(users), User.active)
        .order_by(User.id)
    ).tuples()
    does_mail = is_mail_set_up()
    ways = {}
    for user, shown, mode, can_receive in rows:
        wanted = default_mode(kind) if mode is None else mode
        ways[user] = (known.is_urgent or shown is not False, wanted if does_mail and can_receive else MailMode.NONE)
    return ways


def default_mode(kind: str) -> MailMode:
    """How a kind goes by e-mail where the person said nothing."""
    return MailMode.AT_ONCE if KINDS[kind].is_urgent else MailMode.DAILY


def has_address() -> Any:
    """Condition on User: letters can be sent there."""
    confirmed = exists().where(MailAddress.user_id == User.id, MailAddress.confirmed_at.is_not(None))
    return or_(func.coalesce(User.email, literal("")) != "", confirmed)


def is_mail_set_up() -> bool:
    """Whether this installation sends letters at all."""
    return bool(current_app.config["SMTP_HOST"])


def message_id() -> str:
    """A Message-ID of our own; it is made once, with the letter."""
    sender: str = current_app.config["SMTP_FROM"]
    domain = sender.rpartition("@")[2].rstrip(">") or "qinglan.invalid"
    return f"<{uuid.uuid4().hex}@{domain}>"


def send_soon() -> None:
    """Let a worker send what waits, once the present transaction has been committed; one waiting job is enough."""
    waiting = select(Job.id).where(Job.kind == DELIVER, Job.status == JobStatus.QUEUED).limit(1)
    if db.session.scalar(waiting) is None:
        enqueue(kind=DELIVER, payload={}, actor=SYSTEM)


def _insert() -> Any:
    return postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert


# --- who is to be told -------------------------------------------------------------------------------------------


def users_of_teachers(teacher_ids: Iterable[int]) -> dict[int, list[int]]:
    """The accounts in use of each teacher; a teacher without any has an empty list."""
    found: dict[int, list[int]] = {teacher: [] for teacher in teacher_ids}
    for part in batched(found, _BATCH):
        rows = db.session.execute(
            select(RoleGrant.teacher_id, RoleGrant.user_id)
            .join(User, User.id == RoleGrant.user_id)
            .where(RoleGrant.teacher_id.in_(part), User.active, *_in_force())
            .distinct()
            .order_by(RoleGrant.teacher_id, RoleGrant.user_id)
        ).tuples()
        for teacher, user in rows:
            found[teacher or 0].append(user)
    return found


def users_with(permission: Permission, *, school_id: int | None = None, county_id: int | None = None) -> list[int]:
    """The accounts in use whose role at that school, or at that county, carries the permission.

    Where nobody holds it at the county itself, those of the nearest region above answer for it.
    """
    roles = [role for role, carried in MATRIX.items() if permission in carried]
    held = (
        select(RoleGrant.user_id)
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.role.in_(roles), User.active, *_in_force())
        .distinct()
        .order_by(RoleGrant.user_id)
    )
    if school_id is not None:
        return list(db.session.scalars(held.where(RoleGrant.school_id == school_id)))
    path = db.session.scalar(select(Region.path).where(Region.id == county_id)) or ""
    for region in reversed([int(part) for part in path.split("/") if part]):
        if users := db.session.scalars(held.where(RoleGrant.region_id == region)).all():
            return list(users)
    return []


def _in_force() -> tuple[Any, Any]:
    day = today()
    return (
        or_(RoleGrant.from_on.is_(None), RoleGrant.from_on <= day),
        or_(RoleGrant.to_on.is_(None), RoleGrant.to_on >= day),
    )


# --- what a person does with them --------------------------------------------------------------------------------


def mark_read(*, actor: Any, ids: Sequence[int] | None = None) -> int:
    """Mark one's own notices as read: those named, or all; returns how many were unread."""
    unread = update(Notice).where(notices_where(actor), Notice.read_at.is_(None))
    if ids is not None:
        unread = unread.where(Notice.id.in_(ids))
    return rows_changed(db.session, unread.values(read_at=utc_now()))


def prefer(*, actor: Any, ways: dict[str, tuple[bool, MailMode]]) -> None:
    """Keep how a person wants each kind; what is urgent stays visible in the app."""
    for kind, (shown, mode) in ways.items():
        row = db.session.get(NoticePreference, (actor.id, kind))
        if row is None:
            row = NoticePreference(user_id=actor.id, kind=kind)
            db.session.add(row)
        row.is_shown, row.mail_mode = shown or KINDS[kind].is_urgent, mode
    db.session.flush()
