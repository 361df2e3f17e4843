"""Pages of mentor pairs for the school and the county: pairs, newcomers, mentors, what the county lays down."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.codes.queries import label
from app.credits.books import book_of
from app.db.clock import today
from app.extensions import db
from app.growth.forms.mentors import (
    AgreementForm,
    AppraisalForm,
    MentorEditForm,
    MentorForm,
    PairForm,
    SettingsForm,
)
from app.growth.models import Mentor, MentorPair, PairStatus
from app.growth.operations import mentors as operations
from app.growth.queries import mentors as queries
from app.growth.routes import bp
from app.growth.routes.common import county_or_404, pair_page
from app.schools.models import School
from app.studios.forms.common import ReasonForm
from app.studios.models import AppraisalResult
from app.studios.routes.common import form_page
from app.teachers.models import Teacher
from app.web import history, lists
from app.web.attempts import Page, attempt, press
from app.web.exports import Column, asked_format, send_table
from app.web.forms import Form
from app.web.guards import requires

P = Permission
MANAGE = (P.GROWTH_NOMINATE, P.GROWTH_EDIT)


def pair_or_404(pair_id: int, permission: Permission = P.GROWTH_READ) -> MentorPair:
    """A pair within the person's reach."""
    return queries.pair_of(pair_id, current_user.grants, permission) or abort(404)


def managed_or_403(pair_id: int) -> MentorPair:
    """A pair that the person may arrange; one that can only be read is refused."""
    row = pair_or_404(pair_id)
    return row if queries.manages(row, current_user.grants) else abort(403)


def may_arrange() -> bool:
    """Whether the person arranges pairs at all."""
    return bool(queries.managed(current_user.grants))


def _must_arrange() -> None:
    if not may_arrange():
        abort(403)


def trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page of pairs."""
    return [(_("Mentor pairs"), url_for("growth.mentor_pairs")), *more]


# --- pairs --------------------------------------------------------------------------------------------------------


@bp.get("/mentoring")
@requires(P.GROWTH_READ)
def mentor_pairs() -> Page:
    """The pairs within reach."""
    listing = queries.PAIRS.read(request.args)
    statement = queries.pairs_listed(listing, current_user.grants)
    found = lists.fetch(db.session(), statement, listing, key=MentorPair.id, options=queries.PAIR_PARTS)
    return render_template(
        "growth/mentors_pairs.html",
        **lists.view(listing, found),
        filters={one.name: one for one in listing.spec.filters},
        counts=queries.counts_of(found.items),
        may_arrange=may_arrange(),
        may_edit=current_user.may(P.GROWTH_EDIT),
        counties=queries.counties_of(current_user.grants, P.GROWTH_EDIT),
        may_import=current_user.may(P.IMPORT),
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/mentoring/export")
@requires(P.EXPORT)
def export_pairs() -> Response:
    """The pairs that the list shows now, as a workbook."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    listing = queries.PAIRS.read(request.args)
    statement = queries.pairs_listed(listing, grants)
    columns = [
        Column(_("Newcomer"), "newcomer.name"),
        Column(_("School of the newcomer"), "school.name"),
        Column(_("Mentor"), "mentor.teacher.name"),
        Column(_("School of the mentor"), "mentor.teacher.working_school.name"),
        Column(_("Begins"), "from_on"),
        Column(_("Ends"), "to_on"),
        Column(_("Status"), "status"),
        Column(_("Result"), "result"),
        Column(_("Hours credited"), "credited_hours"),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.PAIR_PARTS)),
        _("Mentor pairs"),
        actor=current_user,
        subject="mentor_pair",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


@bp.route("/mentoring/new", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def new_pair() -> Page:
    """Put a newcomer with a mentor."""
    _must_arrange()
    county_id = _my_county()
    years = operations.settings_of(county_id).agreement_years
    form = PairForm(data={"from_on": today(), "to_on": today() + timedelta(days=365 * years)})
    form.offer(queries.mentors_with_room(county_id))
    if not form.is_submitted() and (number := request.args.get("newcomer", type=int)):
        known = db.session.get(Teacher, number)
        form.newcomer.data = known.staff_number or known.name if known else None
    made: list[MentorPair] = []

    def act() -> None:
        mentor = queries.mentor_of(form.mentor.data or 0, current_user.grants, [P.GROWTH_READ]) or abort(404)
        made.append(
            operations.make_pair(
                mentor=mentor,
                newcomer=form.newcomer.row,
                from_on=form.from_on.data or today(),
                to_on=form.to_on.data or today(),
                goals=form.goals.data or "",
                actor=current_user,
            )
        )

    if form.validate_on_submit() and attempt(form, act):
        flash(_("The agreement waits for the signatures of both and of the school."), "success")
        return redirect(url_for(".mentor_pair", pair_id=made[0].id), 303)
    return render_template("growth/mentors_new.html", form=form), _status(form)


def _status(form: Form) -> int:
    return 422 if form.is_submitted() else 200


def _my_county() -> int:
    """The county for which a person arranges pairs: the first within reach, or their school's."""
    counties = queries.counties_of(current_user.grants, P.GROWTH_EDIT)
    if counties:
        asked = request.args.get("county", type=int)
        return next((one.id for one in counties if one.id == asked), counties[0].id)
    schools = [grant.school_id for grant in current_user.grants if grant.school_id]
    return db.session.scalar(db.select(School.county_id).where(School.id.in_(schools)).limit(1)) or 0


@bp.get("/mentoring/pairs/<int:pair_id>")
@requires(P.GROWTH_READ)
def mentor_pair(pair_id: int) -> Page:
    """One pair: the agreement, the terms with reports and lessons, the appraisal, what happened."""
    row = pair_or_404(pair_id)
    page = history.read("mentor_pair", row.id, request.args)
    return pair_page(row, may_arrange=queries.manages(row, current_user.grants), entries=page.items)


@bp.route("/mentoring/pairs/<int:pair_id>/edit", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def edit_pair(pair_id: int) -> Page:
    """Change an agreement that is not in force yet."""
    row = managed_or_403(pair_id)
    form = AgreementForm(obj=row, row_version=str(row.version))

    def act() -> None:
        operations.change_agreement(
            pair=row,
            goals=form.goals.data or "",
            from_on=form.from_on.data or row.from_on,
            to_on=form.to_on.data or row.to_on,
            actor=current_user,
        )

    intro = _("Who has signed the former text signs again.")
    return _step(row, form, act, _("Edit the agreement"), intro=intro)


def _step(row: MentorPair, form: Form, act: Callable[[], Any], heading: str, *, intro: str = "") -> Page:
    back = url_for(".mentor_pair", pair_id=row.id)
    return form_page(
        form, act, heading=heading, back=back, trail=trail((row.label, back)), about=row.label, intro=intro
    )


@bp.post("/mentoring/pairs/<int:pair_id>/sign")
@requires(P.GROWTH_READ)
def sign_pair(pair_id: int) -> Response:
    """The school signs."""
    row = managed_or_403(pair_id)
    return press(
        lambda: operations.sign(pair=row, side=None, actor=current_user),
        _("The school has signed."),
        url_for(".mentor_pair", pair_id=pair_id),
    )


@bp.route("/mentoring/pairs/<int:pair_id>/end", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def end_pair(pair_id: int) -> Page:
    """End a pair early, or take an agreement back that was not signed by all."""
    row, form = managed_or_403(pair_id), ReasonForm()
    is_draft = row.status is PairStatus.DRAFT

    def act() -> None:
        end = operations.withdraw if is_draft else operations.end_early
        end(pair=row, reason=form.reason.data or "", actor=current_user)

    intro = _("The mentor's place is free again. What was reported stays on record.")
    return _step(row, form, act, _("Take the agreement back") if is_draft else _("End the pair early"), intro=intro)


@bp.route("/mentoring/pairs/<int:pair_id>/appraise", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def appraise_pair(pair_id: int) -> Page:
    """The closing appraisal."""
    row, form = managed_or_403(pair_id), AppraisalForm()
    rules = operations.settings_of(row.county_id)

    def act() -> None:
        operations.appraise(
            pair=row, result=AppraisalResult(form.result.data), opinion=form.opinion.data or "", actor=current_user
        )

    intro = _(
        "The mentor is credited %(excellent)s hours for “excellent” and %(passed)s for “meets the standard”.",
        excellent=rules.excellent_hours,
        passed=rules.passed_hours,
    )
    return _step(row, form, act, _("Closing appraisal"), intro=intro)


# --- newcomers ----------------------------------------------------------------------------------------------------


@bp.get("/mentoring/newcomers")
@requires(P.GROWTH_READ)
def newcomers() -> Page:
    """The newcomers within reach, each with the mentor."""
    listing = queries.NEWCOMERS.read(request.args)
    statement = queries.newcomers_listed(listing, current_user.grants, today())
    found = lists.fetch(
        db.session(), statement, listing, key=Teacher.id, options=(db.joinedload(Teacher.working_school),)
    )
    return render_template(
        "growth/mentors_newcomers.html",
        **lists.view(listing, found),
        filters={one.name: one for one in listing.spec.filters},
        pairs=queries.mentors_of(found.items),
        may_arrange=may_arrange(),
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/mentoring/newcomers/export")
@requires(P.EXPORT)
def export_newcomers() -> Response:
    """The newcomers that the list shows now, as a workbook."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    listing = queries.NEWCOMERS.read(request.args)
    statement = queries.newcomers_listed(listing, grants, today())
    rows = db.session.scalars(statement).all()
    mentors = {number: pair.mentor.teacher.name for number, pair in queries.mentors_of(rows).items()}
    columns = [
        Column(_("Newcomer"), "name"),
        Column(_("School"), "working_school.name"),
        Column(_("Stage"), "stage"),
        Column(_("Subject"), lambda row: label("subject", row.subject_code) if row.subject_code else ""),
        Column(_("Began to work"), "started_work_on"),
        Column(_("Mentor"), lambda row: mentors.get(row.id, "")),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(lists.ordered(statement, listing).options(db.joinedload(Teacher.working_school))),
        _("Newcomers"),
        actor=current_user,
        subject="newcomer",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


# --- mentors ------------------------------------------------------------------------------------------------------


@bp.get("/mentoring/mentors")
@requires(P.GROWTH_READ)
def mentors() -> Page:
    """The mentors within reach, with the places they have."""
    listing = queries.MENTORS.read(request.args)
    statement = queries.mentors_listed(listing, current_user.grants)
    found = lists.fetch(db.session(), statement, listing, key=Mentor.id, options=queries.MENTOR_PARTS)
    return render_template(
        "growth/mentors_mentors.html",
        **lists.view(listing, found),
        filters={one.name: one for one in listing.spec.filters},
        may_arrange=may_arrange(),
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/mentoring/mentors/export")
@requires(P.EXPORT)
def export_mentors() -> Response:
    """The mentors that the list shows now, as a workbook."""
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    listing = queries.MENTORS.read(request.args)
    statement = queries.mentors_listed(listing, grants)
    columns = [
        Column(_("Mentor"), "teacher.name"),
        Column(_("School"), "teacher.working_school.name"),
        Column(_("Stage"), "teacher.stage"),
        Column(
            _("Subject"), lambda row: label("subject", row.teacher.subject_code) if row.teacher.subject_code else ""
        ),
        Column(_("Newcomers"), "pairs_taken"),
        Column(_("Most newcomers at once"), "places"),
        Column(_("Takes newcomers"), "is_active"),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.MENTOR_PARTS)),
        _("Mentors"),
        actor=current_user,
        subject="growth_mentor",
        fmt=asked_format(),
        filters=listing.in_words(),
        grants=grants,
    )


@bp.route("/mentoring/mentors/new", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def new_mentor() -> Page:
    """Name a mentor."""
    _must_arrange()
    form = MentorForm()
    if not form.is_submitted():
        form.places.data = operations.settings_of(_my_county()).mentor_places

    def act() -> None:
        operations.add_mentor(teacher=form.teacher.row, places=form.places.data or 1, actor=current_user)

    back = url_for(".mentors")
    return form_page(
        form, act, heading=_("Name a mentor"), back=back, trail=trail((_("Mentors"), back)), label=_("Save")
    )


@bp.route("/mentoring/mentors/<int:mentor_id>", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def edit_mentor(mentor_id: int) -> Page:
    """How many newcomers a mentor takes, and whether any."""
    grants = current_user.grants
    queries.mentor_of(mentor_id, grants, [P.GROWTH_READ]) or abort(404)
    row = queries.mentor_of(mentor_id, grants, MANAGE) or abort(403)
    form = MentorEditForm(obj=row, row_version=str(row.version))

    def act() -> None:
        operations.change_mentor(
            mentor=row, places=form.places.data or 0, is_active=bool(form.is_active.data), actor=current_user
        )

    back = url_for(".mentors")
    return form_page(
        form, act, heading=_("Edit the mentor"), back=back, trail=trail((_("Mentors"), back)), about=row.teacher.name
    )


@bp.route("/mentoring/settings/<int:county_id>", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def mentor_settings(county_id: int) -> Page:
    """What a county lays down for its pairs."""
    county = county_or_404(county_id)
    row = operations.settings_of(county.id)
    form = SettingsForm(obj=row, row_version=str(row.version or ""))
    kinds = book_of(county.id).on(today()).rules.kinds
    form.credit_kind.choices = [(code, kind.name) for code, kind in kinds.items()]

    def act() -> None:
        if not form.refuse_stale(row):
            operations.set_settings(county=county, fields=form.fields(), actor=current_user)

    return form_page(
        form,
        act,
        heading=_("What holds for mentor pairs"),
        back=url_for(".mentor_pairs"),
        trail=trail(),
        about=county.name,
        label=_("Save"),
    )
