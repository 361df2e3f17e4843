"""Entering, changing and sending certificates. Who enters one decides where it begins: at the school's queue, at the
county's, or verified."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import audit
from app.audit.operations import Actor, changes
from app.db.clock import today, utc_now
from app.evidence.models import EvidenceFile
from app.evidence.operations import settle
from app.extensions import db
from app.qualifications.judging import judge_teachers
from app.qualifications.kinds import CertificateType, SubjectMatch, Types, types_of
from app.qualifications.models import Certificate, CertificateEvidence, CertificateSource, CertificateState
from app.teachers.models import Teacher
from app.web.errors import Refused

S = CertificateState
LIVE = (S.CLAIMED, S.CHECKED, S.VERIFIED, S.RENEWED)
FIRST_STATE = {
    CertificateSource.TEACHER: S.CLAIMED,
    CertificateSource.SCHOOL: S.CHECKED,
    CertificateSource.COUNTY: S.VERIFIED,
}


@dataclass(frozen=True, slots=True)
class Fields:
    """What is written on a certificate."""

    type_code: str
    number: str | None = None
    subject_code: str | None = None
    title: str | None = None
    issued_by: str | None = None
    issued_on: date | None = None
    valid_to: date | None = None


def add(
    *,
    actor: Actor,
    teacher: Teacher,
    source: CertificateSource,
    fields: Fields,
    evidence: Sequence[EvidenceFile] = (),
    renews: Certificate | None = None,
    is_draft: bool = False,
) -> Certificate:
    """Enter a certificate of a teacher, or the renewal of one. The predecessor's registrations are loaded."""
    state = S.DRAFT if is_draft else FIRST_STATE[source]
    _check(teacher, fields, None, renews, is_draft=is_draft)
    row = Certificate(
        county_id=teacher.county_id,
        teacher_id=teacher.id,
        name_pinyin=teacher.name_pinyin,
        state=state,
        source=source,
        renews_id=renews.id if renews else None,
        registrations=[],
        evidence=[],
        **_stored(fields, types_of(teacher.county_id), renews),
    )
    row.expires_on = expiry(row.valid_to, row.registered_to)
    _stamp(row, state)
    db.session.add(row)
    _flush()
    _hang(row, evidence)
    told = {name: value for name, value in asdict(fields).items() if value is not None}
    record(actor, "certificate.add", row, teacher, {}, told | {"state": state, "files": len(evidence)})
    if renews is not None and state is S.VERIFIED:
        supersede(row)
    _judge(row)
    return row


def change(
    *,
    actor: Actor,
    row: Certificate,
    teacher: Teacher,
    source: CertificateSource,
    fields: Fields,
    evidence: Sequence[EvidenceFile],
    sends: bool = False,
) -> bool:
    """Change what is written on a certificate; `sends` hands a holder's draft in. Its evidence and predecessor are
    loaded. What a school changes after the county verified it goes to the county again."""
    before_state = row.state
    _refuse_strangers(row, source)
    after_state = _state_after(row.state, source, sends=sends)
    _check(teacher, fields, row, row.renews, is_draft=after_state is S.DRAFT)
    stored = _stored(fields, types_of(row.county_id), row.renews)
    before, after = changes(row, stored)
    had = {link.evidence_id for link in row.evidence}
    now = {file.id for file in evidence}
    if not after and had == now and after_state is before_state:
        return False
    for name, value in after.items():
        setattr(row, name, value)
    row.state, row.expires_on = after_state, expiry(row.valid_to, row.registered_to)
    if after_state is not before_state:
        row.reason = None
        _stamp(row, after_state)
    _hang(row, evidence)
    _flush()
    told = {name: value for name, value in before.items() if name not in _INTERNAL}
    new = {name: value for name, value in after.items() if name not in _INTERNAL}
    if had != now:
        told["files"], new["files"] = len(had), len(now)
    if after_state is not before_state:
        told["state"], new["state"] = before_state, after_state
    record(actor, "certificate.edit", row, teacher, told, new)
    _judge(row)
    return True


def submit(*, actor: Actor, row: Certificate, teacher: Teacher) -> None:
    """Hand a draft in as it stands."""
    fields = Fields(**{name: getattr(row, name) for name in Fields.__slots__})
    if not change(
        actor=actor, row=row, teacher=teacher, source=CertificateSource.TEACHER, fields=fields,
        evidence=files_of(row), sends=True,
    ):  # fmt: skip
        raise Refused(_("This certificate was handed in already."))


def withdraw(*, actor: Actor, row: Certificate, teacher: Teacher) -> None:
    """Take a certificate back before the school has looked at it."""
    if row.state is not S.CLAIMED or row.source is not CertificateSource.TEACHER:
        raise Refused(_("Only what still waits for the school can be taken back."))
    row.state, row.claimed_at = S.DRAFT, None
    db.session.flush()
    record(actor, "certificate.withdraw", row, teacher, {"state": S.CLAIMED}, {"state": S.DRAFT})
    _judge(row)


def remove(*, actor: Actor, row: Certificate, teacher: Teacher) -> None:
    """Remove a certificate that should not be there; what it renewed stands again. The log keeps what it said."""
    if db.session.scalar(select(Certificate.id).where(Certificate.renews_id == row.id)):
        raise Refused(_("A newer certificate renews this one. Remove that one first."))
    before = {name: getattr(row, name) for name in Fields.__slots__ if getattr(row, name) is not None}
    for file in files_of(row):
        file.is_draft = True
    if row.renews_id is not None and row.state is S.VERIFIED:
        _restore(row.renews_id)
    record(actor, "certificate.remove", row, teacher, before | {"state": row.state}, {})
    db.session.delete(row)
    db.session.flush()
    judge_teachers([teacher.id], today())


# --- what must hold -----------------------------------------------------------------------------------------------


def problems(
    teacher: Teacher, fields: Fields, row: Certificate | None, renews: Certificate | None, *, is_draft: bool
) -> dict[str, str]:
    """Why a certificate cannot stand: field → sentence. A draft may lack whatever is not known yet."""
    types = types_of(teacher.county_id)
    kind = types.get(fields.type_code)
    if kind is None or (not kind.is_active and (row is None or row.type_code != fields.type_code)):
        return {"type_code": str(_("Choose one of the list."))}
    found = _date_problems(teacher, fields, renews)
    if not is_draft:
        found = _missing(kind, fields) | found
        if fields.number and (taken := _number_taken(teacher.county_id, fields, row, renews)):
            found["number"] = taken
    if renews is not None and (wrong := _renewal_problem(types, teacher, fields, row, renews)):
        found["type_code"] = wrong
    return found


def _missing(kind: CertificateType, fields: Fields) -> dict[str, str]:
    found: dict[str, str] = {}
    if kind.needs_number and not fields.number:
        found["number"] = _("Give the number of the certificate.")
    if not fields.issued_on:
        found["issued_on"] = _("Give the day of issue.")
    if not fields.issued_by:
        found["issued_by"] = _("Say who issued it.")
    if kind.has_subject and kind.subject_match is not SubjectMatch.IGNORE and not fields.subject_code:
        found["subject_code"] = _("Choose the subject that is written on the certificate.")
    return found


def _date_problems(teacher: Teacher, fields: Fields, renews: Certificate | None) -> dict[str, str]:
    found: dict[str, str] = {}
    issued, ends = fields.issued_on, fields.valid_to
    if issued and issued > today():
        found["issued_on"] = _("The day of issue lies in the future.")
    elif issued and teacher.birth_on and issued <= teacher.birth_on:
        found["issued_on"] = _("The day of issue is not after the teacher's birth.")
    elif issued and renews is not None and renews.issued_on and issued <= renews.issued_on:
        found["issued_on"] = _("The renewal is not newer than the certificate it renews (%(day)s).",
                               day=renews.issued_on.isoformat())  # fmt: skip
    if issued and ends and ends < issued:
        found["valid_to"] = _("The end lies before the beginning.")
    return found


def _number_taken(county_id: int, fields: Fields, row: Certificate | None, renews: Certificate | None) -> str | None:
    if renews is not None and fields.number == renews.number:
        return None
    other = db.session.scalar(
        select(Certificate.id).where(
            Certificate.county_id == county_id,
            Certificate.type_code == fields.type_code,
            Certificate.own_number == fields.number,
            Certificate.state.in_(LIVE),
            Certificate.id != (row.id if row is not None and row.id else 0),
        )
    )
    return number_taken() if other else None


def number_taken() -> str:
    """What to say where another certificate has the number."""
    return str(
        _(
            "A certificate of this type with this number is already on record in the county. Compare the number with"
            " the document; if it is right, ask the county who else entered it."
        )
    )


def _renewal_problem(
    types: Types, teacher: Teacher, fields: Fields, row: Certificate | None, renews: Certificate
) -> str | None:
    if renews.teacher_id != teacher.id or renews.state not in (S.VERIFIED, S.RENEWED):
        return str(_("Only a verified certificate can be renewed."))
    if not types[fields.type_code].is_renewable:
        return str(_("Certificates of this type are not renewed; enter a new one."))
    if renews.type_code not in types.covered_by(fields.type_code, fields.subject_code):
        return str(_("A renewal is of the same type, or of one that replaces it."))
    other = select(Certificate.id).where(Certificate.renews_id == renews.id)
    if db.session.scalar(other.where(Certificate.id != (row.id if row is not None and row.id else 0))):
        return str(_("This certificate has been renewed already; open that renewal instead."))
    return None


def _check(
    teacher: Teacher, fields: Fields, row: Certificate | None, renews: Certificate | None, *, is_draft: bool
) -> None:
    if found := problems(teacher, fields, row, renews, is_draft=is_draft):
        raise Refused(next(iter(found.values())))


def _refuse_strangers(row: Certificate, source: CertificateSource) -> None:
    if source is CertificateSource.TEACHER and not row.state.is_with_holder:
        raise Refused(_("This certificate is with the school or the county now. Take it back first, or ask them."))
    if row.state in (S.RENEWED, S.REVOKED):
        raise Refused(_("A certificate that was renewed or revoked is not changed any more."))


def _state_after(state: CertificateState, source: CertificateSource, *, sends: bool) -> CertificateState:
    if source is CertificateSource.TEACHER:
        return S.CLAIMED if sends else S.DRAFT
    if source is CertificateSource.SCHOOL:
        return S.CHECKED
    return S.VERIFIED if state is S.RETURNED else state


_INTERNAL = frozenset({"own_number"})


def _stored(fields: Fields, types: Types, renews: Certificate | None) -> dict[str, Any]:
    """The columns: where the paper gives no end, the type's validity does."""
    kind = types[fields.type_code]
    valid_to = fields.valid_to
    if valid_to is None and kind.validity_months and fields.issued_on:
        valid_to = months_later(fields.issued_on, kind.validity_months)
    keeps_number = renews is not None and renews.number == fields.number
    subject = fields.subject_code if kind.has_subject else None
    own = None if keeps_number else fields.number
    return asdict(fields) | {"valid_to": valid_to, "subject_code": subject, "own_number": own}


def months_later(day: date, months: int) -> date:
    """The last day of a span of so many months that begins on `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    same = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return date.fromordinal(same.toordinal() - 1)


def expiry(valid_to: date | None, registered_to: date | None) -> date | None:
    """The day by which something must be done: the earlier of both ends."""
    return min(filter(None, (valid_to, registered_to)), default=None)


# --- the rows -----------------------------------------------------------------------------------------------------


def supersede(row: Certificate) -> None:
    """The certificate that this one renews is renewed from now on."""
    old = db.session.get(Certificate, row.renews_id) if row.renews_id else None
    if old is not None and old.state is S.VERIFIED:
        old.state = S.RENEWED
        db.session.flush()


def _restore(certificate_id: int) -> None:
    old = db.session.get_one(Certificate, certificate_id)
    if old.state is S.RENEWED:
        old.state = S.VERIFIED


def _stamp(row: Certificate, state: CertificateState) -> None:
    if state is S.CLAIMED:
        row.claimed_at = utc_now()
    elif state is S.CHECKED:
        row.checked_at = utc_now()
    elif state is S.VERIFIED:
        row.verified_at = utc_now()


def files_of(row: Certificate) -> list[EvidenceFile]:
    """The scans of a certificate whose links are loaded, in their order."""
    ids = [link.evidence_id for link in row.evidence]
    found = {file.id: file for file in db.session.scalars(select(EvidenceFile).where(EvidenceFile.id.in_(ids)))}
    return [found[one] for one in ids if one in found]


def _hang(row: Certificate, files: Sequence[EvidenceFile]) -> None:
    """Link exactly these files; those that were dropped belong to nobody and go with the unfinished ones."""
    wanted = {file.id: file for file in files}
    dropped = [link.evidence_id for link in row.evidence if link.evidence_id not in wanted]
    for file in db.session.scalars(select(EvidenceFile).where(EvidenceFile.id.in_(dropped))):
        file.is_draft = True
    present = {link.evidence_id: link for link in row.evidence}
    row.evidence = [
        present.get(file.id) or CertificateEvidence(evidence_id=file.id, position=n) for n, file in enumerate(files)
    ]
    db.session.flush()
    settle(files)


def _flush() -> None:
    """Write, and say in words when somebody else entered the same number or renewal at the same moment."""
    try:
        db.session.flush()
    except IntegrityError as error:
        text = str(error.orig)
        if "own_number" in text or "uq_certificate_county_number" in text:
            raise Refused(number_taken()) from error
        if "renews_id" in text or "uq_certificate_renews_once" in text:
            raise Refused(_("This certificate has been renewed already; open that renewal instead.")) from error
        raise


def _judge(row: Certificate) -> None:
    if row.state is not S.DRAFT:
        judge_teachers([row.teacher_id], today())


def record(
    actor: Actor,
    action: str,
    row: Certificate,
    teacher: Teacher,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    """An entry about a certificate."""
    audit.record(
        actor=actor,
        action=action,
        subject=row,
        subject_label=f"{teacher.name} · {types_of(row.county_id).label(row.type_code)}",
        before=dict(before) or None,
        after=dict(after) or None,
        reason=reason,
        region_id=row.county_id,
        school_id=teacher.working_school_id,
    )
