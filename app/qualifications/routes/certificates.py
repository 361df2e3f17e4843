"""One certificate: looking at it, entering, changing, revoking and removing it, and its registrations."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.qualifications import operations, queries
from app.qualifications.access import acts_for_county
from app.qualifications.facts import HISTORY
from app.qualifications.forms import CertificateForm, ReasonForm, RegistrationForm
from app.qualifications.kinds import Types, types_of
from app.qualifications.models import Certificate, CertificateRegistration, CertificateState
from app.qualifications.operations import registrations
from app.qualifications.operations.certificates import files_of
from app.qualifications.routes import bp, certificate_or_404, saved_message, source_for, teacher_or_404
from app.qualifications.standing import Held, failure
from app.teachers.models import Teacher
from app.web import history
from app.web.attempts import Page
from app.web.errors import Refused
from app.web.forms import Form
from app.web.guards import requires

P, S = Permission, CertificateState


def to_certificate(row: Certificate) -> Response:
    """Back to the certificate's page."""
    return redirect(url_for(".show", certificate_id=row.id), 303)


@bp.get("/qualifications/certificates/<int:certificate_id>")
@requires(P.QUALIFICATION_READ)
def show(certificate_id: int) -> Page:
    """One certificate with its scans, registrations, chain and history."""
    row = certificate_or_404(certificate_id)
    return render_template("qualifications/show.html", **shown(row), **_powers(row))


def shown(row: Certificate) -> dict[str, Any]:
    """What a certificate's page says to anybody who may see it."""
    types = types_of(row.county_id)
    page = history.read("certificate", row.id, request.args)
    kind = types.get(row.type_code)
    return {
        "row": row,
        "kind": kind,
        "types": types,
        "files": files_of(row),
        "chain": queries.chain_of(row),
        "wrong": failure(_held(row), kind, today()) if row.state in (S.VERIFIED, S.RENEWED) else None,
        "page": page,
        "entries": HISTORY.tell(page.items),
        "today": today(),
    }


def _held(row: Certificate) -> Held:
    return Held(row.id, row.type_code, row.state, row.subject_code, row.valid_to, row.registered_to,
                row.conclusion_code, row.issued_on)  # fmt: skip


def _powers(row: Certificate) -> dict[str, bool]:
    grants = current_user.grants
    is_county = acts_for_county(grants, row.teacher.employing_school.county.path)
    may_edit = current_user.may(P.QUALIFICATION_EDIT)
    kind = types_of(row.county_id).get(row.type_code)
    is_open = row.state not in (S.RENEWED, S.REVOKED)
    return {
        "can_edit": may_edit and is_open,
        "can_check": row.state is S.CLAIMED and current_user.may(P.QUALIFICATION_CHECK),
        "can_verify": row.state is S.CHECKED and is_county,
        "can_revoke": is_county and row.state in (S.VERIFIED, S.RENEWED),
        "can_remove": is_county or (may_edit and row.state not in (S.VERIFIED, S.RENEWED, S.REVOKED)),
        "can_register": is_county and row.state is S.VERIFIED and bool(kind and kind.registration_months),
        "can_renew": may_edit and row.state is S.VERIFIED and bool(kind and kind.is_renewable),
    }


# --- entering and changing ----------------------------------------------------------------------------------------


def certificate_form(teacher: Teacher, row: Certificate | None, renews: Certificate | None) -> CertificateForm:
    """The form of a new certificate, of a renewal, or of one on record."""
    types = types_of(teacher.county_id)
    if row is not None:
        written = {name: getattr(row, name) for name in operations.Fields.__slots__}
        form = CertificateForm(data=written | {"evidence": files_of(row)}, row_version=str(row.version))
    elif renews is not None:
        form = CertificateForm(
            data={"type_code": renews.type_code, "subject_code": renews.subject_code, "number": renews.number,
                  "issued_by": renews.issued_by}
        )  # fmt: skip
    else:
        asked = request.args.get("type", "")
        form = CertificateForm(data={"type_code": asked} if asked in types else {})
    form.offer(types, row.type_code if row else None)
    form.evidence.belongs_to(teacher.county_id)
    return form


def renewed_or_404(teacher_id: int) -> Certificate | None:
    """The certificate that a new one renews, where the address names one of the teacher's."""
    asked = request.args.get("renews", type=int)
    if asked is None:
        return None
    return queries.own_certificate(asked, teacher_id) or abort(404)


def form_page(form: Form, heading: str | LazyString, **context: Any) -> Page:
    """A form of this room, with 422 where it was sent and could not be taken."""
    template = context.pop("template", "edit")
    status = 422 if form.is_submitted() else 200
    return render_template(f"qualifications/{template}.html", form=form, heading=heading, **context), status


@bp.route("/teachers/<int:teacher_id>/certificates/new", methods=["GET", "POST"])
@requires(P.QUALIFICATION_EDIT)
def add(teacher_id: int) -> Page:
    """Enter a certificate of a teacher; a school's goes to the county, a county's counts at once."""
    teacher = teacher_or_404(teacher_id)
    renews = renewed_or_404(teacher.id)
    form = certificate_form(teacher, None, renews)
    if form.validate_on_submit() and form.take(
        operations.problems(teacher, form.fields(), None, renews, is_draft=False)
    ):
        row = operations.add(
            actor=current_user, teacher=teacher, source=source_for(teacher), fields=form.fields(),
            evidence=form.evidence.data, renews=renews,
        )  # fmt: skip
        flash(_("It was added."), "success")
        return to_certificate(row)
    heading = _("Renew a certificate") if renews else _("Enter a certificate")
    return form_page(form, heading, teacher=teacher, renews=renews, row=None, source=source_for(teacher).value)


@bp.route("/qualifications/certificates/<int:certificate_id>/edit", methods=["GET", "POST"])
@requires(P.QUALIFICATION_EDIT)
def edit(certificate_id: int) -> Page:
    """Change a certificate."""
    row = certificate_or_404(certificate_id, P.QUALIFICATION_EDIT)
    teacher = row.teacher
    if row.state in (S.RENEWED, S.REVOKED):
        return to_certificate(row)
    form = certificate_form(teacher, row, row.renews)
    if (
        form.validate_on_submit()
        and not form.refuse_stale(row)
        and form.take(operations.problems(teacher, form.fields(), row, row.renews, is_draft=False))
    ):
        operations.change(
            actor=current_user, row=row, teacher=teacher, source=source_for(teacher), fields=form.fields(),
            evidence=form.evidence.data,
        )  # fmt: skip
        flash(saved_message(), "success")
        return to_certificate(row)
    return form_page(form, _("Edit a certificate"), teacher=teacher, renews=row.renews, row=row,
                     source=source_for(teacher).value)  # fmt: skip


@bp.post("/qualifications/certificates/<int:certificate_id>/remove")
@requires(P.QUALIFICATION_EDIT)
def remove(certificate_id: int) -> Response:
    """Remove a certificate that should not be there."""
    row = certificate_or_404(certificate_id, P.QUALIFICATION_EDIT)
    teacher = row.teacher
    if not _powers(row)["can_remove"]:
        abort(403)
    operations.remove(actor=current_user, row=row, teacher=teacher)
    flash(_("It was removed; the history keeps what it said."), "success")
    return redirect(url_for("teachers.show", teacher_id=teacher.id), 303)


@bp.route("/qualifications/certificates/<int:certificate_id>/revoke", methods=["GET", "POST"])
@requires(P.QUALIFICATION_VERIFY)
def revoke(certificate_id: int) -> Page:
    """Say that a verified certificate does not count any more, and why."""
    row = certificate_or_404(certificate_id, P.QUALIFICATION_VERIFY)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            operations.revoke(actor=current_user, row=row, teacher=row.teacher, reason=form.reason.data)
        except Refused as refusal:
            form.form_errors.append(str(refusal.message))
        else:
            flash(_("The certificate was revoked; its holder was told."), "success")
            return to_certificate(row)
    return _small(form, _("Revoke a certificate"), row,
                  _("It does not count from now on. The record, the reason and the history stay."))  # fmt: skip


def _small(form: Form, heading: str, row: Certificate, note: str | None = None) -> Page:
    types: Types = types_of(row.county_id)
    return form_page(
        form, heading, template="small", note=note, subheading=f"{row.teacher.name} · {types.label(row.type_code)}",
        back=url_for(".show", certificate_id=row.id), trail=row.teacher,
    )  # fmt: skip


# --- registrations ------------------------------------------------------------------------------------------------


def _registration_or_404(row: Certificate, registration_id: int) -> CertificateRegistration:
    return next((one for one in row.registrations if one.id == registration_id), None) or abort(404)


def _takes(form: RegistrationForm, row: Certificate, own: CertificateRegistration | None) -> bool:
    wrong = registrations.problems(row, on=form.on.data, own=own)
    for name, sentence in wrong.items():
        form[name].errors = [*form[name].errors, sentence]
    return not wrong


@bp.route("/qualifications/certificates/<int:certificate_id>/registrations/new", methods=["GET", "POST"])
@requires(P.QUALIFICATION_VERIFY)
def add_registration(certificate_id: int) -> Page:
    """Put a registration on record."""
    row = certificate_or_404(certificate_id, P.QUALIFICATION_VERIFY)
    form = RegistrationForm(data={"on": today()})
    if form.validate_on_submit() and _takes(form, row, None):
        registrations.register(actor=current_user, row=row, teacher=row.teacher, **form.values())
        flash(saved_message(), "success")
        return to_certificate(row)
    return _small(form, _("Enter a registration"), row)


@bp.route("/qualifications/certificates/<int:certificate_id>/registrations/<int:registration_id>",
          methods=["GET", "POST"])  # fmt: skip
@requires(P.QUALIFICATION_VERIFY)
def edit_registration(certificate_id: int, registration_id: int) -> Page:
    """Mend a registration."""
    row = certificate_or_404(certificate_id, P.QUALIFICATION_VERIFY)
    own = _registration_or_404(row, registration_id)
    form = RegistrationForm(obj=own)
    if form.validate_on_submit() and _takes(form, row, own):
        registrations.change(actor=current_user, row=row, teacher=row.teacher, own=own, **form.values())
        flash(saved_message(), "success")
        return to_certificate(row)
    return _small(form, _("Edit a registration"), row)


@bp.post("/qualifications/certificates/<int:certificate_id>/registrations/<int:registration_id>/remove")
@requires(P.QUALIFICATION_VERIFY)
def remove_registration(certificate_id: int, registration_id: int) -> Response:
    """Remove a registration that should not be there."""
    row = certificate_or_404(certificate_id, P.QUALIFICATION_VERIFY)
    registrations.remove(
        actor=current_user, row=row, teacher=row.teacher, own=_registration_or_404(row, registration_id)
    )
    flash(_("It was removed; the history keeps what it said."), "success")
    return to_certificate(row)
