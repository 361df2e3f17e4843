"""Lists of results: uploaded, looked through, applied, undone."""

import io

from flask import abort, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app import audit
from app.access import Permission
from app.codes import queries as codes
from app.extensions import db
from app.training import roster_files
from app.training.access import sessions_where
from app.training.forms.people import ApplyRosterForm, RosterForm
from app.training.models import RosterImport, RosterStatus, TrainingSession
from app.training.operations import rosters as operations
from app.training.routes import bp
from app.training.routes.common import session_or_404
from app.web.attempts import Page, attempt, tried
from app.web.errors import Refused
from app.web.exports import FORMATS
from app.web.guards import requires

P = Permission


def roster_or_404(roster_id: int) -> RosterImport:
    """A list of results of a session that the person may change."""
    found = db.session.scalar(
        select(RosterImport)
        .join(RosterImport.session)
        .where(RosterImport.id == roster_id, sessions_where(current_user.grants, P.TRAINING_EDIT))
        .options(joinedload(RosterImport.session).joinedload(TrainingSession.programme))
    )
    return found or abort(404)


@bp.route("/sessions/<int:session_id>/rosters", methods=["GET", "POST"])
@requires(P.TRAINING_EDIT)
def rosters(session_id: int) -> Page:
    """Upload a list of results; and those uploaded before."""
    session = session_or_404(session_id, P.TRAINING_EDIT)
    form = RosterForm()
    made: list[RosterImport] = []
    if form.validate_on_submit() and attempt(
        form,
        lambda: made.append(
            operations.upload(
                actor=current_user,
                session=session,
                programme=session.programme,
                file_name=form.file.data.filename,
                content=form.file.data.read(operations.MOST_BYTES + 1),
            )
        ),
    ):
        return redirect(url_for(".roster", roster_id=made[0].id), 303)
    query = select(RosterImport).where(RosterImport.session_id == session_id).order_by(RosterImport.id.desc())
    page = render_template(
        "training/rosters.html",
        session=session_or_404(session_id, P.TRAINING_EDIT),
        form=form,
        rows=db.session.scalars(query.limit(50)).all(),
        may_run=True,
        may_nominate=current_user.may(P.TRAINING_NOMINATE),
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/results-template.xlsx")
@requires(P.TRAINING_EDIT)
def roster_template() -> Response:
    """An empty list of results to fill in."""
    return _send(roster_files.template(), "培训成绩名单-模板.xlsx")


@bp.get("/rosters/<int:roster_id>")
@requires(P.TRAINING_EDIT)
def roster(roster_id: int) -> Page:
    """What a list would change, and what is wrong with it."""
    row = roster_or_404(roster_id)
    changed = [line for line in row.rows if line["before"] != line["after"]]
    return render_template(
        "training/roster.html",
        roster=row,
        session=row.session,
        changed=changed,
        same=len(row.rows) - len(changed),
        problems=[{**one, "sentence": roster_files.sentence(one)} for one in row.problems],
        has_errors=any(one["severity"] == "error" for one in row.problems),
        outcome=roster_files.outcome_of,
        may_take_back=row.created_by_id == current_user.id and row.status is not RosterStatus.DISCARDED,
        form=ApplyRosterForm(formdata=None),
        label=codes.label,
    )


@bp.post("/rosters/<int:roster_id>/apply")
@requires(P.TRAINING_EDIT)
def apply_roster(roster_id: int) -> Response:
    """Record the results of a list, all in one step."""
    row, form = roster_or_404(roster_id), ApplyRosterForm()
    programme, said = row.session.programme, list[int]()
    if tried(
        lambda: said.append(
            operations.apply(
                actor=current_user, roster=row, programme=programme, leaves_out_rejected=form.leaves_out.data
            )
        )
    ):
        flash(ngettext("%(num)d result recorded.", "%(num)d results recorded.", said[0]), "success")
    return redirect(url_for(".roster", roster_id=roster_id), 303)


@bp.post("/rosters/<int:roster_id>/undo")
@requires(P.TRAINING_EDIT)
def undo_roster(roster_id: int) -> Response:
    """Put every result of a list back to what it was."""
    row = roster_or_404(roster_id)
    programme, said = row.session.programme, list[int]()
    if tried(lambda: said.append(operations.undo(actor=current_user, roster=row, programme=programme))):
        flash(ngettext("%(num)d result put back.", "%(num)d results put back.", said[0]), "success")
    return redirect(url_for(".roster", roster_id=roster_id), 303)


@bp.post("/rosters/<int:roster_id>/discard")
@requires(P.TRAINING_EDIT)
def discard_roster(roster_id: int) -> Response:
    """Give an upload up."""
    row = roster_or_404(roster_id)
    session_id = row.session_id
    if tried(lambda: operations.discard(actor=current_user, roster=row)):
        flash(_("The list was discarded; no result changed."), "success")
    return redirect(url_for(".rosters", session_id=session_id), 303)


@bp.post("/rosters/<int:roster_id>/errors")
@requires(P.TRAINING_EDIT)
def roster_errors(roster_id: int) -> Response:
    """The office's own workbook with what is wrong written beside each row, for whoever uploaded it."""
    row = roster_or_404(roster_id)
    if row.created_by_id != current_user.id or row.status is RosterStatus.DISCARDED:
        raise Refused(_("Only the person who uploaded the list may take it back, for it holds identity numbers."))
    audit.record(
        actor=current_user,
        action="training.roster.download",
        subject=row.session,
        after={"file": row.file_name},
        region_id=row.session.region_id,
        school_id=row.session.school_id,
    )
    stem = row.file_name.rpartition(".")[0] or row.file_name
    return _send(roster_files.annotated(row), f"{stem}-错误信息.xlsx")


def _send(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=FORMATS["xlsx"], as_attachment=True, download_name=name)
