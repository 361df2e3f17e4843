"""The types of certificates of a county: what ships, and what the county made of it."""

import re

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.access import Permission
from app.extensions import db
from app.qualifications.facts import HISTORY
from app.qualifications.forms import TypeForm, type_form
from app.qualifications.kinds import CertificateType, types_of
from app.qualifications.models import CountyCertificateType
from app.qualifications.operations import types as operations
from app.qualifications.routes import bp, chosen_county, counties, saved_message
from app.regions.models import Region
from app.web import history
from app.web.attempts import Page
from app.web.guards import requires

P = Permission


@bp.get("/qualifications/types")
@requires(P.QUALIFICATION_READ)
def types() -> str:
    """All types of a county, by kind, with who needs them."""
    county = chosen_county()
    return render_template(
        "qualifications/types.html",
        county=county,
        counties=counties(),
        types=types_of(county.id),
        may_edit=current_user.may(P.CERTIFICATE_TYPE_EDIT),
    )


def _page(county: Region, form: TypeForm, kind: CertificateType | None) -> Page:
    own = operations.own_row(county.id, kind.code) if kind else None
    page = history.read("certificate_type", f"{county.id}:{kind.code}", request.args) if kind else None  # type: ignore[arg-type]
    return render_template(
        "qualifications/type.html",
        county=county,
        form=form,
        kind=kind,
        types=types_of(county.id),
        own=own,
        page=page,
        entries=HISTORY.tell(page.items) if page else [],
    ), 422 if form.is_submitted() else 200


@bp.route("/qualifications/types/new", methods=["GET", "POST"])
@requires(P.CERTIFICATE_TYPE_EDIT)
def add_type() -> Page:
    """A type of the county's own."""
    county = chosen_county(P.CERTIFICATE_TYPE_EDIT)
    form = type_form(types_of(county.id), None, row_version=None)
    if form.validate_on_submit():
        kind = form.kind(_free_code(county.id), "")
        if _takes(form, operations.problems(county.id, kind, is_new=True)):
            operations.save(actor=current_user, county_id=county.id, kind=kind, is_new=True)
            flash(_("It was added."), "success")
            return _to_types(county)
    return _page(county, form, None)


def _free_code(county_id: int) -> str:
    """A code for a type of the county's own: shipped ones are words, these are numbered."""
    numbers = db.session.scalar(
        select(func.count()).select_from(CountyCertificateType).where(CountyCertificateType.county_id == county_id)
    )
    known, number = types_of(county_id), int(numbers or 0) + 1
    while f"own_{number}" in known:
        number += 1
    return f"own_{number}"


@bp.route("/qualifications/types/<type_code>", methods=["GET", "POST"])
@requires(P.CERTIFICATE_TYPE_EDIT)
def edit_type(type_code: str) -> Page:
    """Change a type for the county."""
    county = chosen_county(P.CERTIFICATE_TYPE_EDIT)
    known = types_of(county.id)
    if type_code not in known or not re.fullmatch(r"[a-z0-9_]+", type_code):
        abort(404)
    kind, own = known[type_code], operations.own_row(county.id, type_code)
    form = type_form(known, kind, row_version=own.version if own else None)
    if form.validate_on_submit() and not (own and form.refuse_stale(own)):
        changed = form.kind(kind.code, kind.kind_code)
        if _takes(form, operations.problems(county.id, changed, is_new=False)):
            operations.save(actor=current_user, county_id=county.id, kind=changed)
            flash(saved_message(), "success")
            return _to_types(county)
    return _page(county, form, kind)


def _takes(form: TypeForm, wrong: dict[str, str]) -> bool:
    for name, sentence in wrong.items():
        form[name].errors = [*form[name].errors, sentence]
    return not wrong


@bp.post("/qualifications/types/<type_code>/restore")
@requires(P.CERTIFICATE_TYPE_EDIT)
def restore_type(type_code: str) -> Response:
    """Back to the type as it ships."""
    county = chosen_county(P.CERTIFICATE_TYPE_EDIT)
    if type_code not in types_of(county.id):
        abort(404)
    operations.put_back(actor=current_user, county_id=county.id, code=type_code)
    flash(_("The type is as it ships again."), "success")
    return _to_types(county)


def _to_types(county: Region) -> Response:
    return redirect(url_for(".types", county=county.id), 303)
