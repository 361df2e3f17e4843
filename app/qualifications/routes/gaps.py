"""Who may not teach what today, and why."""

from collections.abc import Iterator

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.codes.queries import label
from app.extensions import db
from app.jobs.operations import enqueue
from app.qualifications import queries
from app.qualifications.access import gaps_where
from app.qualifications.kinds import types_of
from app.qualifications.models import CertificateGap
from app.qualifications.routes import bp, chosen_county
from app.qualifications.routes.lists import list_extras
from app.schools.access import one_county
from app.teachers import search
from app.web import lists
from app.web.attempts import Page
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires

P = Permission


@bp.get("/qualifications/gaps")
@requires(P.QUALIFICATION_READ)
def gaps() -> Page:
    """What teachers lack today, one line a thing."""
    if tidied := search.without_number(request.args):
        return redirect(url_for(".gaps", **tidied), 303)
    grants = current_user.grants
    listing = queries.GAPS.read(request.args)
    within = one_county(grants, P.QUALIFICATION_READ)
    found = lists.fetch(
        db.session(),
        queries.gaps_listed(listing, gaps_where(grants, P.QUALIFICATION_READ)),
        listing,
        key=CertificateGap.id,
        options=queries.gap_options(),
        is_wide=not (within or listing.get("county")),
        anchors=[CertificateGap.county_id],
    )
    extras = list_extras(listing, found.items)
    county_id = listing.get("county") or (chosen_county().id if not extras["counties"] else None)
    return render_template(
        "qualifications/gaps.html",
        **lists.view(listing, found),
        **extras,
        county_id=county_id,
        judgement=queries.judgement(county_id) if county_id else None,
        may_judge=current_user.may(P.QUALIFICATION_VERIFY) and county_id is not None,
    )


@bp.post("/qualifications/gaps/judge")
@requires(P.QUALIFICATION_VERIFY)
def judge() -> Response:
    """Judge a county anew: after a roster came in, say."""
    county = chosen_county(P.QUALIFICATION_VERIFY)
    job = enqueue(
        kind="qualifications.day", payload={"county_id": county.id}, actor=current_user, region_id=county.id,
        subject_type="region", subject_id=county.id,
    )  # fmt: skip
    flash(_("Everybody is being judged anew; this takes a moment."), "info")
    if current_user.may(P.JOB_READ):
        return redirect(url_for("jobs.show", job_id=job.id), 303)
    return redirect(url_for(".gaps", county=county.id), 303)


COLUMNS = (
    Column(_l("Name"), "teacher.name"),
    Column(_l("Identity number, masked"), "teacher.id_number_masked"),
    Column(_l("School"), "school.name"),
    Column(_l("Stage"), "stage"),
    Column(_l("Subject"), lambda row: label("subject", row.subject_code)),
    Column(_l("Effect"), lambda row: _("May not teach") if row.is_barring else _("To be put in order")),
    Column(_l("What is lacking"), lambda row: types_of(row.county_id).label(row.type_code)),
    Column(_l("Reason"), "reason"),
    Column(_l("Since"), "since_on"),
)


@bp.post("/qualifications/gaps/export")
@requires(P.EXPORT)
def export_gaps() -> Response:
    """The gaps that the list shows now, as a workbook."""
    listing = queries.GAPS.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    statement = queries.gaps_listed(listing, gaps_where(grants, P.QUALIFICATION_READ))

    def rows() -> Iterator[CertificateGap]:
        query = lists.ordered(statement, listing).options(*queries.gap_options())
        yield from db.session.scalars(query.execution_options(yield_per=500))

    return send_table(COLUMNS, rows, _("Who may not teach"), fmt=asked_format(), actor=current_user,
                      subject="certificate", filters=listing.in_words(), grants=grants)  # fmt: skip
