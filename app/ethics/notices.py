"""What people are told: that there is something, and where; never what it is, for mail is read by others."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.notices.kinds import Rendered, notice_kind

_SIGN_IN = _l("Sign in to read it. You may answer in your own words; the county rules on your answer.")


def _mine(params: dict[str, Any]) -> str:
    return url_for("ethics.my_record", part=params["part"], ethics_id=params["id"])


def _record(params: dict[str, Any]) -> str:
    return url_for("ethics.show", part=params["part"], ethics_id=params["id"])


@notice_kind("ethics.proposed", label=_l("Something about you is proposed for the ethics record"), is_urgent=True)
def _proposed(params: dict[str, Any]) -> Rendered:
    return Rendered(_("An entry about you is proposed for the ethics record"), str(_SIGN_IN), _mine(params))


@notice_kind("ethics.recorded", label=_l("Something about you is on the ethics record"), is_urgent=True)
def _recorded(params: dict[str, Any]) -> Rendered:
    return Rendered(_("There is something new about you on the ethics record"), str(_SIGN_IN), _mine(params))


@notice_kind("ethics.changed", label=_l("A ruling or a correction of your ethics record"), is_urgent=True)
def _changed(params: dict[str, Any]) -> Rendered:
    title = _("Your ethics record was corrected, or your answer was ruled on")
    return Rendered(title, _("Sign in to read it."), _mine(params))


@notice_kind("ethics.dropped", label=_l("An entry about you was returned or withdrawn"), is_urgent=True)
def _dropped(params: dict[str, Any]) -> Rendered:
    title = _("An entry about you does not stand on the ethics record")
    return Rendered(title, _("It was returned or withdrawn, and counts for nothing."), url_for("ethics.mine"))


@notice_kind("ethics.to_confirm", label=_l("An ethics record waits for the county"))
def _to_confirm(params: dict[str, Any]) -> Rendered:
    return Rendered(
        _("%(school)s proposes something for the ethics record", school=params["school"]), "", _record(params)
    )


@notice_kind("ethics.answered", label=_l("A teacher answered an ethics record"))
def _answered(params: dict[str, Any]) -> Rendered:
    return Rendered(
        _("A teacher of %(school)s answered an ethics record", school=params["school"]), "", _record(params)
    )


@notice_kind("ethics.returned", label=_l("The county returned a proposal for the ethics record"))
def _returned(params: dict[str, Any]) -> Rendered:
    title = _("The county returned a proposal for the ethics record")
    return Rendered(title, _("Sign in to read why, mend it, and propose it again."), _record(params))
