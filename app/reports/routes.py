"""Pages of reports: the list, asking for one, what became of it, its file; and the schedules."""

import io

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.regions.models import Region
from app.reports import operations, queries
from app.reports.forms import ReportForm, ScheduleForm
from app.reports.models import Report, ReportFormat, ReportSchedule
from app.schools.access import one_county
from app.schools.queries import counties as counties_within
from app.targets.evaluators.periods import school_year_of
from app.web import lists
from app.web.attempts import Page, attempt, press
from app.web.guards import requires

bp = Blueprint("reports", __name__, url_prefix="/reports")
P = Permission
MIME = {
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ReportFormat.PDF: "application/pdf",
}


def report_or_404(report_id: int, *, with_content: bool = False) -> Report:
    """A report within the person's reach."""
    return queries.one_report(report_id, current_user.grants, with_content=with_content) or abort(404)


def schedule_or_404(schedule_id: int) -> ReportSchedule:
    """A schedule that the person may change."""
    return queries.one_schedule(schedule_id, current_user.grants, P.REPORT_EDIT) or abort(404)


def _may_edit(county_id: int) -> bool:
    return any(county.id == county_id for county in counties_within(current_user.grants, P.REPORT_EDIT))


@bp.get("/")
@requires(P.REPORT_READ)
def index() -> Page:
    """The reports that were made, and those made again and again."""
    grants = current_user.grants
    listing = queries.REPORTS.read(request.args)
    statement = queries.reports_listed(listing, grants)
    found = lists.fetch(db.session(), statement, listing, key=Report.id, options=queries.list_options())
    counties = [] if one_county(grants, P.REPORT_READ) else lists.named(counties_within(grants, P.REPORT_READ))
    return render_template(
        "reports/index.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.REPORTS.filters},
        counties=counties,
        schedules=queries.schedules(grants),
        may_edit=current_user.may(P.REPORT_EDIT),
    )


def _report_form() -> tuple[ReportForm, dict[int, Region]]:
    counties = counties_within(current_user.grants, P.REPORT_EDIT)
    form = ReportForm()
    form.offer_counties(counties, current_app.config["REPORT_SMALL_GROUP"])
    years = {school_year_of(today()), *queries.years_of(county.id for county in counties)}
    form.offer_years(sorted(years, reverse=True))
    return form, {county.id: county for county in counties}


@bp.route("/new", methods=["GET", "POST"])
@requires(P.REPORT_EDIT)
def new() -> Page:
    """Ask for a report."""
    form, counties = _report_form()
    if form.validate_on_submit():
        made: list[Report] = []

        def ask() -> None:
            made.append(
                operations.ask_report(
                    actor=current_user,
                    county=counties[form.county.data],
                    kind=form.kind.data,
                    fmt=form.format.data,
                    year=form.year.data,
                    leaves_county=form.leaves_county.data,
                )
            )

        if attempt(form, ask):
            return redirect(url_for(".show", report_id=made[0].id), 303)
    return render_template("reports/new.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/<int:report_id>")
@requires(P.REPORT_READ)
def show(report_id: int) -> Page:
    """One report: being made, or ready to be downloaded."""
    report = report_or_404(report_id)
    return render_template("reports/show.html", report=report, may_edit=_may_edit(report.county_id))


@bp.get("/<int:report_id>/progress")
@requires(P.REPORT_READ)
def progress(report_id: int) -> Response:
    """How far the making is, which the page asks for; once it is over, the page reloads."""
    report = report_or_404(report_id)
    response = Response(render_template("reports/_progress.html", report=report), mimetype="text/html")
    if report.job is None or report.job.status.is_over:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.post("/<int:report_id>/download")
@requires(P.REPORT_READ)
def download(report_id: int) -> Response:
    """The file; taking it is on record."""
    report = report_or_404(report_id, with_content=True)
    if report.content is None:
        abort(404)
    operations.record_download(actor=current_user, report=report)
    return send_file(
        io.BytesIO(report.content), mimetype=MIME[report.format], as_attachment=True, download_name=report.file_name
    )


@bp.post("/<int:report_id>/remove")
@requires(P.REPORT_EDIT)
def remove(report_id: int) -> Page:
    """Take a report away."""
    report = report_or_404(report_id)
    if not _may_edit(report.county_id):
        abort(404)
    done = _("The report was removed; the log keeps that it was there.")
    return press(lambda: operations.remove_report(actor=current_user, report=report), done, url_for(".index"))


@bp.route("/schedules/new", methods=["GET", "POST"])
@requires(P.REPORT_EDIT)
def new_schedule() -> Page:
    """Have a report made again and again."""
    return _schedule_page(None)


@bp.route("/schedules/<int:schedule_id>/edit", methods=["GET", "POST"])
@requires(P.REPORT_EDIT)
def edit_schedule(schedule_id: int) -> Page:
    """Change when a report is made."""
    return _schedule_page(schedule_or_404(schedule_id))


def _schedule_page(schedule: ReportSchedule | None) -> Page:
    counties = {county.id: county for county in counties_within(current_user.grants, P.REPORT_EDIT)}
    form = ScheduleForm(obj=schedule, row_version=str(schedule.version) if schedule else "")
    form.offer_counties(list(counties.values()), current_app.config["REPORT_SMALL_GROUP"])
    if schedule is not None:
        # The county of a schedule stays what it was.
        form.county.choices, form.county.data = [(schedule.county_id, schedule.county.name)], schedule.county_id
    if form.validate_on_submit() and not (schedule and form.refuse_stale(schedule)):
        fields = form.values("kind", "rhythm", "next_on", "leaves_county", "is_active")
        county, fmt = counties[form.county.data], form.format.data

        def save() -> ReportSchedule:
            return operations.save_schedule(actor=current_user, county=county, fmt=fmt, schedule=schedule, **fields)

        if attempt(form, save):
            flash(_("The schedule was saved."), "success")
            return redirect(url_for(".index"), 303)
    page = render_template("reports/schedule.html", form=form, is_new=schedule is None)
    return page, 422 if form.is_submitted() else 200


@bp.post("/schedules/<int:schedule_id>/remove")
@requires(P.REPORT_EDIT)
def remove_schedule(schedule_id: int) -> Page:
    """End a schedule."""
    schedule = schedule_or_404(schedule_id)
    return press(
        lambda: operations.remove_schedule(actor=current_user, schedule=schedule),
        _("The schedule was ended; the reports it made stay."),
        url_for(".index"),
    )
