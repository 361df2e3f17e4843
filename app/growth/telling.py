"""What this room tells people."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.growth.operations.draws import NOTICE
from app.notices.kinds import Rendered, notice_kind


@notice_kind(NOTICE, label=_l("Drawn for a lesson"), is_urgent=True)
def drawn(params: dict[str, Any]) -> Rendered:
    """To a teacher whom the weekly draw met."""
    title = _("You were drawn for an open lesson in the week %(week)s", week=params["week"])
    return Rendered(title, _("Your school agrees the day with you."), url_for("teachers.me"))
