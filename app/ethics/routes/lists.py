"""The negative lists."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.ethics import operations, queries
from app.ethics.access import CONFIRM, READ
from app.ethics.clauses import clauses, own_rows, setting
from app.ethics.forms import ClauseForm, NewClauseForm
from app.ethics.models import Audience
from app.ethics.routes import bp
from app.regions.models import Region
from app.web.attempts import Page
from app.web.errors import Refused
from app.web.guards import requires


@bp.get("/ethics/lists")
@requires(READ)
def negative_lists() -> Page:
    """The negative lists of a county: for teachers and for leaders."""
    reach = queries.counties(current_user.grants, READ)
    asked = request.args.get("county", type=int)
    county = next((one for one in reach if one.id == asked), reach[0] if reach else None) or abort(404)
    return render_template(
        "ethics/lists.html",
        county=county,
        counties=reach,
        audiences=list(Audience),
        clauses=clauses(county.id, every=True),
        is_own=bool(own_rows(county.id)),
        may_edit=county.id in {one.id for one in queries.counties(current_user.grants, CONFIRM)},
        setting=setting,
    )


@bp.post("/ethics/lists/<int:county_id>/own")
@requires(CONFIRM)
def make_own(county_id: int) -> Response:
    """Copy the lists that ship, to edit them."""
    county = _county(county_id)
    try:
        operations.make_own(actor=current_user, county=county)
        flash(_("The county has lists of its own now; edit them clause by clause."), "success")
    except Refused as refused:
        flash(str(refused.message), "warning")
    return redirect(url_for(".negative_lists", county=county_id), 303)


@bp.route("/ethics/lists/<int:county_id>/new", methods=["GET", "POST"])
@requires(CONFIRM)
def add_clause(county_id: int) -> Page:
    """Add a clause."""
    county, form = _county(county_id), NewClauseForm()
    if form.validate_on_submit():
        try:
            operations.add_clause(actor=current_user, county=county, **form.values())
        except Refused as refused:
            form.code.errors = [*form.code.errors, str(refused.message)]
        else:
            flash(_("The clause was added."), "success")
            return redirect(url_for(".negative_lists", county=county_id), 303)
    return render_template(
        "ethics/clause.html", form=form, row=None, county=county
    ), 422 if form.is_submitted() else 200


@bp.route("/ethics/clauses/<int:clause_id>", methods=["GET", "POST"])
@requires(CONFIRM)
def edit_clause(clause_id: int) -> Page:
    """Change a clause; what is on record stays as it was entered."""
    row = queries.clause_row(clause_id, current_user.grants, CONFIRM) or abort(404)
    form = ClauseForm(obj=row)
    if not form.is_submitted():
        form.row_version.data = str(row.version)
    if form.validate_on_submit() and not form.refuse_stale(row):
        operations.change_clause(actor=current_user, row=row, **form.values())
        flash(_("The clause was saved. What is on record keeps the words it was entered with."), "success")
        return redirect(url_for(".negative_lists", county=row.county_id), 303)
    page = render_template("ethics/clause.html", form=form, row=row, county=_county(row.county_id))
    return page, 422 if form.is_submitted() else 200


def _county(county_id: int) -> Region:
    reach = queries.counties(current_user.grants, CONFIRM)
    return next((one for one in reach if one.id == county_id), None) or abort(404)
