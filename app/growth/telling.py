"""What this room tells people."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.growth.models import PlaceStatus
from app.growth.operations.draws import NOTICE
from app.growth.operations.programmes import NOTICE as PLACE_NOTICE
from app.notices.kinds import Rendered, notice_kind


@notice_kind(NOTICE, label=_l("Drawn for a lesson"), is_urgent=True)
def drawn(params: dict[str, Any]) -> Rendered:
    """To a teacher whom the weekly draw met."""
    title = _("You were drawn for an open lesson in the week %(week)s", week=params["week"])
    return Rendered(title, _("Your school agrees the day with you."), url_for("teachers.me"))


@notice_kind(PLACE_NOTICE, label=_l("Your place in a growth programme"))
def place(params: dict[str, Any]) -> Rendered:
    """To a teacher about whose place somebody decided."""
    status = PlaceStatus(params["status"]).label
    title = _("%(programme)s: %(status)s", programme=params["programme"], status=status)
    return Rendered(title, params.get("reason") or "", url_for("teachers.me"))
