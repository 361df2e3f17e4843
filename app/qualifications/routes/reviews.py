"""The two queues: what waits for the school, and what waits for the county. Several rows are decided at once."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.qualifications import operations, queries
from app.qualifications.access import certificates_where
from app.qualifications.forms import ReasonForm, chosen_ids, too_few
from app.qualifications.models import Certificate, CertificateState
from app.qualifications.routes import bp, told
from app.qualifications.routes.lists import list_extras
from app.web import lists
from app.web.attempts import Page
from app.web.guards import requires

P, S = Permission, CertificateState
STATES = {P.QUALIFICATION_CHECK: S.CLAIMED, P.QUALIFICATION_VERIFY: S.CHECKED}
ENDPOINTS = {P.QUALIFICATION_CHECK: "qualifications.to_check", P.QUALIFICATION_VERIFY: "qualifications.to_verify"}


@bp.get("/qualifications/to-check")
@requires(P.QUALIFICATION_CHECK)
def to_check() -> Page:
    """What teachers handed in and the school has to compare with the documents."""
    return _queue(P.QUALIFICATION_CHECK)


@bp.get("/qualifications/to-verify")
@requires(P.QUALIFICATION_VERIFY)
def to_verify() -> Page:
    """What the schools have checked and the county has to verify."""
    return _queue(P.QUALIFICATION_VERIFY)


@bp.post("/qualifications/to-check")
@requires(P.QUALIFICATION_CHECK)
def decide_check() -> Page:
    """Check or return what was ticked."""
    return _decide(P.QUALIFICATION_CHECK)


@bp.post("/qualifications/to-verify")
@requires(P.QUALIFICATION_VERIFY)
def decide_verify() -> Page:
    """Verify or return what was ticked."""
    return _decide(P.QUALIFICATION_VERIFY)


def _queue(permission: Permission, form: ReasonForm | None = None, chosen: list[int] | None = None) -> Page:
    grants, listing = current_user.grants, queries.CERTIFICATES.read(request.args)
    found = lists.fetch(
        db.session(),
        queries.queue(certificates_where(grants, permission), STATES[permission], listing, today()),
        listing,
        key=Certificate.id,
        options=queries.certificate_options(),
    )
    page = render_template(
        "qualifications/queue.html",
        **lists.view(listing, found),
        **list_extras(listing, found.items),
        form=form or ReasonForm(formdata=None),
        chosen=chosen or [],
        files=queries.files_by_certificate(found.items),
        is_county=permission is P.QUALIFICATION_VERIFY,
        decide_url=url_for(".decide_verify" if permission is P.QUALIFICATION_VERIFY else ".decide_check"),
    )
    return page, 422 if form is not None else 200


def _decide(permission: Permission) -> Page:
    ids = chosen_ids(request.form.getlist("certificate"))
    rows = queries.some_certificates(ids, certificates_where(current_user.grants, permission))
    if not rows:
        flash(too_few(), "error")
        return _back(permission)
    if request.form.get("action") == "return":
        form = ReasonForm()
        if not form.validate():
            return _queue(permission, form, [row.id for row in rows])
        decided = operations.return_(
            actor=current_user, rows=rows, at=STATES[permission], reason=form.reason.data or ""
        )
    else:
        decide = operations.verify if permission is P.QUALIFICATION_VERIFY else operations.check
        decided = decide(actor=current_user, rows=rows)
    flash(*told(decided.done, decided.overtaken))
    return _back(permission)


def _back(permission: Permission) -> Response:
    kept = {name: values for name, values in request.args.lists() if name not in ("after", "before")}
    return redirect(url_for(ENDPOINTS[permission], **kept), 303)  # type: ignore[arg-type]
