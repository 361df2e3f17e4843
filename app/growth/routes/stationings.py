"""Researchers stationed at rural and weak schools, and the figures of the growth clauses."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.growth.forms.groups import EditPlaceForm, EndStayForm, StationForm
from app.growth.operations import groups as operations
from app.growth.operations import programmes as places
from app.growth.queries import figures as figure_queries
from app.growth.queries import groups as queries
from app.growth.routes import bp
from app.growth.routes.places import place_or_404
from app.schools.models import School
from app.studios.routes.common import form_page
from app.web import lists
from app.web.attempts import Page
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires

P = Permission


@bp.get("/figures")
@requires(P.GROWTH_READ)
def figures() -> Page:
    """What the growth clauses come to, each figure with the names behind it."""
    return render_template("growth/figures.html", figures=figure_queries.figures(current_user.grants, today()))


@bp.get("/stationings")
@requires(P.GROWTH_READ)
def stationings() -> Page:
    """Each rural or weak school with its researcher."""
    listing = queries.STATIONINGS.read(request.args)
    statement = queries.schools_listed(listing, current_user.grants)
    found = lists.fetch(db.session(), statement, listing, key=School.id)
    return render_template(
        "growth/stationings.html",
        **lists.view(listing, found),
        filters={one.name: one for one in listing.spec.filters},
        stays=queries.stays_of(found.items),
        may_edit=current_user.may(P.GROWTH_EDIT),
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/stationings/export")
@requires(P.EXPORT)
def export_stationings() -> Response:
    """The schools that the list shows now with their researchers, as a workbook."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    listing = queries.STATIONINGS.read(request.args)
    statement = queries.schools_listed(listing, grants)

    def rows() -> list[tuple[School, Any]]:
        schools = db.session.scalars(lists.ordered(statement, listing)).all()
        stays = queries.stays_of(schools)
        return [(school, stays.get(school.id)) for school in schools]

    columns = [
        Column(_("School"), lambda pair: pair[0].name),
        Column(_("Rural"), lambda pair: pair[0].locality == "rural"),
        Column(_("Weak school"), lambda pair: pair[0].is_weak),
        Column(_("Researcher"), lambda pair: pair[1].place.teacher.name if pair[1] else ""),
        Column(_("Begins"), lambda pair: pair[1].from_on if pair[1] else None),
        Column(_("Reports"), lambda pair: len(pair[1].place.reports) if pair[1] else 0),
    ]
    return send_table(
        columns,
        rows,
        _("Stationing of researchers"),
        actor=current_user,
        subject="stationed_school",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


@bp.route("/places/<int:place_id>/station", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def station(place_id: int) -> Page:
    """Station a researcher at one more school."""
    place = place_or_404(place_id, P.GROWTH_EDIT)
    form = StationForm(from_on=today())

    def act() -> None:
        operations.station(place=place, school=form.school.row, from_on=form.from_on.data, actor=current_user)

    back = url_for(".place", place_id=place_id)
    return form_page(
        form,
        act,
        heading=_("Add a school"),
        back=back,
        trail=[(place.programme.name, url_for(".programme", programme_id=place.programme_id)),
               (place.teacher.name, back)],
        about=place.teacher.name,
        label=_("Save"),
    )  # fmt: skip


@bp.route("/stationings/<int:stay_id>/end", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def end_stationing(stay_id: int) -> Page:
    """End a researcher's stay at a school."""
    row = queries.one_stay(stay_id, current_user.grants, P.GROWTH_EDIT) or abort(404)
    form = EndStayForm(on=today(), row_version=str(row.version))

    def act() -> None:
        if not form.refuse_stale(row):
            fields = form.values("on", "reason")
            operations.end_stationing(row=row, school=row.school, actor=current_user, **fields)

    return form_page(
        form,
        act,
        heading=_("End the stay"),
        back=url_for(".stationings"),
        trail=[(_("Stationing of researchers"), url_for(".stationings"))],
        about=f"{row.place.teacher.name}, {row.school.name}",
        label=_("Save"),
    )


@bp.route("/places/<int:place_id>/edit", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def edit_place(place_id: int) -> Page:
    """Correct what was entered about somebody in a programme."""
    place = place_or_404(place_id, P.GROWTH_EDIT)
    form = EditPlaceForm(
        data={"statement": place.statement, "from_on": place.from_on, "host": place.host_school,
              "host_name": place.host_name},
        row_version=str(place.version),
    )  # fmt: skip
    if not place.from_on:
        del form.from_on
    if not (place.from_on and place.programme.kind.needs_host):
        del form.host, form.host_name

    def act() -> None:
        if not form.refuse_stale(place):
            places.change_place(place=place, actor=current_user, **_given(form))

    back = url_for(".place", place_id=place_id)
    return form_page(
        form, act, heading=_("Edit"), back=back, trail=[(place.programme.name, url_for(
            ".programme", programme_id=place.programme_id)), (place.teacher.name, back)],
        about=place.teacher.name, label=_("Save"),
    )  # fmt: skip


def _given(form: EditPlaceForm) -> dict[str, Any]:
    host = form.host.row if "host" in form else None
    plain = {name: form[name].data if name in form else None for name in ("statement", "from_on", "host_name")}
    return plain | {"host": host}
