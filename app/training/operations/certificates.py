"""Certificates of completion: issued with the next numbers, and revoked."""

import secrets
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from app.audit import record_many
from app.audit.operations import Actor
from app.audit.operations import record as write
from app.db import rows_changed
from app.db.clock import today, utc_now
from app.extensions import db
from app.regions.models import Region
from app.teachers.models import Teacher
from app.training import telling
from app.training.models import (
    CertificateCounter,
    CompletionCertificate,
    Enrolment,
    TrainingProgramme,
    TrainingResult,
    TrainingSession,
)
from app.training.operations.locking import locked_session
from app.web.errors import Refused

HIGHEST_SERIAL = 999_999


def issue(*, actor: Actor, session: TrainingSession, programme: TrainingProgramme) -> list[CompletionCertificate]:
    """A certificate for everybody who passed and has none, in the order of names."""
    session = locked_session(session.id)
    people = _without_certificate(session.id)
    if not people:
        raise Refused(_("Everybody who passed has a certificate already, or nobody has passed yet."))
    area = db.session.get_one(Region, session.region_id).code
    first = take_numbers(area, programme.kind_code, len(people))
    made = [_certificate(row, session, programme, area, serial) for serial, row in enumerate(people, start=first)]
    db.session.add_all(made)
    db.session.flush()
    telling.certificates_issued(session, [(row.teacher_id, one) for row, one in zip(people, made, strict=True)])
    record_many(
        actor=actor,
        action="training.certificate.issue",
        lines=[
            {
                "subject": one,
                "after": {"name": one.name, "hours": one.hours},
                "region_id": row.county_id,
                "school_id": row.school_id,
            }
            for row, one in zip(people, made, strict=True)
        ],
    )
    return made


def _without_certificate(session_id: int) -> list[Enrolment]:
    held = select(CompletionCertificate.id).where(
        CompletionCertificate.enrolment_id == Enrolment.id, CompletionCertificate.revoked_at.is_(None)
    )
    return list(
        db.session.scalars(
            select(Enrolment)
            .join(Teacher, Teacher.id == Enrolment.teacher_id)
            .where(
                Enrolment.session_id == session_id,
                Enrolment.result == TrainingResult.PASSED,
                ~held.exists(),
            )
            .options(joinedload(Enrolment.teacher))
            .order_by(Teacher.name_pinyin, Teacher.id)
        )
    )


def _certificate(
    row: Enrolment, session: TrainingSession, programme: TrainingProgramme, area: str, serial: int
) -> CompletionCertificate:
    return CompletionCertificate(
        enrolment_id=row.id,
        session_id=session.id,
        area_code=area,
        type_code=programme.kind_code,
        serial=serial,
        number=f"{area}{programme.kind_code}{serial:06d}",
        token=secrets.token_urlsafe(24),
        name=row.teacher.name,
        programme=programme.name,
        session_name=session.name,
        organiser=programme.organiser,
        begins_on=session.begins_on,
        ends_on=session.ends_on,
        hours=row.hours,
        issued_on=today(),
    )


def take_numbers(area: str, type_code: str, count: int) -> int:
    """Reserve the next numbers of an area and type; returns the first.

    The counter's row stays locked until the transaction ends and goes back with it: no number twice, and none lost.
    """
    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(make(CertificateCounter).values(area_code=area, type_code=type_code).on_conflict_do_nothing())
    last: Any = db.session.scalar(
        update(CertificateCounter)
        .where(
            CertificateCounter.area_code == area,
            CertificateCounter.type_code == type_code,
            CertificateCounter.last <= HIGHEST_SERIAL - count,
        )
        .values(last=CertificateCounter.last + count)
        .returning(CertificateCounter.last)
        .execution_options(synchronize_session=False)
    )
    if last is None:
        raise Refused(_("The numbers of this type are used up: there are six digits for them."))
    return int(last) - count + 1


def revoke(*, actor: Actor, certificate: CompletionCertificate, reason: str) -> None:
    """Declare a certificate void. Its number is not given again, and its public page says so."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the certificate is revoked; it stays on record."))
    done = rows_changed(
        db.session,
        update(CompletionCertificate)
        .where(CompletionCertificate.id == certificate.id, CompletionCertificate.revoked_at.is_(None))
        .values(revoked_at=utc_now(), revoked_reason=reason),
    )
    db.session.refresh(certificate, ["revoked_at", "revoked_reason"])
    if not done:
        raise Refused(_("Certificate %(number)s was revoked already.", number=certificate.number))
    write(
        actor=actor,
        action="training.certificate.revoke",
        subject=certificate,
        reason=reason,
        region_id=certificate.enrolment.county_id,
        school_id=certificate.enrolment.school_id,
    )
