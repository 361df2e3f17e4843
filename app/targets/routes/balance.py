"""Pages of the official balance indicators: the county, school by school, one school, and the names behind them."""

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.db.clock import today
from app.schools.models import School
from app.schools.queries import counties
from app.targets import charts
from app.targets.balance import OF_RESOURCES, County, Indicator, StageRow
from app.targets.evaluators.periods import school_year_of
from app.targets.operations import resources as operations
from app.targets.presenting import balance_columns
from app.targets.queries import balance as queries
from app.targets.routes import bp
from app.targets.routes.common import Scene, county_or_404, scene_of, school_or_404, year_or_404
from app.web.attempts import Page, press
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires

P = Permission
STATES = ("passed", "failed", "unknown", "excluded")


def state_of(row: StageRow) -> str:
    """Where a row stands, as the filter calls it."""
    if row.excluded:
        return "excluded"
    return {True: "passed", False: "failed", None: "unknown"}[row.is_passed]


def _may_record(scene: Scene) -> bool:
    answers_for = {county.id for county in counties(current_user.grants, P.TARGET_EDIT)}
    return scene.is_present and scene.county is not None and scene.county.id in answers_for


@bp.get("/balance")
@requires(P.TARGET_READ)
def balance() -> Page:
    """The county's verdict: schools that pass, and the CV of each indicator. A school's people see their own rows."""
    scene = scene_of()
    rows = queries.rows_where(scene.where, scene.year)
    if scene.county is None:
        return _own(scene, rows)
    found = County.of(rows)
    earlier = County.of(queries.recorded(scene.where, scene.year - 1))
    return render_template(
        "targets/balance.html",
        scene=scene,
        found=found,
        earlier=earlier if earlier.rows else None,
        indicators=list(Indicator),
        stages=found.has_stage,
        chart=charts.variation(found),
        recorded_on=queries.recorded_on(scene.county.id, scene.year),
        may_record=_may_record(scene),
    )


def _own(scene: Scene, rows: list[StageRow]) -> str:
    return render_template(
        "targets/balance_schools.html",
        scene=scene,
        rows=rows,
        all_rows=rows,
        indicators=list(Indicator),
        states=STATES,
        state_of=state_of,
        chosen="",
        may_export=current_user.may(P.EXPORT),
    )


@bp.get("/balance/schools")
@requires(P.TARGET_READ)
def balance_schools() -> Page:
    """Every school and stage with its seven values."""
    scene = scene_of()
    rows = queries.rows_where(scene.where, scene.year)
    chosen, stage = request.args.get("state", ""), request.args.get("stage", "")
    search = request.args.get("q", "").strip()
    lacking = request.args.get("lacking", "")
    shown = [
        row
        for row in rows
        if (not chosen or state_of(row) == chosen)
        and (not stage or row.stage == stage)
        and (not lacking or lacking in row.lacking)
        and search in row.school
    ]
    return render_template(
        "targets/balance_schools.html",
        scene=scene,
        rows=shown,
        all_rows=rows,
        indicators=list(Indicator),
        states=STATES,
        state_of=state_of,
        chosen=chosen,
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/balance/export")
@requires(P.EXPORT)
def export_balance() -> Response:
    """The rows of every school and stage as a workbook."""
    scene = scene_of(P.EXPORT)
    where, year = scene.where, scene.year
    return send_table(
        [Column(label, value) for label, value in balance_columns()],
        lambda: queries.rows_where(where, year),
        _("Balance by school %(year)s", year=year),
        actor=current_user,
        subject="balance",
        fmt=asked_format(),
        grants=[grant for grant in current_user.grants if grant.allows(P.EXPORT)],
    )


@bp.get("/balance/schools/<int:school_id>/<int:year>")
@requires(P.TARGET_READ)
def balance_school(school_id: int, year: int) -> Page:
    """One school: each indicator, what is missing, and the way to the names and to the figures filled in."""
    school, year = school_or_404(school_id), year_or_404(year)
    rows = queries.rows_where(School.id == school.id, year)
    earlier = queries.before(rows, queries.recorded(School.id == school.id, year - 1))
    return render_template(
        "targets/balance_school.html",
        school=school,
        year=year,
        rows=rows,
        earlier=earlier,
        indicators=list(Indicator),
        of_resources=OF_RESOURCES,
        is_present=year == school_year_of(today()),
    )


@bp.post("/balance/<int:county_id>/record")
@requires(P.TARGET_EDIT)
def record_balance(county_id: int) -> Page:
    """Put the present figures on record."""
    county = county_or_404(county_id)
    back = url_for(".balance", county=county.id)
    return press(
        lambda: operations.record_balance(actor=current_user, county=county),
        _("The figures of this school year are on record."),
        back,
    )
