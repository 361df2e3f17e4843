"""Pages of the government's guarantees: what is measured, and what the county says of the others."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.db.clock import today
from app.schools.queries import counties
from app.targets.evaluators.periods import school_year, school_year_of
from app.targets.forms.resources import GuaranteeForm
from app.targets.guarantees import ITEMS, MEASURED
from app.targets.operations import resources as operations
from app.targets.queries import guarantees as queries
from app.targets.routes import bp
from app.targets.routes.common import county_or_404, scene_of, year_or_404
from app.web.attempts import Page, attempt
from app.web.guards import requires

P = Permission


@bp.get("/balance/guarantees")
@requires(P.TARGET_READ)
def guarantees() -> Page:
    """All fifteen, and the training money beside them. They are the county's: a school sees none."""
    scene = scene_of()
    if scene.county is None:
        return render_template("targets/guarantees.html", scene=scene, lines=[], money=None, may_edit=False)
    day = today()
    answers_for = {county.id for county in counties(current_user.grants, P.TARGET_EDIT)}
    return render_template(
        "targets/guarantees.html",
        scene=scene,
        lines=queries.guarantees(scene.county, scene.year, day),
        money=queries.money(scene.county, min(day, school_year(scene.year).last)),
        money_year=min(day, school_year(scene.year).last).year,
        may_edit=scene.county.id in answers_for,
    )


@bp.route("/balance/guarantees/<int:county_id>/<int:year>/<int:item>", methods=["GET", "POST"])
@requires(P.TARGET_EDIT)
def state_guarantee(county_id: int, year: int, item: int) -> Page:
    """Say of one guarantee whether it is kept, with its evidence."""
    county, year = county_or_404(county_id), year_or_404(year)
    if item not in ITEMS or item in MEASURED or year > school_year_of(today()) + 1:
        abort(404)
    entry = queries.entries(county.id, year).get(item)
    form = GuaranteeForm(obj=entry, row_version=str(entry.version) if entry else "")
    if entry is not None and not form.is_submitted():
        form.is_met.data = "1" if entry.is_met else "0"
    if form.validate_on_submit() and not (entry and form.refuse_stale(entry)):
        said = {
            "is_met": form.is_met.data == "1",
            "figure": form.figure.data or "",
            "evidence": form.evidence.data or "",
        }

        def save() -> object:
            return operations.state_guarantee(
                actor=current_user, county=county, school_year=year, item=item, entry=entry, **said
            )

        if attempt(form, save):
            flash(_("What the county says of this guarantee was saved."), "success")
            return redirect(url_for(".guarantees", county=county_id, year=year), 303)
    county = county_or_404(county_id)
    page = render_template(
        "targets/state_guarantee.html", form=form, county=county, year=year, item=item, text=ITEMS[item]
    )
    return page, 422 if form.is_submitted() else 200
