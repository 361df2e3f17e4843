"""Programmes: the list, one, its form."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.schools import queries as school_queries
from app.schools.access import one_county
from app.schools.models import School
from app.training.access import programmes_where, sessions_where
from app.training.forms.sessions import PROGRAMME_FIELDS, ProgrammeForm
from app.training.models import TrainingProgramme
from app.training.operations import sessions as operations
from app.training.presenting import organiser_of, programme_columns
from app.training.queries import sessions as queries
from app.training.routes import bp
from app.training.routes.common import programme_or_404
from app.web import lists
from app.web.attempts import Page, attempt
from app.web.exports import asked_format, send_table
from app.web.guards import requires

P = Permission


@bp.get("/programmes")
@requires(P.TRAINING_READ)
def programmes() -> Page:
    """The programmes within reach."""
    grants = current_user.grants
    listing = queries.PROGRAMMES.read(request.args)
    statement = queries.programmes_listed(listing, programmes_where(grants, P.TRAINING_READ))
    found = lists.fetch(db.session(), statement, listing, key=TrainingProgramme.id, options=queries.PROGRAMME_PARTS)
    many = not one_county(grants, P.TRAINING_READ)
    return render_template(
        "training/programmes.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.PROGRAMMES.filters},
        counties=school_queries.counties(grants, P.TRAINING_READ) if many else [],
        counts=queries.session_counts([row.id for row in found.items]),
        organiser_of=organiser_of,
        may_add=current_user.may(P.TRAINING_EDIT),
        may_export=current_user.may(P.EXPORT),
        named=lists.named,
    )


@bp.post("/programmes/export")
@requires(P.EXPORT)
def export_programmes() -> Response:
    """The programmes that the list shows now, as a workbook."""
    listing = queries.PROGRAMMES.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    statement = queries.programmes_listed(listing, programmes_where(grants, P.TRAINING_READ))
    return send_table(
        programme_columns(),
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.PROGRAMME_PARTS)),
        _("Programmes"),
        actor=current_user,
        subject="training_programme",
        fmt=asked_format(),
        filters=listing.in_words(),
        region_id=next((g.region_id for g in grants if g.region_id), None),
    )


@bp.route("/programmes/new", methods=["GET", "POST"])
@requires(P.TRAINING_EDIT)
def new_programme() -> Page:
    """Add a programme."""
    owners = queries.organisers(current_user.grants)
    if not owners:
        abort(403)
    form = ProgrammeForm(year=today().year, organiser=owners[0][1])
    form.offer(owners, is_new=True)
    if form.validate_on_submit():
        counties = dict(db.session.execute(select(School.id, School.county_id)).tuples().all())
        region_id, school_id = form.place(counties)
        fields = form.values(*PROGRAMME_FIELDS)
        made: list[TrainingProgramme] = []
        if form.check_level(is_of_school=school_id is not None) and attempt(
            form,
            lambda: made.append(
                operations.add_programme(actor=current_user, region_id=region_id, school_id=school_id, **fields)
            ),
        ):
            flash(_("%(name)s was added. Now add its sessions.", name=fields["name"]), "success")
            return redirect(url_for(".programme", programme_id=made[0].id), 303)
    page = render_template("training/edit_programme.html", form=form, programme=None, has_one_owner=len(owners) == 1)
    return page, 422 if form.is_submitted() else 200


@bp.get("/programmes/<int:programme_id>")
@requires(P.TRAINING_READ)
def programme(programme_id: int) -> Page:
    """One programme with its sessions."""
    row = programme_or_404(programme_id)
    reach = programmes_where(current_user.grants, P.TRAINING_EDIT)
    mine = select(TrainingProgramme.id).where(TrainingProgramme.id == row.id, reach)
    return render_template(
        "training/programme.html",
        programme=row,
        sessions=queries.sessions_of(row.id, sessions_where(current_user.grants, P.TRAINING_READ)),
        organiser=organiser_of(row),
        may_edit=db.session.scalar(mine) is not None,
    )


@bp.route("/programmes/<int:programme_id>/edit", methods=["GET", "POST"])
@requires(P.TRAINING_EDIT)
def edit_programme(programme_id: int) -> Page:
    """Change a programme."""
    row = programme_or_404(programme_id, P.TRAINING_EDIT)
    form = ProgrammeForm(obj=row, row_version=str(row.version))
    form.offer([], is_new=False)
    if form.validate_on_submit() and not form.refuse_stale(row):
        fields, is_of_school = form.values(*PROGRAMME_FIELDS), row.school_id is not None
        if form.check_level(is_of_school=is_of_school) and attempt(
            form, lambda: operations.change_programme(actor=current_user, programme=row, **fields)
        ):
            flash(_("%(name)s was saved.", name=fields["name"]), "success")
            return redirect(url_for(".programme", programme_id=programme_id), 303)
    row = programme_or_404(programme_id, P.TRAINING_EDIT)
    page = render_template("training/edit_programme.html", form=form, programme=row, has_one_owner=True)
    return page, 422 if form.is_submitted() else 200
