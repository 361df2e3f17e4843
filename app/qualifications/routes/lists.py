"""The overview and the list of certificates."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.access import Permission
from app.codes.queries import label
from app.db.clock import today
from app.extensions import db
from app.qualifications import queries
from app.qualifications.access import certificates_where
from app.qualifications.kinds import Types, load_types, types_of
from app.qualifications.models import Certificate
from app.qualifications.routes import bp, chosen_county, counties
from app.schools.access import one_county, schools_where
from app.schools.models import School
from app.teachers import search
from app.web import lists
from app.web.attempts import Page
from app.web.exports import Column, asked_format, send_table
from app.web.guards import requires

P = Permission


@bp.get("/qualifications")
@requires(P.QUALIFICATION_READ)
def index() -> str:
    """How certificates stand: queues, ends, gaps, by type and by school."""
    county, day = chosen_county(), today()
    grants = current_user.grants
    types = queries.by_type(county.id, grants, day)
    schools = queries.by_school(county.id, grants, day)
    names = types_of(county.id)
    return render_template(
        "qualifications/index.html",
        county=county,
        counties=counties(),
        totals=queries.totals(county.id, grants, day),
        types=types,
        schools=schools,
        names=names,
        judgement=queries.judgement(county.id),
        today=day,
        charts={"types": _type_chart(types, names, county.id), "schools": _school_chart(schools)},
    )


def _type_chart(lines: Sequence[queries.TypeLine], names: Types, county_id: int) -> dict[str, Any]:
    shown = [line for line in lines if line.lacking][::-1]
    return _chart([(names.label(line.code), line, {"type": line.code, "county": county_id}) for line in shown])


def _school_chart(lines: Sequence[queries.SchoolLine]) -> dict[str, Any]:
    shown = [line for line in lines if line.lacking][:12][::-1]
    return _chart([(line.name, line, {"school": line.id}) for line in shown])


def _chart(bars: Sequence[tuple[str, Any, dict[str, Any]]]) -> dict[str, Any]:
    """Two stacked bars a line: who may not teach, and what is to be put in order. Each leads to the names."""
    barred = [_item(line.barred, **where, effect="bar") for _name, line, where in bars]
    noted = [_item(line.lacking - line.barred, **where, effect="note") for _name, line, where in bars]
    series = ((_("May not teach"), barred), (_("To be put in order"), noted))
    return {
        "legend": {},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": [name for name, _line, _where in bars]},
        "series": [{"name": str(name), "type": "bar", "stack": "all", "data": data} for name, data in series],
    }


def _item(value: int, **where: Any) -> dict[str, Any]:
    return {"value": value, "url": url_for("qualifications.gaps", **where)}


@bp.get("/qualifications/certificates")
@requires(P.QUALIFICATION_READ)
def certificates() -> Page:
    """The list of certificates."""
    if tidied := search.without_number(request.args):
        return redirect(url_for(".certificates", **tidied), 303)
    grants = current_user.grants
    listing = queries.CERTIFICATES.read(request.args)
    within = one_county(grants, P.QUALIFICATION_READ)
    found = lists.fetch(
        db.session(),
        queries.certificates_listed(listing, certificates_where(grants, P.QUALIFICATION_READ), today()),
        listing,
        key=Certificate.id,
        options=queries.certificate_options(),
        is_wide=not (within or listing.get("county")),
        anchors=[Certificate.county_id],
    )
    return render_template(
        "qualifications/certificates.html", **lists.view(listing, found), **list_extras(listing, found.items)
    )


def list_extras(listing: lists.Listing, rows: Sequence[Any]) -> dict[str, Any]:
    """What every list of this room needs beside its rows, whose counties' types are read at once."""
    load_types(row.county_id for row in rows)
    here = counties()
    one = listing.get("county") or (here[0].id if len(here) == 1 else None)
    return {
        "filters": {f.name: f for f in listing.spec.filters},
        "counties": here if len(here) > 1 else [],
        "type_choices": (types_of(one) if one else Types()).choices(),
        "type_label": lambda county_id, code: types_of(county_id).label(code),
        "may_export": current_user.may(P.EXPORT),
        "today": today(),
        "named": lists.named,
        "schools": _schools(one),
    }


def _schools(county_id: int | None) -> Sequence[School]:
    """The schools of the filter; of several counties, one is chosen first."""
    if county_id is None:
        return []
    reach = schools_where(current_user.grants, P.QUALIFICATION_READ)
    query = select(School).where(School.county_id == county_id, School.is_active, reach)
    return db.session.scalars(query.order_by(School.name_pinyin, School.id)).all()


COLUMNS = (
    Column(_l("Name"), "teacher.name"),
    Column(_l("Identity number, masked"), "teacher.id_number_masked"),
    Column(_l("School"), "teacher.working_school.name"),
    Column(_l("Type of certificate"), lambda row: types_of(row.county_id).label(row.type_code)),
    Column(_l("Certificate number"), "number"),
    Column(_l("Subject on the certificate"), lambda row: label("subject", row.subject_code)),
    Column(_l("Issuing authority"), "issued_by"),
    Column(_l("Issued on"), "issued_on"),
    Column(_l("Valid to"), "valid_to"),
    Column(_l("Registered to"), "registered_to"),
    Column(_l("Newest conclusion"), lambda row: label("registration_conclusion", row.conclusion_code)),
    Column(_l("Stands at"), "state"),
)


@bp.post("/qualifications/certificates/export")
@requires(P.EXPORT)
def export_certificates() -> Response:
    """The certificates that the list shows now, as a workbook."""
    listing, day = queries.CERTIFICATES.read(request.args), today()
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    statement = queries.certificates_listed(listing, certificates_where(grants, P.QUALIFICATION_READ), day)

    def rows() -> Iterator[Certificate]:
        query = lists.ordered(statement, listing).options(*queries.certificate_options())
        yield from db.session.scalars(query.execution_options(yield_per=500))

    return send_table(COLUMNS, rows, _("Certificates"), fmt=asked_format(), actor=current_user,
                      subject="certificate", filters=listing.in_words(), grants=grants)  # fmt: skip
