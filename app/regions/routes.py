"""Pages of the region tree."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.regions import operations, queries
from app.regions.forms import NewRegionForm, RegionForm
from app.regions.models import Region, RegionLevel
from app.web.errors import Refused
from app.web.guards import requires

bp = Blueprint("regions", __name__, url_prefix="/regions")


@bp.get("/")
@requires(Permission.SETTINGS_EDIT)
def index() -> str:
    """The tree within reach, or what a search finds in it."""
    text = request.args.get("q", "").strip()
    hits = queries.found(current_user.grants, text) if text else None
    return render_template("regions/index.html", roots=queries.tree(current_user.grants), hits=hits, limit=queries.HITS)


@bp.get("/<int:region_id>")
@requires(Permission.SETTINGS_EDIT)
def show(region_id: int) -> str:
    """One region: where it lies and what lies below it."""
    region = _region(region_id)
    above = queries.ancestors(region)
    return render_template("regions/show.html", region=region, above=above, children=queries.children(region))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def new() -> str | Response | tuple[str, int]:
    """Add a region below one within reach."""
    form = NewRegionForm(parent_id=request.args.get("below", ""), level=request.args.get("level"))
    form.offer(queries.possible_parents(current_user.grants))
    if form.validate_on_submit():
        values = form.values("name", "code", "lat", "lng") | {"level": RegionLevel(form.level.data)}
        try:
            region = operations.add_region(actor=current_user, parent=_region(form.parent_id.data), **values)
        except Refused as refused:
            form.form_errors.append(str(refused.message))
        else:
            flash(_("%(name)s was added.", name=region.name), "success")
            return redirect(url_for("regions.show", region_id=region.id), 303)
    return render_template("regions/new.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/<int:region_id>/edit", methods=["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def edit(region_id: int) -> str | Response | tuple[str, int]:
    """Change a region's facts, or the region it lies below."""
    region = _region(region_id)
    above = db.session.get(Region, region.parent_id) if region.parent_id else None
    form = RegionForm(obj=region)
    if above is None:
        del form.parent_id
    else:
        form.offer(queries.possible_parents(current_user.grants), fixed=above)
    if form.validate_on_submit():
        try:
            parent = _new_parent(form.parent_id.data, above) if above else None
            operations.edit_region(
                actor=current_user, region=region, parent=parent, **form.values("name", "code", "lat", "lng")
            )
        except Refused as refused:
            form.form_errors.append(str(refused.message))
        else:
            flash(_("%(name)s was saved.", name=region.name), "success")
            return redirect(url_for("regions.show", region_id=region.id), 303)
    return render_template("regions/edit.html", form=form, region=region), 422 if form.is_submitted() else 200


def _new_parent(region_id: int, present: Region) -> Region:
    return present if region_id == present.id else _region(region_id)


def _region(region_id: int) -> Region:
    return queries.region(current_user.grants, region_id) or abort(404)
