"""Plans: the list, one plan, its settings and its notice."""

from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.db.clock import today
from app.eligibility.queries import rule_set_in_force
from app.extensions import db
from app.regions.models import Region
from app.rotation.access import plans_where
from app.rotation.forms import NewPlanForm, NoticeForm, PlanForm, SettingsForm
from app.rotation.models import PlanStatus, RotationPlan
from app.rotation.operations import plans as operations
from app.rotation.plan_links import links_of
from app.rotation.queries import plans as queries
from app.rotation.queries.runs import answers_for_several
from app.rotation.routes import bp
from app.rotation.routes.common import may_edit, plan_or_404
from app.rotation.settings import as_percent
from app.rotation.working_days import weekdays
from app.web import lists
from app.web.attempts import Page, attempt
from app.web.guards import requires

P = Permission


@bp.get("")
@requires(P.PLAN_READ)
def index() -> Page:
    """The list of plans."""
    grants = current_user.grants
    listing = queries.PLANS.read(request.args)
    statement = queries.plans_listed(listing, plans_where(grants, P.PLAN_READ))
    found = lists.fetch(db.session(), statement, listing, key=RotationPlan.id, options=queries.LIST_PARTS)
    return render_template(
        "rotation/index.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.PLANS.filters},
        may_add=current_user.may(P.PLAN_EDIT),
        has_several=answers_for_several(grants, P.PLAN_READ),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(P.PLAN_EDIT)
def new_plan() -> Page:
    """Add a plan."""
    counties = queries.counties(current_user.grants, P.PLAN_EDIT)
    if not counties:
        abort(403)
    form = NewPlanForm()
    form.county_id.choices = [(county.id, county.name) for county in counties]
    if not form.is_submitted():
        form.school_year.data = next_school_year(today())
        form.name.data = queries.default_plan_name(counties[0], form.school_year.data)
    made: list[RotationPlan] = []
    if form.validate_on_submit() and attempt(form, lambda: made.append(_create(form))):
        flash(_("The plan was added. Add a scenario next."), "success")
        return redirect(url_for(".plan", plan_id=made[0].id), 303)
    page = render_template("rotation/new_plan.html", form=form, has_one_county=len(counties) == 1)
    return page, 422 if form.is_submitted() else 200


def next_school_year(today: date) -> int:
    """The school year that is being planned: from January on, the one that begins this summer."""
    return today.year if today.month < 11 else today.year + 1


def _create(form: NewPlanForm) -> RotationPlan:
    county = db.session.get_one(Region, form.county_id.data)
    rule_set = rule_set_in_force(county.id, form.school_year.data or 0)
    return operations.create_plan(
        county=county,
        school_year=form.school_year.data or 0,
        name=form.name.data or "",
        rule_set_id=rule_set.id if rule_set else None,
        actor=current_user,
    )


@bp.get("/plans/<int:plan_id>")
@requires(P.PLAN_READ)
def plan(plan_id: int) -> Page:
    """One plan: where it stands, its scenarios, its road and what was published."""
    row = plan_or_404(plan_id)
    return render_template(
        "rotation/plan.html",
        links=links_of(plan_id),
        plan=row,
        page=queries.plan_page(row),
        can_edit=may_edit(row),
        can_approve=may_edit(row, P.PLAN_APPROVE),
        can_publish=may_edit(row, P.PLAN_PUBLISH),
        is_submitter=row.submitted_by_id == current_user.id,
        statuses=PlanStatus,
        as_percent=as_percent,
    )


@bp.route("/plans/<int:plan_id>/edit", methods=["GET", "POST"])
@requires(P.PLAN_EDIT)
def edit_plan(plan_id: int) -> Page:
    """Change a plan's name or rule set."""
    row = plan_or_404(plan_id, P.PLAN_EDIT)
    form = PlanForm(obj=row, row_version=str(row.version))
    sets = queries.rule_sets(row.county_id, row.school_year)
    form.rule_set_id.choices = [("", _("None yet")), *((one.id, one.label) for one in sets)]
    if form.validate_on_submit() and not _is_stale(form, row):
        values = {"name": form.name.data or "", "rule_set_id": form.rule_set_id.data}
        if attempt(form, lambda: operations.edit_plan(plan=row, actor=current_user, **values)):
            flash(_("The plan was saved."), "success")
            return redirect(url_for(".plan", plan_id=plan_id), 303)
    page = render_template("rotation/edit_plan.html", form=form, plan=plan_or_404(plan_id))
    return page, 422 if form.is_submitted() else 200


@bp.route("/plans/<int:plan_id>/settings", methods=["GET", "POST"])
@requires(P.PLAN_EDIT)
def plan_settings(plan_id: int) -> Page:
    """The settings that new scenarios start from."""
    row = plan_or_404(plan_id, P.PLAN_EDIT)
    form = SettingsForm(row_version=str(row.version))
    if not form.is_submitted():
        form.load(row.settings)
    if form.validate_on_submit() and not _is_stale(form, row):
        chosen = form.settings()
        if attempt(form, lambda: operations.edit_settings(plan=row, settings=chosen, actor=current_user)):
            flash(_("The settings were saved. Scenarios that are there already keep theirs."), "success")
            return redirect(url_for(".plan", plan_id=plan_id), 303)
    page = render_template("rotation/settings.html", form=form, plan=plan_or_404(plan_id), scenario=None)
    return page, 422 if form.is_submitted() else 200


@bp.route("/plans/<int:plan_id>/notice", methods=["GET", "POST"])
@requires(P.PLAN_EDIT)
def notice(plan_id: int) -> Page:
    """What stands around the public list, and the term of the postings."""
    row = plan_or_404(plan_id, P.PLAN_EDIT)
    form = NoticeForm(row_version=str(row.version))
    if not form.is_submitted():
        form.load(row.notice)
    if form.validate_on_submit() and not _is_stale(form, row):
        typed = form.notice()
        if attempt(form, lambda: operations.edit_notice(plan=row, notice=typed, actor=current_user)):
            flash(_("The notice was saved."), "success")
            return redirect(url_for(".plan", plan_id=plan_id), 303)
    days = _days(form)
    page = render_template("rotation/notice.html", form=form, plan=plan_or_404(plan_id), days=days)
    return page, 422 if form.is_submitted() else 200


def _days(form: NoticeForm) -> int | None:
    first, last = form.notice_from.data, form.notice_to.data
    return weekdays(first, last) if first and last else None


def _is_stale(form: PlanForm | SettingsForm | NoticeForm, row: RotationPlan) -> bool:
    if form.is_stale(row):
        form.form_errors.append(str(form.STALE))
        return True
    return False
