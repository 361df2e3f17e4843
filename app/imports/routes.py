"""Pages of imports: the list, the upload, the columns, the preview, and what is done with it."""

import io
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import Permission
from app.extensions import db
from app.imports import annotated, operations, presentation, queries
from app.imports.forms import ApplyForm, UploadForm, mapping_form
from app.imports.kinds import PLANS
from app.imports.models import BatchStatus, ImportBatch, ImportKind, Outcome
from app.imports.places import Schools
from app.imports.sentences import say_file_error
from app.jobs.models import Job
from app.tables.packages import TableFileError
from app.web import lists
from app.web.attempts import Page
from app.web.errors import Refused
from app.web.guards import requires
from app.web.pagination import SortKey

bp = Blueprint("imports", __name__, url_prefix="/imports")


def _status_choices() -> list[tuple[str, str]]:
    return [(status.value, str(status.label)) for status in BatchStatus]


def _kind_choices() -> list[tuple[str, str]]:
    return [(kind.value, str(kind.label)) for kind in ImportKind]


BATCHES = lists.ListSpec(
    "imports.index",
    filters=(
        lists.choice("status", _l("Status"), _status_choices),
        lists.choice("kind", _l("What it holds"), _kind_choices),
    ),
    sorts={"newest": lists.Sort((SortKey(ImportBatch.id, "id", is_descending=True),))},
    search="",
)


@bp.get("")
@requires(Permission.IMPORT)
def index() -> Page:
    """The imports of the counties within reach, newest first."""
    listing = BATCHES.read(request.args)
    query = queries.batch_list(current_user.grants, status=listing.get("status"), kind=listing.get("kind"))
    found = lists.fetch(db.session(), query, listing, key=ImportBatch.id, options=queries.list_options())
    return render_template(
        "imports/index.html",
        **lists.view(listing, found),
        kind_choices=_kind_choices(),
        status_choices=_status_choices(),
        counties=queries.counties(current_user.grants),
    )


@bp.get("/new")
@requires(Permission.IMPORT)
def new() -> Page:
    """Choose a workbook."""
    form = _upload_form()
    if request.args.get("kind") in set(ImportKind):
        form.kind.data = request.args["kind"]
    return render_template("imports/new.html", form=form, kinds=list(ImportKind))


@bp.post("/new")
@requires(Permission.IMPORT)
def upload() -> Page:
    """Take the workbook in."""
    form = _upload_form()
    if form.validate_on_submit():
        county = next(c for c in queries.counties(current_user.grants) if c.id == form.county_id.data)
        sent = form.file.data
        # Reading a large workbook takes seconds, for which nobody else should wait.
        db.session.commit()
        try:
            batch = operations.upload(
                actor=current_user,
                county=county,
                kind=ImportKind(form.kind.data),
                file_name=sent.filename,
                content=sent.read(),
            )
            return redirect(url_for("imports.columns", batch_id=batch.id), 303)
        except TableFileError as error:
            form.file.errors = [say_file_error(error)]
    return render_template("imports/new.html", form=form, kinds=list(ImportKind)), 422


@bp.get("/templates/<kind>.xlsx")
@requires(Permission.IMPORT)
def template(kind: str) -> BaseResponse:
    """An empty workbook to fill in."""
    if kind not in set(ImportKind):
        abort(404)
    content = annotated.template_workbook(ImportKind(kind), [c.id for c in queries.counties(current_user.grants)])
    return _send(content, f"{ImportKind(kind).sheet.label_zh}-模板.xlsx")


@bp.get("/<int:batch_id>")
@requires(Permission.IMPORT)
def show(batch_id: int) -> Page:
    """Where an import stands: the job that works on it, or the preview."""
    batch = _batch(batch_id)
    if not _is_working(batch) and batch.status in (BatchStatus.UPLOADED, BatchStatus.MAPPED):
        return redirect(url_for("imports.columns", batch_id=batch.id), 303)
    asked = request.args.get("outcome")
    outcome = Outcome(asked) if asked in set(Outcome) else _first_outcome(batch)
    chosen = queries.PreviewFilter(*(request.args.get(name, "").strip() for name in ("q", "problem", "field")))
    page = queries.preview(batch, outcome, chosen, after=request.args.get("after"), before=request.args.get("before"))
    schools = Schools(db.session.connection(), batch.county_id)
    return render_template(
        "imports/show.html",
        batch=batch,
        is_working=_is_working(batch),
        outcome=outcome,
        outcomes=list(Outcome),
        page=page,
        rows=presentation.shown_rows(batch, list(page.items), schools),
        chosen=chosen,
        record_page=_record_page(batch),
        record_key=f"{PLANS[batch.kind].subject}_id",
        tallies={name: presentation.tally(batch, name) for name in ("problems", "warnings", "fields")},
        form=ApplyForm(),
    )


@bp.get("/<int:batch_id>/columns")
@requires(Permission.IMPORT)
def columns(batch_id: int) -> Page:
    """Match the columns of the sheet to fields."""
    batch = _batch(batch_id)
    if not batch.status.is_open or _is_working(batch):
        return redirect(url_for("imports.show", batch_id=batch.id), 303)
    return _columns_page(batch, mapping_form(batch), 200)


@bp.post("/<int:batch_id>/columns")
@requires(Permission.IMPORT)
def match(batch_id: int) -> Page:
    """Keep the matching and check the rows."""
    batch = _batch(batch_id)
    form = mapping_form(batch)
    if not form.validate_on_submit():
        return _columns_page(batch, form, 422)

    def work() -> Job | None:
        clears = bool(form.does_empty_clear.data)
        operations.map_columns(actor=current_user, batch=batch, mapping=form.columns, does_empty_clear=clears)
        return operations.check_or_enqueue(actor=current_user, batch=batch)

    return _do(batch_id, work)


@bp.post("/<int:batch_id>/sheet")
@requires(Permission.IMPORT)
def sheet(batch_id: int) -> Page:
    """Read another sheet of the workbook."""
    batch = _batch(batch_id)
    name = request.form.get("sheet", "")
    return _do(
        batch_id,
        lambda: operations.choose_sheet(actor=current_user, batch=batch, sheet_name=name),
        page="imports.columns",
    )


@bp.post("/<int:batch_id>/check")
@requires(Permission.IMPORT)
def check(batch_id: int) -> Page:
    """Check again, against the records as they are now."""
    batch = _batch(batch_id)
    if batch.status not in (BatchStatus.MAPPED, BatchStatus.CHECKED):
        abort(404)
    return _do(batch_id, lambda: operations.check_or_enqueue(actor=current_user, batch=batch))


@bp.post("/<int:batch_id>/apply")
@requires(Permission.IMPORT)
def apply(batch_id: int) -> Page:
    """Write the acceptable rows."""
    batch, accepts = _batch(batch_id), bool(ApplyForm().does_accept_rejected.data)
    return _do(
        batch_id,
        lambda: operations.apply_or_enqueue(actor=current_user, batch=batch, does_accept_rejected=accepts),
        done=_("The import was applied."),
    )


@bp.post("/<int:batch_id>/undo")
@requires(Permission.IMPORT)
def undo(batch_id: int) -> Page:
    """Put everything back."""
    batch = _batch(batch_id)
    return _do(
        batch_id,
        lambda: operations.undo_or_enqueue(actor=current_user, batch=batch),
        done=_("The import was undone; every row is as it was before."),
    )


@bp.post("/<int:batch_id>/discard")
@requires(Permission.IMPORT)
def discard(batch_id: int) -> Page:
    """Give the upload up."""
    batch = _batch(batch_id)
    return _do(
        batch_id,
        lambda: operations.discard(actor=current_user, batch=batch),
        done=_("The upload was discarded; nothing was changed."),
        page="imports.index",
    )


@bp.post("/<int:batch_id>/errors.xlsx")
@requires(Permission.IMPORT)
def errors(batch_id: int) -> Page:
    """The upload with what is wrong written beside each row; for the person who uploaded it."""
    batch = _batch(batch_id)
    if batch.created_by_id != current_user.id:
        flash(
            _("The workbook holds whole identity numbers, so only the person who uploaded it may take it back."),
            "warning",
        )
        return redirect(url_for("imports.show", batch_id=batch.id, outcome="rejected"), 303)
    operations.note_download(actor=current_user, batch=batch)
    return _send(annotated.annotated_workbook(batch), annotated.annotated_name(batch))


def _do(batch_id: int, action: Callable[[], Job | None], *, done: str = "", page: str = "imports.show") -> BaseResponse:
    """One operation, then the page; a refusal is said there, and nothing of it stays."""
    try:
        job = action()
        if job is None and done:
            flash(done, "success")
    except (Refused, TableFileError) as refusal:
        db.session.rollback()
        message = say_file_error(refusal) if isinstance(refusal, TableFileError) else str(refusal.message)
        flash(message, "error")
        page = "imports.show"
    values = {} if page == "imports.index" else {"batch_id": batch_id}
    return redirect(url_for(page, **values), 303)  # type: ignore[arg-type]


def _batch(batch_id: int) -> ImportBatch:
    return queries.find_batch(current_user.grants, batch_id) or abort(404)


def _record_page(batch: ImportBatch) -> str | None:
    """The page of the records that the rows are about, where this person may open it."""
    if PLANS[batch.kind].subject == "school":
        return "schools.show" if current_user.may(Permission.SCHOOL_READ) else None
    return "teachers.show" if current_user.may(Permission.TEACHER_READ) else None


def _is_working(batch: ImportBatch) -> bool:
    return batch.job is not None and not batch.job.status.is_over


def _first_outcome(batch: ImportBatch) -> Outcome:
    """What wants to be looked at first: rejected rows, then changes."""
    order = (Outcome.REJECTED, Outcome.CHANGED, Outcome.NEW, Outcome.UNCHANGED)
    return next((outcome for outcome in order if batch.count_of(outcome)), Outcome.NEW)


def _upload_form() -> UploadForm:
    form = UploadForm()
    form.offer(queries.counties(current_user.grants))
    return form


def _columns_page(batch: ImportBatch, form: Any, status: int) -> tuple[str, int]:
    chosen = form.columns
    fields = batch.kind.sheet
    missing = [presentation.field_label(batch.kind, key) for key in fields.required if key not in chosen.values()]
    unused = [text for column, text in enumerate(batch.headers) if text and column not in chosen]
    page = render_template(
        "imports/columns.html", batch=batch, form=form, missing=missing, unused=unused,
        letter=presentation.column_letter,
    )  # fmt: skip
    return page, status


def _send(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=annotated.MIME, as_attachment=True, download_name=name)
