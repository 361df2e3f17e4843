"""What this room tells people: decisions about their certificates, and ends that come near. Each is told once."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.access import Permission
from app.notices.kinds import Rendered, notice_kind
from app.notices.operations import notify, users_of_teachers, users_with
from app.qualifications.kinds import types_of
from app.qualifications.models import Certificate

type Params = dict[str, Any]
_NUMBER = re.compile(r"\d{17}[\dXx]")


def verified(rows: Sequence[Certificate]) -> None:
    """Tell the holders that the county has verified."""
    _tell_holders("certificate.verified", rows, {})


def returned(rows: Sequence[Certificate], reason: str) -> None:
    """Tell the holders what is to be mended."""
    _tell_holders("certificate.returned", rows, {"reason": _without_numbers(reason)})


def revoked(row: Certificate, reason: str) -> None:
    """Tell the holder that a certificate does not count any more."""
    _tell_holders("certificate.revoked", [row], {"reason": _without_numbers(reason)})


def _without_numbers(text: str) -> str:
    """An identity number that somebody typed into a reason is not passed on."""
    return _NUMBER.sub("••••", text)


def ends_soon(row: Certificate, step: int, on: date) -> int:
    """Tell the holder that so many days are left; once for each step of each end."""
    users = users_of_teachers([row.teacher_id]).get(row.teacher_id, [])
    params = _params(row) | {"on": on.isoformat()}
    return notify(
        users=users, kind="certificate.ends", params=params, key=f"certificate:{row.id}:{row.expires_on}:{step}"
    )


def overdue(row: Certificate, school_id: int, teacher_name: str) -> int:
    """Tell the school, and the holder, that an end is past; once."""
    holders = users_of_teachers([row.teacher_id]).get(row.teacher_id, [])
    school = users_with(Permission.QUALIFICATION_CHECK, school_id=school_id)
    key = f"certificate:{row.id}:{row.expires_on}:overdue"
    params = _params(row) | {"name": teacher_name}
    told = notify(users=school, kind="certificate.overdue", params=params, key=key)
    return told + notify(users=holders, kind="certificate.past", params=params, key=key)


def _tell_holders(kind: str, rows: Iterable[Certificate], more: Params) -> None:
    rows = list(rows)
    users = users_of_teachers([row.teacher_id for row in rows])
    for row in rows:
        key = f"{kind}:{row.id}:{row.version}"
        notify(users=users.get(row.teacher_id, []), kind=kind, params=_params(row) | more, key=key)


def _params(row: Certificate) -> Params:
    return {
        "id": row.id,
        "county_id": row.county_id,
        "type": row.type_code,
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        "is_registration": bool(row.registered_to and row.expires_on == row.registered_to),
    }


def _name(params: Params) -> str:
    return types_of(params["county_id"]).label(params["type"])


def _mine(params: Params) -> str:
    return url_for("qualifications.my_certificate", own_certificate_id=params["id"])


@notice_kind("certificate.verified", label=_l("Certificate verified"))
def _verified(params: Params) -> Rendered:
    name = _name(params)
    return Rendered(
        _("Verified: %(name)s", name=name),
        _("The county has verified your certificate “%(name)s”. It counts from now on.", name=name),
        _mine(params),
    )


@notice_kind("certificate.returned", label=_l("Certificate returned"), is_urgent=True)
def _returned(params: Params) -> Rendered:
    name = _name(params)
    body = _("Your certificate “%(name)s” was returned: %(reason)s Mend it and hand it in again.",
             name=name, reason=params["reason"])  # fmt: skip
    return Rendered(_("Returned: %(name)s", name=name), body, _mine(params))


@notice_kind("certificate.revoked", label=_l("Certificate revoked"), is_urgent=True)
def _revoked(params: Params) -> Rendered:
    name = _name(params)
    body = _("Your certificate “%(name)s” was revoked: %(reason)s", name=name, reason=params["reason"])
    return Rendered(_("Revoked: %(name)s", name=name), body, _mine(params))


@notice_kind("certificate.ends", label=_l("Certificate runs out soon"))
def _ends(params: Params) -> Rendered:
    name, ends = _name(params), date.fromisoformat(params["expires_on"])
    left = (ends - date.fromisoformat(params["on"])).days
    days = ngettext("%(num)d day left", "%(num)d days left", left)
    if params["is_registration"]:
        title = _("Registration due on %(day)s: %(name)s", day=params["expires_on"], name=name)
        body = _("The five-year registration of “%(name)s” ends on %(day)s (%(left)s). Hand the papers in at your"
                 " school in time.", name=name, day=params["expires_on"], left=days)  # fmt: skip
    else:
        title = _("Runs out on %(day)s: %(name)s", day=params["expires_on"], name=name)
        body = _("Your certificate “%(name)s” runs out on %(day)s (%(left)s). Renew it and enter the new one.",
                 name=name, day=params["expires_on"], left=days)  # fmt: skip
    return Rendered(title, body, _mine(params))


@notice_kind("certificate.past", label=_l("Certificate has run out"), is_urgent=True)
def _past(params: Params) -> Rendered:
    name = _name(params)
    title = _("Ran out on %(day)s: %(name)s", day=params["expires_on"], name=name)
    body = _("“%(name)s” ran out on %(day)s and has not been renewed. Your school was told too.",
             name=name, day=params["expires_on"])  # fmt: skip
    return Rendered(title, body, _mine(params))


@notice_kind("certificate.overdue", label=_l("A teacher's certificate has run out"))
def _overdue(params: Params) -> Rendered:
    name = _name(params)
    title = _("%(teacher)s: %(name)s ran out on %(day)s", teacher=params["name"], name=name, day=params["expires_on"])
    body = _("It has not been renewed. See to it that it is renewed or registered, or that somebody else teaches.")
    return Rendered(title, body, url_for("qualifications.show", certificate_id=params["id"]))
