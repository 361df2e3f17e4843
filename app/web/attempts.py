"""Doing what a page asks for: a refusal is shown where it can be mended, and nothing of the attempt stays."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.extensions import db
from app.web.errors import Refused
from app.web.forms import Form, VersionedForm

type Page = str | Response | tuple[str, int]


def attempt(form: Form, action: Callable[[], Any]) -> bool:
    """Do what a form asks for; a refusal becomes the form's error, and nothing of the attempt stays."""
    try:
        action()
        db.session.flush()
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal.message))
        return False
    except StaleDataError:
        db.session.rollback()
        form.form_errors.append(str(VersionedForm.STALE))
        return False
    return True


def tried(action: Callable[[], Any]) -> bool:
    """Do what a button asks for; a refusal is said at the head of the next page, and nothing of the attempt stays."""
    try:
        action()
        db.session.flush()
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal.message), "error")
        return False
    return True


def press(action: Callable[[], Any], done: str, back: str) -> Response:
    """A button: done, or the reason why not, and back to where it stands."""
    if tried(action):
        flash(done, "success")
    return redirect(back, 303)
