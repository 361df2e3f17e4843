"""Binding this room to the application."""

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import SQLAlchemyUserDatastore

from app.accounts import cli, security
from app.accounts.models import RoleGrant, User
from app.accounts.queries import scope_names
from app.accounts.routes import bp
from app.accounts.security import LoginForm
from app.config import ROOT
from app.db.clock import today, utc_now
from app.extensions import db, limiter
from app.extensions import security as flask_security
from app.web.guards import DECLARED_ELSEWHERE, PUBLIC, SIGNED_IN

SETTINGS: dict[str, Any] = {
    "USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": str, "case_insensitive": True}}],
    "USERNAME_ENABLE": True,
    "USERNAME_MIN_LENGTH": 3,
    "RETURN_GENERIC_RESPONSES": True,
    "PASSWORD_LENGTH_MIN": 10,
    "TRACKABLE": True,
    "DATETIME_FACTORY": utc_now,
    "CHANGEABLE": True,
    "SEND_PASSWORD_CHANGE_EMAIL": False,
    "TWO_FACTOR": True,
    "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "TWO_FACTOR_RESCUE_EMAIL": False,
    "TWO_FACTOR_ALWAYS_VALIDATE": True,
    "MULTI_FACTOR_RECOVERY_CODES": True,
    "TOTP_ISSUER": "Qinglan",
    "FRESHNESS": timedelta(minutes=30),
    "FRESHNESS_GRACE_PERIOD": timedelta(0),
    "CLI_USERS_NAME": "",  # accounts are managed by `flask accounts`
    "CLI_ROLES_NAME": "",
    "JOIN_USER_ROLES": False,  # grants are loaded with the account by its own mapping
    "I18N_DIRNAME": ["builtin", str(ROOT / "translations")],
}
GUARDS = {
    "security.static": PUBLIC,
    "security.login": PUBLIC,
    "security.logout": PUBLIC,
    "security.verify": SIGNED_IN,
    "security.change_password": SIGNED_IN,
    "security.two_factor_setup": SIGNED_IN,
    "security.two_factor_setup_validate": SIGNED_IN,
    "security.two_factor_token_validation": PUBLIC,
    "security.two_factor_rescue": PUBLIC,
    "security.tf_select": PUBLIC,
    "security.mf_recovery": PUBLIC,
    "security.mf_recovery_codes": SIGNED_IN,
}
THROTTLED = ("security.login", "security.verify", "security.two_factor_token_validation", "security.mf_recovery")


def init_app(app: Flask) -> None:
    """Register Flask-Security and the room's pages and commands."""
    for name, value in SETTINGS.items():
        app.config.setdefault(f"SECURITY_{name}", value)
    app.config.setdefault("SECURITY_TOTP_SECRETS", {"1": app.config["TOTP_KEY"]})
    app.config.setdefault("SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS", [_fernet_key(app.config["RECOVERY_KEY"])])
    datastore = SQLAlchemyUserDatastore(db, User, RoleGrant)
    flask_security.init_app(app, datastore, register_blueprint=True, login_form=LoginForm)
    DECLARED_ELSEWHERE.update(GUARDS)
    for endpoint in THROTTLED:
        app.view_functions[endpoint] = _throttle(app.view_functions[endpoint])
    security.init_app(app)
    app.register_blueprint(bp)
    app.cli.add_command(cli.accounts)
    app.context_processor(_who_and_where)


def _fernet_key(secret: str) -> str:
    """The secret in the form that recovery codes are encrypted with."""
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).decode("ascii")


def _throttle(view: Callable[..., Any]) -> Callable[..., Any]:
    """At most ten attempts a minute and sixty an hour from one address."""
    throttled: Callable[..., Any] = limiter.limit("10/minute;60/hour", methods=["POST"])(view)
    return throttled


def _who_and_where() -> dict[str, Any]:
    """What the frame of each page says about the person."""
    if not (current_user and current_user.is_authenticated):
        return {"scope_label": "", "user_menu": [], "role_label": ""}
    held = [row for row in current_user.role_grants if row.is_in_force(today())]
    # Looked up when the roles change, not with every page.
    if session.get("scope_of") != [current_user.id, *(row.id for row in held)]:
        session["scope_of"] = [current_user.id, *(row.id for row in held)]
        session["scope_label"] = next(iter(scope_names(held).values()), "")
    roles = _(", ").join(dict.fromkeys(str(row.role.label) for row in held))
    menu = [
        {"label": _("My account"), "url": url_for("accounts.me"), "icon": "user-cog"},
        {"label": _("Change password"), "url": url_for("security.change_password"), "icon": "key"},
        {"label": _("Two-step sign-in"), "url": url_for("security.two_factor_setup"), "icon": "shield-lock"},
    ]
    return {"scope_label": session["scope_label"], "user_menu": menu, "role_label": roles}
