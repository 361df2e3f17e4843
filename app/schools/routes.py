"""Pages of schools: the list, one school, its form and its history. Posts and groups have files of their own."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.schools import facts, norms, operations, queries, staffing
from app.schools.access import one_county, schools_where
from app.schools.forms import BASICS, SchoolForm
from app.schools.models import School
from app.schools.sections import sections
from app.web import history, lists
from app.web.attempts import Page
from app.web.exports import asked_format, send_table
from app.web.guards import requires

bp = Blueprint("schools", __name__, url_prefix="/schools")


def school_or_404(school_id: int, permission: Permission = Permission.SCHOOL_READ) -> School:
    """A school within the person's reach."""
    school = queries.one_school(school_id, current_user.grants, permission)
    if school is None:
        abort(404)
    return school


@bp.get("")
@requires(Permission.SCHOOL_READ)
def index() -> Page:
    """The list of schools."""
    grants = current_user.grants
    listing = queries.SCHOOLS.read(request.args)
    statement = queries.schools_listed(listing, schools_where(grants, Permission.SCHOOL_READ))
    many = not one_county(grants, Permission.SCHOOL_READ)
    found = lists.fetch(
        db.session(),
        statement,
        listing,
        key=School.id,
        options=queries.list_options(),
        is_wide=many and not listing.get("county"),
        anchors=(School.county_id,),
    )
    return render_template(
        "schools/index.html",
        **lists.view(listing, found),
        staff=staffing.of_schools([school.id for school in found.items], today()),
        filters={one.name: one for one in queries.SCHOOLS.filters},
        groups=queries.groups(grants, Permission.SCHOOL_READ),
        counties=queries.counties(grants, Permission.SCHOOL_READ) if many else [],
        can_add=bool(queries.counties(grants, Permission.SCHOOL_EDIT)),
        may_export=current_user.may(Permission.EXPORT),
        named=lists.named,
    )


@bp.post("/export")
@requires(Permission.EXPORT)
def export() -> Response:
    """The schools that the list shows now, as a workbook."""
    listing = queries.SCHOOLS.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(Permission.EXPORT)]
    statement = queries.schools_listed(listing, schools_where(grants, Permission.SCHOOL_READ))

    def rows():  # type: ignore[no-untyped-def]
        query = lists.ordered(statement, listing).options(*queries.list_options()).execution_options(yield_per=500)
        for part in db.session.scalars(query).partitions():
            staff = staffing.of_schools([school.id for school in part], today())
            yield from ((school, staff[school.id]) for school in part)

    return send_table(
        facts.export_columns(),
        rows,
        _("Schools"),
        fmt=asked_format(),
        actor=current_user,
        subject="school",
        filters=listing.in_words(),
        grants=grants,
    )


@bp.get("/suggest")
@requires(Permission.SCHOOL_READ)
def suggest() -> Page:
    """Options for the box that names a school."""
    field = request.args.get("field", "")
    reach = schools_where(current_user.grants, Permission.SCHOOL_READ)
    return render_template("schools/suggest.html", schools=queries.suggestions(request.args.get(field, "")[:60], reach))


@bp.get("/<int:school_id>")
@requires(Permission.SCHOOL_READ)
def show(school_id: int) -> Page:
    """One school: its figures, its subjects, and what later rooms have to say about it."""
    school = school_or_404(school_id)
    staff = staffing.of_schools([school.id], today())[school.id]
    return render_template(
        "schools/show.html",
        school=school,
        staff=staff,
        balance=queries.balance(school, staff),
        norm_staff=norms.staff_by_norm(school, norms.current()),
        sections=sections.of(school),
        can_edit=_may(school, Permission.SCHOOL_EDIT),
        can_edit_posts=_may(school, Permission.POST_EDIT),
    )


def _may(school: School, permission: Permission) -> bool:
    reach = schools_where(current_user.grants, permission)
    return db.session.scalar(db.select(School.id).where(School.id == school.id, reach)) is not None


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.SCHOOL_EDIT)
def new() -> Page:
    """Add a school."""
    grants = current_user.grants
    counties = queries.counties(grants, Permission.SCHOOL_EDIT)
    if not counties:
        abort(403)
    form = SchoolForm()
    form.offer([(c.id, c.name) for c in counties], list(queries.groups(grants, Permission.SCHOOL_EDIT)), is_new=True)
    if form.validate_on_submit() and _is_free(form, form.county_id.data, None):
        school = operations.add_school(
            actor=current_user, county_id=form.county_id.data, stages=form.stages(), **form.values(*BASICS)
        )
        flash(_("%(name)s was added.", name=school.name), "success")
        return redirect(url_for(".show", school_id=school.id), 303)
    page = render_template("schools/edit.html", form=form, school=None, has_one_county=len(counties) == 1)
    return page, 422 if form.is_submitted() else 200


@bp.route("/<int:school_id>/edit", methods=["GET", "POST"])
@requires(Permission.SCHOOL_EDIT)
def edit(school_id: int) -> Page:
    """Change a school."""
    school = school_or_404(school_id, Permission.SCHOOL_EDIT)
    form = SchoolForm(obj=school, row_version=str(school.version))
    form.offer([], list(queries.groups(current_user.grants, Permission.SCHOOL_EDIT, school.county_id)), is_new=False)
    if not form.is_submitted():
        form.show(school)
    elif form.validate() and not form.refuse_stale(school) and _is_free(form, school.county_id, school.id):
        operations.change_school(actor=current_user, school=school, stages=form.stages(), **form.values(*BASICS))
        flash(_("%(name)s was saved.", name=school.name), "success")
        return redirect(url_for(".show", school_id=school.id), 303)
    page = render_template("schools/edit.html", form=form, school=school, has_one_county=True)
    return page, 422 if form.is_submitted() else 200


def _is_free(form: SchoolForm, county_id: int, own_id: int | None) -> bool:
    taken = operations.taken_by(county_id, form.code.data, form.name.data, own_id)
    for name, sentence in taken.items():
        form[name].errors = [*form[name].errors, sentence]
    return not taken


@bp.post("/<int:school_id>/open")
@requires(Permission.SCHOOL_EDIT)
def set_open(school_id: int) -> Response:
    """Close a school or open it again."""
    school = school_or_404(school_id, Permission.SCHOOL_EDIT)
    operations.set_open(actor=current_user, school=school, is_active=request.form.get("open") == "1")
    sentence = _("%(name)s is open.") if school.is_active else _("%(name)s is closed; its records stay.")
    flash(sentence % {"name": school.name}, "success")
    return redirect(url_for(".show", school_id=school.id), 303)


@bp.get("/<int:school_id>/history")
@requires(Permission.SCHOOL_READ)
def past(school_id: int) -> Page:
    """Who changed what about a school, and when."""
    school = school_or_404(school_id)
    page = history.read("school", school.id, request.args)
    return render_template(
        "schools/history.html",
        school=school,
        page=page,
        entries=facts.HISTORY.tell(page.items),
        can_edit_posts=_may(school, Permission.POST_EDIT),
    )


from app.schools import group_routes, post_routes  # noqa: E402, F401
