"""Stand-ins: who reviews in whose place."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.credits.access import CONFIRM, READ, stand_ins_where
from app.credits.forms import StandInForm
from app.credits.models import CreditStandIn
from app.credits.operations import stand_ins as operations
from app.credits.queries import claims as queries
from app.credits.queries import people
from app.credits.routes import bp
from app.credits.routes.common import P, chosen_county
from app.db.clock import today
from app.extensions import db
from app.regions.models import Region
from app.web.attempts import Page, attempt
from app.web.guards import requires


def _may_appoint() -> bool:
    return bool(current_user.may(P.CREDIT_CHECK) or current_user.may(CONFIRM))


def _form(county: Region) -> StandInForm:
    form = StandInForm()
    offered = {current_user.id: current_user.name} if _may_appoint() else {}
    if current_user.may(CONFIRM):
        offered |= people.reviewers_of(county.id)
    form.for_user.choices = list(offered.items())
    return form


def _page(county: Region, form: StandInForm, status: int = 200) -> Page:
    rows = queries.stand_ins(stand_ins_where(current_user.grants))
    page = render_template(
        "credits/stand_ins.html",
        rows=rows,
        form=form,
        county=county,
        may_appoint=_may_appoint(),
        today=today(),
        mine=current_user.id,
        is_county=current_user.may(CONFIRM),
    )
    return page, status


@bp.get("/stand-ins")
@requires(READ)
def stand_ins() -> Page:
    """Who stands in, now and before."""
    county = chosen_county()
    return _page(county, _form(county))


@bp.post("/stand-ins")
@requires(READ)
def appoint() -> Page:
    """Name a stand-in."""
    if not _may_appoint():
        abort(403)
    county = chosen_county()
    form = _form(county)
    if form.validate():
        found = people.called(form.user.data, county.id)
        if len(found) != 1:
            problem = _("Nobody of this county is called so.")
            if found:
                problem = _("Several people are called so. Write the user name instead.")
            form.user.errors = [problem]
        elif attempt(form, lambda: _appoint(form, county, found[0])):
            flash(_("The stand-in may review from the first day on."), "success")
            return redirect(url_for(".stand_ins"), 303)
    return _page(chosen_county(), form, 422)


def _appoint(form: StandInForm, county: Region, user: User) -> None:
    operations.appoint(
        actor=current_user,
        for_user=db.session.get_one(User, form.for_user.data),
        user=user,
        county_id=county.id,
        from_on=form.from_on.data,
        to_on=form.to_on.data,
        reason=form.reason.data or "",
    )


@bp.post("/stand-ins/<int:stand_in_id>/end")
@requires(READ)
def end_stand_in(stand_in_id: int) -> Response:
    """End it today."""
    query = select(CreditStandIn).where(CreditStandIn.id == stand_in_id, stand_ins_where(current_user.grants))
    row = db.session.scalar(query) or abort(404)
    if not _may_appoint() or (row.for_user_id != current_user.id and not current_user.may(CONFIRM)):
        abort(403)
    form = StandInForm(formdata=None)
    if attempt(form, lambda: operations.end(actor=current_user, stand_in=row)):
        flash(_("The stand-in reviews no more."), "success")
    else:
        flash(" ".join(map(str, form.form_errors)), "error")
    return redirect(url_for(".stand_ins"), 303)
