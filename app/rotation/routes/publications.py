"""Publishing, and the published lists with their documents."""

import io
from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app import audit
from app.access import Permission
from app.extensions import db
from app.rotation import documents
from app.rotation.forms import PublishForm
from app.rotation.models import PlanStatus, Publication
from app.rotation.operations import publications as operations
from app.rotation.queries import plans as plan_queries
from app.rotation.queries import publications as queries
from app.rotation.routes import bp
from app.rotation.routes.common import may_edit, plan_or_404
from app.rotation.working_days import weekdays
from app.teachers.models import Sex
from app.web import lists
from app.web.attempts import Page, attempt
from app.web.exports import FORMATS
from app.web.guards import requires

P = Permission
DOCUMENTS: dict[tuple[str, str], Callable[[Publication], bytes]] = {
    ("notice", "docx"): documents.notice_docx,
    ("notice", "xlsx"): documents.notice_xlsx,
    ("roster", "docx"): documents.roster_docx,
    ("roster", "xlsx"): documents.roster_xlsx,
}


@bp.route("/plans/<int:plan_id>/publish", methods=["GET", "POST"])
@requires(P.PLAN_PUBLISH)
def publish(plan_id: int) -> Page:
    """Publish an approved plan."""
    plan = plan_or_404(plan_id, P.PLAN_PUBLISH)
    if plan.status is not PlanStatus.APPROVED:
        return redirect(url_for(".plan", plan_id=plan_id), 303)
    form = PublishForm(row_version=str(plan.version))
    if not form.is_submitted():
        form.load(plan.notice)
    made: list[Publication] = []

    def act() -> None:
        reason = form.reason.data or ""
        made.append(operations.publish(plan=plan, notice=form.notice(), reason=reason, actor=current_user))

    if form.validate_on_submit() and attempt(form, act):
        flash(_("The list was published, and the postings were made."), "success")
        return redirect(url_for(".publication", publication_id=made[0].id), 303)
    plan = plan_or_404(plan_id)
    first, last = form.notice_from.data, form.notice_to.data
    page = render_template(
        "rotation/publish.html",
        form=form,
        plan=plan,
        page=plan_queries.plan_page(plan),
        revision=operations.next_revision(plan_id),
        days=weekdays(first, last) if first and last else None,
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/publications")
@requires(P.PUBLICATION_READ)
def publications() -> Page:
    """The published lists of the person's counties."""
    listing = queries.PUBLICATIONS.read(request.args)
    statement = queries.publications_listed(listing, current_user.grants)
    found = lists.fetch(db.session(), statement, listing, key=Publication.id)
    return render_template(
        "rotation/publications.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.PUBLICATIONS.filters},
    )


@bp.get("/publications/<int:publication_id>")
@requires(P.PUBLICATION_READ)
def publication(publication_id: int) -> Page:
    """One published list: what a public notice shows, and no more."""
    row = _publication_or_404(publication_id)
    typed = request.args.get("q", "").strip()
    rows = [one for one in row.rows if not typed or typed in f"{one['name']} {one['from_school']} {one['to_school']}"]
    return render_template(
        "rotation/publication.html",
        row=row,
        rows=rows,
        typed=typed,
        paragraphs=documents.notice_paragraphs(row),
        versions=queries.versions_of(row.plan_id),
        is_unaltered=operations.is_unaltered(row),
        can_see_plan=may_edit(row.plan, P.PLAN_READ),
        can_see_roster=_may_see_roster(row),
        sex_labels={sex.value: sex.label for sex in Sex},
    )


def _publication_or_404(publication_id: int) -> Publication:
    return queries.publication_of(current_user.grants, publication_id) or abort(404)


def _may_see_roster(row: Publication) -> bool:
    """The roster holds more than the notice: those who see the county's plans may have it."""
    return may_edit(row.plan, P.PLAN_READ) and may_edit(row.plan, P.EXPORT)


@bp.post("/publications/<int:publication_id>/notice")
@requires(P.PUBLICATION_READ)
def notice_file(publication_id: int) -> Response:
    """The public notice as a file."""
    row = _publication_or_404(publication_id)
    return _file(row, "notice", f"公示名单-{row.school_year}-v{row.revision}")


@bp.post("/publications/<int:publication_id>/roster")
@requires(P.EXPORT)
def roster_file(publication_id: int) -> Response:
    """The roster as a file."""
    row = _publication_or_404(publication_id)
    if not _may_see_roster(row):
        abort(404)
    return _file(row, "roster", f"教师交流人员花名册-{row.school_year}-v{row.revision}")


def _file(row: Publication, kind: str, name: str) -> Response:
    fmt = request.args.get("format", "docx")
    make = DOCUMENTS.get((kind, fmt)) or abort(404)
    audit.record(
        actor=current_user,
        action="export",
        subject=row,
        after={"document": kind, "format": fmt, "rows": row.row_count},
        region_id=row.county_id,
    )
    return send_file(
        io.BytesIO(make(row)),
        mimetype=documents.DOCX if fmt == "docx" else FORMATS[fmt],
        as_attachment=True,
        download_name=f"{name}.{fmt}",
    )
