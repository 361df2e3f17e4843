"""Pages of what schools have: the list, a school's year, and the workbook to fill in."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.schools import queries as school_queries
from app.schools.access import one_county, schools_where
from app.schools.models import School
from app.tables.catalogue import RESOURCES as SHEET
from app.targets.balance import OF_RESOURCES
from app.targets.evaluators.periods import school_year_of
from app.targets.forms.resources import ResourcesForm
from app.targets.models import ResourcePart, SchoolResources
from app.targets.operations import resources as operations
from app.targets.presenting import resource_cells
from app.targets.queries import resources as queries
from app.targets.queries.balance import rows_where
from app.targets.routes import bp
from app.targets.routes.common import school_or_404, year_or_404
from app.training.queries.money import accounts
from app.web import lists
from app.web.attempts import Page, attempt, tried
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires

P = Permission


def _year(listing: lists.Listing) -> int:
    return int(listing.get("year") or school_year_of(today()))


def part_or_404(school: School, name: str) -> ResourcePart:
    """A part that the school can have."""
    known = {part.value: part for part in queries.parts_of(school)}
    return known.get(name) or abort(404)


@bp.get("/balance/resources")
@requires(P.TARGET_READ)
def resources() -> Page:
    """Which schools' figures are there, and what is missing."""
    grants = current_user.grants
    listing = queries.RESOURCES.read(request.args)
    year, reach = _year(listing), schools_where(grants, P.TARGET_READ)
    statement = queries.schools_listed(listing, reach, year)
    found = lists.fetch(db.session(), statement, listing, key=School.id, options=queries.list_options())
    many = not one_county(grants, P.TARGET_READ)
    return render_template(
        "targets/resources.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.RESOURCES.filters},
        counties=school_queries.counties(grants, P.TARGET_READ) if many else [],
        lines=queries.lines(found.items, year),
        filled=queries.filled(reach, year, listing.get("county")),
        year=year,
        may_export=current_user.may(P.EXPORT),
        may_import=current_user.may(P.IMPORT),
        named=lists.named,
    )


@bp.post("/balance/resources/export")
@requires(P.EXPORT)
def export_resources() -> Response:
    """The list as a workbook in the columns of the import: filled in where something is there, to be sent back."""
    listing = queries.RESOURCES.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    year = _year(listing)
    statement = queries.schools_listed(listing, schools_where(grants, P.TARGET_READ), year)

    def rows() -> Iterator[dict[str, Any]]:
        schools = db.session.scalars(lists.ordered(statement, listing).options(*queries.list_options())).all()
        for line in queries.lines(schools, year):
            yield from resource_cells(line, year)

    return send_table(
        [Column(field.label_zh, itemgetter(field.key)) for field in SHEET],
        rows,
        f"学校办学条件{year}",
        actor=current_user,
        subject="school_resources",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


@bp.get("/balance/resources/<int:school_id>/<int:year>")
@requires(P.TARGET_READ)
def school_resources(school_id: int, year: int) -> Page:
    """What a school has in a year, and what that means for its indicators."""
    school, year = school_or_404(school_id), year_or_404(year)
    line = queries.lines([school], year)[0]
    may_edit = queries.one_school(school_id, current_user.grants, P.TARGET_EDIT) is not None
    return render_template(
        "targets/school_resources.html",
        school=school,
        year=year,
        line=line,
        missing_words=_("; ").join(f"{stage.label}: {one.short}" for stage, one in line.missing),
        resource_indicators=OF_RESOURCES,
        rows_by_part={row.part: row for row in line.rows},
        parts=queries.parts_of(school),
        stage_rows=rows_where(School.id == school.id, year),
        account=accounts([school.id], year)[school.id],
        may_edit=may_edit,
    )


@bp.route("/balance/resources/<int:school_id>/<int:year>/<part>/edit", methods=["GET", "POST"])
@requires(P.TARGET_EDIT)
def edit_resources(school_id: int, year: int, part: str) -> Page:
    """Fill in what a school or one campus of it has."""
    school, year = school_or_404(school_id, P.TARGET_EDIT), year_or_404(year)
    wanted = part_or_404(school, part)
    row = queries.one_row(school_id, year, wanted)
    form = ResourcesForm(obj=row, row_version=str(row.version) if row else "")
    if form.validate_on_submit() and not (row and form.refuse_stale(row)):
        fields = form.figures()

        def save() -> SchoolResources:
            return operations.save_resources(
                actor=current_user, school=school, school_year=year, part=wanted, resources=row, **fields
            )

        if attempt(form, save):
            flash(_("The figures were saved."), "success")
            return redirect(url_for(".school_resources", school_id=school_id, year=year), 303)
    school = school_or_404(school_id, P.TARGET_EDIT)
    page = render_template("targets/edit_resources.html", form=form, school=school, year=year, part=wanted)
    return page, 422 if form.is_submitted() else 200


@bp.post("/balance/resources/<int:school_id>/<int:year>/<part>/remove")
@requires(P.TARGET_EDIT)
def remove_resources(school_id: int, year: int, part: str) -> Page:
    """Take out a row that should not be there."""
    school, year = school_or_404(school_id, P.TARGET_EDIT), year_or_404(year)
    row = queries.one_row(school_id, year, part_or_404(school, part)) or abort(404)
    if tried(lambda: operations.remove_resources(actor=current_user, school=school, resources=row)):
        flash(_("The figures were taken out; the log keeps them."), "success")
    return redirect(url_for(".school_resources", school_id=school_id, year=year), 303)
