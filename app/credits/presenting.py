"""A standing as pages show it: the ring, the years, what to do next."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.credits.models import ClaimStatus
from app.credits.queries.standing import Standing
from app.credits.rules import Rules


def amount(rules: Rules) -> Callable[[int | None], str]:
    """How amounts are written: in hours, or in credits where the rules count in credits."""
    per = float(rules.hours_per_credit) if rules.shows_credits else 1.0

    def write(hundredths: int | None) -> str:
        return "–" if hundredths is None else f"{hundredths / 100 / per:,.2f}".rstrip("0").rstrip(".")

    return write


def unit_of(rules: Rules) -> str:
    """The word behind an amount."""
    return str(_("credits")) if rules.shows_credits else str(_("hours"))


def presented(standing: Standing) -> dict[str, Any]:
    """What the template of a standing needs."""
    return {
        "standing": standing,
        "rules": standing.rules,
        "amount": amount(standing.rules),
        "unit": unit_of(standing.rules),
        "ring": _ring(standing),
        "next_steps": list(_next_steps(standing)),
    }


def _ring(standing: Standing) -> dict[str, Any]:
    """The hours by form and what is missing, as a chart takes it."""
    per = float(standing.rules.hours_per_credit) if standing.rules.shows_credits else 1.0
    parts = [
        {"name": str(form.label), "value": round(hours / 100 / per, 2)}
        for form, hours in standing.forms.items()
        if hours
    ]
    if standing.carried:
        parts.append({"name": _("Carried over"), "value": round(standing.carried / 100 / per, 2)})
    missing = {
        "name": _("Still missing"),
        "value": round(standing.short_by / 100 / per, 2),
        "itemStyle": {"color": "rgba(127,140,153,0.25)"},
    }
    written = amount(standing.rules)
    return {
        "title": {
            "text": written(standing.counted),
            "subtext": _("of %(target)s %(unit)s", target=written(standing.asked.target), unit=unit_of(standing.rules)),
            "left": "50%",
            "top": "38%",
            "textAlign": "center",
            "padding": 0,
        },
        "series": [
            {
                "type": "pie",
                "radius": ["58%", "82%"],
                "label": {"show": False},
                "data": [*parts, *([missing] if standing.short_by else [])],
            }
        ],
        "legend": {"show": False},
    }


def _next_steps(standing: Standing) -> Iterator[dict[str, str]]:
    """What the teacher should do, the pressing first."""
    write, unit = amount(standing.rules), unit_of(standing.rules)
    returned = standing.claims(ClaimStatus.SCHOOL_RETURNED, ClaimStatus.COUNTY_RETURNED)
    if returned:
        yield {
            "tone": "danger",
            "text": ngettext(
                "%(num)d claim was returned: mend it.", "%(num)d claims were returned: mend them.", returned
            ),
            "url": url_for("credits.me") + "#open",
        }
    drafts = standing.claims(ClaimStatus.DRAFT)
    if drafts:
        yield {
            "tone": "info",
            "text": ngettext("%(num)d draft is not handed in.", "%(num)d drafts are not handed in.", drafts),
            "url": url_for("credits.me") + "#open",
        }
    if standing.year_short_by:
        yield {
            "tone": "warning",
            "text": _(
                "%(hours)s %(unit)s are missing to this year's mark.", hours=write(standing.year_short_by), unit=unit
            ),
            "url": "#room",
        }
    for group in standing.groups:
        if group.short_by:
            yield {
                "tone": "warning",
                "text": _(
                    "%(group)s: %(hours)s %(unit)s are missing to the minimum.",
                    group=group.group.label,
                    hours=write(group.short_by),
                    unit=unit,
                ),
                "url": "#room",
            }
    if not standing.short_by:
        yield {"tone": "success", "text": _("The cycle's target is reached."), "url": ""}
