"""A teacher's own certificates: entered on a telephone, handed in, taken back, mended, renewed."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.qualifications import operations, queries
from app.qualifications.judging import standing_of
from app.qualifications.kinds import types_of
from app.qualifications.models import Certificate, CertificateSource, CertificateState
from app.qualifications.routes import bp
from app.qualifications.routes.certificates import certificate_form, form_page, renewed_or_404, shown
from app.teachers import queries as teacher_queries
from app.teachers.models import Teacher
from app.web.attempts import Page
from app.web.guards import requires

P, S = Permission, CertificateState
OWN = CertificateSource.TEACHER


def myself() -> Teacher:
    """The teacher that the present person is."""
    grants = current_user.grants
    return teacher_queries.one_teacher(current_user.teacher_id or 0, grants, P.OWN_RECORD) or abort(404)


def own_or_404(own_certificate_id: int) -> Certificate:
    """One of the person's own certificates."""
    return queries.own_certificate(own_certificate_id, current_user.teacher_id) or abort(404)


def to_mine(row: Certificate) -> Response:
    """Back to one's own certificate."""
    return redirect(url_for(".my_certificate", own_certificate_id=row.id), 303)


@bp.get("/me/certificates")
@requires(P.OWN_RECORD)
def my_certificates() -> Page:
    """Everything one holds, what is missing, and what ends soon."""
    teacher = myself()
    rows = queries.certificates_of(teacher.id, with_drafts=True)
    return render_template(
        "qualifications/mine.html",
        teacher=teacher,
        rows=rows,
        types=types_of(teacher.county_id),
        standing=standing_of(teacher.id, today()),
        records=queries.records_of(teacher.id),
        today=today(),
    )


@bp.route("/me/certificates/new", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def add_mine() -> Page:
    """Enter one of one's own, as a draft or for the school."""
    teacher = myself()
    renews = renewed_or_404(teacher.id)
    form = certificate_form(teacher, None, renews)
    is_draft = request.form.get("action") == "draft"
    if form.validate_on_submit() and form.take(
        operations.problems(teacher, form.fields(), None, renews, is_draft=is_draft)
    ):
        row = operations.add(
            actor=current_user, teacher=teacher, source=OWN, fields=form.fields(), evidence=form.evidence.data,
            renews=renews, is_draft=is_draft,
        )  # fmt: skip
        flash(_("The draft was saved.") if is_draft else _("It was sent to your school."), "success")
        return to_mine(row)
    heading = _("Renew a certificate") if renews else _("Enter a certificate")
    return form_page(form, heading, teacher=teacher, renews=renews, row=None, source=OWN.value)


@bp.get("/me/certificates/<int:own_certificate_id>")
@requires(P.OWN_RECORD)
def my_certificate(own_certificate_id: int) -> Page:
    """One of one's own, with where it stands."""
    row = own_or_404(own_certificate_id)
    kind = types_of(row.county_id).get(row.type_code)
    can: dict[str, Any] = {
        "can_renew": row.state is S.VERIFIED and bool(kind and kind.is_renewable),
        "can_withdraw": row.state is S.CLAIMED and row.source is OWN,
        "can_change": row.state.is_with_holder,
    }
    return render_template("qualifications/my_certificate.html", **shown(row), **can)


@bp.route("/me/certificates/<int:own_certificate_id>/edit", methods=["GET", "POST"])
@requires(P.OWN_RECORD)
def edit_mine(own_certificate_id: int) -> Page:
    """Change a draft, or mend what was returned."""
    row = own_or_404(own_certificate_id)
    if not row.state.is_with_holder:
        return to_mine(row)
    teacher, is_draft = row.teacher, request.form.get("action") == "draft"
    form = certificate_form(teacher, row, row.renews)
    if (
        form.validate_on_submit()
        and not form.refuse_stale(row)
        and form.take(operations.problems(teacher, form.fields(), row, row.renews, is_draft=is_draft))
    ):
        operations.change(
            actor=current_user, row=row, teacher=teacher, source=OWN, fields=form.fields(),
            evidence=form.evidence.data, sends=not is_draft,
        )  # fmt: skip
        flash(_("The draft was saved.") if is_draft else _("It was sent to your school."), "success")
        return to_mine(row)
    return form_page(form, _("Edit a certificate"), teacher=teacher, renews=row.renews, row=row, source=OWN.value)


@bp.post("/me/certificates/<int:own_certificate_id>/withdraw")
@requires(P.OWN_RECORD)
def withdraw_mine(own_certificate_id: int) -> Response:
    """Take one's own back before the school has looked at it."""
    row = own_or_404(own_certificate_id)
    operations.withdraw(actor=current_user, row=row, teacher=row.teacher)
    flash(_("It is a draft again; nobody but you sees it."), "success")
    return to_mine(row)


@bp.post("/me/certificates/<int:own_certificate_id>/remove")
@requires(P.OWN_RECORD)
def remove_mine(own_certificate_id: int) -> Response:
    """Throw a draft away."""
    row = own_or_404(own_certificate_id)
    if not row.state.is_with_holder:
        abort(403)
    operations.remove(actor=current_user, row=row, teacher=row.teacher)
    flash(_("It was removed."), "success")
    return redirect(url_for(".my_certificates"), 303)
