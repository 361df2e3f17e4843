"""Schools' and counties' pages: who is behind, by school, one teacher, all claims; and their exports."""

from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.access import Permission
from app.credits.access import READ, claims_where
from app.credits.asking import forecast
from app.credits.exports import CLAIM_COLUMNS, teacher_columns
from app.credits.models import CreditClaim
from app.credits.presenting import amount, presented, unit_of
from app.credits.queries import claims as queries
from app.credits.queries import overview
from app.credits.queries.standing import standing_of
from app.credits.routes import bp
from app.credits.routes.common import chosen_county
from app.db.clock import today
from app.extensions import db
from app.teachers.access import teachers_where
from app.teachers.models import Teacher
from app.web import lists
from app.web.attempts import Page
from app.web.exports import asked_format, send_table
from app.web.guards import requires


def _scene_page() -> tuple[Any, overview.Scene, lists.Listing]:
    county = chosen_county()
    scene = overview.scene_of(county.id, current_user.grants, today())
    return county, scene, overview.TEACHERS.read(request.args)


@bp.get("/")
@requires(READ)
def index() -> Page:
    """Who is behind, by name."""
    county, scene, listing = _scene_page()
    found = overview.teachers_page(scene, listing)
    return render_template(
        "credits/index.html",
        **lists.view(listing, found),
        filters={one.name: one for one in overview.TEACHERS.filters},
        county=county,
        counties=queries.counties(current_user.grants),
        scene=scene,
        figures=overview.figures(scene),
        amount=amount(scene.rules),
        unit=unit_of(scene.rules),
        forecast=lambda hours: forecast(hours, scene.share),
        may_export=current_user.may(Permission.EXPORT),
    )


@bp.post("/export")
@requires(Permission.EXPORT)
def export_teachers() -> Response:
    """The list as it is narrowed, as a workbook."""
    if not current_user.may(READ):
        abort(403)
    county, scene, listing = _scene_page()
    county_id, grants, day = county.id, [g for g in current_user.grants if g.allows(Permission.EXPORT)], today()
    return send_table(
        teacher_columns(scene),
        lambda: overview.all_teachers(overview.scene_of(county_id, grants, day), listing),
        _("Training hours"),
        actor=current_user,
        subject="credit_total",
        fmt=asked_format(),
        filters=listing.in_words(),
        region_id=county_id,
    )


@bp.get("/schools")
@requires(READ)
def schools() -> Page:
    """The schools side by side."""
    county = chosen_county()
    scene = overview.scene_of(county.id, current_user.grants, today())
    return render_template(
        "credits/schools.html",
        county=county,
        counties=queries.counties(current_user.grants),
        scene=scene,
        rows=overview.by_school(scene),
        amount=amount(scene.rules),
        unit=unit_of(scene.rules),
    )


@bp.get("/teachers/<int:teacher_id>")
@requires(READ)
def teacher(teacher_id: int) -> Page:
    """One teacher's hours and claims."""
    row = db.session.scalar(select(Teacher).where(Teacher.id == teacher_id, teachers_where(current_user.grants, READ)))
    if row is None:
        abort(404)
    return render_template(
        "credits/teacher.html",
        teacher=row,
        **presented(standing_of(row, today())),
        claims=queries.own_claims(row.id, before=request.args.get("before", type=int)),
        kinds=queries.kinds_of(row.county_id),
    )


@bp.get("/claims")
@requires(READ)
def claims() -> Page:
    """All claims that were handed in."""
    listing = queries.CLAIMS.read(request.args)
    statement = queries.all_claims(claims_where(current_user.grants, READ), listing)
    anchors = (CreditClaim.county_id, CreditClaim.school_id)
    found = lists.fetch(
        db.session(), statement, listing, key=CreditClaim.id, options=queries.ROW_PARTS, anchors=anchors
    )
    return render_template(
        "credits/claims.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.CLAIMS.filters},
        kinds={county: queries.kinds_of(county) for county in {claim.county_id for claim in found.items}},
        may_export=current_user.may(Permission.EXPORT),
    )


@bp.post("/claims/export")
@requires(Permission.EXPORT)
def export_claims() -> Response:
    """The claims as they are narrowed, as a workbook."""
    if not current_user.may(READ):
        abort(403)
    grants = [g for g in current_user.grants if g.allows(Permission.EXPORT)]
    listing = queries.CLAIMS.read(request.args)

    def rows() -> Any:
        statement = lists.ordered(queries.all_claims(claims_where(grants, READ), listing), listing)
        return db.session.scalars(statement.options(*queries.ROW_PARTS).execution_options(yield_per=500))

    return send_table(
        CLAIM_COLUMNS,
        rows,
        _("Claims of training hours"),
        actor=current_user,
        subject="credit_claim",
        fmt=asked_format(),
        filters=listing.in_words(),
        region_id=next((g.region_id for g in grants if g.region_id), None),
        school_id=next((g.school_id for g in grants if g.school_id), None),
    )


@bp.get("/claims/<int:claim_id>")
@requires(READ)
def claim(claim_id: int) -> Page:
    """One claim, to be read."""
    row = queries.claim_where(claims_where(current_user.grants, READ), claim_id)
    if row is None:
        abort(404)
    return render_template(
        "credits/claim.html",
        claim=row,
        kinds=queries.kinds_of(row.county_id),
        disputes=queries.dispute_of(row.id),
        lines=queries.lines_of(row.id),
    )
