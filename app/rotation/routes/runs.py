"""Runs over several counties, and the counties of a year side by side for whoever answers for them."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.regions.models import Region
from app.rotation import presenting_runs as presenting
from app.rotation.forms import RunForm
from app.rotation.models import ProposalRun
from app.rotation.operations import runs as operations
from app.rotation.queries import runs as queries
from app.rotation.routes import bp
from app.rotation.routes.plans import next_school_year
from app.web import lists
from app.web.attempts import Page, attempt
from app.web.exports import asked_format, send_table
from app.web.guards import requires
from app.web.languages import school_year_label

P = Permission


@bp.get("/runs")
@requires(P.PLAN_READ)
def runs() -> Page:
    """The runs over regions within reach, the newest first."""
    grants = current_user.grants
    listing = queries.RUNS.read(request.args)
    statement = queries.runs_listed(listing, grants)
    found = lists.fetch(db.session(), statement, listing, key=ProposalRun.id, options=queries.RUN_PARTS)
    return render_template(
        "rotation/runs.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.RUNS.filters},
        counted=queries.counted([run.id for run in found.items]),
        may_start=queries.answers_for_several(grants, P.PLAN_EDIT),
    )


@bp.route("/runs/new", methods=["GET", "POST"])
@requires(P.PLAN_EDIT)
def new_run() -> Page:
    """Have every county of a region solved."""
    regions = queries.regions_above(current_user.grants, P.PLAN_EDIT)
    if not regions:
        abort(403)
    form = RunForm()
    form.region_id.choices = [(region.id, region.name) for region in regions]
    if not form.is_submitted():
        form.school_year.data = next_school_year(today())
    made: list[ProposalRun] = []
    if form.validate_on_submit() and attempt(form, lambda: made.append(_start(form))):
        return redirect(url_for(".run", run_id=made[0].id), 303)
    return render_template("rotation/new_run.html", form=form), 422 if form.is_submitted() else 200


def _start(form: RunForm) -> ProposalRun:
    return operations.start_run(
        region=db.session.get_one(Region, form.region_id.data),
        school_year=form.school_year.data or 0,
        time_limit=form.time_limit.data,
        actor=current_user,
    )


@bp.get("/runs/<int:run_id>")
@requires(P.PLAN_READ)
def run(run_id: int) -> Page:
    """One run: how far it is, what came out, county by county."""
    row = run_or_404(run_id)
    return render_template("rotation/run.html", **_run_facts(row))


@bp.get("/runs/<int:run_id>/progress")
@requires(P.PLAN_READ)
def run_progress(run_id: int) -> Response:
    """The part that changes while the run goes on: the page asks for it every two seconds."""
    facts = _run_facts(run_or_404(run_id))
    response = Response(render_template("rotation/_run.html", **facts), mimetype="text/html")
    if not facts["is_open"]:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.post("/runs/<int:run_id>/cancel")
@requires(P.PLAN_EDIT)
def cancel_run(run_id: int) -> Response:
    """Stop what is not solved yet."""
    operations.cancel_run(run=run_or_404(run_id, P.PLAN_EDIT), actor=current_user)
    flash(_("What was not solved yet is being stopped; what is solved stays."), "info")
    return redirect(url_for(".run", run_id=run_id), 303)


def run_or_404(run_id: int, permission: Permission = P.PLAN_READ) -> ProposalRun:
    """A run within the person's reach."""
    return queries.run_of(current_user.grants, permission, run_id) or abort(404)


def _run_facts(row: ProposalRun) -> dict[str, Any]:
    lines = queries.lines_of(row)
    return {
        "run": row,
        "is_open": any(line.stands.is_open for line in lines),
        "states": presenting.states(lines),
        "percent": presenting.progress(lines),
        "can_edit": queries.run_of(current_user.grants, P.PLAN_EDIT, row.id) is not None,
        **_side_by_side(lines),
    }


def _side_by_side(lines: list[queries.CountyLine]) -> dict[str, Any]:
    return {
        "lines": presenting.rows(lines),
        "sums": queries.sums_of(lines),
        "parts": presenting.by_region(lines),
        "chart": presenting.chart(lines),
    }


@bp.get("/counties")
@requires(P.PLAN_READ)
def counties() -> Page:
    """The counties of a school year side by side: sums, table and chart."""
    region, year = _asked()
    lines = queries.counties_of_year(current_user.grants, year, region)
    return render_template(
        "rotation/counties.html",
        **_side_by_side(lines),
        region=region,
        year=year,
        **_choices(year),
        may_start=queries.answers_for_several(current_user.grants, P.PLAN_EDIT),
        may_export=current_user.may(P.EXPORT),
    )


def _choices(year: int) -> dict[str, list[tuple[str, str]]]:
    years = sorted({year, *queries.years_planned(current_user.grants)}, reverse=True)
    regions = queries.regions_above(current_user.grants, P.PLAN_READ)
    return {
        "year_choices": [(str(one), school_year_label(one)) for one in years],
        "region_choices": [(str(one.id), one.name) for one in regions],
    }


@bp.post("/counties/export")
@requires(P.EXPORT)
def export_counties() -> Response:
    """The table of the counties, as a workbook."""
    region, year = _asked()
    if not current_user.may(P.PLAN_READ):
        abort(403)
    lines = queries.counties_of_year(current_user.grants, year, region)
    return send_table(
        presenting.columns(),
        lambda: presenting.rows(lines),
        _("Rotation by county %(year)s", year=year),
        actor=current_user,
        subject="rotation_plan",
        fmt=asked_format(),
        filters={"year": year, "region": region.name if region else ""},
        grants=current_user.grants,
    )


def _asked() -> tuple[Region | None, int]:
    """The region and the school year that the address names; a region out of reach is not there."""
    number = request.args.get("region", type=int)
    region = None
    if number is not None:
        region = queries.region_within(current_user.grants, P.PLAN_READ, number) or abort(404)
    year = request.args.get("year", type=int)
    known = [] if year else queries.years_planned(current_user.grants)
    return region, year or (known[0] if known else next_school_year(today()))
