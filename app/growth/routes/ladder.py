"""Pages of the ladder: the rungs with their figures, their holders, and a year's rounds."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.codes.queries import label
from app.db.clock import today
from app.extensions import db
from app.growth.forms.ladder import CancelForm, RoundForm, RungForm
from app.growth.models import LadderApplication, LadderRound, LadderRung, LadderStatus
from app.growth.operations import ladder as operations
from app.growth.operations import ladder_people as people
from app.growth.queries import ladder as queries
from app.growth.queries.draws import counties_of
from app.growth.requirements import Requirements
from app.growth.routes import bp
from app.growth.routes.common import county_or_404
from app.studios.routes.common import form_page
from app.teachers.models import Teacher
from app.web import lists
from app.web.attempts import Page, press
from app.web.exports import Column, asked_format, send_table
from app.web.forms import Form
from app.web.guards import requires

P = Permission
YEARS = 5


def rung_or_404(rung_id: int, permission: Permission = P.GROWTH_READ) -> LadderRung:
    """A rung within the person's reach."""
    return queries.one_rung(rung_id, current_user.grants, permission) or abort(404)


def round_or_404(round_id: int, permission: Permission = P.GROWTH_READ) -> LadderRound:
    """A round within the person's reach."""
    return queries.one_round(round_id, current_user.grants, permission) or abort(404)


def trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page of the ladder."""
    return [(_("Ladder of backbone titles"), url_for(".ladder")), *more]


@bp.get("/ladder")
@requires(P.GROWTH_READ)
def ladder() -> Page:
    """The rungs of the ladder: recognised a year, holding it today, this year's round."""
    listing = queries.RUNGS.read(request.args)
    found = lists.fetch(db.session(), queries.rungs_listed(listing, current_user.grants), listing, key=LadderRung.id)
    year = today().year
    years = range(year, year - YEARS, -1)
    return render_template(
        "growth/ladder.html",
        **lists.view(listing, found),
        figures=queries.figures_of(found.items, current_user.grants, today()),
        years=years,
        columns=[{"label": _("Recognised %(year)s", year=each), "numeric": True} for each in years],
        year=year,
        may_edit=bool(counties_of(current_user.grants, P.GROWTH_EDIT)),
        may_score=bool(queries.reviews_of(current_user.id)),
    )


@bp.route("/ladder/rungs/new", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def new_rung() -> Page:
    """Add a rung."""
    form = RungForm(valid_years=3, level_code="4")
    counties = counties_of(current_user.grants, P.GROWTH_EDIT)
    form.offer(counties)

    def act() -> None:
        operations.save_rung(county=county_or_404(form.county.data), actor=current_user, **form.fields())

    return _rung_page(form, act, _("Add a rung"))


@bp.route("/ladder/rungs/<int:rung_id>/edit", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def edit_rung(rung_id: int) -> Page:
    """Change a rung."""
    rung = rung_or_404(rung_id, P.GROWTH_EDIT)
    criteria = "\n".join(f"{one['name']}, {one['weight']}" for one in rung.criteria)
    kept = rung.requirements | {"criteria": criteria}
    columns = ("position", "name", "type_code", "level_code", "valid_years", "yearly_target", "notice_days")
    kept |= {name: getattr(rung, name) for name in (*columns, "pass_mark", "is_open")}
    form = RungForm(data=kept, county=rung.county_id, row_version=str(rung.version))
    form.offer([rung.county])

    def act() -> None:
        if not form.refuse_stale(rung):
            operations.save_rung(county=rung.county, actor=current_user, rung=rung, **form.fields())

    return _rung_page(form, act, rung.name)


def _rung_page(form: RungForm, act: Callable[[], None], heading: str) -> Page:
    return form_page(
        form,
        act,
        heading=heading,
        back=url_for(".ladder"),
        trail=trail(),
        intro=_("Rounds that are open keep what held when they were opened."),
        label=_("Save"),
        template="growth/rung_form.html",
    )


@bp.get("/ladder/rungs/<int:rung_id>/holders")
@requires(P.GROWTH_READ)
def holders(rung_id: int) -> Page:
    """Who holds the honour of a rung today."""
    rung = rung_or_404(rung_id)
    listing = queries.HOLDERS.read(request.args)
    statement = queries.holders_listed(listing, rung, current_user.grants, today())
    found = lists.fetch(db.session(), statement, listing, key=Teacher.id, options=queries.HOLDER_PARTS)
    honours = {teacher.id: queries.honour_of(teacher, rung, today()) for teacher in found.items}
    return render_template(
        "growth/ladder_holders.html",
        **lists.shown(listing, found),
        rung=rung,
        honours=honours,
        may_export=current_user.may(P.EXPORT),
        may_read=current_user.may(P.TEACHER_READ),
    )


@bp.post("/ladder/rungs/<int:rung_id>/holders/export")
@requires(P.EXPORT)
def export_holders(rung_id: int) -> Response:
    """The holders that the list shows now, as a workbook."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    rung = queries.one_rung(rung_id, grants, P.GROWTH_READ) or abort(404)
    listing, day = queries.HOLDERS.read(request.args), today()
    statement = queries.holders_listed(listing, rung, grants, day)

    def honour(name: str) -> Callable[[Teacher], Any]:
        return lambda teacher: getattr(queries.honour_of(teacher, rung, day), name, "")

    columns = [
        Column(_("Teacher"), "name"),
        Column(_("School"), "working_school.name"),
        Column(_("Honour"), honour("title")),
        Column(_("Valid from"), honour("valid_from")),
        Column(_("Valid to"), honour("valid_to")),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.HOLDER_PARTS)),
        rung.name,
        actor=current_user,
        subject="ladder_rung",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


@bp.get("/ladder/rounds")
@requires(P.GROWTH_READ)
def ladder_rounds() -> Page:
    """All rounds, the newest first."""
    listing = queries.ROUNDS.read(request.args)
    found = lists.fetch(db.session(), queries.rounds_listed(listing, current_user.grants), listing, key=LadderRound.id)
    return render_template(
        "growth/ladder_rounds.html",
        **lists.view(listing, found),
        filters={one.name: one for one in listing.spec.filters},
    )


@bp.route("/ladder/rungs/<int:rung_id>/open", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def open_ladder_round(rung_id: int) -> Page:
    """Open a year's round of a rung."""
    rung = rung_or_404(rung_id, P.GROWTH_EDIT)
    form = RoundForm(year=today().year, opens_on=today(), places=rung.yearly_target)
    form.reviewers.choices = queries.possible_reviewers(rung.county_id)
    made: list[LadderRound] = []

    def act() -> None:
        fields = form.values("year", "places", "opens_on", "closes_on")
        made.append(operations.open_round(rung=rung, reviewer_ids=form.reviewer_ids(), actor=current_user, **fields))

    return form_page(
        form,
        act,
        heading=_("Open a selection"),
        back=url_for(".ladder"),
        trail=trail(),
        about=rung.name,
        to=lambda: url_for(".ladder_round", round_id=made[0].id),
    )


@bp.get("/ladder/rounds/<int:round_id>")
@requires(P.GROWTH_READ)
def ladder_round(round_id: int) -> Page:
    """A round: where it stands, its reviewers, its applications by rank."""
    row = round_or_404(round_id)
    listing = queries.OF_ROUND.read(request.args)
    statement = queries.applications_listed(listing, current_user.grants, row)
    found = lists.fetch(db.session(), statement, listing, key=LadderApplication.id, options=queries.PARTS)
    may_edit = queries.one_round(round_id, current_user.grants, P.GROWTH_EDIT) is not None
    return render_template(
        "growth/ladder_round.html",
        **lists.shown(listing, found),
        row=row,
        states=queries.states_of(row, current_user.grants),
        statuses=LadderStatus,
        scored=queries.reviews_of_round(row) if may_edit else {},
        asked=Requirements.of(row.requirements).told(row.county_id),
        today=today(),
        may_edit=may_edit,
        may_export=current_user.may(P.EXPORT),
    )


@bp.route("/ladder/rounds/<int:round_id>/edit", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def edit_ladder_round(round_id: int) -> Page:
    """Change a round."""
    row = round_or_404(round_id, P.GROWTH_EDIT)
    chosen = [str(one.user_id) for one in row.reviewers]
    form = RoundForm(obj=row, data={"reviewers": chosen}, row_version=str(row.version))
    if not form.is_submitted():
        form.reviewers.data = chosen
    form.reviewers.choices = queries.possible_reviewers(row.county_id)
    del form.year

    def act() -> None:
        if not form.refuse_stale(row):
            fields = form.values("places", "opens_on", "closes_on")
            operations.change_round(row=row, reviewer_ids=form.reviewer_ids(), actor=current_user, **fields)

    return _step(row, form, act, _("Edit the selection"), _("Save"))


def _step(row: LadderRound, form: Form, act: Callable[[], Any], heading: str, button: str = "") -> Page:
    back = url_for(".ladder_round", round_id=row.id)
    return form_page(
        form, act, heading=heading, back=back, trail=trail((row.label, back)), about=row.label, label=button
    )


@bp.route("/ladder/rounds/<int:round_id>/cancel", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def cancel_ladder_round(round_id: int) -> Page:
    """Call a round off."""
    row, form = round_or_404(round_id, P.GROWTH_EDIT), CancelForm()

    def act() -> None:
        operations.cancel_round(row=row, reason=form.reason.data or "", actor=current_user)

    return _step(row, form, act, _("Call the selection off"))


@bp.post("/ladder/rounds/<int:round_id>/review")
@requires(P.GROWTH_EDIT)
def begin_ladder_review(round_id: int) -> Response:
    """Close the applications and ask the reviewers."""
    row = round_or_404(round_id, P.GROWTH_EDIT)
    back = url_for(".ladder_round", round_id=round_id)
    return press(
        lambda: operations.begin_review(row=row, actor=current_user), _("The reviewers were asked to score."), back
    )


@bp.post("/ladder/rounds/<int:round_id>/announce")
@requires(P.GROWTH_EDIT)
def announce_ladder_round(round_id: int) -> Response:
    """Rank, and begin the public notice."""
    row = round_or_404(round_id, P.GROWTH_EDIT)
    back = url_for(".ladder_round", round_id=round_id)
    return press(lambda: operations.announce(row=row, actor=current_user), _("The public notice has begun."), back)


@bp.post("/ladder/rounds/<int:round_id>/recognise")
@requires(P.GROWTH_EDIT)
def recognise_ladder_round(round_id: int) -> Response:
    """Recognise everybody of the public notice."""
    row = round_or_404(round_id, P.GROWTH_EDIT)

    def act() -> None:
        done, refused = people.recognise_all(row=row, actor=current_user)
        for sentence in refused:
            flash(sentence, "error")
        flash(_("%(number)s teachers were recognised and hold the honour from today.", number=done), "success")

    return press(act, _("Done: %(step)s", step=_("Recognise all")), url_for(".ladder_round", round_id=round_id))


@bp.post("/ladder/rounds/<int:round_id>/export")
@requires(P.EXPORT)
def export_ladder_round(round_id: int) -> Response:
    """The applications of a round that the list shows now, as a workbook."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    row = queries.one_round(round_id, grants, P.GROWTH_READ) or abort(404)
    return _send(row.label, queries.OF_ROUND.read(request.args), grants, row)


@bp.post("/ladder/rounds/<int:round_id>/notice")
@requires(P.EXPORT)
def ladder_notice(round_id: int) -> Response:
    """The list for the public notice: rank, name, school, subject and score of those to be recognised."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    row = queries.one_round(round_id, grants, P.GROWTH_READ) or abort(404)
    listing = queries.OF_ROUND.read(request.args)
    statement = queries.applications_listed(listing, grants, row).where(
        LadderApplication.status.in_((LadderStatus.PROPOSED, LadderStatus.RECOGNISED))
    )
    columns = [
        Column(_("Place in the ranking"), "rank"),
        Column(_("Name"), "teacher.name"),
        Column(_("School"), "school.name"),
        Column(_("Subject"), lambda one: label("subject", one.teacher.subject_code)),
        Column(_("Score"), "score"),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(statement.order_by(LadderApplication.rank).options(*queries.PARTS)),
        _("Public notice: %(round)s", round=row.label),
        actor=current_user,
        subject="ladder_notice",
        fmt=asked_format(),
        filters={"notice_from": row.notice_from, "notice_to": row.notice_to},
        grants=grants,
    )


@bp.get("/ladder/applications")
@requires(P.GROWTH_READ)
def ladder_applications() -> Page:
    """All applications within reach, over rungs and years."""
    listing = queries.APPLICATIONS.read(request.args)
    statement = queries.applications_listed(listing, current_user.grants)
    found = lists.fetch(db.session(), statement, listing, key=LadderApplication.id, options=queries.PARTS)
    return render_template(
        "growth/ladder_applications.html",
        **lists.view(listing, found),
        filters={one.name: one for one in listing.spec.filters},
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/ladder/applications/export")
@requires(P.EXPORT)
def export_ladder_applications() -> Response:
    """The applications that the list shows now, as a workbook."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    return _send(_("Applications for the ladder"), queries.APPLICATIONS.read(request.args), grants)


def _send(name: str, listing: lists.Listing, grants: list[Any], row: LadderRound | None = None) -> Response:
    statement = queries.applications_listed(listing, grants, row)
    columns = [
        Column(_("Rung"), "round.rung.name"),
        Column(_("Year"), "round.year"),
        Column(_("Place in the ranking"), "rank"),
        Column(_("Teacher"), "teacher.name"),
        Column(_("School"), "school.name"),
        Column(_("Subject"), lambda one: label("subject", one.teacher.subject_code)),
        Column(_("Score"), "score"),
        Column(_("Status"), "status"),
        Column(_("Recognised on"), "recognised_on"),
        Column(_("Reason"), "reason"),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.PARTS)),
        name,
        actor=current_user,
        subject="ladder_application",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )
