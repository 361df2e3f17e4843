"""A teacher's own ethics file, and their answers."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement

from app.access import Permission
from app.db.clock import today
from app.ethics import operations, queries
from app.ethics.access import Record
from app.ethics.forms import SayForm
from app.ethics.models import State
from app.ethics.routes import bp
from app.web.attempts import Page
from app.web.errors import Refused
from app.web.guards import requires

SHOWN = (State.PROPOSED, State.IN_FORCE)


@bp.get("/me/ethics")
@requires(Permission.OWN_RECORD)
def mine() -> Page:
    """One's own file."""
    teacher_id = current_user.teacher_id or abort(404)
    return render_template(
        "ethics/mine.html", **queries.file_of(teacher_id, today(), with_returned=False), today=today()
    )


@bp.get("/me/ethics/<any(entry, appraisal):part>/<int:ethics_id>")
@requires(Permission.OWN_RECORD)
def my_record(part: str, ethics_id: int) -> Page:
    """One entry or appraisal about oneself."""
    return _page(part, _own(part, ethics_id), None)


@bp.post("/me/ethics/<any(entry, appraisal):part>/<int:ethics_id>/answer")
@requires(Permission.OWN_RECORD)
def answer(part: str, ethics_id: int) -> Page:
    """Answer in one's own words."""
    record, form = _own(part, ethics_id), SayForm()
    if not form.validate_on_submit():
        return _page(part, record, form)
    try:
        operations.answer(actor=current_user, record=record, said=form.said.data)
    except Refused as refused:
        form.form_errors.append(str(refused.message))
        return _page(part, record, form)
    flash(_("Your answer was handed in; the county rules on it, and you are told."), "success")
    return redirect(url_for(".my_record", part=part, ethics_id=ethics_id), 303)


def _own(part: str, ethics_id: int) -> Record:
    model = queries.MODELS[part]
    is_mine: ColumnElement[bool] = (model.teacher_id == (current_user.teacher_id or 0)) & model.state.in_(SHOWN)
    return queries.find(part, ethics_id, is_mine, today()) or abort(404)


def _page(part: str, record: Record, form: SayForm | None) -> tuple[str, int]:
    page = render_template(
        "ethics/my_record.html",
        part=part,
        record=record,
        thread=queries.thread(record),
        form=form or SayForm(formdata=None),
    )
    return page, 422 if form is not None else 200
