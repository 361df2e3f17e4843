"""Certificates of completion: issued, printed, revoked; and the public page that verifies one."""

import io
from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app import audit
from app.access import Permission
from app.extensions import db, limiter
from app.training import attendance_codes, certificate_pdf
from app.training.access import enrolments_where
from app.training.forms.sessions import ReasonForm
from app.training.models import CompletionCertificate
from app.training.operations import certificates as operations
from app.training.presenting import certificate_columns, masked_name
from app.training.queries import certificates as queries
from app.training.queries import people as people_queries
from app.training.routes import bp
from app.training.routes.common import may_run, session_or_404
from app.web import lists
from app.web.attempts import Page, tried
from app.web.errors import Refused
from app.web.exports import asked_format, send_table
from app.web.guards import public, requires

P = Permission
VERIFY_LIMIT = "30 per minute"


def certificate_or_404(certificate_id: int, permission: Permission = P.TRAINING_READ) -> CompletionCertificate:
    """A certificate within the person's reach."""
    return queries.one_certificate(certificate_id, current_user.grants, permission) or abort(404)


@bp.get("/certificates")
@requires(P.TRAINING_READ)
def certificates() -> Page:
    """The certificates within reach."""
    listing = queries.CERTIFICATES.read(request.args)
    statement = queries.certificates_listed(listing, current_user.grants, P.TRAINING_READ)
    found = lists.fetch(db.session(), statement, listing, key=CompletionCertificate.id, options=queries.PARTS)
    return render_template(
        "training/certificates.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.CERTIFICATES.filters},
        may_export=current_user.may(P.EXPORT),
    )


@bp.post("/certificates/export")
@requires(P.EXPORT)
def export_certificates() -> Response:
    """The certificates that the list shows now, as a workbook."""
    listing = queries.CERTIFICATES.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    statement = queries.certificates_listed(listing, grants, P.TRAINING_READ)
    return send_table(
        certificate_columns(),
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.PARTS)),
        _("Certificates of completion"),
        actor=current_user,
        subject="training_certificate",
        fmt=asked_format(),
        filters=listing.in_words(),
        region_id=next((g.region_id for g in grants if g.region_id), None),
    )


@bp.get("/certificates/<int:certificate_id>")
@requires(P.TRAINING_READ)
def certificate(certificate_id: int) -> Page:
    """One certificate."""
    row = certificate_or_404(certificate_id)
    session = session_or_404(row.session_id) if _reaches_session(row) else None
    return render_template(
        "training/certificate.html",
        certificate=row,
        address=_public(row),
        image=attendance_codes.image(_public(row)),
        may_run=session is not None and may_run(session),
        reason_form=ReasonForm(formdata=None),
    )


def _reaches_session(row: CompletionCertificate) -> bool:
    from app.training.queries.sessions import one_session

    return one_session(row.session_id, current_user.grants, P.TRAINING_READ) is not None


@bp.post("/sessions/<int:session_id>/certificates")
@requires(P.TRAINING_EDIT)
def issue(session_id: int) -> Response:
    """Issue certificates to all who passed and have none."""
    session = session_or_404(session_id, P.TRAINING_EDIT)
    made: list[CompletionCertificate] = []
    if tried(lambda: made.extend(operations.issue(actor=current_user, session=session, programme=session.programme))):
        number = len(made)
        flash(ngettext("%(num)d certificate issued.", "%(num)d certificates issued.", number), "success")
    return redirect(
        url_for(".print_view", session_id=session_id) if made else url_for(".show", session_id=session_id), 303
    )


@bp.get("/sessions/<int:session_id>/certificates")
@requires(P.TRAINING_READ)
def print_view(session_id: int) -> Page:
    """The certificates of a session, one a sheet, for a browser's printer."""
    session = session_or_404(session_id)
    rows = _of_session(session_id)
    return render_template(
        "training/print.html",
        session=session,
        certificates=[(row, attendance_codes.image(_public(row))) for row in rows],
        sentences=certificate_pdf.sentences,
        may_run=may_run(session),
        may_nominate=current_user.may(P.TRAINING_NOMINATE),
    )


def _of_session(session_id: int) -> Sequence[CompletionCertificate]:
    return queries.valid_of(session_id, enrolments_where(current_user.grants, P.TRAINING_READ))


@bp.post("/sessions/<int:session_id>/certificates.pdf")
@requires(P.TRAINING_READ)
def print_pdf(session_id: int) -> Response:
    """The certificates of a session in one file."""
    session = session_or_404(session_id)
    rows = _of_session(session_id)
    if not rows:
        flash(_("There is no certificate to print yet."), "error")
        return redirect(url_for(".print_view", session_id=session_id), 303)
    try:
        content = certificate_pdf.print_all(rows, _public)
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return redirect(url_for(".print_view", session_id=session_id), 303)
    audit.record(
        actor=current_user,
        action="training.certificate.print",
        subject=session,
        after={"certificates": len(rows)},
        region_id=session.region_id,
        school_id=session.school_id,
    )
    return _pdf(content, f"{session.name}-结业证书.pdf")


@bp.post("/certificates/<int:certificate_id>/revoke")
@requires(P.TRAINING_EDIT)
def revoke(certificate_id: int) -> Response:
    """Declare a certificate void."""
    row, form = certificate_or_404(certificate_id, P.TRAINING_EDIT), ReasonForm()
    number = row.number
    if not form.validate_on_submit():
        flash(_("Say why the certificate is revoked; it stays on record."), "error")
    elif tried(lambda: operations.revoke(actor=current_user, certificate=row, reason=form.reason.data or "")):
        flash(_("Certificate %(number)s is revoked.", number=number), "success")
    return redirect(url_for(".certificate", certificate_id=certificate_id), 303)


@bp.get("/mine/certificates/<int:certificate_id>.pdf")
@requires(P.OWN_RECORD)
def own_pdf(certificate_id: int) -> Response:
    """One's own certificate."""
    teacher = people_queries.teacher_of(current_user.teacher_id)
    row = queries.own_certificate(certificate_id, teacher.id) if teacher else None
    if row is None:
        abort(404)
    return _pdf(certificate_pdf.print_all([row], _public), f"{row.number}.pdf")


@bp.get("/verify/<token>")
@public
@limiter.limit(VERIFY_LIMIT)
def verify(token: str) -> Page:
    """Whether a certificate is genuine, for whoever holds it in their hands. No personal data beyond a masked name."""
    row = queries.by_token(token) if len(token) <= 64 else None
    if row is None:
        abort(404)
    return render_template("training/verify.html", certificate=row, name=masked_name(row.name))


def _public(row: CompletionCertificate) -> str:
    return url_for("training.verify", token=row.token, _external=True)


def _pdf(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)
