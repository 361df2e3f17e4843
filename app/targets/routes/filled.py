"""Figures that no record holds: what is to be filled in, the form, what was filled in, and taking it back."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.schools.access import schools_where
from app.schools.models import School
from app.targets import clause_views as views
from app.targets.evaluators.evaluating import can_be_filled
from app.targets.forms.filling import FillForm, WithdrawForm
from app.targets.models import FilledFigure
from app.targets.operations import figures as operations
from app.targets.packs import Clause, Kind, Part
from app.targets.packs.comparing import aims_in_words
from app.targets.queries import boards, filling
from app.targets.queries import figures as figure_queries
from app.targets.routes import bp
from app.targets.routes.reach import Held, clause_or_404, held_or_404, part_or_404, place_or_404
from app.web.attempts import Page, attempt
from app.web.guards import requires

P = Permission


@bp.get("/filled")
@requires(P.TARGET_READ)
def filled() -> Page:
    """The figures that people fill in: what was filled in last, and what is due."""
    place = place_or_404()
    rows = filling.to_fill(place.county.id, today(), place.schools)
    is_due = request.args.get("due") == "1"
    may_fill = boards.own_schools(place.county, current_user.grants, P.TARGET_EDIT)
    return render_template(
        "targets/filled.html",
        county=place.county,
        counties=place.counties,
        rows=[_line(one, place.schools) for one in rows if one.is_due or not is_due],
        due=sum(one.is_due for one in rows),
        is_due=is_due,
        is_school=place.is_school,
        may_fill=may_fill is None or (place.is_school and bool(may_fill)),
    )


def _line(one: filling.ToFill, schools: frozenset[int] | None) -> dict[str, Any]:
    """A figure as the list shows it."""
    here: dict[str, Any] = {"pack_id": one.pack_id, "clause_key": one.clause.id, "part": one.part.key}
    only = one.rows[0] if schools is not None and len(one.rows) == 1 else None
    return {
        "to_fill": one,
        "clause_url": url_for(".clause", pack_id=one.pack_id, clause_key=one.clause.id),
        "words": one.part.words or one.clause.words,
        "period": one.part.per.label if one.part.per else _("the newest counts"),
        "value": _value(one, only),
        "on": one.last.on if one.last else None,
        "fill_url": url_for(".fill", **here, school=only.id if only else None)
        if only or not one.is_by_school
        else None,
        "units_url": url_for(".units", **here, passes="unknown") if one.is_by_school and not only else None,
    }


def _value(one: filling.ToFill, only: Any) -> str:
    if only is not None:
        return views.unit_value(one.part, only)
    if one.is_by_school:
        done = len(one.rows) - len(one.lacking)
        return str(_("%(done)s of %(all)s schools", done=done, all=len(one.rows)))
    return views.filled_value(one.part, one.last) if one.last else "–"


@bp.route("/clauses/<int:pack_id>/<clause_key>/fill", methods=["GET", "POST"])
@requires(P.TARGET_EDIT)
def fill(pack_id: int, clause_key: str) -> Page:
    """Fill a figure in, for the county or for one school; what was filled in before stays on record."""
    held = held_or_404(pack_id)
    clause = clause_or_404(held, clause_key)
    part = part_or_404(clause)
    school = _school_or_404(held, part)
    form = _fill_form(held, part)
    made: list[FilledFigure] = []

    def act() -> None:
        made.append(
            operations.fill_figure(
                county=held.row.county,
                figure=part.figure,
                school=school,
                actor=current_user,
                evidence=form.evidence.data,
                **form.given(),
            )
        )
        operations.refresh_filled(county_id=held.row.county_id, figure=part.figure, on=today())

    if form.validate_on_submit() and attempt(form, act):
        flash(_("The figure was filled in; the clause counts with it."), "success")
        return redirect(url_for(".show_filled", filled_id=made[0].id), 303)
    page = render_template("targets/fill.html", form=form, **_around(pack_id, clause_key, part.key, school))
    return page, 422 if form.is_submitted() else 200


def _around(pack_id: int, clause_key: str, part_key: str, school: School | None) -> dict[str, Any]:
    """What stands around the form, read anew: a refusal has dropped what was loaded."""
    held = held_or_404(pack_id)
    clause = clause_or_404(held, clause_key)
    part = clause.part(part_key) or abort(404)
    rows = figure_queries.filled_history(held.row.county_id, part.figure, current_user.grants)
    mine = [row for row in rows if row.school_id == (school.id if school else None)]
    return {
        "pack": held.row,
        "clause": clause,
        "part": part,
        "school": school,
        "aims": aims_in_words(part),
        "history": [{"row": row, "shown": views.filled_value(part, row)} for row in mine[:10]],
    }


def _fill_form(held: Held, part: Part) -> FillForm:
    form = FillForm(data={"on": today()})
    form.needs_denominator = part.kind is Kind.RATIO
    form.evidence.belongs_to(held.row.county_id)
    return form


def _school_or_404(held: Held, part: Part) -> School | None:
    """The school that the figure is of: named, and within reach, where each school fills its own in."""
    if not can_be_filled(part):
        abort(404)
    asked = request.args.get("school", type=int)
    own = boards.own_schools(held.row.county, current_user.grants, P.TARGET_EDIT)
    if not filling.is_by_school(part):
        return None if own is None and asked is None else abort(404)
    reach = schools_where(current_user.grants, P.TARGET_EDIT)
    found: School | None = db.session.scalar(
        db.select(School).where(School.id == asked, School.county_id == held.row.county_id, reach)
    )
    return found or abort(404)


@bp.get("/filled/<int:filled_id>")
@requires(P.TARGET_READ)
def show_filled(filled_id: int) -> Page:
    """One filled-in figure: its evidence, and what else was filled in for the same."""
    return _filled_page(filled_id, WithdrawForm(formdata=None))


def _filled_page(filled_id: int, form: WithdrawForm) -> str:
    row = _filled_or_404(filled_id, P.TARGET_READ)
    rows = figure_queries.filled_history(row.county_id, row.figure, current_user.grants)
    found = _asking(row)
    part = found[2] if found else None
    history = [{"row": one, "shown": views.filled_value(part, one)} for one in rows if one.school_id == row.school_id]
    may_edit = figure_queries.one_figure(filled_id, current_user.grants, P.TARGET_EDIT) is not None
    return render_template(
        "targets/show_filled.html",
        row=row,
        shown=views.filled_value(part, row),
        asking=found,
        history=history,
        form=form,
        may_edit=may_edit,
    )


def _asking(row: FilledFigure) -> tuple[int, Clause, Part] | None:
    """The pack, clause and figure that ask for it today."""
    for one in filling.to_fill(row.county_id, today(), None):
        if one.part.figure == row.figure:
            return one.pack_id, one.clause, one.part
    return None


def _filled_or_404(filled_id: int, permission: Permission) -> FilledFigure:
    return figure_queries.one_figure(filled_id, current_user.grants, permission) or abort(404)


@bp.post("/filled/<int:filled_id>/withdraw")
@requires(P.TARGET_EDIT)
def withdraw(filled_id: int) -> Response | Page:
    """Take a figure back that was filled in by mistake."""
    row, form = _filled_or_404(filled_id, P.TARGET_EDIT), WithdrawForm()

    def act() -> None:
        operations.withdraw_figure(row=row, reason=form.reason.data or "", actor=current_user)
        operations.refresh_filled(county_id=row.county_id, figure=row.figure, on=today())

    if form.validate_on_submit() and attempt(form, act):
        flash(_("The figure was taken back; it stays on record."), "success")
        return redirect(url_for(".show_filled", filled_id=filled_id), 303)
    return _filled_page(filled_id, form), 422
