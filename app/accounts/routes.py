"""Accounts: language, sessions, and their administration."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request, session
from flask_login import current_user
from werkzeug.wrappers import Response

from app.web.guards import public

bp = Blueprint("accounts", __name__, url_prefix="/accounts")
CHOICES = {"zh": "zh_Hans_CN", "en": "en"}


def local_address(address: str | None) -> str:
    """An address of this site, or its start page; another site is never redirected to."""
    parts = urlsplit(address or "/")
    if parts.netloc and parts.netloc != request.host:
        return "/"
    path = parts.path if parts.path.startswith("/") and not parts.path.startswith("//") else "/"
    return f"{path}?{parts.query}" if parts.query else path


@bp.post("/language")
@public
def set_language() -> Response:
    """Switch the language, for this session and for the account."""
    chosen = CHOICES.get(request.form.get("language", ""), current_app.config["BABEL_DEFAULT_LOCALE"])
    session["language"] = chosen
    if current_user.is_authenticated:
        current_user.language = chosen
    return redirect(local_address(request.form.get("next")), 303)
