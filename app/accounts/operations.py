"""Changing accounts, grants and sessions."""

import secrets
import uuid
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_security import hash_password
from sqlalchemy import delete, func, select, update

from app import audit
from app.access import Role
from app.accounts.models import RoleGrant, User, UserSession
from app.audit.operations import Actor, changes
from app.db import rows_changed
from app.db.mixins import utc_now
from app.extensions import db
from app.web.errors import Refused

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """A one-time password that can be read out over the telephone."""
    return "-".join("".join(secrets.choice(ALPHABET) for _i in range(4)) for _j in range(4))


def add_account(
    *,
    actor: Actor,
    username: str,
    name: str,
    region_id: int,
    email: str | None = None,
    password: str | None = None,
    must_change_password: bool = True,
    is_demo: bool = False,
    language: str = "zh_Hans_CN",
) -> tuple[User, str]:
    """Create an account; returns it with its first password, which is shown once and must be changed."""
    if db.session.scalar(select(User.id).where(func.lower(User.username) == username.lower())):
        raise Refused(_("The user name %(name)s is taken. Choose another one.", name=username))
    if email:
        _refuse_taken_address(email)
    password = password or new_password()
    user = User(
        username=username,
        name=name,
        email=email,
        password=hash_password(password),
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        region_id=region_id,
        must_change_password=must_change_password,
        is_demo=is_demo,
        language=language,
    )
    db.session.add(user)
    db.session.flush()
    audit.record(
        actor=actor, action="account.add", subject=user, after={"username": username, "name": name}, region_id=region_id
    )
    return user, password


def change_account(*, actor: Actor, user: User, name: str, email: str | None, active: bool) -> None:
    """Change name, address and whether the account can be used; closing it ends its sessions."""
    before, after = changes(user, {"name": name, "email": email, "active": active})
    if not after:
        return
    if after.get("active") is False and actor.id == user.id:
        raise Refused(_("You cannot close your own account; ask another administrator."))
    if after.get("email"):
        _refuse_taken_address(after["email"])
    for key, value in after.items():
        setattr(user, key, value)
    if after.get("active") is False:
        end_sessions(actor=actor, user=user)
    audit.record(
        actor=actor, action="account.change", subject=user, before=before, after=after, region_id=user.region_id
    )


def _refuse_taken_address(email: str) -> None:
    if db.session.scalar(select(User.id).where(User.email == email)):
        raise Refused(_("Another account has the e-mail address %(email)s.", email=email))


def reset_password(*, actor: Actor, user: User) -> str:
    """Set a new one-time password, unlock, and end all sessions; returns the password, shown once."""
    password = new_password()
    user.password = hash_password(password)
    user.fs_uniquifier = uuid.uuid4().hex
    user.must_change_password, user.failed_logins, user.locked_until = True, 0, None
    end_sessions(actor=actor, user=user)
    audit.record(actor=actor, action="account.reset_password", subject=user, region_id=user.region_id)
    return password


def reset_second_factor(*, actor: Actor, user: User) -> None:
    """Take the second factor off, for somebody who lost the phone and the recovery codes."""
    user.tf_primary_method = user.tf_totp_secret = user.mf_recovery_codes = user.tf_last_counter = None
    audit.record(actor=actor, action="account.reset_second_factor", subject=user, region_id=user.region_id)


def give_role(
    *,
    actor: Actor,
    user: User,
    role: Role,
    region_id: int | None = None,
    school_id: int | None = None,
    teacher_id: int | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
) -> RoleGrant:
    """Give a role over one scope; giving it twice is refused."""
    same = select(RoleGrant.id).where(
        RoleGrant.user_id == user.id,
        RoleGrant.role == role,
        RoleGrant.region_id.is_not_distinct_from(region_id),
        RoleGrant.school_id.is_not_distinct_from(school_id),
        RoleGrant.teacher_id.is_not_distinct_from(teacher_id),
    )
    if db.session.scalar(same):
        raise Refused(_("%(name)s already holds this role there.", name=user.name))
    row = RoleGrant(
        user_id=user.id,
        role=role,
        region_id=region_id,
        school_id=school_id,
        teacher_id=teacher_id,
        from_on=from_on,
        to_on=to_on,
    )
    db.session.add(row)
    db.session.flush()
    db.session.expire(user, ["role_grants"])
    audit.record(
        actor=actor,
        action="account.give_role",
        subject=user,
        region_id=user.region_id,
        after={"role": role, "region_id": region_id, "school_id": school_id, "teacher_id": teacher_id},
    )
    return row


def take_role(*, actor: Actor, user: User, row: RoleGrant) -> None:
    """Take a role away; nobody may take away their own last right to manage accounts."""
    if actor.id == user.id and row.role is Role.SYSTEM_ADMINISTRATOR:
        raise Refused(_("You cannot take your own administrator role away; ask another administrator."))
    audit.record(
        actor=actor,
        action="account.take_role",
        subject=user,
        region_id=user.region_id,
        before={"role": row.role, "region_id": row.region_id, "school_id": row.school_id, "teacher_id": row.teacher_id},
    )
    db.session.delete(row)
    db.session.flush()
    db.session.expire(user, ["role_grants"])


def end_sessions(*, actor: Actor, user: User, keep: UserSession | None = None, only_id: int | None = None) -> int:
    """End a person's sessions: all, all but one, or a single one. Returns how many."""
    query = update(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    if keep is not None:
        query = query.where(UserSession.id != keep.id)
    if only_id is not None:
        query = query.where(UserSession.id == only_id)
    ended = db.session.execute(query.values(ended_at=utc_now())).rowcount  # type: ignore[attr-defined]
    if ended:
        audit.record(
            actor=actor, action="account.end_sessions", subject=user, after={"ended": ended}, region_id=user.region_id
        )
    return int(ended)


def forget_old_sessions(*, days: int = 90) -> int:
    """Remove sessions that ended or were last seen long ago."""
    limit = utc_now() - timedelta(days=days)
    old = delete(UserSession).where(UserSession.seen_at < limit)
    return rows_changed(db.session, old)
