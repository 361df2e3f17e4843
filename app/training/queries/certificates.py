"""Certificates of completion: the list, those of a session, and one by its public token."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from app.access import Grant, Permission
from app.codes import queries as codes
from app.extensions import db
from app.schools.queries import school_filter
from app.training.access import enrolments_where
from app.training.models import CompletionCertificate, Enrolment
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

_STATES = (("valid", _l("Valid")), ("revoked", _l("Revoked")))
CERTIFICATES = ListSpec(
    "training.certificates",
    filters=(
        lists.choice("type", _l("Kind of training"), lambda: codes.choices("training_kind")),
        lists.choice("state", _l("Status"), lambda: _STATES),
        school_filter("school", _l("School")),
        lists.day("from", _l("Issued on or after")),
        lists.day("to", _l("Issued on or before")),
    ),
    sorts={
        "number": Sort((SortKey(CompletionCertificate.number, "number"),)),
        "issued": Sort(
            (
                SortKey(CompletionCertificate.issued_on, "issued_on", is_descending=True),
                SortKey(CompletionCertificate.id, "id", is_descending=True),
            )
        ),
    },
)
PARTS = (
    joinedload(CompletionCertificate.enrolment).joinedload(Enrolment.school),
    joinedload(CompletionCertificate.enrolment).joinedload(Enrolment.teacher),
)


def certificates_listed(listing: Listing, grants: Iterable[Grant], permission: Permission) -> Select[Any]:
    """The certificates that a list asks for, within reach."""
    row = CompletionCertificate
    conditions: list[ColumnElement[bool]] = [
        row.enrolment_id.in_(select(Enrolment.id).where(enrolments_where(grants, permission)))
    ]
    if kind := listing.get("type"):
        conditions.append(row.type_code == kind)
    if state := listing.get("state"):
        conditions.append(row.revoked_at.is_(None) if state == "valid" else row.revoked_at.is_not(None))
    if school := listing.get("school"):
        conditions.append(row.enrolment_id.in_(select(Enrolment.id).where(Enrolment.school_id == school)))
    if first := listing.get("from"):
        conditions.append(row.issued_on >= first)
    if last := listing.get("to"):
        conditions.append(row.issued_on <= last)
    if listing.search:
        text = listing.search
        conditions.append(or_(row.number.startswith(text, autoescape=True), row.name.startswith(text, autoescape=True)))
    return select(row).where(*conditions)


def one_certificate(
    certificate_id: int, grants: Iterable[Grant], permission: Permission
) -> CompletionCertificate | None:
    """A certificate within reach."""
    reach = select(Enrolment.id).where(enrolments_where(grants, permission))
    return db.session.scalar(
        select(CompletionCertificate)
        .where(CompletionCertificate.id == certificate_id, CompletionCertificate.enrolment_id.in_(reach))
        .options(*PARTS)
    )


def by_token(token: str) -> CompletionCertificate | None:
    """The certificate that a public address names."""
    return db.session.scalar(select(CompletionCertificate).where(CompletionCertificate.token == token))


def valid_of(session_id: int, reach: ColumnElement[bool]) -> Sequence[CompletionCertificate]:
    """The valid certificates of a session, in the order of their numbers."""
    return db.session.scalars(
        select(CompletionCertificate)
        .where(
            CompletionCertificate.session_id == session_id,
            CompletionCertificate.revoked_at.is_(None),
            CompletionCertificate.enrolment_id.in_(
                select(Enrolment.id).where(Enrolment.session_id == session_id, reach)
            ),
        )
        .order_by(CompletionCertificate.number)
        .options(*PARTS)
    ).all()


def of_enrolments(ids: Sequence[int]) -> dict[int, CompletionCertificate]:
    """The valid certificate of each enrolment that has one."""
    rows = db.session.scalars(
        select(CompletionCertificate).where(
            CompletionCertificate.enrolment_id.in_(ids), CompletionCertificate.revoked_at.is_(None)
        )
    )
    return {row.enrolment_id: row for row in rows}


def own_certificate(certificate_id: int, teacher_id: int) -> CompletionCertificate | None:
    """One of a teacher's own certificates, as long as it is valid."""
    return db.session.scalar(
        select(CompletionCertificate)
        .join(Enrolment, Enrolment.id == CompletionCertificate.enrolment_id)
        .where(
            CompletionCertificate.id == certificate_id,
            Enrolment.teacher_id == teacher_id,
            CompletionCertificate.revoked_at.is_(None),
        )
        .options(*PARTS)
    )
