"""What the pages of this room share: rows within reach or 404, and one page for every form."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.studios.models import Membership, Studio
from app.studios.queries import people as people_queries
from app.studios.queries import studios as studio_queries
from app.teachers.models import Teacher
from app.web.errors import Refused
from app.web.forms import Form, VersionedForm
from app.web.lists import Found, Listing

type Page = str | Response | tuple[str, int]
type Crumb = tuple[str, str]
P = Permission


def studio_or_404(studio_id: int, permission: Permission) -> Studio:
    """A studio within the person's reach."""
    return studio_queries.studio_of(current_user.grants, permission, studio_id) or abort(404)


def membership_or_404(membership_id: int, permission: Permission) -> Membership:
    """A membership within the person's reach."""
    return people_queries.membership_of(current_user.grants, permission, membership_id) or abort(404)


def myself() -> Teacher:
    """The teacher that the present person is."""
    teacher = db.session.scalar(
        select(Teacher).where(Teacher.id == (current_user.teacher_id or 0)).options(joinedload(Teacher.working_school))
    )
    return teacher or abort(404)


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


def form_page(
    form: Form,
    act: Callable[[], Any],
    *,
    heading: str,
    back: str,
    trail: Sequence[Crumb] = (),
    about: str = "",
    intro: str = "",
    label: str = "",
    done: str = "",
    to: Callable[[], str] | None = None,
) -> Page:
    """One form on a page of its own: shown, judged, done, or shown again with what is wrong."""
    if form.validate_on_submit() and attempt(form, act):
        flash(done or _("Done: %(step)s", step=heading), "success")
        return redirect(to() if to else back, 303)
    page = render_template(
        "studios/form.html",
        form=form,
        heading=heading,
        back=back,
        trail=[{"label": name, "url": url} for name, url in trail] + [{"label": heading}],
        about=about,
        intro=intro,
        label=label or heading,
        has_files=any(field.type in ("EvidenceField", "FileField") for field in form),
    )
    return page, 422 if form.is_submitted() else 200


def press(act: Callable[[], Any], done: str, back: str) -> Response:
    """A button: done, or the reason why not."""
    try:
        act()
        db.session.flush()
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal.message), "error")
    else:
        flash(done, "success")
    return redirect(back, 303)


def shown(listing: Listing, found: Found[Any]) -> dict[str, Any]:
    """What the template of a list inside a record needs beside its rows."""
    return {
        "listing": listing,
        "found": found,
        "rows": found.items,
        "chips": listing.chips(),
        "filters": {one.name: one for one in listing.spec.filters},
    }
