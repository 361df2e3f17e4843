"""Pages of growth groups: each school with what is missing, a group with its members."""

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.growth.forms.groups import EndStayForm, GroupForm, MemberForm
from app.growth.models import GRADES, GroupMember, GroupRole, GrowthGroup
from app.growth.operations import groups as operations
from app.growth.queries import groups as queries
from app.growth.routes import bp
from app.schools.models import SchoolStage
from app.studios.routes.common import form_page
from app.web import lists
from app.web.attempts import Page
from app.web.exports import Column, asked_format, send_table
from app.web.forms import Form
from app.web.guards import requires

P = Permission
CHANGE = (P.GROWTH_NOMINATE, P.GROWTH_EDIT)


def group_or_404(group_id: int, *permissions: Permission) -> GrowthGroup:
    """A group within reach of one of the permissions."""
    return queries.one_group(group_id, current_user.grants, *permissions) or abort(404)


@bp.get("/groups")
@requires(P.GROWTH_READ)
def groups() -> Page:
    """Each school's stages with their group, and what it lacks."""
    listing = queries.GROUPS.read(request.args)
    statement = queries.stages_listed(listing, current_user.grants)
    found = lists.fetch(db.session(), statement, listing, key=SchoolStage.id, options=queries.STAGE_PARTS)
    return render_template(
        "growth/groups.html",
        **lists.view(listing, found),
        filters={one.name: one for one in listing.spec.filters},
        groups=queries.groups_of(found.items),
        missing=queries.missing,
        present=queries.present,
        grades=GRADES,
        may_change=any(map(current_user.may, CHANGE)),
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/groups/export")
@requires(P.EXPORT)
def export_groups() -> Response:
    """The schools that the list shows now with their groups, as a workbook."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    listing = queries.GROUPS.read(request.args)
    statement = queries.stages_listed(listing, grants)

    def rows() -> list[tuple[SchoolStage, GrowthGroup | None]]:
        stages = db.session.scalars(lists.ordered(statement, listing).options(*queries.STAGE_PARTS)).all()
        found = queries.groups_of(stages)
        return [(row, found.get((row.school_id, row.stage))) for row in stages]

    def names(role: GroupRole) -> Callable[[Any], str]:
        return lambda pair: _(", ").join(one.teacher.name for one in queries.present(pair[1], role)) if pair[1] else ""

    columns = [
        Column(_("School"), lambda pair: pair[0].school.name),
        Column(_("Stage"), lambda pair: pair[0].stage),
        Column(_("Growth group"), lambda pair: pair[1].label if pair[1] else ""),
        *(Column(role.label, names(role)) for role in GroupRole),
        Column(_("What is missing"), lambda pair: _("; ").join(queries.missing(pair[1]))),
    ]
    return send_table(
        columns,
        rows,
        _("Growth groups"),
        actor=current_user,
        subject="growth_group",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


@bp.route("/groups/new/<int:stage_id>", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def new_group(stage_id: int) -> Page:
    """Set a school's group up."""
    stage = queries.one_stage(stage_id, current_user.grants, *CHANGE) or abort(404)
    form = GroupForm(from_on=today())
    made: list[GrowthGroup] = []

    def act() -> None:
        made.append(
            operations.found_group(
                school=stage.school,
                stage=stage.stage,
                from_on=form.from_on.data,
                about=form.about.data or "",
                actor=current_user,
            )
        )

    return form_page(
        form,
        act,
        heading=_("Set a group up"),
        back=url_for(".groups"),
        trail=_trail(),
        about=f"{stage.school.name}, {stage.stage.label}",
        to=lambda: url_for(".group", growth_group_id=made[0].id),
    )


def _trail(group: GrowthGroup | None = None) -> list[tuple[str, str]]:
    found = [(_("Growth groups"), url_for(".groups"))]
    return [*found, (group.school.name, url_for(".group", growth_group_id=group.id))] if group else found


@bp.get("/groups/<int:growth_group_id>")
@requires(P.GROWTH_READ)
def group(growth_group_id: int) -> Page:
    """A group, its members of today and of before."""
    row = group_or_404(growth_group_id, P.GROWTH_READ)
    return render_template(
        "growth/group.html",
        group=row,
        now=queries.present(row),
        before=[one for one in row.members if one.to_on],
        missing=queries.missing(row),
        may_change=queries.one_group(growth_group_id, current_user.grants, *CHANGE) is not None,
    )


def _step(row: GrowthGroup, form: Form, act: Callable[[], Any], heading: str, about: str = "") -> Page:
    back = url_for(".group", growth_group_id=row.id)
    about = about or f"{row.school.name}, {row.stage.label}"
    return form_page(form, act, heading=heading, back=back, trail=_trail(row), about=about, label=_("Save"))


@bp.route("/groups/<int:growth_group_id>/edit", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def edit_group(growth_group_id: int) -> Page:
    """Change what a group works on."""
    row = group_or_404(growth_group_id, *CHANGE)
    form = GroupForm(obj=row, row_version=str(row.version))

    def act() -> None:
        if not form.refuse_stale(row):
            fields = {"from_on": form.from_on.data, "about": form.about.data or ""}
            operations.change_group(group=row, actor=current_user, **fields)

    return _step(row, form, act, _("Edit the group"))


@bp.route("/groups/<int:growth_group_id>/members", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def add_group_member(growth_group_id: int) -> Page:
    """Add somebody to a group."""
    row = group_or_404(growth_group_id, *CHANGE)
    form = MemberForm(from_on=max(today(), row.from_on))

    def act() -> None:
        fields = form.values("role", "grade", "from_on")
        operations.add_member(group=row, teacher=form.teacher.row, actor=current_user, **fields)

    return _step(row, form, act, _("Add somebody to the group"))


@bp.route("/groups/<int:growth_group_id>/end", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def end_group(growth_group_id: int) -> Page:
    """End a group."""
    row = group_or_404(growth_group_id, *CHANGE)
    form = EndStayForm(on=today(), row_version=str(row.version))

    def act() -> None:
        if not form.refuse_stale(row):
            operations.end_group(group=row, actor=current_user, **form.values("on", "reason"))

    return _step(row, form, act, _("End the group"))


@bp.route("/groups/members/<int:group_member_id>/end", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def end_group_member(group_member_id: int) -> Page:
    """End somebody's place in a group."""
    member: GroupMember = queries.one_member(group_member_id, current_user.grants, *CHANGE) or abort(404)
    row = member.group
    form = EndStayForm(on=today(), row_version=str(member.version))

    def act() -> None:
        if not form.refuse_stale(member):
            operations.end_member(member=member, group=row, actor=current_user, **form.values("on", "reason"))

    return _step(row, form, act, _("End the membership"), member.teacher.name)
