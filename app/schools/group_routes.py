"""Pages of education groups."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.regions.access import regions_where
from app.regions.models import Region
from app.schools import operations, queries
from app.schools.forms import GroupForm
from app.schools.models import EducationGroup
from app.schools.routes import bp
from app.web.attempts import Page
from app.web.errors import Refused
from app.web.guards import requires


@bp.get("/groups")
@requires(Permission.SCHOOL_READ)
def groups() -> Page:
    """The education groups and their schools."""
    found = queries.groups(current_user.grants, Permission.SCHOOL_READ)
    counties = queries.counties(current_user.grants, Permission.SCHOOL_EDIT)
    return render_template(
        "schools/groups.html",
        groups=found,
        members=queries.group_members([group.id for group in found]),
        counties=counties,
        editable={county.id for county in counties},
    )


@bp.route("/groups/new/<int:county_id>", methods=["GET", "POST"])
@requires(Permission.SCHOOL_EDIT)
def new_group(county_id: int) -> Page:
    """Found an education group in a county."""
    county = db.session.scalar(
        select(Region).where(Region.id == county_id, regions_where(current_user.grants, Permission.SCHOOL_EDIT))
    )
    if county is None:
        abort(404)
    return _group_page(county.id, None, GroupForm())


@bp.route("/groups/<int:group_id>/edit", methods=["GET", "POST"])
@requires(Permission.SCHOOL_EDIT)
def edit_group(group_id: int) -> Page:
    """Change an education group's name and schools."""
    group = _group_or_404(group_id)
    members = [school.id for school in queries.group_members([group.id])[group.id]]
    return _group_page(group.county_id, group, GroupForm(data={"name": group.name, "members": members}))


def _group_page(county_id: int, group: EducationGroup | None, form: GroupForm) -> Page:
    form.offer(list(queries.county_schools(county_id)))
    if form.validate_on_submit():
        try:
            saved = operations.save_group(
                actor=current_user, county_id=county_id, group=group, name=form.name.data, members=form.members.data
            )
        except Refused as refusal:
            form.name.errors = [str(refusal.message)]
        else:
            flash(_("%(name)s was saved.", name=saved.name), "success")
            return redirect(url_for(".groups"), 303)
    return render_template("schools/group.html", form=form, group=group), 422 if form.is_submitted() else 200


@bp.post("/groups/<int:group_id>/delete")
@requires(Permission.SCHOOL_EDIT)
def delete_group(group_id: int) -> Response:
    """Delete an education group; its schools stay."""
    group = _group_or_404(group_id)
    name = group.name
    operations.delete_group(actor=current_user, group=group)
    flash(_("%(name)s was deleted; its schools stay.", name=name), "success")
    return redirect(url_for(".groups"), 303)


def _group_or_404(group_id: int) -> EducationGroup:
    here = select(Region.id).where(regions_where(current_user.grants, Permission.SCHOOL_EDIT))
    group = db.session.scalar(
        select(EducationGroup).where(EducationGroup.id == group_id, EducationGroup.county_id.in_(here))
    )
    if group is None:
        abort(404)
    return group
