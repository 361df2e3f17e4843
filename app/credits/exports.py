"""The columns of this room's exports."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.credits.asking import forecast
from app.credits.models import CreditClaim
from app.credits.queries.claims import kinds_of
from app.credits.queries.overview import Scene
from app.web.exports import Column


def _kind(claim: CreditClaim) -> str:
    kind = kinds_of(claim.county_id).get(claim.kind_code or "")
    return kind.label if kind else claim.kind_code or ""


CLAIM_COLUMNS = [
    Column(_l("Teacher"), "teacher.name"),
    Column(_l("School"), "school.name"),
    Column(_l("What it was"), "title"),
    Column(_l("Kind of training"), _kind),
    Column(_l("First day"), "from_on"),
    Column(_l("Finished on"), "done_on"),
    Column(_l("Hours claimed"), "hours_claimed"),
    Column(_l("Hours that stand"), "hours"),
    Column(_l("Status"), "status"),
    Column(_l("Status code"), lambda claim: claim.status.code),
    Column(_l("Source"), "source"),
]


def teacher_columns(scene: Scene) -> list[Column]:
    """The columns of the list of teachers; amounts in hours."""

    def hours(name: str) -> Any:
        return lambda row: getattr(row, name) / 100

    return [
        Column(_l("Teacher"), "name"),
        Column(_l("School"), "school_name"),
        Column(_l("Hours of the cycle"), hours("hours")),
        Column(_l("Target"), hours("target")),
        Column(_l("At this pace by the end"), lambda row: forecast(row.hours, scene.share) / 100),
        Column(_l("Hours of this year"), hours("year_hours")),
        Column(_l("Mark of this year"), hours("mark")),
    ]
