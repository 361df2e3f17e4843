"""The county's decisions: confirming, returning, ruling; and taking a record off."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.ethics import operations
from app.ethics.access import CONFIRM, EDIT, Record
from app.ethics.forms import SayForm
from app.ethics.routes import bp
from app.ethics.routes.common import WHICH, decides, record_or_404, record_page, to_record
from app.web.attempts import Page
from app.web.errors import Refused
from app.web.guards import requires


@bp.post(f"/ethics/{WHICH}/confirm")
@requires(CONFIRM)
def confirm(part: str, ethics_id: int) -> Response:
    """Put a proposal on record."""
    record = record_or_404(part, ethics_id, CONFIRM)
    try:
        operations.confirm(actor=current_user, record=record)
        flash(_("It is on record, and the teacher was told."), "success")
    except Refused as refused:
        flash(str(refused.message), "warning")
    return redirect(to_record(part, record), 303)


@bp.post(f"/ethics/{WHICH}/return")
@requires(CONFIRM)
def give_back(part: str, ethics_id: int) -> Page:
    """Give a proposal back to the school, with a reason."""
    record = record_or_404(part, ethics_id, CONFIRM)
    return _with_words(
        part,
        record,
        "return",
        lambda said: operations.give_back(actor=current_user, record=record, reason=said),
        _("It was returned to the school; the teacher was told that it does not stand."),
    )


@bp.post(f"/ethics/{WHICH}/rule")
@requires(CONFIRM)
def rule(part: str, ethics_id: int) -> Page:
    """Rule on the teacher's answer."""
    record = record_or_404(part, ethics_id, CONFIRM)
    return _with_words(
        part,
        record,
        "rule",
        lambda said: operations.rule(actor=current_user, record=record, said=said),
        _("The ruling was recorded, and the teacher was told."),
    )


@bp.post(f"/ethics/{WHICH}/withdraw")
@requires(EDIT)
def withdraw(part: str, ethics_id: int) -> Page:
    """Take a record off, with a reason."""
    record = record_or_404(part, ethics_id, EDIT)
    back = url_for(".file", teacher_id=record.teacher_id)
    is_decided = decides(record.county_id)
    return _with_words(
        part,
        record,
        "withdraw",
        lambda said: operations.withdraw(actor=current_user, record=record, reason=said, is_decided=is_decided),
        _("It was withdrawn and counts for nothing; the teacher was told."),
        back,
    )


def _with_words(
    part: str, record: Record, step: str, do: Callable[[str], None], done: str, back: str | None = None
) -> Page:
    """One step that needs words: what was typed stays where they are missing."""
    form = SayForm()
    if not form.validate_on_submit():
        return record_page(part, record, form, step)
    try:
        do(form.said.data)
        flash(done, "success")
    except Refused as refused:
        form.form_errors.append(str(refused.message))
        return record_page(part, record, form, step)
    return redirect(back or to_record(part, record), 303)
