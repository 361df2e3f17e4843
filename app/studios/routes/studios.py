"""The bureau's and the schools' view: the list of studios, one studio, and its road."""

from collections.abc import Callable

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.codes.queries import label
from app.db.clock import today
from app.extensions import db
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.schools.models import School
from app.schools.queries import counties
from app.studios import wording
from app.studios.access import studios_where
from app.studios.forms.common import ReasonForm
from app.studios.forms.founding import ApprovalForm, MergeForm, NewStudioForm, OfficerStudioForm, SettingsForm
from app.studios.models import Studio, StudioStatus
from app.studios.operations import founding
from app.studios.queries import figures as figure_queries
from app.studios.queries import people as people_queries
from app.studios.queries import studios as queries
from app.studios.queries import work as work_queries
from app.studios.routes import bp
from app.studios.routes.common import form_page, studio_or_404
from app.web import history, lists
from app.web.attempts import Page, press
from app.web.exports import Column, asked_format, send_table
from app.web.forms import Form
from app.web.guards import requires

P = Permission


@bp.get("/")
@requires(P.STUDIO_READ)
def index() -> Page:
    """The list of studios."""
    grants = current_user.grants
    listing = queries.STUDIOS.read(request.args)
    statement = queries.studios_listed(listing, studios_where(grants, P.STUDIO_READ))
    found = lists.fetch(db.session(), statement, listing, key=Studio.id, options=queries.STUDIO_PARTS)
    found_counties = counties(grants, P.STUDIO_READ)
    return render_template(
        "studios/index.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.STUDIOS.filters},
        counted=queries.people_counts([row.id for row in found.items]),
        counties=found_counties,
        county_pairs=lists.named(found_counties),
        may_edit=current_user.may(P.STUDIO_EDIT),
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/export")
@requires(P.EXPORT)
def export() -> Response:
    """The studios that the list shows now, as a workbook."""
    listing = queries.STUDIOS.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    statement = queries.studios_listed(listing, studios_where(grants, P.STUDIO_READ))
    columns = [
        Column(_("Name of the studio"), "name"),
        Column(_("Kind"), "kind"),
        Column(_("Level"), lambda row: label("honour_level", row.level_code)),
        Column(_("Stage"), "stage"),
        Column(_("Subject"), lambda row: label("subject", row.subject_code)),
        Column(_("Host"), "host.name"),
        Column(_("Seat school"), "school.name"),
        Column(_("Licence number"), "licence_number"),
        Column(_("Begins on"), "begins_on"),
        Column(_("Cycle ends on"), "ends_on"),
        Column(_("Members"), "members_taken"),
        Column(_("Members' places"), "member_places"),
        Column(_("Status"), "status"),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.STUDIO_PARTS)),
        _("Studios"),
        actor=current_user,
        subject="studio",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


@bp.get("/figures")
@requires(P.STUDIO_READ)
def figures() -> Page:
    """What the county's studios come to, each figure with the names behind it."""
    reach = studios_where(current_user.grants, P.STUDIO_READ)
    return render_template("studios/figures.html", figures=figure_queries.figures(reach, current_user.grants, today()))


@bp.get("/<int:studio_id>")
@requires(P.STUDIO_READ)
def show(studio_id: int) -> Page:
    """One studio: what it is, who belongs to it, what it does."""
    studio = studio_or_404(studio_id, P.STUDIO_READ)
    here = queries.studio_of(current_user.grants, P.STUDIO_EDIT, studio_id) is not None
    return render_template(
        "studios/show.html",
        studio=studio,
        people=people_queries.active(studio.id),
        waiting=people_queries.waiting_list(studio.id),
        work=work_queries.overview(studio, today()),
        appraisals=work_queries.appraisals_of(studio.id),
        can_edit=here,
        can_approve=queries.studio_of(current_user.grants, P.STUDIO_APPROVE, studio_id) is not None,
        statuses=StudioStatus,
    )


@bp.get("/<int:studio_id>/history")
@requires(P.STUDIO_READ)
def studio_history(studio_id: int) -> Page:
    """What happened to a studio."""
    studio = studio_or_404(studio_id, P.STUDIO_READ)
    page = history.read("studio", studio.id, request.args)
    return render_template(
        "studios/history.html", studio=studio, page=page, entries=wording.STUDIO_WORDS.tell(page.items)
    )


@bp.route("/new/<int:county_id>", methods=["GET", "POST"])
@requires(P.STUDIO_EDIT)
def new(county_id: int) -> Page:
    """Enter a studio for its host."""
    county = county_or_404(county_id)
    defaults = founding.settings_of(county.id)
    form = NewStudioForm(obj=defaults)
    form.offer(county.id, queries.school_choices(county.id))
    made: list[Studio] = []

    def act() -> None:
        school = db.session.get_one(School, form.school_id.data)
        made.append(
            founding.apply_for(actor=current_user, host=form.host.row, school=school, fields=form.studio_fields())
        )

    return form_page(
        form,
        act,
        heading=_("Enter a studio"),
        back=url_for(".index"),
        trail=[(_("Studios"), url_for(".index"))],
        about=county.name,
        to=lambda: url_for(".show", studio_id=made[0].id),
    )


def county_or_404(county_id: int) -> Region:
    """A county whose studios the person may change."""
    county: Region | None = db.session.scalar(
        db.select(Region).where(
            Region.id == county_id,
            Region.level == RegionLevel.COUNTY,
            regions_where(current_user.grants, P.STUDIO_EDIT),
        )
    )
    return county or abort(404)


@bp.route("/<int:studio_id>/edit", methods=["GET", "POST"])
@requires(P.STUDIO_EDIT)
def edit(studio_id: int) -> Page:
    """Change what a studio is."""
    studio = studio_or_404(studio_id, P.STUDIO_EDIT)
    form = OfficerStudioForm(obj=studio, row_version=studio.version)
    form.offer(studio.county_id, queries.school_choices(studio.county_id))

    def act() -> None:
        if not form.refuse_stale(studio):
            fields = form.studio_fields() | {"school_id": form.school_id.data}
            founding.edit(actor=current_user, studio=studio, fields=fields)

    return _step(studio, form, act, _("Edit the studio"), _("Save"))


def _step(studio: Studio, form: Form, act: Callable[[], None], heading: str, button: str = "", intro: str = "") -> Page:
    back = url_for(".show", studio_id=studio.id)
    trail = [(_("Studios"), url_for(".index")), (studio.name, back)]
    return form_page(form, act, heading=heading, back=back, trail=trail, about=studio.name, label=button, intro=intro)


def _reasoned(studio_id: int, operation: Callable[..., None], heading: str, intro: str = "") -> Page:
    """A decision that needs a reason."""
    studio, form = studio_or_404(studio_id, P.STUDIO_APPROVE), ReasonForm()

    def act() -> None:
        operation(actor=current_user, studio=studio, reason=form.reason.data or "")

    return _step(studio, form, act, heading, intro=intro)


@bp.route("/<int:studio_id>/approve", methods=["GET", "POST"])
@requires(P.STUDIO_APPROVE)
def approve(studio_id: int) -> Page:
    """Approve an application and give it its licence number."""
    studio = studio_or_404(studio_id, P.STUDIO_APPROVE)
    form = ApprovalForm(begins_on=today())

    def act() -> None:
        founding.approve(actor=current_user, studio=studio, begins_on=form.begins_on.data or today())

    intro = _("The studio gets its licence number, and its host the host's pages.")
    return _step(studio, form, act, _("Approve the studio"), intro=intro)


@bp.route("/<int:studio_id>/return", methods=["GET", "POST"])
@requires(P.STUDIO_APPROVE)
def send_back(studio_id: int) -> Page:
    """Return an application to be completed."""
    return _reasoned(studio_id, founding.send_back, _("Return the application"))


@bp.route("/<int:studio_id>/decline", methods=["GET", "POST"])
@requires(P.STUDIO_APPROVE)
def decline(studio_id: int) -> Page:
    """Refuse an application."""
    return _reasoned(studio_id, founding.decline, _("Refuse the application"))


@bp.route("/<int:studio_id>/suspend", methods=["GET", "POST"])
@requires(P.STUDIO_APPROVE)
def suspend(studio_id: int) -> Page:
    """Let a studio rest."""
    intro = _("Nobody joins a suspended studio, and nothing is credited, until it goes on.")
    return _reasoned(studio_id, founding.suspend, _("Suspend the studio"), intro)


@bp.route("/<int:studio_id>/close", methods=["GET", "POST"])
@requires(P.STUDIO_APPROVE)
def close(studio_id: int) -> Page:
    """Close a studio."""
    intro = _("Everybody's place ends with the studio. What was done and credited stays.")
    return _reasoned(studio_id, founding.close, _("Close the studio"), intro)


@bp.route("/<int:studio_id>/merge", methods=["GET", "POST"])
@requires(P.STUDIO_APPROVE)
def merge(studio_id: int) -> Page:
    """Merge a studio into another."""
    studio, form = studio_or_404(studio_id, P.STUDIO_APPROVE), MergeForm()
    form.into.offer(lists.named(queries.partners(studio)), _("Please choose"))

    def act() -> None:
        into = db.session.get_one(Studio, form.into.data)
        founding.merge(actor=current_user, studio=studio, into=into, reason=form.reason.data or "")

    intro = _("The people of this studio are invited to the other one; it must be running and of the same kind.")
    return _step(studio, form, act, _("Merge the studio"), intro=intro)


@bp.post("/<int:studio_id>/resume")
@requires(P.STUDIO_APPROVE)
def resume(studio_id: int) -> Response:
    """Let a suspended studio go on."""
    studio = studio_or_404(studio_id, P.STUDIO_APPROVE)
    back = url_for(".show", studio_id=studio_id)
    return press(lambda: founding.resume(actor=current_user, studio=studio), _("The studio goes on."), back)


@bp.post("/<int:studio_id>/renew")
@requires(P.STUDIO_APPROVE)
def renew(studio_id: int) -> Response:
    """Begin the next cycle."""
    studio = studio_or_404(studio_id, P.STUDIO_APPROVE)
    back = url_for(".show", studio_id=studio_id)
    return press(lambda: founding.renew(actor=current_user, studio=studio), _("The next cycle has begun."), back)


@bp.route("/settings/<int:county_id>", methods=["GET", "POST"])
@requires(P.STUDIO_EDIT)
def settings(county_id: int) -> Page:
    """What a county lays down for its studios."""
    county = county_or_404(county_id)
    form = SettingsForm(obj=founding.settings_of(county.id))
    form.offer_titles()

    def act() -> None:
        founding.set_settings(actor=current_user, county=county, fields=form.fields())

    return form_page(
        form,
        act,
        heading=_("What holds for studios"),
        back=url_for(".index"),
        trail=[(_("Studios"), url_for(".index"))],
        about=county.name,
        intro=_("It holds for studios that are applied for from now on; those that run keep their form."),
        label=_("Save"),
    )
