"""Money: the host's expenses, and what the centre grants."""

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.studios.access import studios_where
from app.studios.forms.work import GrantForm, SpendingForm
from app.studios.models import Studio, StudioGrant, StudioSpending
from app.studios.operations import money as operations
from app.studios.queries import studios as studio_queries
from app.studios.queries import work as queries
from app.studios.routes import bp
from app.studios.routes.common import form_page, studio_or_404
from app.web import lists
from app.web.attempts import Page, press
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires
from app.web.lists import shown

P = Permission
SPENDING_FIELDS = ("spent_on", "category", "amount", "purpose", "beyond_reason")


@bp.get("/<int:studio_id>/money")
@requires(P.STUDIO_HOST)
def money(studio_id: int) -> Page:
    """What was granted, what was spent on what, and what is left."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    listing = queries.SPENDINGS.read(request.args)
    statement = queries.listed(StudioSpending, StudioSpending.spent_on, listing, studio.id, StudioSpending.purpose)
    found = lists.fetch(db.session(), statement, listing, key=StudioSpending.id)
    granted, spent = queries.money_of(studio.id)
    return render_template(
        "studios/money.html",
        studio=studio,
        **shown(listing, found),
        granted=granted,
        spent=spent,
        by_category=queries.by_category(studio.id),
        grants=queries.grants_of(studio.id),
    )


@bp.post("/<int:studio_id>/money/export")
@requires(P.STUDIO_HOST)
def export_money(studio_id: int) -> Response:
    """The expenses that the list shows now, as a workbook."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    listing = queries.SPENDINGS.read(request.args)
    statement = queries.listed(StudioSpending, StudioSpending.spent_on, listing, studio.id, StudioSpending.purpose)
    columns = [
        Column(_("Day"), "spent_on"),
        Column(_("Category"), "category"),
        Column(_("What for"), "purpose"),
        Column(_("Amount in yuan"), "amount"),
        Column(_("Why it goes beyond the grant"), "beyond_reason"),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(lists.ordered(statement, listing)),
        studio.name,
        actor=current_user,
        subject="studio_spending",
        fmt=asked_format(),
        filters=listing.in_words(),
        region_id=studio.county_id,
        school_id=studio.school_id,
    )


def _spending_form(studio: Studio, row: StudioSpending | None, form: SpendingForm, heading: str) -> Page:
    def act() -> None:
        if row is None or not form.refuse_stale(row):
            operations.save_spending(actor=current_user, studio=studio, row=row, **form.values(*SPENDING_FIELDS))

    back = url_for(".money", studio_id=studio.id)
    trail = [(studio.name, url_for(".workplace", studio_id=studio.id)), (_("Money"), back)]
    granted, spent = queries.money_of(studio.id)
    intro = _("%(left)s yuan are left of the grant.", left=f"{granted - spent:,.2f}")
    return form_page(
        form, act, heading=heading, back=back, trail=trail, about=studio.name, intro=intro, label=_("Save")
    )


@bp.route("/<int:studio_id>/money/new", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def new_spending(studio_id: int) -> Page:
    """Enter an expense."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    return _spending_form(studio, None, SpendingForm(spent_on=today()), _("Enter an expense"))


def _spending_or_404(spending_id: int) -> StudioSpending:
    reach = studios_where(current_user.grants, P.STUDIO_HOST)
    row: StudioSpending | None = queries.row_of(StudioSpending, spending_id, reach)
    return row or abort(404)


@bp.route("/money/<int:spending_id>", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def edit_spending(spending_id: int) -> Page:
    """Change an expense."""
    row = _spending_or_404(spending_id)
    return _spending_form(row.studio, row, SpendingForm(obj=row, row_version=row.version), _("Edit the expense"))


@bp.post("/money/<int:spending_id>/delete")
@requires(P.STUDIO_HOST)
def delete_spending(spending_id: int) -> Response:
    """Delete an expense that was entered by mistake."""
    row = _spending_or_404(spending_id)
    back = url_for(".money", studio_id=row.studio_id)

    def act() -> None:
        operations.delete_spending(actor=current_user, studio=row.studio, row=row)

    return press(act, _("The expense was deleted."), back)


@bp.get("/<int:studio_id>/grants")
@requires(P.STUDIO_READ)
def grants(studio_id: int) -> Page:
    """What a studio was granted and what it spent, for whoever reads it."""
    studio = studio_or_404(studio_id, P.STUDIO_READ)
    granted, spent = queries.money_of(studio.id)
    return render_template(
        "studios/grants.html",
        studio=studio,
        granted=granted,
        spent=spent,
        by_category=queries.by_category(studio.id),
        grants=queries.grants_of(studio.id),
        can_edit=studio_queries.studio_of(current_user.grants, P.STUDIO_EDIT, studio_id) is not None,
    )


def _grant_form(studio: Studio, row: StudioGrant | None, form: GrantForm, heading: str) -> Page:
    def act() -> None:
        if row is None or not form.refuse_stale(row):
            operations.save_grant(actor=current_user, studio=studio, row=row, **form.values("year", "amount", "source"))

    back = url_for(".grants", studio_id=studio.id)
    trail = [(studio.name, url_for(".show", studio_id=studio.id)), (_("Money"), back)]
    return form_page(form, act, heading=heading, back=back, trail=trail, about=studio.name, label=_("Save"))


@bp.route("/<int:studio_id>/grants/new", methods=["GET", "POST"])
@requires(P.STUDIO_EDIT)
def new_grant(studio_id: int) -> Page:
    """Grant money to a studio."""
    studio = studio_or_404(studio_id, P.STUDIO_EDIT)
    return _grant_form(studio, None, GrantForm(year=today().year), _("Grant money"))


@bp.route("/grants/<int:funding_id>", methods=["GET", "POST"])
@requires(P.STUDIO_EDIT)
def edit_grant(funding_id: int) -> Page:
    """Correct a grant."""
    reach = studios_where(current_user.grants, P.STUDIO_EDIT)
    row = queries.row_of(StudioGrant, funding_id, reach) or abort(404)
    return _grant_form(row.studio, row, GrantForm(obj=row, row_version=row.version), _("Correct the grant"))
