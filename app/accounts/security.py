"""What Flask-Security leaves to us: lock-out, one-time codes that work once, sessions that can be ended."""

import hashlib
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, logout_user, user_logged_in
from flask_security import LoginForm as SecurityLoginForm
from flask_security import password_changed
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from app import audit
from app.accounts.models import User, UserSession
from app.db.mixins import utc_now
from app.extensions import db
from app.web.transaction import SAFE_METHODS

ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=5)
TOKEN = "qinglan-session"  # noqa: S105 (the name of a cookie entry)
OPEN_WHILE_CHANGING = {"security.change_password", "security.logout", "accounts.set_language", "static"}


class LoginForm(SecurityLoginForm):
    """The log-in form; five wrong passwords in a row lock the account for a quarter of an hour.

    A locked account answers like a wrong password, so that nobody learns which accounts exist.
    """

    def validate(self, **kwargs: Any) -> bool:
        """Check the lock, then the password; keep count."""
        # The password is tried even for a barred account: an answer that comes sooner would give the bar away.
        passed = bool(super().validate(**kwargs))
        account = account_named(str(self.username.data or ""))
        if account is not None and is_barred(account):
            self.user_authenticated = False
            self.password.errors = [_("Authentication failed - identity or password/passcode invalid")]
            return False
        if account is not None:
            note_attempt(account, passed)
        # A cookie that outlives the session could not be ended from the list of sessions; the session itself stays.
        session["stay"], self.remember.data = bool(self.remember.data), False
        return passed


def is_barred(account: User) -> bool:
    """Whether the account may not sign in now: locked, or a demo account outside demo mode."""
    is_locked = account.locked_until is not None and account.locked_until > utc_now()
    return is_locked or is_out_of_place(account)


def is_out_of_place(account: User) -> bool:
    """Whether this is a demo account in an installation that is none."""
    return account.is_demo and not current_app.config["DEMO"]


def account_named(username: str) -> User | None:
    """The account with that user name, whatever its case."""
    return db.session.scalar(select(User).where(func.lower(User.username) == username.strip().lower()))


def note_attempt(account: User, passed: bool) -> None:
    """Count wrong passwords; lock at the fifth."""
    if passed:
        account.failed_logins, account.locked_until = 0, None
        return
    # Counted in the database, so that parallel guesses cannot share one count.
    db.session.execute(update(User).where(User.id == account.id).values(failed_logins=User.failed_logins + 1))
    db.session.refresh(account)
    if account.failed_logins >= ATTEMPTS:
        account.failed_logins, account.locked_until = 0, utc_now() + LOCKED_FOR
        audit.record(actor=account, action="account.lock", subject=account, region_id=account.region_id)


def open_session(user: User) -> str:
    """Write down a new session of this person; returns the token that the cookie carries."""
    token = secrets.token_urlsafe(32)
    now = utc_now()
    db.session.add(
        UserSession(
            user_id=user.id,
            token_digest=digest(token),
            started_at=now,
            seen_at=now,
            address=request.remote_addr if request else None,
            browser=(request.user_agent.string[:300] if request else None),
        )
    )
    return token


def digest(token: str) -> str:
    """Tokens are kept as digests: a stolen database opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()


def present_session() -> UserSession | None:
    """The row of this browser's session."""
    token = session.get(TOKEN)
    if not token:
        return None
    return db.session.scalar(select(UserSession).where(UserSession.token_digest == digest(token)))


def _on_login(_app: Flask, user: User, **_: Any) -> None:
    session[TOKEN] = open_session(user)
    session.permanent = session.pop("stay", False)
    session["language"] = user.language
    audit.record(actor=user, action="account.login", subject=user, region_id=user.region_id)


def _on_password_change(_app: Flask, user: User, **_: Any) -> None:
    user.must_change_password = False
    audit.record(actor=user, action="account.password", subject=user, region_id=user.region_id)


def _check_session() -> Any:
    """Sign out a browser whose session was ended elsewhere; keep its last moment fresh; ask for a due new password."""
    if request.endpoint is None or request.endpoint == "static" or not current_user.is_authenticated:
        return None
    row = present_session()
    if row is None or row.ended_at is not None or row.user_id != current_user.id or is_out_of_place(current_user):
        logout_user()
        session.clear()
        return redirect(url_for("security.login", next=request.full_path if request.method == "GET" else "/"), 303)
    if utc_now() - row.seen_at > SEEN_EVERY:
        _note_seen(row)
    if current_user.must_change_password and request.endpoint not in OPEN_WHILE_CHANGING:
        flash(_("Please choose a password of your own first; the present one was set by an administrator."), "warning")
        return redirect(url_for("security.change_password"), 303)
    return None


def _note_seen(row: UserSession) -> None:
    """Keep when the browser was last seen; while a page only reads, in a transaction of its own.

    On SQLite a reader that turned writer would fail as soon as somebody else had written meanwhile.
    """
    if request.method not in SAFE_METHODS:
        row.seen_at = utc_now()
        return
    seen = update(UserSession).where(UserSession.id == row.id).values(seen_at=utc_now())
    with suppress(OperationalError), db.engine.begin() as connection:
        connection.execute(seen)


def init_app(app: Flask) -> None:
    """Bind to log-in, log-out and every request."""
    user_logged_in.connect(_on_login, app)
    password_changed.connect(_on_password_change, app)
    app.before_request_funcs.setdefault(None, []).insert(0, _check_session)
