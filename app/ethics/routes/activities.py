"""Study meetings, supervision and reviews: the list, what is missing, and entering them."""

from collections.abc import Iterator
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.ethics import operations, queries
from app.ethics.access import EDIT, READ, activities_where
from app.ethics.coverage import standing_of, term_of
from app.ethics.forms import ActivityForm
from app.ethics.models import EthicsActivity
from app.ethics.routes import bp
from app.ethics.routes.common import choices
from app.extensions import db
from app.schools import queries as schools
from app.schools.access import one_county, schools_where
from app.schools.models import School
from app.web import lists
from app.web.attempts import Page
from app.web.errors import Refused
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires
from app.web.lists import ListSpec, Sort
from app.web.pagination import SortKey

COLUMNS = (
    Column(_l("School"), "school.name"),
    Column(_l("What it was"), "kind"),
    Column(_l("Held on"), "held_on"),
    Column(_l("Topic"), "topic"),
    Column(_l("Participants"), "participants"),
)
SCHOOLS = ListSpec(
    "ethics.coverage",
    filters=(schools.COUNTY_FILTER,),
    sorts={"name": Sort((SortKey(School.name_pinyin, "name_pinyin"), SortKey(School.id, "id")))},
)


@bp.get("/ethics/activities")
@requires(READ)
def activities() -> Page:
    """What schools did for ethics."""
    listing, grants = queries.ACTIVITIES.read(request.args), current_user.grants
    statement = queries.activities_listed(listing, activities_where(grants, READ))
    within = one_county(grants, READ)
    found = lists.fetch(
        db.session(), statement, listing, key=EthicsActivity.id, options=queries.activity_options(),
        is_wide=not (within or listing.get("county")),
    )  # fmt: skip
    return render_template(
        "ethics/activities.html",
        **lists.view(listing, found),
        **choices(),
        filters={one.name: one for one in queries.ACTIVITIES.filters},
        counties=[] if within else schools.counties(grants, READ),
        named=lists.named,
        may_edit=current_user.may(EDIT),
    )


@bp.post("/ethics/activities/export")
@requires(Permission.EXPORT)
def export_activities() -> Response:
    """The activities that the list shows now."""
    listing = queries.ACTIVITIES.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(Permission.EXPORT)]
    statement = queries.activities_listed(listing, activities_where(grants, READ))

    def rows() -> Iterator[Any]:
        query = lists.ordered(statement, listing).options(*queries.activity_options())
        yield from db.session.scalars(query.execution_options(yield_per=500))

    return send_table(
        COLUMNS, rows, _("Ethics study and supervision"), fmt=asked_format(), actor=current_user,
        subject="ethics_activity", filters=listing.in_words(),
    )  # fmt: skip


@bp.get("/ethics/coverage")
@requires(READ)
def coverage() -> Page:
    """Which school lacks a month's study, or the term's supervision or review."""
    listing, grants, day = SCHOOLS.read(request.args), current_user.grants, today()
    wanted = [schools_where(grants, READ), School.is_active]
    if listing.get("county"):
        wanted.append(School.county_id == listing.get("county"))
    within = one_county(grants, READ)
    found = lists.fetch(
        db.session(),
        select(School).where(*wanted),
        listing,
        key=School.id,
        is_wide=not (within or listing.get("county")),
    )
    term = term_of(day)
    days = queries.activity_days([school.id for school in found.items], term.first)
    return render_template(
        "ethics/coverage.html",
        **lists.view(listing, found),
        term=term,
        standing={school.id: standing_of(days[school.id], term, day) for school in found.items},
        counties=[] if within else schools.counties(grants, READ),
        named=lists.named,
        may_edit=current_user.may(EDIT),
    )


@bp.route("/ethics/activities/new", methods=["GET", "POST"])
@requires(EDIT)
def add_activity() -> Page:
    """Enter a study meeting, a supervision or a review."""
    form = ActivityForm()
    if form.is_submitted():
        _belongs(form, None)
    elif len(offered := queries.first_schools(schools_where(current_user.grants, EDIT), 2)) == 1:
        form.school.process_data(offered[0])
    if form.validate_on_submit():
        fields = form.values("kind", "held_on", "topic", "participants", "findings", "evidence")
        try:
            operations.record_activity(actor=current_user, school=form.school.row, **fields)
        except Refused as refused:
            form.form_errors.append(str(refused.message))
        else:
            flash(_("It was entered."), "success")
            return redirect(url_for(".activities"), 303)
    return _page(form, None)


@bp.route("/ethics/activities/<int:ethics_activity_id>", methods=["GET", "POST"])
@requires(EDIT)
def edit_activity(ethics_activity_id: int) -> Page:
    """Mend what was entered."""
    row = queries.activity(ethics_activity_id, current_user.grants, EDIT) or abort(404)
    form = ActivityForm(obj=row)
    _belongs(form, row)
    if not form.is_submitted():
        form.row_version.data = str(row.version)
    if form.validate_on_submit() and not form.refuse_stale(row):
        fields = form.values("kind", "held_on", "topic", "participants", "findings", "evidence")
        try:
            operations.change_activity(actor=current_user, row=row, **fields)
        except Refused as refused:
            form.form_errors.append(str(refused.message))
        else:
            flash(_("It was saved."), "success")
            return redirect(url_for(".activities"), 303)
    return _page(form, row)


@bp.post("/ethics/activities/<int:ethics_activity_id>/remove")
@requires(EDIT)
def remove_activity(ethics_activity_id: int) -> Response:
    """Remove what was entered by mistake."""
    row = queries.activity(ethics_activity_id, current_user.grants, EDIT) or abort(404)
    operations.remove_activity(actor=current_user, row=row)
    flash(_("It was removed; the history keeps what it said."), "success")
    return redirect(url_for(".activities"), 303)


def _belongs(form: ActivityForm, row: EthicsActivity | None) -> None:
    """Files belong to the county of the school; before one is named, to the first within reach."""
    if row is not None:
        form.evidence.belongs_to(row.county_id)
        return
    found = schools.named(
        str(form.school.raw_data[0]) if form.school.raw_data else "", schools_where(current_user.grants, EDIT)
    )
    first = found or queries.first_schools(schools_where(current_user.grants, EDIT), 1)
    form.evidence.belongs_to(first[0].county_id if first else 0)


def _page(form: ActivityForm, row: EthicsActivity | None) -> tuple[str, int]:
    return render_template("ethics/activity.html", form=form, row=row), 422 if form.is_submitted() else 200
