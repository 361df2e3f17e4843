"""Budgets and expenses of schools, against the Five per cent rule."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.schools import queries as school_queries
from app.schools.access import one_county, schools_where
from app.schools.models import School
from app.training.access import sessions_where
from app.training.forms.money import BudgetForm, SpendingForm
from app.training.models import TrainingSession, TrainingSpending
from app.training.month_view import FIRST_YEAR, LAST_YEAR
from app.training.operations import money as operations
from app.training.presenting import budget_columns
from app.training.queries import money as queries
from app.training.routes import bp
from app.web import lists
from app.web.attempts import Page, attempt, tried
from app.web.exports import asked_format, send_table
from app.web.guards import requires
from app.web.lists import Listing

P = Permission
SPENDING_FIELDS = ("spent_on", "amount", "purpose", "session_id")


def school_or_404(school_id: int, permission: Permission = P.TRAINING_READ) -> School:
    """A school within the person's reach."""
    return queries.one_school(school_id, current_user.grants, permission) or abort(404)


def spending_or_404(spending_id: int) -> TrainingSpending:
    """An expense that the person may change."""
    return queries.one_spending(spending_id, current_user.grants, P.BUDGET_EDIT) or abort(404)


def _year_of(listing: Listing) -> int:
    return int(listing.get("year") or today().year)


@bp.get("/budgets")
@requires(P.TRAINING_READ)
def budgets() -> Page:
    """What each school set aside and spent in a year."""
    grants = current_user.grants
    listing = queries.BUDGETS.read(request.args)
    year, reach = _year_of(listing), schools_where(grants, P.TRAINING_READ)
    found = lists.fetch(db.session(), queries.schools_listed(listing, reach, year), listing, key=School.id)
    many = not one_county(grants, P.TRAINING_READ)
    return render_template(
        "training/budgets.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.BUDGETS.filters},
        counties=school_queries.counties(grants, P.TRAINING_READ) if many else [],
        accounts=queries.accounts([school.id for school in found.items], year),
        totals=queries.totals(reach, year),
        share=queries.shown_share,
        year=year,
        may_edit=current_user.may(P.BUDGET_EDIT),
        may_export=current_user.may(P.EXPORT),
        named=lists.named,
    )


@bp.post("/budgets/export")
@requires(P.EXPORT)
def export_budgets() -> Response:
    """The budgets that the list shows now, as a workbook."""
    listing = queries.BUDGETS.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    year = _year_of(listing)
    statement = queries.schools_listed(listing, schools_where(grants, P.TRAINING_READ), year)

    def rows() -> Iterator[tuple[School, Any]]:
        schools = db.session.scalars(lists.ordered(statement, listing)).all()
        accounts = queries.accounts([school.id for school in schools], year)
        yield from ((school, accounts[school.id]) for school in schools)

    return send_table(
        budget_columns(),
        rows,
        _("Training budgets %(year)s", year=year),
        actor=current_user,
        subject="training_budget",
        fmt=asked_format(),
        filters=listing.in_words(),
        region_id=next((g.region_id for g in grants if g.region_id), None),
    )


@bp.get("/budgets/<int:school_id>/<int:year>")
@requires(P.TRAINING_READ)
def budget(school_id: int, year: int) -> Page:
    """A school's training money of a year, entry by entry."""
    school = school_or_404(school_id)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        abort(404)
    return render_template(
        "training/budget.html",
        school=school,
        year=year,
        account=queries.accounts([school.id], year)[school.id],
        spendings=queries.spendings_of(school.id, year),
        share=queries.shown_share,
        may_edit=queries.one_school(school_id, current_user.grants, P.BUDGET_EDIT) is not None,
    )


@bp.route("/budgets/<int:school_id>/<int:year>/edit", methods=["GET", "POST"])
@requires(P.BUDGET_EDIT)
def edit_budget(school_id: int, year: int) -> Page:
    """Enter a school's public funds, and what of them is for training."""
    school = school_or_404(school_id, P.BUDGET_EDIT)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        abort(404)
    row = operations.budget_of(school_id, year)
    form = BudgetForm(obj=row, row_version=str(row.version) if row else "")
    if form.validate_on_submit() and not (row and form.refuse_stale(row)):
        fields = form.values("public_funds", "planned")
        if attempt(
            form,
            lambda: operations.set_budget(actor=current_user, school=school, year=year, budget=row, **fields),
        ):
            flash(_("The budget of %(year)s was saved.", year=year), "success")
            return redirect(url_for(".budget", school_id=school_id, year=year), 303)
    school = school_or_404(school_id, P.BUDGET_EDIT)
    page = render_template("training/edit_budget.html", form=form, school=school, year=year)
    return page, 422 if form.is_submitted() else 200


def _sessions_for(year: int) -> list[TrainingSession]:
    query = (
        db.select(TrainingSession)
        .where(
            sessions_where(current_user.grants, P.TRAINING_READ),
            TrainingSession.begins_on >= date(year - 1, 1, 1),
            TrainingSession.begins_on <= date(year, 12, 31),
        )
        .order_by(TrainingSession.begins_on.desc(), TrainingSession.id.desc())
        .limit(200)
    )
    return list(db.session.scalars(query))


@bp.route("/budgets/<int:school_id>/<int:year>/spendings/new", methods=["GET", "POST"])
@requires(P.BUDGET_EDIT)
def new_spending(school_id: int, year: int) -> Page:
    """Enter an expense."""
    school = school_or_404(school_id, P.BUDGET_EDIT)
    form = SpendingForm()
    form.offer(_sessions_for(year))
    fields = form.values(*SPENDING_FIELDS)
    if form.validate_on_submit() and attempt(
        form, lambda: operations.save_spending(actor=current_user, school=school, **fields)
    ):
        flash(_("The expense was entered."), "success")
        return redirect(url_for(".budget", school_id=school_id, year=form.spent_on.data.year), 303)
    school = school_or_404(school_id, P.BUDGET_EDIT)
    page = render_template("training/edit_spending.html", form=form, school=school, year=year, spending=None)
    return page, 422 if form.is_submitted() else 200


@bp.route("/spendings/<int:spending_id>/edit", methods=["GET", "POST"])
@requires(P.BUDGET_EDIT)
def edit_spending(spending_id: int) -> Page:
    """Change an expense."""
    row = spending_or_404(spending_id)
    form = SpendingForm(obj=row, row_version=str(row.version))
    form.offer(_sessions_for(row.year))
    fields = form.values(*SPENDING_FIELDS)
    if form.validate_on_submit() and not form.refuse_stale(row):
        school = row.school
        if attempt(
            form,
            lambda: operations.save_spending(actor=current_user, school=school, spending=row, **fields),
        ):
            flash(_("The expense was saved."), "success")
            return redirect(url_for(".budget", school_id=row.school_id, year=row.year), 303)
    row = spending_or_404(spending_id)
    page = render_template("training/edit_spending.html", form=form, school=row.school, year=row.year, spending=row)
    return page, 422 if form.is_submitted() else 200


@bp.post("/spendings/<int:spending_id>/remove")
@requires(P.BUDGET_EDIT)
def remove_spending(spending_id: int) -> Response:
    """Take an expense off the books."""
    row = spending_or_404(spending_id)
    school, year = row.school, row.year
    if tried(lambda: operations.remove_spending(actor=current_user, school=school, spending=row)):
        flash(_("The expense was removed; the log keeps it."), "success")
    return redirect(url_for(".budget", school_id=school.id, year=year), 303)
