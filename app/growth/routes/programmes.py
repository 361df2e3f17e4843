"""Pages of programmes: the list with its figures, a programme with its people, and its form."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.growth.forms.programmes import ProgrammeForm, ProposeForm
from app.growth.models import GrowthProgramme, ProgrammePlace
from app.growth.operations import programmes as operations
from app.growth.queries import programmes as queries
from app.growth.queries.draws import counties_of
from app.growth.requirements import Requirements
from app.growth.routes import bp
from app.growth.routes.common import county_or_404
from app.schools.models import School
from app.teachers.access import teachers_where
from app.teachers.naming import teachers_suggested, written
from app.web import lists
from app.web.attempts import Page, attempt
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires

P = Permission


def programme_or_404(programme_id: int, permission: Permission = P.GROWTH_READ) -> GrowthProgramme:
    """A programme within the person's reach."""
    return queries.one_programme(programme_id, current_user.grants, permission) or abort(404)


@bp.get("/")
@requires(P.GROWTH_READ)
def programmes() -> Page:
    """The programmes with this year's intake and all intakes together."""
    listing = queries.PROGRAMMES.read(request.args)
    statement = queries.programmes_listed(listing, current_user.grants)
    found = lists.fetch(db.session(), statement, listing, key=GrowthProgramme.id)
    return render_template(
        "growth/programmes.html",
        **lists.view(listing, found),
        filters={one.name: one for one in listing.spec.filters},
        intakes=queries.intakes(found.items),
        year=today().year,
        may_add=bool(counties_of(current_user.grants, P.GROWTH_EDIT)),
        may_draw=current_user.may(P.GROWTH_READ),
    )


@bp.route("/programmes/new", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def new_programme() -> Page:
    """Set a programme up."""
    form = ProgrammeForm()
    form.offer(counties_of(current_user.grants, P.GROWTH_EDIT))
    if not form.is_submitted():
        form.first_year.data = today().year
    made: list[GrowthProgramme] = []
    if form.validate_on_submit():
        county = county_or_404(form.county.data)
        if attempt(
            form,
            lambda: made.append(operations.add_programme(county=county, actor=current_user, **form.fields())),
        ):
            flash(_("%(name)s was added.", name=made[0].name), "success")
            return redirect(url_for(".programme", programme_id=made[0].id), 303)
    page = render_template("growth/programme_form.html", form=form, programme=None)
    return page, 422 if form.is_submitted() else 200


@bp.route("/programmes/<int:programme_id>/edit", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def edit_programme(programme_id: int) -> Page:
    """Change a programme."""
    programme = programme_or_404(programme_id, P.GROWTH_EDIT)
    form = ProgrammeForm(
        obj=programme, data=programme.requirements, county=programme.county_id, row_version=str(programme.version)
    )
    form.offer([programme.county])
    if form.validate_on_submit() and not form.refuse_stale(programme):
        fields = form.fields()
        if attempt(form, lambda: operations.change_programme(programme=programme, actor=current_user, **fields)):
            flash(_("%(name)s was saved.", name=programme.name), "success")
            return redirect(url_for(".programme", programme_id=programme_id), 303)
    page = render_template("growth/programme_form.html", form=form, programme=programme_or_404(programme_id))
    return page, 422 if form.is_submitted() else 200


@bp.get("/programmes/<int:programme_id>")
@requires(P.GROWTH_READ)
def programme(programme_id: int) -> Page:
    """A programme: its intakes year by year, and its people."""
    return _page(programme_or_404(programme_id), _propose_form())


def _propose_form() -> ProposeForm:
    form = ProposeForm()
    if not form.is_submitted():
        form.year.data = today().year
    return form


def _page(row: GrowthProgramme, form: ProposeForm) -> str:
    listing = queries.PLACES.read(request.args)
    statement = queries.places_listed(listing, row, current_user.grants)
    found = lists.fetch(db.session(), statement, listing, key=ProgrammePlace.id, options=queries.PLACE_PARTS)
    return render_template(
        "growth/programme.html",
        programme=row,
        listing=listing,
        found=found,
        rows=found.items,
        chips=listing.chips(),
        filters={one.name: one for one in listing.spec.filters},
        intakes=queries.intakes([row])[row.id],
        asked=Requirements.of(row.requirements).told(row.county_id),
        form=form,
        may_edit=queries.one_programme(row.id, current_user.grants, P.GROWTH_EDIT) is not None,
        may_propose=_may_propose(row),
        may_export=current_user.may(P.EXPORT),
    )


def _may_propose(row: GrowthProgramme) -> bool:
    ways = (P.GROWTH_NOMINATE, P.GROWTH_EDIT)
    return row.is_open and any(queries.one_programme(row.id, current_user.grants, way) for way in ways)


@bp.post("/programmes/<int:programme_id>/propose")
@requires(P.GROWTH_READ)
def propose(programme_id: int) -> Page:
    """Propose a teacher: a school its own, the county anybody of the county."""
    row = programme_or_404(programme_id)
    if not _may_propose(row):
        abort(403)
    form = _propose_form()
    if form.validate_on_submit() and attempt(
        form,
        lambda: operations.propose(
            programme=row,
            teacher=form.teacher.row,
            year=form.year.data,
            statement=form.statement.data,
            actor=current_user,
        ),
    ):
        flash(_("The teacher was proposed."), "success")
        return redirect(url_for(".programme", programme_id=programme_id, year=form.year.data), 303)
    return _page(programme_or_404(programme_id), form), 422


@bp.get("/suggest")
@requires(P.GROWTH_READ)
def suggest() -> Page:
    """Options for the box that names a teacher."""
    text = request.args.get(request.args.get("field", ""), "")[:60]
    reach = teachers_where(current_user.grants, P.GROWTH_READ)
    return render_template("teachers/suggest.html", names=[written(row) for row in teachers_suggested(text, reach)])


@bp.post("/programmes/<int:programme_id>/export")
@requires(P.EXPORT)
def export_places(programme_id: int) -> Response:
    """The people that the list shows now, as a workbook."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    row = queries.one_programme(programme_id, grants, P.GROWTH_READ) or abort(404)
    listing = queries.PLACES.read(request.args)
    statement = queries.places_listed(listing, row, grants)
    return send_table(
        _columns(row),
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.PLACE_PARTS)),
        row.name,
        actor=current_user,
        subject="programme_place",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


def _columns(row: GrowthProgramme) -> list[Column]:
    def host(place: ProgrammePlace) -> Any:
        school: School | None = place.host_school
        return school.name if school else ""

    return [
        Column(_("Programme"), lambda _place: row.name),
        Column(_("Year of intake"), "year"),
        Column(_("Teacher"), "teacher.name"),
        Column(_("School"), "teacher.working_school.name"),
        Column(_("Status"), "status"),
        Column(_("Begins"), "from_on"),
        Column(_("Ends"), "to_on"),
        Column(_("School of the stay"), host),
        Column(_("Reason"), "reason"),
        Column(_("Reports"), lambda place: len(place.reports)),
    ]
