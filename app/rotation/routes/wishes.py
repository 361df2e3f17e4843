"""Wishes: the officer's list, entry and import, and the teacher's own page."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.rotation.forms import OwnWishesForm, WishesForm, WishImportForm
from app.rotation.models import RotationPlan
from app.rotation.operations import wishes as operations
from app.rotation.queries import plans as plan_queries
from app.rotation.queries import wishes as queries
from app.rotation.routes import bp
from app.rotation.routes.common import plan_or_404
from app.rotation.wish_files import read_wishes
from app.schools.models import School
from app.teachers.models import Teacher
from app.web import lists
from app.web.attempts import Page, attempt
from app.web.guards import requires
from app.web.lists import shown

P = Permission


@bp.get("/plans/<int:plan_id>/wishes")
@requires(P.PLAN_READ)
def wishes(plan_id: int) -> Page:
    """Who wishes to go where."""
    plan = plan_or_404(plan_id)
    listing = queries.WISHES.read(request.args)
    statement = queries.wishing_teachers(listing, plan)
    found = lists.fetch(db.session(), statement, listing, key=Teacher.id, options=queries.WISH_PARTS)
    return render_template(
        "rotation/wishes.html",
        plan=plan,
        **shown(listing, found),
        wishes=queries.wishes_of(plan.id, [teacher.id for teacher in found.items]),
        schools=plan_queries.school_choices(plan.county_id),
        can_edit=_may_enter(plan),
        import_form=WishImportForm(formdata=None),
    )


def _may_enter(plan: RotationPlan) -> bool:
    mine = plan_queries.plan_of(current_user.grants, P.PLAN_EDIT, plan.id)
    return mine is not None and plan.status.is_open


@bp.route("/plans/<int:plan_id>/wishes/edit", methods=["GET", "POST"])
@requires(P.PLAN_EDIT)
def edit_wishes(plan_id: int) -> Page:
    """Enter or change one teacher's wishes."""
    plan = plan_or_404(plan_id, P.PLAN_EDIT)
    form = WishesForm()
    form.offer(plan_queries.school_choices(plan.county_id))
    number = request.args.get("teacher", type=int)
    known = queries.teacher_of(current_user.grants, P.TEACHER_READ, number) if number else None
    if known and not form.is_submitted():
        form.teacher.data = known.name
        form.load([wish.school_id for wish in queries.wishes_of(plan.id, [known.id]).get(known.id, [])])
    if form.validate_on_submit():
        teacher = known or _one_teacher(form, plan)
        if teacher is not None and _save(form, plan, teacher):
            flash(_("The wishes of %(name)s were saved.", name=teacher.name), "success")
            return redirect(url_for(".wishes", plan_id=plan_id), 303)
    page = render_template("rotation/edit_wishes.html", form=form, plan=plan_or_404(plan_id), teacher=known)
    return page, 422 if form.is_submitted() else 200


def _one_teacher(form: WishesForm, plan: RotationPlan) -> Teacher | None:
    found = queries.teachers_called(plan.county_id, form.teacher.data or "")
    if len(found) == 1:
        return found[0]
    problem = _("Nobody in this county has this name or work number.")
    if found:
        problem = _("Several teachers have this name. Write the work number instead.")
    form.teacher.errors = [*form.teacher.errors, problem]
    return None


def _save(form: OwnWishesForm, plan: RotationPlan, teacher: Teacher) -> bool:
    rows = {row.id: row for row in db.session.scalars(db.select(School).where(School.id.in_(form.wished())))}
    schools = [rows[number] for number in form.wished()]
    return attempt(form, lambda: operations.set_wishes(plan=plan, teacher=teacher, schools=schools, actor=current_user))


@bp.post("/plans/<int:plan_id>/wishes/import")
@requires(P.PLAN_EDIT)
def import_wishes(plan_id: int) -> Response | tuple[str, int]:
    """Take over a workbook of wishes: all of it, or nothing where a line is not understood."""
    plan = plan_or_404(plan_id, P.PLAN_EDIT)
    form = WishImportForm()
    problems: list[str] = []
    changed: list[Teacher] = []

    def take_over() -> None:
        found = read_wishes(form.file.data.read(), plan.county_id)
        problems.extend(found.problems)
        if not problems:
            changed.extend(operations.take_over(plan=plan, wishes=found.wishes, actor=current_user))

    if form.validate_on_submit() and attempt(form, take_over) and not problems:
        number = len(changed)
        flash(ngettext("Wishes of %(num)s teacher changed.", "Wishes of %(num)s teachers changed.", number), "success")
        return redirect(url_for(".wishes", plan_id=plan_id), 303)
    plan = plan_or_404(plan_id)
    return render_template("rotation/wish_problems.html", plan=plan, form=form, problems=problems), 422


@bp.route("/my-wishes/<int:plan_id>", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def my_wishes(plan_id: int) -> Page:
    """A teacher's own wishes for a plan that is still open."""
    number = current_user.teacher_id
    teacher = queries.teacher_of(current_user.grants, P.OWN_RECORD, number) if number else None
    plan = next((row for row in queries.open_plans_of(teacher) if row.id == plan_id), None) if teacher else None
    if teacher is None or plan is None:
        abort(404)
    form = OwnWishesForm()
    schools = plan_queries.school_choices(plan.county_id)
    form.offer([choice for choice in schools if choice[0] != teacher.working_school_id])
    if not form.is_submitted():
        form.load([wish.school_id for wish in queries.wishes_of(plan.id, [teacher.id]).get(teacher.id, [])])
    if form.validate_on_submit() and _save(form, plan, teacher):
        flash(_("Your wishes were saved."), "success")
        return redirect(url_for("teachers.me"), 303)
    page = render_template("rotation/my_wishes.html", form=form, plan=plan, teacher=teacher)
    return page, 422 if form.is_submitted() else 200
