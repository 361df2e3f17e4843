"""What the pages of this room share: rows within reach or 404, and one page for every form."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access import Permission
from app.extensions import db
from app.studios.models import Membership, Studio
from app.studios.queries import people as people_queries
from app.studios.queries import studios as studio_queries
from app.teachers.models import Teacher
from app.web.attempts import Page, attempt
from app.web.forms import Form

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
    template: str = "studios/form.html",
    given: Mapping[str, Any] | None = None,
) -> Page:
    """One form on a page of its own: shown, judged, done, or shown again with what is wrong."""
    # What the action itself found wrong, such as an older reading, is an error of the form as well.
    if form.validate_on_submit() and attempt(form, act) and not form.form_errors:
        flash(done or _("Done: %(step)s", step=heading), "success")
        return redirect(to() if to else back, 303)
    page = render_template(
        template,
        form=form,
        heading=heading,
        back=back,
        trail=[{"label": name, "url": url} for name, url in trail] + [{"label": heading}],
        about=about,
        intro=intro,
        label=label or heading,
        has_files=any(field.type in ("EvidenceField", "FileField") for field in form),
        **(given or {}),
    )
    return page, 422 if form.is_submitted() else 200
