"""A county's own certificate types: changed, added, and put back to what ships. Every change is judged at once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.audit.operations import Actor
from app.db.clock import today
from app.extensions import db
from app.qualifications.judging import judge_county
from app.qualifications.kinds import CertificateType, forget, shipped, types_of
from app.qualifications.models import Certificate, CountyCertificateType
from app.qualifications.operations.registrations import conclude_type
from app.web.errors import Refused


def own_row(county_id: int, code: str) -> CountyCertificateType | None:
    """The county's own version of a type, where it has one."""
    return db.session.scalar(
        select(CountyCertificateType).where(
            CountyCertificateType.county_id == county_id, CountyCertificateType.code == code
        )
    )


def problems(county_id: int, kind: CertificateType, *, is_new: bool) -> dict[str, str]:
    """Why a type cannot stand: field → sentence."""
    types = types_of(county_id)
    found: dict[str, str] = {}
    if is_new and (kind.code in types or types.named(kind.name_zh)):
        found["name_zh"] = _("A type of this name is already there.")
    for name in ("covers", "subject_covers"):
        if kind.code in {deep for code in getattr(kind, name) for deep in types.covered_by(code)}:
            found[name] = _("Types cannot replace each other in a circle.")
    if kind.subject_covers and not kind.covers_subject:
        found["covers_subject"] = _("Choose the subject for which it replaces others.")
    for need in kind.needs:
        if need.min_pupils is not None and need.max_pupils is not None and need.min_pupils > need.max_pupils:
            found["needs"] = _("The smallest school is larger than the largest.")
    return found


def save(*, actor: Actor, county_id: int, kind: CertificateType, is_new: bool = False) -> bool:
    """Keep a county's version of a type; everybody is judged by it from now on. Tells whether anything changed."""
    if found := problems(county_id, kind, is_new=is_new):
        raise Refused(next(iter(found.values())))
    row, rules = own_row(county_id, kind.code), replace(kind, is_local=False).to_dict()
    standing = row.rules if row else (shipped()[kind.code].to_dict() if kind.code in shipped() else {})
    if standing == rules:
        return False
    if row is None:
        row = CountyCertificateType(county_id=county_id, code=kind.code, rules=rules)
        db.session.add(row)
    else:
        row.rules = rules
    db.session.flush()
    before = {name: standing.get(name) for name in rules if standing.get(name) != rules[name]}
    _record(actor, "certificate_type.edit" if standing else "certificate_type.add", row, before,
            {name: rules[name] for name in before} if standing else _told(rules))  # fmt: skip
    _apply(county_id, kind.code)
    return True


def put_back(*, actor: Actor, county_id: int, code: str) -> None:
    """Forget the county's version: what ships holds again, and a type of the county's own is gone."""
    row = own_row(county_id, code)
    if row is None:
        raise Refused(_("This type is as it ships."))
    used = select(func.count()).select_from(Certificate)
    if code not in shipped() and db.session.scalar(
        used.where(Certificate.county_id == county_id, Certificate.type_code == code)
    ):
        raise Refused(_("Certificates of this type are on record. Take it out of use instead."))
    _record(actor, "certificate_type.restore", row, _told(row.rules), {})
    db.session.delete(row)
    db.session.flush()
    _apply(county_id, code)


def _apply(county_id: int, code: str) -> None:
    forget(county_id)
    if code in types_of(county_id):
        conclude_type(county_id, code)
    judge_county(county_id, today())


def _told(rules: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rules.items() if value not in (None, "", [], False)}


def _record(
    actor: Actor, action: str, row: CountyCertificateType, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject_type="certificate_type",
        subject_id=f"{row.county_id}:{row.code}",
        subject_label=row.label,
        before={k: _words(v) for k, v in before.items()} or None,
        after={k: _words(v) for k, v in after.items()} or None,
        region_id=row.county_id,
    )


def _words(value: Any) -> Any:
    """Lists of needs as text, so that the log can be read."""
    if isinstance(value, list):
        return ["; ".join(f"{k}={v}" for k, v in one.items()) if isinstance(one, dict) else one for one in value]
    return value
