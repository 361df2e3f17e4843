"""The registrations 定期注册 of a teaching qualification. The newest conclusion decides until when it is good."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.operations import Actor, changes
from app.db.clock import today
from app.extensions import db
from app.qualifications.judging import judge_teachers
from app.qualifications.kinds import types_of
from app.qualifications.models import Certificate, CertificateRegistration, CertificateState
from app.qualifications.operations.certificates import expiry, months_later, record
from app.qualifications.standing import QUALIFIED
from app.teachers.models import Teacher
from app.web.errors import Refused


def problems(row: Certificate, *, on: date, own: CertificateRegistration | None) -> dict[str, str]:
    """Why a registration cannot stand: field → sentence. The certificate's registrations are loaded."""
    if not types_of(row.county_id)[row.type_code].registration_months:
        return {"on": str(_("Certificates of this type are not registered."))}
    if row.state is not CertificateState.VERIFIED:
        return {"on": str(_("Verify the certificate first; then it can be registered."))}
    if on > today():
        return {"on": str(_("The day of registration lies in the future."))}
    if row.issued_on and on < row.issued_on:
        return {"on": str(_("The day of registration lies before the day of issue."))}
    if any(other.on == on for other in row.registrations if other is not own):
        return {"on": str(_("A registration of this day is already on record."))}
    return {}


def register(
    *, actor: Actor, row: Certificate, teacher: Teacher, on: date, conclusion_code: str, note: str | None = None
) -> CertificateRegistration:
    """Put a registration on record."""
    _check(row, on, None)
    made = CertificateRegistration(on=on, conclusion_code=conclusion_code, note=note)
    row.registrations = sorted([*row.registrations, made], key=lambda one: one.on)
    _conclude(row)
    told = {"registered_on": on, "conclusion_code": conclusion_code, "note": note}
    record(actor, "certificate.register", row, teacher, {}, {k: v for k, v in told.items() if v is not None})
    judge_teachers([teacher.id], today())
    return made


def change(
    *,
    actor: Actor,
    row: Certificate,
    teacher: Teacher,
    own: CertificateRegistration,
    on: date,
    conclusion_code: str,
    note: str | None = None,
) -> bool:
    """Mend a registration. Tells whether anything changed."""
    _check(row, on, own)
    before, after = changes(own, {"on": on, "conclusion_code": conclusion_code, "note": note})
    if not after:
        return False
    for name, value in after.items():
        setattr(own, name, value)
    row.registrations = sorted(row.registrations, key=lambda one: one.on)
    _conclude(row)
    words = {"on": "registered_on"}
    record(actor, "certificate.register", row, teacher, {words.get(k, k): v for k, v in before.items()},
           {words.get(k, k): v for k, v in after.items()})  # fmt: skip
    judge_teachers([teacher.id], today())
    return True


def remove(*, actor: Actor, row: Certificate, teacher: Teacher, own: CertificateRegistration) -> None:
    """Remove a registration that should not be there."""
    before = {"registered_on": own.on, "conclusion_code": own.conclusion_code}
    row.registrations = [one for one in row.registrations if one is not own]
    _conclude(row)
    record(actor, "certificate.unregister", row, teacher, before, {})
    judge_teachers([teacher.id], today())


def concluded(registrations: list[tuple[date, str]], months: int | None) -> tuple[date | None, str | None]:
    """Until when the registrations let a certificate be used, and the newest conclusion.

    Only a registration that went well counts its months; one that was deferred or refused leaves the end where it is.
    """
    if not registrations:
        return None, None
    ordered = sorted(registrations)
    good = [on for on, conclusion in ordered if conclusion == QUALIFIED]
    until = months_later(good[-1], months) if good and months else None
    return until, ordered[-1][1]


def conclude_type(county_id: int, type_code: str) -> int:
    """Reckon all certificates of a type anew, after its terms changed; returns how many there are."""
    months = types_of(county_id)[type_code].registration_months
    rows = db.session.scalars(
        select(Certificate).where(Certificate.county_id == county_id, Certificate.type_code == type_code)
    ).all()
    found: dict[int, list[tuple[date, str]]] = {}
    query = (
        select(
            CertificateRegistration.certificate_id, CertificateRegistration.on, CertificateRegistration.conclusion_code
        )
        .join(Certificate, Certificate.id == CertificateRegistration.certificate_id)
        .where(Certificate.county_id == county_id, Certificate.type_code == type_code)
    )
    for certificate_id, on, conclusion in db.session.execute(query).tuples():
        found.setdefault(certificate_id, []).append((on, conclusion))
    for row in rows:
        row.registered_to, row.conclusion_code = concluded(found.get(row.id, []), months)
        row.expires_on = expiry(row.valid_to, row.registered_to)
    db.session.flush()
    return len(rows)


def _conclude(row: Certificate) -> None:
    kind = types_of(row.county_id)[row.type_code]
    found = [(one.on, one.conclusion_code) for one in row.registrations]
    row.registered_to, row.conclusion_code = concluded(found, kind.registration_months)
    row.expires_on = expiry(row.valid_to, row.registered_to)
    db.session.flush()


def _check(row: Certificate, on: date, own: CertificateRegistration | None) -> None:
    if found := problems(row, on=on, own=own):
        raise Refused(next(iter(found.values())))
