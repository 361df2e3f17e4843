"""What this room tells people."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.notices.kinds import Rendered, notice_kind
from app.reports.models import ReportKind
from app.reports.operations import READY


@notice_kind(READY, label=_l("A report is ready"), is_urgent=True)
def ready(params: dict[str, Any]) -> Rendered:
    """To whoever asked for a report, or may read those of the county: what there is, and where; no figures."""
    kind = ReportKind(params["kind"]).label
    title = _("%(kind)s of %(county)s is ready", kind=kind, county=params["county"])
    body = _("Cut-off date %(day)s. Sign in to download it; the letter holds no data.", day=params["day"])
    return Rendered(title, body, url_for("reports.show", report_id=params["report_id"]))
