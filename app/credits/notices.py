"""What this room tells people."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.credits.models import CreditClaim
from app.notices.kinds import Rendered, notice_kind
from app.notices.operations import notify, users_of_teachers


def _mine(params: dict[str, Any]) -> str:
    return url_for("credits.my_claim", claim_id=params["claim"])


@notice_kind("credit.returned", label=_l("A claim of mine was returned"))
def returned(params: dict[str, Any]) -> Rendered:
    """A reviewer sent a claim back."""
    title = _("Returned: %(title)s", title=params["title"])
    return Rendered(title, _("Reason: %(reason)s", reason=params["reason"]), _mine(params))


@notice_kind("credit.confirmed", label=_l("A claim of mine was confirmed"))
def confirmed(params: dict[str, Any]) -> Rendered:
    """The county confirmed a claim."""
    title = _("Confirmed: %(title)s", title=params["title"])
    return Rendered(title, _("%(hours)s hours were confirmed.", hours=params["hours"]), _mine(params))


@notice_kind("credit.hours_changed", label=_l("The hours of a claim of mine were changed"))
def hours_changed(params: dict[str, Any]) -> Rendered:
    """A reviewer changed the hours."""
    title = _("Hours changed: %(title)s", title=params["title"])
    body = _(
        "From %(before)s to %(after)s hours. Reason: %(reason)s",
        before=params["before"],
        after=params["after"],
        reason=params["reason"],
    )
    return Rendered(title, body, _mine(params))


@notice_kind("credit.dispute", label=_l("My objection was answered"))
def dispute_answered(params: dict[str, Any]) -> Rendered:
    """Somebody answered a dispute, or ruled it."""
    title = _("Answer to your objection: %(title)s", title=params["title"])
    return Rendered(title, params["body"], _mine(params))


def tell(kind: str, claim: CreditClaim, *, key: str, **params: Any) -> None:
    """Tell the claim's teacher."""
    users = users_of_teachers([claim.teacher_id])[claim.teacher_id]
    notify(users=users, kind=kind, params={"claim": claim.id, "title": claim.title, **params}, key=key)
